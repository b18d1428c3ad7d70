"""What waits for a person: the number in the top bar and the first panel of the dashboards."""

from django.db.models import Case, IntegerField, OuterRef, Subquery, Value, When

from .models import ActionPlan, PlanStatus, StatusChange


def waiting_count(user):
    return _waiting(user).count()


def waiting_for(user):
    """Office: submitted plans, the oldest first. Municipality: returned ones (with return_reason), then drafts."""
    plans = _waiting(user).annotate(waits_since=_last_step("changed_at"))
    if user.works_for_programme:
        return plans.order_by("waits_since", "pk")
    returned_first = Case(
        When(status=PlanStatus.RETURNED, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return plans.annotate(return_reason=_last_step("reason")).order_by(returned_first, "-pk")


def _waiting(user):
    plans = ActionPlan.objects
    return plans.reviewable_by(user) if user.works_for_programme else plans.editable_by(user)


def _last_step(column):
    steps = StatusChange.objects.filter(plan=OuterRef("pk")).order_by("-changed_at", "-pk")
    return Subquery(steps.values(column)[:1])

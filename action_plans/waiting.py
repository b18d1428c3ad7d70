"""What waits for a person: the number in the top bar and the first panel of the dashboards."""

from django.db.models import Case, IntegerField, OuterRef, Subquery, Value, When

from .models import ActionPlan, PlanStatus, StatusChange


def waiting_for(user):
    """Office: submitted plans, the oldest first. Municipality: returned ones (with return_reason), then drafts."""
    if user.works_for_programme:
        plans = ActionPlan.objects.reviewable_by(user)
        return plans.annotate(waits_since=_last_step("changed_at")).order_by("waits_since", "pk")
    if not user.is_municipal:
        return ActionPlan.objects.none()
    returned_first = Case(
        When(status=PlanStatus.RETURNED, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    plans = ActionPlan.objects.editable_by(user)
    return plans.annotate(
        waits_since=_last_step("changed_at"), return_reason=_last_step("reason")
    ).order_by(returned_first, "-pk")


def _last_step(column):
    steps = StatusChange.objects.filter(plan=OuterRef("pk")).order_by("-changed_at", "-pk")
    return Subquery(steps.values(column)[:1])

"""What the facts and the status of a plan were on a past day, as far as it was known then.

Only from the domain's own columns: FactRevision (before, after, effective_on, recorded_at) and StatusChange.
The days of the revisions of one fact never go back, so what was true then is what stands before the first
revision that was not yet in force or not yet recorded; plans without such a revision are as they are now.
"""

from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from .facts import DATES
from .form_fields import PartialDate
from .models import COUNTED, ActionPlan, FactRevision, PlanArea, PlanStatus, StatusChange

AREAS, COST = "areas", "cost_kgs"


class Facts(NamedTuple):
    status: str
    was_approved: bool
    cost_kgs: Decimal | None
    areas: tuple  # ((code, share), …), the largest share first
    starts_on: PartialDate | None
    ends_on: PartialDate | None
    beneficiaries_total: int | None
    beneficiaries_women: int | None
    beneficiaries_men: int | None
    beneficiaries_children: int | None


def end_of(day):
    """The last moment of a day in local time: what was recorded by then was known on it."""
    return timezone.make_aware(datetime.combine(day, time.max))


# --- One plan -------------------------------------------------------------------------------------


def of_plan(plan, day, *, known_at=None):
    """Facts of one plan on a day, as known at that moment (the end of the day if none is given)."""
    known_at = known_at or end_of(day)
    then = now(plan)._asdict() | then_of([plan.pk], day, known_at).get(plan.pk, {})
    moment = min(known_at, end_of(day))
    step = plan.steps.filter(changed_at__gt=moment).order_by("changed_at", "pk").first()
    then["status"] = step.before if step and step.before else plan.status
    then["was_approved"] = (
        plan.approved_at <= moment if plan.approved_at else plan.status in COUNTED
    )
    return Facts(**then)


def now(plan):
    numbers = {name: getattr(plan, name) for name in Facts._fields if name.startswith("benef")}
    return Facts(
        status=plan.status,
        was_approved=plan.was_approved,
        cost_kgs=plan.cost_kgs,
        areas=tuple(
            PlanArea.objects.filter(plan=plan)
            .order_by("-share", "area__code")
            .values_list("area__code", "share")
        ),
        **{
            name: PartialDate(getattr(plan, name), getattr(plan, precision))
            if getattr(plan, name)
            else None
            for name, precision in DATES.items()
        },
        **numbers,
    )


# --- Many plans at once: few of them have revisions ---------------------------------------------------


def then_of(plans, day, known_at, *, facts=None):
    """{plan id: {fact: its value then}} of the facts that differ from now; one query.

    plans: ids, or a queryset of them; None: all. facts: their names; None: all of them.
    """
    rows = FactRevision.objects.filter(Q(effective_on__gt=day) | Q(recorded_at__gt=known_at))
    if plans is not None:
        rows = rows.filter(plan__in=plans)
    if facts is not None:
        rows = rows.filter(fact__in=facts)
    found = {}
    for plan, fact, before in rows.order_by("plan_id", "number").values_list(
        "plan_id", "fact", "before"
    ):
        found.setdefault(plan, {}).setdefault(fact, read(fact, before))
    return found


def areas_then(day, known_at):
    """{plan id: ((code, share), …)} of the plans whose areas were others than now."""
    then = then_of(None, day, known_at, facts=[AREAS])
    return {plan: facts[AREAS] for plan, facts in then.items()}


def costs_then(day, known_at):
    """{plan id: Decimal or None} of the plans whose cost was another than now."""
    then = then_of(None, day, known_at, facts=[COST])
    return {plan: facts[COST] for plan, facts in then.items()}


def approved_then(moment, path=""):
    """Of plans: approved by that moment. One of which nobody knows when counts from the beginning.

    path: the way to the plans.
    """
    unknown = {f"{path}approved_at": None, f"{path}status__in": COUNTED}
    return Q(**{f"{path}approved_at__lte": moment}) | Q(**unknown)


def with_status_then(plans, moment, *, is_past=True):
    """The plans with status_then: that of the moment; as it is now when nothing could have followed yet."""
    if not is_past:
        return plans.annotate(status_then=F("status"))
    later = StatusChange.objects.filter(plan=OuterRef("pk"), changed_at__gt=moment)
    later = later.exclude(before="").order_by("changed_at", "pk")
    return plans.annotate(status_then=Coalesce(Subquery(later.values("before")[:1]), F("status")))


def plans_then(moment, *, is_past=True, since=None):
    """Plans that had been approved by then, cancelled ones too, with status_then.

    since: a condition on plans approved after it that count all the same, as approved ones.
    """
    approved = approved_then(moment)
    plans = ActionPlan.objects.order_by().filter(approved | since if since else approved)
    plans = with_status_then(plans, moment, is_past=is_past)
    if since:
        later = When(approved_at__gt=moment, then=Value(str(PlanStatus.APPROVED)))
        plans = plans.annotate(status_then=Case(later, default=F("status_then")))
    return plans.filter(status_then__in=[*COUNTED, PlanStatus.CANCELLED])


# --- Values in JSON ----------------------------------------------------------------------------------


def written(fact, value):
    """Canonical JSON of a value: decimals as text, days in ISO with how exactly they are known."""
    if fact == AREAS:
        return [[code, f"{share:.2f}"] for code, share in value]
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, PartialDate):
        return [value.day.isoformat(), str(value.precision)]
    return value


def read(fact, value):
    if fact == AREAS:
        return tuple((code, Decimal(share)) for code, share in value or [])
    if value is None:
        return None
    if fact in DATES:
        day, precision = value
        return PartialDate(date.fromisoformat(day), precision)
    return Decimal(value) if fact == COST else value

"""The line of totals under a list of plans. A simple filter reads it from the kept totals."""

from django.db.models import Count, F, Q, Sum

from lib.money import share
from lib.money_sums import sum_kgs

from .models import COUNTED, OTHER, RECEIVED, Axis, FundingTotal, PlanStatus

NO_AREA, KNOWN_AREA = "none", "known"
COLUMNS = {
    "cost_kgs": ["cost_kgs"],
    "own_kgs": ["own_cash_kgs", "own_in_kind_kgs"],
    "grant_kgs": ["grant_kgs"],
    "other_kgs": OTHER,
    "gap_kgs": ["gap_kgs"],
    "surplus_kgs": ["surplus_kgs"],
    "received_kgs": RECEIVED,
}


def measure(name, prefix=""):
    """The sum of its columns: of a plan, or with a prefix of something that belongs to it."""
    first, *others = (F(prefix + column) for column in COLUMNS[name])
    return sum(others, first)


MEASURES = {name: measure(name) for name in COLUMNS}
SUMS = {name: sum_kgs(expression) for name, expression in MEASURES.items()}
# Same rule as ActionPlan.was_approved, turned round
NEVER_APPROVED = Q(status__in=[PlanStatus.DRAFT, PlanStatus.SUBMITTED, PlanStatus.RETURNED]) | Q(
    status=PlanStatus.CANCELLED, approved_at=None
)
NOT_AN_AXIS = {"sort", "status", "phase"}


def totals_of(plan_filter, plans):
    """{measure: som, "plans": …, "own_share": percent} of all plans that match."""
    kept = kept_rows(plan_filter)
    if kept is None:
        sums = add_up(plan_filter, plans)
    else:
        sums = _add_up_kept(kept)
        if not plan_filter.states or set(plan_filter.states) - set(COUNTED):
            # The kept totals hold every plan that was approved, which everybody sees.
            others = add_up(plan_filter, plans.filter(NEVER_APPROVED))
            sums = {name: value + others[name] for name, value in sums.items()}
    return sums | {"own_share": share(sums["own_of_known_cost_kgs"], sums["cost_kgs"])}


def add_up(plan_filter, plans):
    """One query over plans, or over their parts when a place or an area is chosen."""
    rows, known, what, once = plans.order_by(), Q(cost_kgs__isnull=False), "pk", {}
    if plan_filter.cuts:
        rows, known, what = plan_filter.slices(plans), Q(has_cost=True), "plan"
        once = {"distinct": True}
    return rows.aggregate(
        plans=Count(what, **once),
        plans_with_cost=Count(what, filter=known, **once),
        own_of_known_cost_kgs=sum_kgs(MEASURES["own_kgs"], filter=known),
        **SUMS,
    )


def kept_rows(plan_filter):
    """The rows of FundingTotal that make up what is asked for; None when only the plans know."""
    place = _axis(plan_filter) if plan_filter.is_valid() else None
    if place is None:
        return None
    rows = FundingTotal.objects.filter(axis=place[0], key=str(place[1]))
    if code := plan_filter.form.cleaned_data["phase"]:
        rows = rows.filter(phase=next(p for p in plan_filter.phases if p.code == code))
    return rows.filter(status__in=plan_filter.states) if plan_filter.states else rows


def _axis(plan_filter):
    names = set(plan_filter.data) - NOT_AN_AXIS
    if not names:
        return Axis.ALL, ""
    if len(names) > 1:
        return None  # a municipality and an area, say: no kept total is cut so finely
    name = names.pop()
    value = plan_filter.form.cleaned_data[name]
    if name == "region":
        return Axis.REGION, plan_filter.keys(name, value)[0]
    if name == "municipality" and len(value) == 1:
        return Axis.MUNICIPALITY, value[0].pk
    if name == "year":
        return Axis.YEAR, value if isinstance(value, int) else ""
    if name == "area" and value == NO_AREA:
        return Axis.AREA, ""
    if name == "area" and value != KNOWN_AREA:
        area = next(area for area in plan_filter.areas if area.code == value)
        return (Axis.AREA if area.parent_id else Axis.TOP_AREA), area.pk
    return None


def _add_up_kept(rows):
    counts = {name: Sum(name, default=0) for name in ("plans", "plans_with_cost")}
    known = sum_kgs("own_of_known_cost_kgs")
    return rows.aggregate(**counts, own_of_known_cost_kgs=known, **SUMS)

"""What does not add up in the shown plans: how many, which ones, and the address of exactly these."""

from dataclasses import dataclass, field

from django.db.models import Count, Q, Value
from django.utils.translation import ngettext

from action_plans.models import ActionPlan, Finding, FundingSlice

from .rows import quality_link

NAMED_UP_TO = 3
MANY = 1000
KINDS = {
    "surplus": Q(surplus_kgs__gt=0),
    "gap": Q(gap_kgs__gt=0),
    "under_minimum": Q(is_under_minimum=True),
    "no_area": Q(pk__in=FundingSlice.objects.filter(area=None).values("plan")),
    "no_cost": Q(cost_kgs=None),
}
FILTERS = {
    "surplus": {"gap": "surplus"},
    "gap": {"gap": "gap"},
    "under_minimum": {"under_minimum": "1"},
    "no_area": {"area": "none"},
    "no_cost": {"gap": "unknown"},
}


@dataclass
class Notice:
    kind: str
    number: int
    text: str
    link: str = ""
    plans: list = field(default_factory=list)


def notices(overview):
    """In the order of KINDS; those without a plan are left out. Three queries, four when plans are named."""
    numbers = _numbers(overview)
    found = [
        Notice(
            kind,
            numbers[kind],
            text_of(kind, numbers[kind]),
            quality_link(kind, phase=overview.phase),
        )
        for kind in KINDS
        if numbers[kind]
    ]
    named = _named(
        overview.phase, [notice.kind for notice in found if notice.number <= NAMED_UP_TO]
    )
    for notice in found:
        notice.plans = named.get(notice.kind, [])
    return found


def findings_number(phase=None, *, on, **place):
    """How much does not add up in counted plans, up to MANY + 1; place: a condition on the plan."""
    plans = _counted(phase).filter(**place) if place else _counted(phase)
    found = Finding.objects.on(on).filter(plan__in=plans.order_by().values("pk"))
    return found.order_by()[
        : MANY + 1
    ].count()  # a country has a hundred thousand: nobody counts them here


def has_sample(phase):
    return _counted(phase).filter(has_sample=True).exists()


def has_sample_at(**place):
    """Whether the figures of a place rest on sample values; place: a condition on the slices."""
    here = FundingSlice.objects.filter(counts=True, **place)
    return here.filter(plan__has_sample=True).exists()


def text_of(kind, number):
    texts = {
        "surplus": ngettext(
            "%(number)s plan has more money promised than it costs: a surplus.",
            "%(number)s plans have more money promised than they cost: a surplus.",
            number,
        ),
        "gap": ngettext(
            "%(number)s plan has less money promised than it costs: a gap.",
            "%(number)s plans have less money promised than they cost: a gap.",
            number,
        ),
        "under_minimum": ngettext(
            "%(number)s plan has an own contribution under the minimum of its phase.",
            "%(number)s plans have an own contribution under the minimum of their phase.",
            number,
        ),
        "no_area": ngettext(
            "%(number)s plan has no service area; it is counted as “not specified”.",
            "%(number)s plans have no service area; they are counted as “not specified”.",
            number,
        ),
        "no_cost": ngettext(
            "The cost of %(number)s plan is not known yet; its contributions are not in the shares.",
            "The cost of %(number)s plans is not known yet; their contributions are not in the shares.",
            number,
        ),
    }
    return texts[kind] % {"number": number}


def _numbers(overview):
    """Plans without an area or a cost are already counted; the other kinds have an index each."""
    plans = _counted(overview.phase)
    counts = [
        plans.filter(KINDS[kind])
        .order_by()
        .values(kind=Value(kind))
        .annotate(number=Count("*"))  # not of a column: then the index is enough
        .values_list("kind", "number")
        for kind in ["surplus", "gap", "under_minimum"]
    ]
    numbers = dict.fromkeys(KINDS, 0) | dict(counts[0].union(*counts[1:], all=True))
    numbers["no_area"] = overview.whole.plans - overview.plans_with_area
    numbers["no_cost"] = overview.whole.plans_without_cost
    return numbers


def _named(phase, kinds):
    """{kind: plans} of the kinds that have few."""
    if not kinds:
        return {}
    keys = [
        _counted(phase).filter(KINDS[kind]).order_by().values_list("pk", Value(kind))
        for kind in kinds
    ]
    pairs = list(keys[0].union(*keys[1:], all=True))
    plans = ActionPlan.objects.prefetch_related("texts").in_bulk({pk for pk, _kind in pairs})
    return {
        kind: sorted((plans[pk] for pk, k in pairs if k == kind), key=lambda p: p.reference)
        for kind in kinds
    }


def _counted(phase):
    plans = ActionPlan.objects.counted()
    return plans.filter(phase=phase) if phase else plans

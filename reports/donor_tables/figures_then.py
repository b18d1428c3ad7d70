"""What sources publish about a programme, computed from the plans: as of any days, in few questions."""

from collections import Counter, defaultdict
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from action_plans import facts_on
from action_plans.models import (
    COUNTED,
    ActionPlan,
    Contribution,
    FactRevision,
    PlanMunicipality,
    PlanStatus,
    PromiseRevision,
    Source,
    StatusChange,
)
from lib.money import round_kgs, share

ZERO = Decimal("0.00")


class Figures(NamedTuple):
    plans: int
    municipalities: int
    cost: Decimal
    own: Decimal
    own_of_known_cost: Decimal
    without_cost: int
    has_sample: bool

    @property
    def share(self):
        return share(self.own_of_known_cost, self.cost)


def figures(phases, days, since):
    """{day: Figures}; days: {day: (plans approved by this moment, what was recorded by this one is known)}

    since: {day: a condition on plans approved later that count all the same}
    """
    changed = _Changed(phases)
    return {
        day: _figures(day, known_at, _counted(phases, moment, since.get(day)), changed)
        for day, (moment, known_at) in days.items()
    }


def _figures(day, known_at, plans, changed):
    known = Q(cost_kgs__isnull=False)
    own = F("own_cash_kgs") + F("own_in_kind_kgs")
    sums = plans.aggregate(
        plans=Count("pk"),
        known=Count("pk", filter=known),
        cost=Sum("cost_kgs"),
        own=Sum(own),
        own_of_known=Sum(own, filter=known),
        samples=Count("pk", filter=Q(has_sample=True)),
    )
    places = PlanMunicipality.objects.filter(plan__in=plans.values("pk")).order_by()
    other = changed.since(day, known_at, plans)
    return Figures(
        plans=sums["plans"],
        municipalities=places.aggregate(number=Count("municipality", distinct=True))["number"],
        cost=_som(sums["cost"]) + other["cost"],
        own=_som(sums["own"]) + other["own"],
        own_of_known_cost=_som(sums["own_of_known"]) + other["own_of_known"],
        without_cost=sums["plans"] - sums["known"] + int(other["without_cost"]),
        has_sample=sums["samples"] > 0,
    )


def _som(value):
    return round_kgs(Decimal(value or 0))


def _counted(phases, moment, since):
    """Approved by then, and not cancelled by then; nothing leads back from cancelled."""
    later = StatusChange.objects.filter(
        plan=OuterRef("pk"), after=PlanStatus.CANCELLED, changed_at__gt=moment
    )
    active = Q(status__in=COUNTED) | (Q(status=PlanStatus.CANCELLED) & Exists(later))
    plans = ActionPlan.objects.order_by().filter(phase__in=phases)
    approved = facts_on.approved_then(moment)
    return plans.filter(approved | since if since else approved).filter(active)


class _Changed:
    """Costs and own promises that were otherwise once; few of many plans, read once for all days."""

    def __init__(self, phases):
        costs = FactRevision.objects.filter(fact=facts_on.COST, plan__phase__in=phases)
        columns = ["plan_id", "effective_on", "recorded_at", "before"]
        self.costs = list(costs.order_by("plan_id", "number").values_list(*columns))
        own = {"contribution__source": Source.MUNICIPALITY}
        revised = PromiseRevision.objects.filter(contribution__plan__phase__in=phases, **own)
        columns = ["contribution_id", "contribution__plan_id", "effective_on", "revised_at"]
        columns += ["before_kgs", "contribution__amount_kgs"]
        revised = revised.order_by("contribution_id", "number")
        self.promises = list(revised.values_list(*columns))
        added = Contribution.objects.filter(plan__phase__in=phases, source=Source.MUNICIPALITY)
        columns = ["pk", "plan_id", "promised_on", "recorded_at", "amount_kgs"]
        added = added.filter(Q(promised_on__isnull=False) | Q(recorded_at__isnull=False))
        self.added = list(added.values_list(*columns))

    def since(self, day, moment, plans):
        """{measure: what has to be added to the sums of now} for that day."""
        costs, own = self._costs(day, moment), self._own(day, moment)
        now = self._now({*costs, *own}, plans)
        found = Counter(dict.fromkeys(["cost", "own", "own_of_known", "without_cost"], ZERO))
        for plan, (cost_now, own_now) in now.items():
            cost, more = costs.get(plan, cost_now), own.get(plan, ZERO)
            found["cost"] += (cost or ZERO) - (cost_now or ZERO)
            found["own"] += more
            found["own_of_known"] += own_now + more if cost is not None else ZERO
            found["own_of_known"] -= own_now if cost_now is not None else ZERO
            found["without_cost"] += (cost is None) - (cost_now is None)
        return found

    def _costs(self, day, moment):
        then = {}
        for plan, effective_on, recorded_at, before in self.costs:
            if effective_on > day or recorded_at > moment:
                then.setdefault(plan, facts_on.read(facts_on.COST, before))
        return then

    def _own(self, day, moment):
        """{plan id: som more than now}"""
        then, plan_of, now = {}, {}, {}
        for promise, plan, effective_on, revised_at, before, amount in self.promises:
            plan_of[promise], now[promise] = plan, amount
            if effective_on > day or revised_at > moment:
                then.setdefault(promise, before)
        for promise, plan, promised_on, recorded_at, amount in self.added:
            if (promised_on and promised_on > day) or (recorded_at and recorded_at > moment):
                then[promise], plan_of[promise], now[promise] = ZERO, plan, amount
        more = defaultdict(lambda: ZERO)
        for promise, amount in then.items():
            more[plan_of[promise]] += amount - now[promise]
        return more

    def _now(self, keys, plans):
        """{plan id: (cost, own contribution)} of counted plans among these."""
        if not keys:
            return {}
        rows = plans.filter(pk__in=keys).values_list(
            "pk", "cost_kgs", "own_cash_kgs", "own_in_kind_kgs"
        )
        return {plan: (cost, cash + in_kind) for plan, cost, cash, in_kind in rows}

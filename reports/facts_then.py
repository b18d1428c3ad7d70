"""What of the stored rows holds on the day of a report, and what was otherwise then."""

from functools import cached_property

from django.db.models import Case, F, Q, Value, When
from django.db.models.lookups import Exact, In

from action_plans import facts_on
from action_plans.models import (
    COUNTED,
    ActionPlan,
    FundingSlice,
    Payment,
    Phase,
    PlanStatus,
    ReportingPeriod,
    ServiceArea,
    Source,
    StatusChange,
    Tranche,
)
from action_plans.models import PROMISED as KEPT

from .donor_tables import scoped

POTS = [name.removesuffix("_kgs") for name in KEPT]
OWN = ["own_cash", "own_in_kind"]
# Longer lists of ids cost more than a question inside a question.
MANY = 1000


def pot_of(source, form):
    # Same rule as Contribution.pot
    if source == Source.MUNICIPALITY:
        return "own_cash" if form == "cash" else "own_in_kind"
    return str(source)


class Then:
    """Which plans and places a report is about, and which plans were otherwise on its day."""

    def __init__(self, scope):
        self.scope = scope
        self.is_past = scoped.is_past(scope)
        self.moment, self.until = scoped.moment_of(scope), scoped.moment_of_money(scope)

    @cached_property
    def phases(self):
        """Ids; of those that the donor financed, if one is asked for."""
        phases = {phase.pk for phase in self.scope.phases}
        if self.scope.donor:
            phases &= set(
                Tranche.objects.filter(donor=self.scope.donor)
                .order_by()
                .values_list("phase", flat=True)
            )
        return phases

    @cached_property
    def is_every_phase(self):
        return self.phases >= set(Phase.objects.values_list("pk", flat=True))

    @cached_property
    def pots(self):
        """The sources that count. Money of a donor is money of the grant."""
        source = Source.GRANT if self.scope.donor else self.scope.source
        if self.scope.donor and self.scope.source not in ("", Source.GRANT):
            return []
        if not source:
            return POTS
        return OWN if source == Source.MUNICIPALITY else [str(source)]

    # Plans that stand otherwise in the rows of now

    @cached_property
    def _facts(self):
        """{plan id: {fact: its value then}}"""
        return scoped.facts_then(self.scope, [facts_on.AREAS, facts_on.COST])

    @cached_property
    def areas(self):
        """{plan id: ((code, share), …)}"""
        return {plan: was[facts_on.AREAS] for plan, was in self._facts.items() if "areas" in was}

    @cached_property
    def costs(self):
        """{plan id: cost or None}"""
        return {plan: was[facts_on.COST] for plan, was in self._facts.items() if "cost_kgs" in was}

    @cached_property
    def cancelled_since(self):
        """Ids of plans that are cancelled now and were not then."""
        return set(self._steps().values_list("plan", flat=True)) if self.is_past else set()

    def _steps(self):
        steps = StatusChange.objects.order_by()
        return steps.filter(after=PlanStatus.CANCELLED, changed_at__gt=self.moment)

    def _since(self):
        """The same as what a condition is compared with."""
        many = len(self.cancelled_since) > MANY
        return self._steps().values("plan") if many else list(self.cancelled_since)

    @cached_property
    def special(self):
        """Ids of plans whose parts or cost were others."""
        return self.areas.keys() | self.costs.keys()

    @cached_property
    def changed(self):
        """Ids of plans that stood otherwise in a sum of money by service area; mostly they are few."""
        return self.special | self.cancelled_since

    @cached_property
    def is_shut(self):
        """Nothing that counts now was booked after the period was closed: earlier ones had been closed, too.

        Then the database lets nothing in any more that counts in it, see action_plans/triggers.py.
        """
        period = self.scope.period
        if not self.phases <= {period.phase_id}:
            return False
        earlier = ReportingPeriod.objects.filter(phase=period.phase_id)
        earlier = earlier.filter(starts_on__lt=period.starts_on)
        if earlier.filter(Q(closed_at=None) | Q(closed_at__gt=period.closed_at)).exists():
            return False
        since = ActionPlan.objects.was_approved().filter(approved_at__gt=self.until)
        rows = Payment.objects.filter(
            contribution__plan__in=since.filter(phase=period.phase_id).order_by().values("pk"),
            accounted_on__lte=self.scope.day,
        )
        return not rows.exists()

    def not_cancelled(self, path):
        """Approved plans that were not cancelled by the day. path: the way to them."""
        counted = Q(**{f"{path}__status__in": COUNTED})
        if not self.cancelled_since:
            return counted
        since = {f"{path}__in": self._since()}
        return counted | Q(**{f"{path}__status": PlanStatus.CANCELLED}, **since)

    def is_cancelled(self, status, plan):
        """Expression: the plan of a row was cancelled by the day. status, plan: the ways to status and id."""
        cancelled = Q(Exact(F(status), Value(PlanStatus.CANCELLED.value)))
        if self.cancelled_since:
            cancelled &= ~Q(In(F(plan), self._since()))
        return Case(When(cancelled, then=Value(value=True)), default=Value(value=False))

    def within(self, path, plans):
        """Condition: these plans, of several slices or special; a long list costs more than a few too many."""
        if len(plans) <= MANY:
            return listed(path, plans)
        several = Q(**{f"{path}__in": self.slices().filter(is_whole=False).values("plan")})
        return several | listed(path, self.special) if self.special else several

    def unlike_totals(self):
        """[(what, slices of plans)] that the programme's totals hold otherwise: "left" out, or "back"."""
        later = ActionPlan.objects.order_by().was_approved()
        later = later.filter(phase__in=self.phases, approved_at__gt=self.moment)
        slices = FundingSlice.objects.order_by().filter(counts=True, plan__in=later.values("pk"))
        since = scoped.approved_since(self.scope, "plan__")
        yield "left", slices.exclude(since) if since else slices
        if self.special:
            yield "left", self.slices().filter(listed("plan", self.special))
        if self.cancelled_since - self.special:
            back = self.slices().filter(plan__in=self._since())
            yield "back", back.exclude(listed("plan", self.special)) if self.special else back

    # Conditions

    def slices(self):
        """Slices of the plans and places of the report."""
        return FundingSlice.objects.order_by().filter(self.slice_condition())

    def slice_condition(self, path=""):
        """Of FundingSlice; path: the way to it."""
        condition = Q(**{f"{path}counts": True})
        if not self.is_every_phase:
            condition &= Q(**{f"{path}phase__in": self.phases})
        if self.is_past:
            condition &= scoped.approved(self.scope, f"{path}plan__")
        for name in ["region", "municipality"]:
            if getattr(self.scope, name):
                condition &= Q(**{f"{path}{name}": getattr(self.scope, name).pk})
        if self.scope.no_area:
            condition &= Q(**{f"{path}area": None})
        elif self.scope.area:
            condition &= Q(**{f"{path}area__in": self.area_ids})
        return condition

    def plan_condition(self, path=""):
        """Of ActionPlan, without places; nothing for all approved plans there are."""
        condition = Q()
        if not self.is_every_phase:
            condition &= Q(**{f"{path}phase__in": self.phases})
        if self.is_past:
            condition &= scoped.approved(self.scope, path)
        return condition

    def plans(self):
        return ActionPlan.objects.order_by().was_approved().filter(self.plan_condition())

    def approved_plans(self, path):
        """The same as a condition. path: the way to them."""
        counted = Q(**{f"{path}status__in": COUNTED})
        cancelled = Q(
            **{f"{path}status": PlanStatus.CANCELLED, f"{path}approved_at__isnull": False}
        )
        return (counted | cancelled) & self.plan_condition(path)

    @cached_property
    def area_ids(self):
        """The chosen area and its parts."""
        area = self.scope.area.pk
        return set(
            ServiceArea.objects.filter(Q(pk=area) | Q(parent=area))
            .order_by()
            .values_list("pk", flat=True)
        )

    @property
    def is_of_places(self):
        """Only a part of a plan may count."""
        scope = self.scope
        return bool(scope.region or scope.municipality or scope.area or scope.no_area)

    def has(self, place):
        """Whether a part of a plan is in the chosen places and areas."""
        scope = self.scope
        if scope.region and place.region != scope.region.pk:
            return False
        if scope.municipality and place.municipality != scope.municipality.pk:
            return False
        if scope.no_area:
            return place.area is None
        return not scope.area or place.area in self.area_ids

    @cached_property
    def several(self):
        """Ids of plans of several slices, in the chosen places and areas."""
        rows = self.slices().filter(is_whole=False)
        return set(rows.values_list("plan", flat=True))


def listed(path, plans):
    """Condition: these plans, given by their ids."""
    return Q(**{f"{path}__in": list(plans)})

"""Facts of donor tables: by whatever they are asked, they are the rows, added up one by one, to the tyiyn."""

import datetime as dt
import json
from collections import Counter, defaultdict
from contextlib import contextmanager
from copy import copy
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from action_plans.models import (
    Contribution,
    FactRevision,
    Payment,
    PlanArea,
    PlanMunicipality,
    PromiseRevision,
    ServiceArea,
    StatusChange,
)
from action_plans.totals import keep_totals
from lib.money import allocate
from reports import closing
from reports.canonical import canonical
from reports.facts import ALL, Facts, SignedFacts, plan_rows
from reports.facts_then import POTS
from reports.merging import cell as as_kept
from reports.scope import Scope
from tests import factories

pytestmark = pytest.mark.django_db
ZERO = Decimal("0.00")
START = dt.date(2018, 1, 1)
FIRST, SECOND = (START, dt.date(2018, 6, 30)), (dt.date(2018, 7, 1), dt.date(2018, 12, 31))
CLOSED_AT = dt.datetime(2018, 7, 20, 6, tzinfo=dt.UTC)
SHARES = [[], [100], [50, 50], [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]]
PLACES = [[100], [60, 40]]
SOURCES = [
    ("grant", "cash"),
    ("municipality", "cash"),
    ("municipality", "in_kind"),
    ("donor", "cash"),
]
AMOUNT = st.decimals(min_value="0.01", max_value="99999999.99", places=2)
DAY = st.integers(0, 364).map(lambda n: START + dt.timedelta(n))
EVENT = st.tuples(
    st.sampled_from(["received", "returned", "spent", "back", "revise", "move", "cost", "add"]),
    AMOUNT,
    DAY,
    st.integers(0, 40),  # days until it is entered
    st.integers(0, 3),
)
PLAN = st.fixed_dictionaries(
    {
        "cost": st.none() | AMOUNT,
        "areas": st.integers(0, 3),
        "places": st.integers(0, 1),
        # After a period has ended, perhaps after it was closed, too: its payments are older.
        "approved": st.integers(-30, 60) | st.sampled_from([185, 195, 220, 400]),
        "cancelled": st.none() | st.integers(70, 364),
        "promises": st.lists(st.tuples(st.integers(0, 3), AMOUNT, st.booleans()), max_size=4),
        "events": st.lists(EVENT, max_size=8),
    }
)


def noon(day):
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


@contextmanager
def a_world(plans, *, is_closed):
    """Gone again afterwards: hypothesis runs many examples in one test."""
    with transaction.atomic():
        yield World(plans, is_closed=is_closed)
        transaction.set_rollback(True)


class World:
    def __init__(self, plans, *, is_closed):
        self.user = factories.StaffFactory(may_sign=True)
        self.phase = factories.PhaseFactory()
        self.areas = factories.ServiceAreaFactory.create_batch(2)
        self.areas.append(factories.ServiceAreaFactory(parent=self.areas[0]))
        self.places = factories.MunicipalityFactory.create_batch(2)
        self.first, self.second = (
            factories.PeriodFactory(phase=self.phase, starts_on=a, ends_on=b)
            for a, b in (FIRST, SECOND)
        )
        self.is_closed = is_closed
        for plan in plans:
            self.make(plan)
        if is_closed:
            closing.step(self.first, "closed", by=self.user, role="", at=CLOSED_AT)
            self.first.refresh_from_db()

    def make(self, of):
        approved_at = noon(START + dt.timedelta(of["approved"]))
        self.plan = plan = factories.PlanFactory(
            lead=self.places[0],
            phase=self.phase,
            cost_kgs=of["cost"],
            status="approved" if of["cancelled"] is None else "cancelled",
            approved_at=approved_at,
        )
        if of["cancelled"] is not None:
            cancelled_at = noon(START + dt.timedelta(of["cancelled"]))
            StatusChange.objects.create(
                plan=plan,
                before="approved",
                after="cancelled",
                reason="r",
                changed_at=max(cancelled_at, approved_at + dt.timedelta(1)),
            )
        plan.municipalities.all().delete()
        for place, share in zip(self.places, PLACES[of["places"]], strict=False):
            PlanMunicipality.objects.create(
                plan=plan, municipality=place, share=share, is_lead=place == self.places[0]
            )
        self.set_areas(of["areas"])
        for n, amount, has_decision in of["promises"]:
            source, form = SOURCES[n]
            factories.ContributionFactory(
                plan=plan,
                source=source,
                form=form,
                amount_kgs=amount,
                decision="№ 1" if has_decision else "",
            )
        # Days of revisions never go back.
        for event in sorted(of["events"], key=lambda event: event[2]):
            self.happen(*event)
        keep_totals(plan.pk)

    def set_areas(self, n):
        PlanArea.objects.filter(plan=self.plan).delete()
        for area, share in zip(self.areas, SHARES[n], strict=False):
            PlanArea.objects.create(plan=self.plan, area=area, share=share)

    def areas_now(self):
        rows = PlanArea.objects.filter(plan=self.plan).order_by("-share", "area__code")
        return [[code, f"{share:.2f}"] for code, share in rows.values_list("area__code", "share")]

    def happen(self, what, amount, day, late, n):
        promises = list(Contribution.objects.filter(plan=self.plan).order_by("pk"))
        known_at = max(noon(day + dt.timedelta(late)), self.plan.approved_at)
        paid_on, day = day, max(day, timezone.localdate(self.plan.approved_at))
        if what == "move":
            before = self.areas_now()
            self.set_areas(n)
            self.fact("areas", before, self.areas_now(), day, known_at)
        elif what == "cost":
            before = self.plan.cost_kgs
            self.plan.cost_kgs = None if n == 3 else amount
            self.plan.save()
            after = self.plan.cost_kgs
            self.fact("cost_kgs", before and str(before), after and str(after), day, known_at)
        elif what == "add":
            source, form = SOURCES[n]
            factories.ContributionFactory(
                plan=self.plan,
                source=source,
                form=form,
                amount_kgs=amount,
                promised_on=day,
                recorded_at=known_at,
            )
        elif promises and what == "revise":
            self.revise(promises[n % len(promises)], amount, day, known_at)
        elif promises and what == "back":
            paid = Payment.objects.filter(
                contribution__plan=self.plan, reverses=None, reversal=None
            )
            if row := paid.order_by("pk").first():
                self.pay(row.contribution, row.kind, -row.amount, row.paid_on, known_at, row)
        elif promises:
            self.pay(promises[n % len(promises)], what, amount, paid_on, known_at)

    def fact(self, fact, before, after, day, known_at):
        last = FactRevision.objects.filter(plan=self.plan, fact=fact).order_by("number").last()
        FactRevision.objects.create(
            plan=self.plan,
            number=FactRevision.objects.filter(plan=self.plan).count() + 1,
            fact=fact,
            before=before,
            after=after,
            effective_on=day,
            reason="r",
            recorded_at=max(known_at, last.recorded_at) if last else known_at,
        )

    def revise(self, promise, amount, day, known_at):
        last = promise.revisions.last()
        PromiseRevision.objects.create(
            contribution=promise,
            number=promise.revisions.count() + 1,
            effective_on=max(day, promise.promised_on or day),
            before_kgs=promise.amount_kgs,
            amount_kgs=amount,
            reason="r",
            decision="d",
            revised_at=max(known_at, last.revised_at) if last else known_at,
        )
        promise.amount_kgs = amount
        promise.save()

    def pay(self, promise, kind, amount, day, booked_at, reverses=None):
        if reverses:
            booked_at = max(booked_at, reverses.booked_at)
        row = {"paid_on": day, "accounted_on": day, "late_for": None}
        if self.is_closed and FIRST[0] <= day <= FIRST[1] and booked_at > CLOSED_AT:
            row |= {"accounted_on": SECOND[0], "late_for": self.first}
        factories.PaymentFactory(
            contribution=promise,
            kind=kind,
            amount_kgs=amount,
            booked_at=booked_at,
            reverses=reverses,
            reason="r" if reverses else "",
            **row,
        )

    # What is asked

    def scopes(self, day):
        now = timezone.now()
        yield Scope(self.user, timezone.localdate(), now, phases=(self.phase,))
        end = timezone.make_aware(dt.datetime.combine(day, dt.time.max))
        yield Scope(self.user, day, end, is_past=True, phases=(self.phase,))
        for period in (self.first, self.second):
            known_at = period.closed_at or now
            yield Scope(self.user, period.ends_on, known_at, phases=(self.phase,), period=period)
        # Of today, as it is while it goes on; then of whole months, which are kept, and of others.
        for first in (SECOND[0], SECOND[0] + dt.timedelta(14), dt.date(2018, 2, 1)):
            ongoing = copy(self.second)
            ongoing.starts_on, ongoing.ends_on = first, dt.date(now.year, 12, 31)
            yield Scope(self.user, ongoing.ends_on, now, phases=(self.phase,), period=ongoing)


# The same, one by one


class Recomputed:
    def __init__(self, scope):
        self.scope = scope
        self.end = timezone.make_aware(dt.datetime.combine(scope.day, dt.time.max))
        self.moment = min(self.end, scope.known_at)
        self.until = scope.known_at if scope.period else self.moment

    def parts(self):
        """[{keys, source, measures}]"""
        for plan in self.scope.phases[0].plans.all():
            if plan.approved_at <= self.moment or self.counts_since(plan):
                yield from self.of_plan(plan)

    def counts_since(self, plan):
        """Approved after the period, and known with money that counts in it."""
        rows = Payment.objects.filter(contribution__plan=plan)
        steps = {self.step(row) for row in rows} - {None, "later"}
        return self.scope.period and plan.approved_at <= self.scope.known_at and steps

    def of_plan(self, plan):
        step = plan.steps.filter(after="cancelled", changed_at__lte=self.moment).first()
        is_cancelled = step is not None
        cost, areas = self.facts(plan)
        shares = [
            (m.municipality, a, m.share * s)
            for m in plan.municipalities.order_by("-is_lead", "municipality__code")
            for a, s in areas or [(None, Decimal(100))]
        ]
        weights = [weight for _m, _a, weight in shares]
        columns = self.columns(plan)
        cut = {}
        for measure in ["original", "promised", "binding"]:
            cut |= self.running([(measure, pot) for pot in POTS], columns, weights)
        for pot in POTS:
            for kind in ["net", "returned", "spent"]:
                steps = ["before", "corrections", "this", "later"]
                cut |= self.running([(f"{kind}_{s}", pot) for s in steps], columns, weights)
        costs = allocate(cost, weights)
        for at, (place, area, _weight) in enumerate(shares):
            keys = {
                "plan": plan.reference,
                "municipality": place.code,
                "region": place.region.iso,
                "area": area and area.code,
                "top_area": area and area.top.code,
            }
            part = {column: parts[at] for column, parts in cut.items()}
            own = part["promised", "own_cash"] + part["promised", "own_in_kind"]
            known = not is_cancelled and cost is not None
            yield (
                keys,
                "",
                {
                    "cost_kgs": costs[at] if known else 0,
                    "own_of_known_cost_kgs": own if known else 0,
                },
            )
            for pot in POTS:
                yield keys, pot, self.measures(part, pot, is_cancelled)

    def running(self, names, columns, weights):
        cut, before, total = {}, [ZERO] * len(weights), ZERO
        for name in names:
            total += columns[name]
            now = allocate(total, weights)
            cut[name] = [a - b for a, b in zip(now, before, strict=True)]
            before = now
        return cut

    def measures(self, part, pot, is_cancelled):
        row = {}
        for name in ["original", "promised", "binding"]:
            stands = name == "original" or not is_cancelled
            row[f"{name}_kgs"] = part[name, pot] if stands else ZERO
        for kind in ["net", "returned", "spent"]:
            for step in ["before", "corrections"]:
                row[f"{kind}_{step}_kgs"] = part[f"{kind}_{step}", pot]
            row[f"{kind}_kgs"] = part[f"{kind}_this", pot]
        for kind in ["net", "spent"]:
            steps = [part[f"{kind}_{s}", pot] for s in ["before", "corrections", "this"]]
            row[f"cancelled_{kind}_kgs"] = sum(steps) if is_cancelled else ZERO
            row[f"later_{kind}_kgs"] = part[f"{kind}_later", pot]
        for step in ["_before", "_corrections", ""]:
            row[f"received{step}_kgs"] = row[f"net{step}_kgs"] - row[f"returned{step}_kgs"]
        return row

    def facts(self, plan):
        cost, areas = plan.cost_kgs, [(row.area, row.share) for row in plan.areas.all()]
        for revision in plan.fact_revisions.order_by("-number"):
            if revision.effective_on <= self.scope.day and revision.recorded_at <= self.until:
                continue
            if revision.fact == "cost_kgs":
                cost = revision.before and Decimal(revision.before)
            else:
                known = {area.code: area for area in ServiceArea.objects.select_related("parent")}
                areas = [(known[code], Decimal(share)) for code, share in revision.before]
        return cost, sorted(areas, key=lambda a: (-a[1], a[0].position, a[0].code))

    def columns(self, plan):
        found = defaultdict(lambda: ZERO)
        for promise in plan.contributions.all():
            pot = promise.pot.removesuffix("_kgs")
            first, now, is_bound = self.promise(promise)
            found["original", pot] += first
            found["promised", pot] += now
            found["binding", pot] += now if is_bound else 0
            for row in promise.payments.all():
                self.add(found, pot, row)
        return found

    def promise(self, promise):
        revisions = list(promise.revisions.order_by("number"))
        first = now = revisions[0].before_kgs if revisions else promise.amount_kgs
        is_bound = bool(promise.decision)
        for revision in revisions:
            if revision.effective_on <= self.scope.day and revision.revised_at <= self.until:
                now, is_bound = revision.amount_kgs, True
        if promise.promised_on:
            is_known = promise.promised_on <= self.scope.day and promise.recorded_at <= self.until
            return ZERO, now if is_known else ZERO, is_bound
        return first, now, is_bound

    def add(self, found, pot, row):
        step, amount = self.step(row), row.signed_kgs
        if step and row.kind == "spent":
            found[f"spent_{step}", pot] += amount
        elif step:
            found[f"net_{step}", pot] += amount
            if row.kind == "returned" and step != "later":
                found[f"returned_{step}", pot] += amount

    def step(self, row):
        period = self.scope.period
        if not period:
            is_known = row.booked_at <= self.until and row.paid_on <= self.scope.day
            return "this" if is_known else None
        if row.late_for == period:
            return "later"
        if row.accounted_on > period.ends_on or row.booked_at > self.until:
            return None
        if row.accounted_on < period.starts_on:
            return "before"
        return "corrections" if row.late_for else "this"


def recomputed(scope, by, is_in=lambda keys: True):
    found = defaultdict(Counter)
    for keys, source, measures in Recomputed(scope).parts():
        if not is_in(keys) or ("source" in by and not source):
            continue
        keys = keys | {"source": source}
        found[tuple(keys[name] for name in by)].update(measures)
    return without_nothing(found)


def as_dict(cells, by):
    return without_nothing(
        {
            tuple(cell[name] for name in by): {n: v for n, v in cell.items() if n not in by}
            for cell in cells
        }
    )


def without_nothing(cells):
    filled = {key: {n: v for n, v in sums.items() if v} for key, sums in cells.items()}
    return {key: sums for key, sums in filled.items() if sums}


def signed(facts):
    """The same facts out of the text of a snapshot."""
    rows = [
        {
            name: as_kept(value, "kgs" if name.endswith("_kgs") else "")
            for name, value in row.items()
        }
        for row in plan_rows(facts)
    ]
    text = canonical({"facts": rows})
    report = factories.SignedReportFactory(period=facts.scope.period, snapshot=text)
    assert json.loads(report.snapshot)["facts"] == rows
    return SignedFacts(facts.scope, report)


AXES = [
    (),
    ("source",),
    ("top_area",),
    ("area", "source"),
    ("region",),
    ("municipality", "top_area"),
    ("plan",),
    ("plan", "area", "municipality", "region", "source"),
]
ONCE = settings(
    max_examples=6,
    deadline=None,
    # A world takes too long for shrinking: the first failure says enough.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@ONCE
@given(plans=st.lists(PLAN, min_size=1, max_size=3), is_closed=st.booleans(), day=DAY)
def test_facts_are_the_rows_by_every_axis_on_every_day(plans, is_closed, day):
    with a_world(plans, is_closed=is_closed) as world:
        for scope in world.scopes(day):
            facts = Facts(scope)
            for by in AXES:
                assert as_dict(facts.cells(*by), by) == recomputed(scope, by), (scope, by)


@ONCE
@given(plans=st.lists(PLAN, min_size=1, max_size=3), is_closed=st.booleans(), day=DAY)
def test_a_part_of_the_facts_is_that_part_of_the_rows(plans, is_closed, day):
    with a_world(plans, is_closed=is_closed) as world:
        place, top = world.places[1], world.areas[0]
        codes = {top.code, world.areas[2].code}
        for scope in world.scopes(day):
            for changes, is_in in [
                ({"municipality": place}, lambda keys: keys["municipality"] == place.code),
                ({"region": place.region}, lambda keys: keys["region"] == place.region.iso),
                ({"area": top}, lambda keys: keys["area"] in codes),
                ({"no_area": True}, lambda keys: keys["area"] is None),
            ]:
                part = scope.with_(**changes)
                for by in [(), ("source",), ("top_area", "source"), ("plan",)]:
                    found = as_dict(Facts(part).cells(*by), by)
                    assert found == recomputed(scope, by, is_in), (part, by)


@ONCE
@given(plans=st.lists(PLAN, min_size=1, max_size=3), is_closed=st.booleans())
def test_facts_of_a_snapshot_are_those_it_was_made_from(plans, is_closed):
    with a_world(plans, is_closed=is_closed) as world:
        for scope in list(world.scopes(START))[2:4]:
            facts = Facts(scope)
            kept = signed(facts)
            for by in AXES:
                assert as_dict(kept.cells(*by), by) == as_dict(facts.cells(*by), by), (scope, by)
            part = scope.with_(area=world.areas[0])
            of_part = SignedFacts(part, kept.report)
            assert as_dict(of_part.cells("plan"), ["plan"]) == as_dict(
                Facts(part).cells("plan"), ["plan"]
            )


@ONCE
@given(plans=st.lists(PLAN, min_size=1, max_size=2), day=DAY)
def test_what_is_asked_alone_is_what_is_asked_together(plans, day):
    with a_world(plans, is_closed=True) as world:
        for scope in world.scopes(day):
            [whole] = Facts(scope).cells("top_area")[:1] or [{}]
            for measure in ALL:
                for cell in Facts(scope).cells("top_area", only=[measure])[:1]:
                    assert cell.items() <= whole.items() or cell["top_area"] != whole["top_area"]

"""A period that has ended is answered from months and totals of now: to the tyiyn what the rows say."""

import datetime as dt
from decimal import Decimal
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from action_plans.models import ReportingPeriod
from reports import facts_months, facts_places
from reports.facts import ALL, Facts
from reports.facts_sums import Sums
from reports.facts_then import Then
from reports.scope import Scope
from tests.factories import PaymentFactory, PhaseFactory, PlanFactory
from tests.reports.test_facts_hold import PLAN, START, a_world, as_dict

pytestmark = pytest.mark.django_db
AXES = [(), ("source",), ("area", "source"), ("top_area",)]
NEEDS = [
    ALL,
    ["promised", "binding", "net", "returned", "spent", "cost"],
    ["original", "promised", "cancelled", "net"],
    ["original", "promised", "cancelled", "spent"],
    ["returned"],
]
SOME = settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PROMISES = [(n, Decimal("1000.01"), n == 1) for n in range(4)]
RECEIVED = ("received", Decimal("100.01"), START + dt.timedelta(100), 0, 0)


def a_plan(*events, cancelled=None, approved=0, areas=2, places=1):
    """With money before and after the middle of the year, when the first period ends."""
    return {
        "cost": Decimal("4000.04"),
        "areas": areas,
        "places": places,
        "approved": approved,
        "cancelled": cancelled,
        "promises": PROMISES,
        "events": [
            RECEIVED,
            ("spent", Decimal("33.33"), START + dt.timedelta(130), 3, 1),
            ("returned", Decimal("7.77"), START + dt.timedelta(150), 40, 0),
            ("received", Decimal("55.55"), START + dt.timedelta(250), 0, 2),
            *events,
        ],
    }


def on(day, what, n=1, late=0):
    return what, Decimal("20.02"), START + dt.timedelta(day), late, n


CHANGED = [
    a_plan(cancelled=300),
    a_plan(cancelled=300, areas=1, places=0),
    a_plan(cancelled=120),
    a_plan(on(300, "move"), cancelled=310),
    a_plan(on(240, "move", 3), on(320, "cost")),
    a_plan(on(140, "move", 0, late=100)),
    a_plan(approved=220),
    a_plan(approved=400, areas=0, places=0),
    a_plan(on(170, "received", late=60), on(172, "back", late=60), areas=1, places=0),
    a_plan(on(200, "back"), on(310, "revise"), on(315, "add", 2)),
]


def of_another_phase():
    plan = PlanFactory(phase=PhaseFactory(code="ii"), grant=10, status="approved")
    PaymentFactory(contribution=plan.contributions.get(), amount_kgs=7)


def ended(world):
    """The first and the second half of the year, each also of one source."""
    now = dt.datetime.now(dt.UTC)
    for period in (world.first, world.second):
        known_at = period.closed_at or now
        scope = Scope(world.user, period.ends_on, known_at, phases=(world.phase,), period=period)
        yield from [scope, scope.with_(source="grant"), scope.with_(source="municipality")]


def cells(scope, by, only):
    """In full: what is 0 has to stand there, too."""
    return {tuple(cell[name] for name in by): cell for cell in Facts(scope).cells(*by, only=only)}


def from_rows(scope, by, only):
    with (
        patch.object(facts_months, "answers", lambda _sums: False),
        patch.object(Sums, "_axis", None),
    ):
        return cells(scope, by, only)


@SOME
@given(plans=st.lists(PLAN, min_size=1, max_size=4), is_closed=st.booleans())
@example(plans=CHANGED, is_closed=False)
@example(plans=CHANGED, is_closed=True)
def test_months_of_a_period_that_ended_are_its_rows(plans, is_closed):
    with a_world(plans, is_closed=is_closed) as world:
        of_another_phase()
        for scope in ended(world):
            for by in AXES:
                for only in NEEDS:
                    found = cells(scope, by, only)
                    assert found == from_rows(scope, by, only), (scope, by, only)


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_plan_that_was_cancelled_since_counts_among_many_that_are_cut(is_closed):
    with a_world(CHANGED, is_closed=is_closed) as world, patch.object(facts_places, "MANY", 0):
        for scope in ended(world):
            for only in NEEDS:
                by = ("area", "source")
                expected = as_dict(from_rows(scope, by, only).values(), by)
                assert as_dict(cells(scope, by, only).values(), by) == expected


def answers(scope, *needs):
    return facts_months.answers(Sums(Then(scope), ["area"], needs))


@pytest.mark.parametrize("is_closed", [False, True])
def test_it_is_not_read_from_the_rows(is_closed):
    with a_world(CHANGED, is_closed=is_closed) as world:
        assert all(answers(scope, "net", "promised") for scope in ended(world))
        assert not any(answers(scope, "net") for scope in ended(world))


def test_where_an_earlier_period_lets_money_in_the_rows_are_read():
    with a_world(CHANGED, is_closed=True) as world:
        scope = next(ended(world))
        before = START - dt.timedelta(31), START - dt.timedelta(1)
        ReportingPeriod.objects.bulk_create(
            [ReportingPeriod(phase=world.phase, starts_on=before[0], ends_on=before[1])]
        )
        assert not answers(scope, "net", "promised")


def test_where_too_many_plans_stood_otherwise_the_rows_are_read():
    with a_world(CHANGED, is_closed=False) as world, patch.object(facts_months, "MANY", 3):
        assert not answers(next(ended(world)), "net", "promised")

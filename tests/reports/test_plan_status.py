"""T9: plans by area and status as of any day; cancelled ones apart, with the money that was paid to them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from action_plans import facts_correction
from action_plans.facts import facts_of
from action_plans.models import StatusChange
from reports.donor_tables import status
from tests.factories import (
    PaymentFactory,
    PlanFactory,
    RegionFactory,
    ServiceAreaFactory,
    StaffFactory,
    TrancheFactory,
)
from tests.reports.test_unallocated import scope_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LONG_AGO = dt.datetime(2017, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def water():
    return ServiceAreaFactory(code="water", name_en="Water")


@pytest.fixture
def education():
    return ServiceAreaFactory(code="education", name_en="Education", position=1)


def approved(area=None, status="approved", **fields):
    return PlanFactory(status=status, area=area, approved_at=LONG_AGO, **fields)


def step(plan, before, after, at):
    StatusChange.objects.create(plan=plan, before=before, after=after, changed_at=at, reason="Why")


def found(scope):
    table = status.table(scope)
    rows = [*table.rows, table.total]
    return {row["area"]: (row["active"], row["cancelled"], row["all"]) for row in rows}


def test_plans_are_counted_by_top_area_and_status(water, education):
    preschool = ServiceAreaFactory(parent=education, code="preschool")
    plan = approved(water)
    approved(preschool, status="completed")
    approved(education, status="cancelled")
    both = approved(water, status="implementation")
    both.areas.create(area=preschool, share=40)
    approved()
    assert found(scope_of(plan)) == {
        "Water": (2, 0, 2),
        "Education": (2, 1, 3),
        "Not specified": (1, 0, 1),
        "Total": (4, 1, 5),
    }


def test_money_already_paid_to_a_cancelled_plan_stands_apart(water, education):
    plan = approved(water, status="cancelled", grant=1_200_000)
    plan.areas.create(area=education, share=50)
    plan.areas.filter(area=water).update(share=50)
    grant = plan.contributions.get()
    for kind, amount in [("received", 800_000), ("returned", 300_000), ("spent", 100_000)]:
        PaymentFactory(
            contribution=grant, kind=kind, amount_kgs=Decimal(amount), booked_at=LONG_AGO
        )
    table = status.table(scope_of(plan))
    assert [row["paid_to_cancelled_kgs"] for row in table.rows] == [250_000, 250_000]
    assert table.total["paid_to_cancelled_kgs"] == 500_000
    row, total = status.table(scope_of(plan, rows="cancelled")).rows[0], table.total
    assert (row["received_kgs"], row["returned_kgs"], row["paid_kgs"]) == (
        800_000,
        300_000,
        500_000,
    )
    assert total["active"] == 0


def test_the_status_is_that_of_the_day(water):
    plan = approved(water, status="cancelled")
    step(plan, "approved", "implementation", dt.datetime(2018, 1, 10, 12, tzinfo=dt.UTC))
    step(plan, "implementation", "cancelled", dt.datetime(2018, 5, 10, 12, tzinfo=dt.UTC))
    days = [dt.date(2018, 1, 9), dt.date(2018, 5, 9), dt.date(2018, 5, 10)]
    rows = [status.table(scope_of(plan, day)).rows[0] for day in days]
    assert [row["approved"] for row in rows] == [1, 0, 0]
    assert [row["implementation"] for row in rows] == [0, 1, 0]
    assert [row["cancelled"] for row in rows] == [0, 0, 1]
    listed = status.table(scope_of(plan, days[-1], rows="cancelled")).rows[0]
    assert listed["cancelled_on"] == days[-1]
    before = status.table(scope_of(plan, dt.date(2017, 2, 28)))
    assert (before.rows, before.total["all"]) == ([], 0)


def test_a_moved_plan_is_in_its_old_area_on_the_day_before(water, education):
    plan = approved(water)
    facts = {key: value for key, value in facts_of(plan).items() if key[0] != "areas"}
    facts_correction.correct(
        plan_id=plan.pk,
        facts=facts | {("areas", education.pk): Decimal(100)},
        base=1,
        reason="Kindergarten",
        by=StaffFactory(),
        at=timezone.now(),
        areas_on=dt.date(2018, 2, 15),
    )
    scope = scope_of(plan, dt.date(2018, 2, 14))
    assert found(scope.with_(known_at=timezone.now())) == {"Water": (1, 0, 1), "Total": (1, 0, 1)}
    assert found(scope.with_(area=water))["Total"] == (1, 0, 1)
    assert found(scope.with_(area=education))["Total"] == (0, 0, 0)
    assert found(scope_of(plan)) == {"Education": (1, 0, 1), "Total": (1, 0, 1)}


def test_other_regions_are_left_out(water):
    plan = approved(water)
    assert found(scope_of(plan, region=RegionFactory())) == {"Total": (0, 0, 0)}
    assert found(scope_of(plan, region=plan.lead.region))["Water"] == (1, 0, 1)
    assert found(scope_of(plan, no_area=True)) == {"Total": (0, 0, 0)}


@pytest.mark.parametrize("plans", [1, 4])
@pytest.mark.parametrize("rows", ["area", "cancelled"])
@pytest.mark.parametrize("day", [None, dt.date(2018, 6, 1)])
def test_it_asks_the_same_for_any_number_of_plans(
    water, plans, rows, day, django_assert_num_queries
):
    for _n in range(plans):
        plan = approved(water, status="cancelled", grant=10)
        PaymentFactory(contribution=plan.contributions.get(), booked_at=LONG_AGO)
        approved(water)
    scope = scope_of(plan, day, rows=rows)
    asked = {"area": 6, "cancelled": 4}[rows]
    if day:  # who took a step since, and which plans had other areas
        asked += {"area": 2, "cancelled": 1}[rows]
    with django_assert_num_queries(asked):
        status.table(scope)


def test_of_a_donor_are_the_plans_of_the_phases_it_pays_for(water):
    plan = approved(water, grant=10)
    assert found(scope_of(plan, donor="SDC"))["Total"] == (0, 0, 0)
    TrancheFactory(phase=plan.phase, donor="SDC")
    assert found(scope_of(plan, donor="SDC"))["Water"] == (1, 0, 1)
    assert found(scope_of(plan, donor="SDC", source="municipality"))["Total"] == (0, 0, 0)

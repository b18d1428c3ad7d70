"""Money by calendar years and quarters, and how fast it is spent."""

import datetime as dt
from decimal import Decimal as D

import pytest
from django.db.models import prefetch_related_objects
from hypothesis import given
from hypothesis import strategies as st

from action_plans.years import by_days, days_of, planned, years
from action_plans.years_page import section
from lib.money import round_kgs
from tests.factories import BudgetLineFactory, PaymentFactory, PlanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TODAY = dt.date(2019, 1, 1)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31))
SOM = st.decimals(0, 10**11, places=2)


def plan_of(first="2016-09-01", last="2017-10-31", **fields):
    """Cost 2 400 000, from a day to a day."""
    dates = {
        "starts_on": first and dt.date.fromisoformat(first),
        "ends_on": last and dt.date.fromisoformat(last),
    }
    money = {"cost_kgs": 2_400_000, "grant": 2_400_000}
    return PlanFactory(**{"status": "implementation"} | money | dates | fields)


def move(plan, kind, amount, day, **changes):
    row = {"contribution": plan.contributions.get(source="grant"), "amount_kgs": D(amount)}
    return PaymentFactory(**row | {"kind": kind, "paid_on": dt.date.fromisoformat(day)} | changes)


@given(SOM, DAYS, DAYS)
def test_slices_add_up_exactly_and_none_is_below_zero(amount, one, other):
    first, last = min(one, other), max(one, other)
    slices = by_days(amount, first, last)
    assert sum(slices.values()) == amount
    assert list(slices) == list(range(first.year, last.year + 1))
    assert min(slices.values()) >= 0
    assert all(value == round_kgs(value) for value in slices.values())


@given(st.decimals(1_000, 10**11, places=2), DAYS, DAYS)
def test_a_slice_is_its_part_of_the_days_within_rounding(amount, one, other):
    first, last = min(one, other), max(one, other)
    year, value = next(iter(by_days(amount, first, last).items()))
    end = min(last, dt.date(year, 12, 31))
    part = amount * days_of(first, end) / days_of(first, last)
    assert abs(value - part) <= D("0.01")


def test_the_planned_cost_is_split_by_days_with_both_ends():
    assert planned(plan_of(), []).by_year == {2016: D("687323.94"), 2017: D("1712676.06")}


def test_yearly_amounts_of_lines_win_over_the_days():
    plan = plan_of()
    BudgetLineFactory(plan=plan, amount=1_000_000, year=2016)
    BudgetLineFactory(plan=plan, amount=1_300_000, year=2017)
    BudgetLineFactory(plan=plan, amount=100_000)
    found = years(plan, on=TODAY).planned
    assert (found.basis, found.by_year) == ("lines", {2016: 1_000_000, 2017: 1_300_000})
    assert (found.without_year, found.total) == (100_000, 2_400_000)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"first": None}, "The start is not known yet."),
        ({"last": None}, "The end is not known yet."),
        ({"first": None, "last": None}, "The start and the end are not known yet."),
        ({"starts_precision": "month"}, "The start is not known to the day."),
        ({"ends_precision": "year"}, "The end is not known to the day."),
        ({"cost_kgs": None}, "The planned cost is not known yet."),
    ],
)
def test_without_days_nothing_is_split_and_the_reason_is_said(fields, why):
    found = planned(plan_of(**fields), [])
    assert (found.by_year, found.why_not) == ({}, why)


def test_a_plan_within_one_year_needs_no_days():
    plan = plan_of("2017-03-01", "2017-10-01", ends_precision="month")
    assert planned(plan, []).by_year == {2017: 2_400_000}


def test_what_happened_counts_in_the_year_and_quarter_of_the_payment():
    plan = plan_of(own=100_000)
    move(plan, "received", 500_000, "2016-12-31")
    move(plan, "received", 300_000, "2017-01-01")
    move(plan, "received", 100_000, "2017-03-31", contribution=_own(plan))
    move(plan, "returned", 50_000, "2017-06-30")
    move(plan, "spent", 250_000, "2017-10-01")
    found = years(plan, on=TODAY)
    assert [(y.year, y.net, y.spent, y.cumulative) for y in found.years] == [
        (2016, 500_000, 0, 500_000),
        (2017, 350_000, 250_000, 850_000),
    ]
    quarters = [(q.year, q.quarter, q.net, q.own) for q in found.quarters]
    assert quarters == [
        (2016, 4, 500_000, 0),
        (2017, 1, 400_000, 100_000),
        (2017, 2, -50_000, 0),
        (2017, 4, 0, 0),
    ]
    assert found.quarters[1].own_share == 25


def _own(plan):
    return plan.contributions.get(source="municipality")


def test_what_was_taken_back_is_in_no_year_and_later_days_are_not_there_yet():
    plan = plan_of()
    wrong = move(plan, "received", 900, "2017-01-01")
    move(plan, "received", -900, "2017-01-01", reverses=wrong, reason="typing error")
    move(plan, "received", 700, "2017-05-01")
    assert years(plan, on=dt.date(2017, 4, 30)).years[0].net == 0
    assert years(plan, on=TODAY).years[0].net == 700


def test_a_quarter_below_zero_has_no_share_and_its_bar_lies_left_of_zero():
    plan = plan_of()
    move(plan, "received", 450_000, "2017-01-10")
    move(plan, "received", 200_000, "2017-04-10")
    move(plan, "returned", 350_000, "2017-06-10")
    rows = section(plan, user=None, on=TODAY)["years"]["quarters"]
    below = rows[1]
    assert (below.moved.net, below.moved.parts, below.moved.own_share) == (-150_000, None, None)
    assert below.bar.parts == [("all", 0, 25)]
    assert rows[0].bar.parts == [("grant", 25, 75)]
    assert below.moved.cumulative == 300_000


def test_a_year_in_which_something_is_planned_stands_in_the_table():
    plan = plan_of()
    move(plan, "received", 10, "2018-02-01")
    rows = section(plan, user=None, on=TODAY)["years"]["rows"]
    assert [(row.moved.year, row.planned, row.moved.cumulative) for row in rows] == [
        (2016, D("687323.94"), 0),
        (2017, D("1712676.06"), 0),
        (2018, None, 10),
    ]


# --- Burn -----------------------------------------------------------------------------------------


def burn_of(plan, on):
    return years(plan, on=dt.date.fromisoformat(on)).burn


def test_what_is_spent_stands_beside_the_days_that_have_passed():
    plan = plan_of("2017-01-01", "2017-12-31")
    move(plan, "spent", 1_400_000, "2017-06-01")
    found = burn_of(plan, "2017-07-02")
    assert (found.elapsed, found.days) == (183, 365)
    assert [round(found.share, 1), round(found.elapsed_share, 1)] == [D("58.3"), D("50.1")]
    assert found.months_left == D("4.3")


@pytest.mark.parametrize(
    ("day", "elapsed"), [("2016-12-31", 0), ("2017-01-01", 1), ("2018-05-01", 365)]
)
def test_days_that_have_passed_stay_within_the_plan(day, elapsed):
    assert burn_of(plan_of("2017-01-01", "2017-12-31"), day).elapsed == elapsed


@pytest.mark.parametrize(
    ("fields", "spent", "day"),
    [
        ({}, 1_000, "2017-01-20"),  # too early for a pace
        ({}, 1_000, "2018-01-01"),  # the time is over
        ({"status": "completed"}, 1_000, "2017-07-02"),
        ({"status": "cancelled"}, 1_000, "2017-07-02"),
        ({}, 2_400_000, "2017-07-02"),  # nothing is left
        ({"ends_precision": "month"}, 1_000, "2017-07-02"),
    ],
)
def test_months_of_money_left_are_said_only_where_they_mean_something(fields, spent, day):
    plan = plan_of("2017-01-01", "2017-12-31", **fields)
    move(plan, "spent", spent, "2017-01-10")
    assert burn_of(plan, day).months_left is None


def test_the_budget_is_that_of_the_lines_or_else_the_planned_cost():
    plan = plan_of()
    assert (burn_of(plan, "2017-01-01").budget, burn_of(plan, "2017-01-01").by_lines) == (
        2_400_000,
        False,
    )
    BudgetLineFactory(plan=plan, amount=500_000)
    assert burn_of(plan, "2017-01-01").budget == 500_000


def test_without_a_budget_and_a_cost_there_is_no_share():
    plan = plan_of(cost_kgs=None)
    move(plan, "spent", 100, "2017-01-10")
    assert burn_of(plan, "2017-07-01").share is None


def test_the_section_asks_the_same_number_of_queries_for_any_length(django_assert_num_queries):
    plan = plan_of()
    assert plan.phase
    for number in range(1, 4):
        BudgetLineFactory(plan=plan, year=2016 + number)
        move(plan, "spent", 10, f"2017-0{number}-01")
        prefetch_related_objects([plan], "contributions")  # as the page does
        with django_assert_num_queries(4):  # lines, revisions, spent by line, sums by quarter
            section(plan, user=None, on=TODAY)

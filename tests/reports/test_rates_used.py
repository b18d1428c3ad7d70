"""T6: rates as the rows keep them, what was converted at each, and the average of the tranches."""

import datetime as dt
from decimal import Decimal

import pytest

from action_plans.models import Tranche
from reports.donor_tables import rates
from tests.factories import (
    PaymentFactory,
    PeriodFactory,
    PlanFactory,
    RegionFactory,
    TrancheFactory,
)
from tests.reports.test_unallocated import scope_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LONG_AGO = dt.datetime(2016, 3, 1, 12, tzinfo=dt.UTC)
AVERAGE = "weighted average of these tranches"


@pytest.fixture
def plan():
    return PlanFactory(status="approved", approved_at=LONG_AGO, grant=7_000_000)


def tranche(plan, amount, rate, day, **fields):
    return TrancheFactory(
        phase=plan.phase,
        amount=Decimal(amount),
        rate_value=Decimal(rate),
        received_on=day,
        booked_at=LONG_AGO,
        **fields,
    )


def paid(plan, amount, rate, day, nominal=1, **fields):
    """In yen."""
    kgs = Decimal(amount) * Decimal(rate) / nominal
    fields = {"rate_on": day, "rate_source": "nbkr-weekly", "booked_at": LONG_AGO} | fields
    return PaymentFactory(
        contribution=plan.contributions.get(),
        currency="JPY",
        amount=Decimal(amount),
        amount_kgs=kgs.quantize(Decimal("0.01")),
        rate_value=Decimal(rate),
        rate_nominal=nominal,
        paid_on=day,
        **fields,
    )


def said(scope):
    names = ["used_for", "currency", "nominal", "rate", "number", "amount", "amount_kgs"]
    return [tuple(row[name] for name in names) for row in rates.table(scope).rows]


def test_two_tranches_and_their_weighted_average(plan):
    tranche(plan, 60_000, "69.50", dt.date(2014, 1, 1))
    tranche(plan, 40_000, "71.25", dt.date(2015, 1, 1))
    assert said(scope_of(plan)) == [
        ("tranches", "CHF", 1, Decimal("69.50"), 1, 60_000, 4_170_000),
        ("tranches", "CHF", 1, Decimal("71.25"), 1, 40_000, 2_850_000),
        (AVERAGE, "CHF", 1, Decimal("70.20"), 2, 100_000, 7_020_000),
    ]


def test_payments_at_one_rate_are_one_row_with_its_nominal(plan):
    for amount in (1_000_000, 500_000):
        paid(plan, amount, "4.7578", dt.date(2015, 5, 1), nominal=10)
    (row,) = rates.table(scope_of(plan)).rows
    assert (row["number"], row["amount"], row["amount_kgs"]) == (2, 1_500_000, 713_670)
    assert (row["nominal"], row["rate"], row["rate_on"]) == (
        10,
        Decimal("4.7578"),
        dt.date(2015, 5, 1),
    )
    assert row["source"] == "National Bank, weekly"
    assert row["policy"] == "weighted average of the tranches"


def test_what_was_taken_back_leaves_no_row(plan):
    row = tranche(plan, 60_000, "69.50", dt.date(2014, 1, 1))
    Tranche.objects.create(
        phase=plan.phase, donor="SDC", received_on=row.received_on, currency="CHF",
        amount=-row.amount, amount_kgs=-row.amount_kgs, rate_value=row.rate_value,
        rate_on=row.rate_on, rate_source="bank", reverses=row, reason="Twice",
        entered_at=LONG_AGO, booked_at=LONG_AGO,
    )  # fmt: skip
    assert said(scope_of(plan)) == []


def test_a_period_a_past_day_a_place_and_a_donor_narrow_it(plan):
    tranche(plan, 60_000, "69.50", dt.date(2014, 1, 1))
    tranche(plan, 40_000, "71.25", dt.date(2017, 5, 1))
    paid(plan, 1000, "0.5", dt.date(2017, 6, 1))
    period = PeriodFactory(phase=plan.phase)
    assert [row[5] for row in said(scope_of(plan, period.ends_on, period=period))] == [
        40_000,
        40_000,
        1000,
    ]
    assert [row[5] for row in said(scope_of(plan, dt.date(2016, 12, 31)))] == [60_000, 60_000]
    assert [row[5] for row in said(scope_of(plan, region=plan.lead.region))] == [1000]
    assert said(scope_of(plan, region=RegionFactory())) == []
    assert [row[1] for row in said(scope_of(plan, donor="SDC"))] == ["CHF"] * 3 + ["JPY"]
    assert said(scope_of(plan, donor="EU")) == []


def test_it_asks_two_questions(plan, django_assert_num_queries):
    for day in range(1, 5):
        paid(plan, 1000, "0.5", dt.date(2017, 6, day))
        tranche(plan, 60_000, "69.50", dt.date(2014, 1, day))
    scope = scope_of(plan)
    with django_assert_num_queries(2):
        rates.table(scope)

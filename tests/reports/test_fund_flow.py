"""T4: the lines of each account add up to its closing balance; exchange results are lines of their own."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from action_plans.models import Payment, Tranche
from reports.donor_tables import fund_flow
from tests.factories import (
    ContributionFactory,
    PaymentFactory,
    PeriodFactory,
    PlanFactory,
    RegionFactory,
    ServiceAreaFactory,
    TrancheFactory,
)
from tests.reports.test_unallocated import scope_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LONG_AGO = dt.datetime(2016, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def plan():
    return PlanFactory(status="approved", approved_at=LONG_AGO, own=500_000, grant=7_000_000)


def paid(plan, amount, day, *, kind="received", source="grant", at=LONG_AGO):
    return PaymentFactory(
        contribution=plan.contributions.get(source=source, form="cash"),
        kind=kind,
        amount_kgs=Decimal(amount),
        paid_on=day,
        booked_at=at,
    )


def tranche(plan, amount, rate, day, **fields):
    fields = {"booked_at": LONG_AGO, "accounted_on": day} | fields
    return TrancheFactory(
        phase=plan.phase,
        amount=Decimal(amount),
        rate_value=Decimal(rate),
        received_on=day,
        entered_at=LONG_AGO,
        **fields,
    )


@pytest.fixture
def year(plan):
    """CHF 60 000 in 2016; 40 000 and all payments in 2017."""
    tranche(plan, 60_000, "69.50", dt.date(2016, 5, 1))
    tranche(plan, 40_000, "71.25", dt.date(2017, 2, 1))
    paid(plan, 6_500_000, dt.date(2017, 3, 1))
    paid(plan, 100_000, dt.date(2017, 9, 1), kind="returned")
    paid(plan, 400_000, dt.date(2016, 12, 1), source="municipality")
    paid(plan, 300_000, dt.date(2017, 4, 1), kind="spent", source="municipality")
    return PeriodFactory(phase=plan.phase)


def lines(scope):
    """{account: {line: (amount, som)}}"""
    found = {}
    for row in fund_flow.table(scope).rows:
        line = row["amount"], row["amount_kgs"]
        found.setdefault(row["account_code"], {})[row["line_code"]] = line
    return found


def adds_up(account):
    *parts, (_amount, closing) = account.values()
    return sum(som for _amount, som in parts) == closing


def test_an_account_by_currency_and_in_som(plan, year):
    found = lines(scope_of(plan, period=year, day=year.ends_on))
    account = found["i-CHF"]
    assert account["opening"] == (60_000, 4_170_000)
    assert account["received"] == (40_000, 2_850_000)
    assert account["paid"] == (Decimal("-92592.59"), -6_500_000)
    assert account["returned"] == (Decimal("1424.50"), 100_000)
    assert account["exchange"] == (None, 0)
    assert account["closing"] == (Decimal("8831.91"), 620_000)
    assert adds_up(account)


def test_money_of_the_municipality_at_the_plans(plan, year):
    found = lines(scope_of(plan, period=year, day=year.ends_on))["plans-municipality"]
    assert {line: som for line, (_amount, som) in found.items()} == {
        "opening": 400_000,
        "received": 0,
        "returned": 0,
        "spent": -300_000,
        "closing": 100_000,
    }
    whole = lines(scope_of(plan))["plans-grant"]
    assert [som for _amount, som in whole.values()] == [0, 6_500_000, -100_000, 0, 6_400_000]


def test_the_result_against_the_budget_rate_is_a_line_of_its_own(plan, year):
    phase = plan.phase
    phase.budget_currency, phase.budget_rate = "CHF", Decimal(68)
    phase.save()
    account = lines(scope_of(plan))["i-CHF"]
    assert account["received"] == (100_000, 6_800_000)
    assert account["budget-result"] == (None, 220_000)
    assert adds_up(account)


def test_a_late_row_counts_in_the_period_it_is_accounted_in(plan, year):
    late = paid(plan, 50_000, dt.date(2017, 5, 1), kind="returned", source="municipality")
    day = dt.date(2018, 1, 1)
    Payment.objects.filter(pk=late.pk).update(accounted_on=day, late_for=year)
    second = PeriodFactory(phase=plan.phase, starts_on=day, ends_on=dt.date(2018, 12, 31))
    first = lines(scope_of(plan, period=year, day=year.ends_on))["plans-municipality"]
    assert first["closing"] == (100_000, 100_000)
    found = lines(scope_of(plan, period=second, day=second.ends_on))["plans-municipality"]
    assert found["opening"] == (100_000, 100_000)
    assert found["corrections"] == (-50_000, -50_000)
    assert adds_up(found)


def test_a_late_tranche_and_one_taken_back_late_leave_the_closed_period_as_it_was(plan, year):
    first = Tranche.objects.order_by("pk").first()
    day = dt.date(2018, 1, 1)
    tranche(plan, 10_000, "70.00", dt.date(2017, 6, 1), accounted_on=day, late_for=year)
    Tranche.objects.create(
        phase=plan.phase, donor="SDC", received_on=first.received_on, currency="CHF",
        amount=-first.amount, amount_kgs=-first.amount_kgs, rate_value=first.rate_value,
        rate_source="bank", reverses=first, reason="Twice", entered_at=LONG_AGO,
        booked_at=timezone.now(), accounted_on=day, late_for=year,
    )  # fmt: skip
    account = lines(scope_of(plan, period=year, day=year.ends_on))["i-CHF"]
    assert account["closing"] == (Decimal("8831.91"), 620_000)
    second = PeriodFactory(phase=plan.phase, starts_on=day, ends_on=dt.date(2018, 12, 31))
    account = lines(scope_of(plan, period=second, day=second.ends_on))["i-CHF"]
    assert account["opening"] == (Decimal("8831.91"), 620_000)
    assert account["received"] == (-50_000, 700_000 - 4_170_000)
    assert adds_up(account)


def test_a_past_day_knows_only_what_was_booked_by_then(plan, year):
    paid(plan, 200_000, dt.date(2017, 3, 2), at=timezone.now())
    then = lines(scope_of(plan, dt.date(2017, 12, 31)))["i-CHF"]
    assert (then["paid"][1], then["closing"][1]) == (-6_500_000, 620_000)
    assert lines(scope_of(plan))["i-CHF"]["paid"][1] == -6_700_000
    assert lines(scope_of(plan, dt.date(2016, 4, 30))) == {}


def test_with_a_place_or_another_source_only_plans_are_shown(plan, year):
    region = plan.lead.region
    assert list(lines(scope_of(plan, region=region))) == ["plans-grant", "plans-municipality"]
    assert list(lines(scope_of(plan, source="municipality"))) == ["plans-municipality"]
    assert lines(scope_of(plan, region=RegionFactory())) == {}
    assert "i-CHF" in lines(scope_of(plan, donor="SDC"))
    assert "i-CHF" not in lines(scope_of(plan, donor="EU"))


def test_what_is_given_in_kind_is_not_in_it(plan):
    in_kind = ContributionFactory(plan=plan, source="municipality", form="in_kind")
    PaymentFactory(contribution=in_kind)
    assert fund_flow.table(scope_of(plan)).rows == []


@pytest.mark.parametrize("plans", [1, 4])
@pytest.mark.parametrize("day", [None, dt.date(2017, 12, 31)])
def test_it_asks_the_same_for_any_number_of_plans(
    plan, year, plans, day, django_assert_num_queries
):
    for _n in range(plans):
        other = PlanFactory(
            status="approved", approved_at=LONG_AGO, grant=5, area=ServiceAreaFactory()
        )
        paid(other, 5, dt.date(2017, 3, 1))
    scope = scope_of(plan, day)
    with django_assert_num_queries(4):  # tranches twice, days of grants, cash of the plans
        fund_flow.table(scope)

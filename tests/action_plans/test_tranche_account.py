"""The donor's account: what som are in its currency by each policy, and that every statement adds up."""

import datetime as dt
from decimal import Decimal
from unittest import mock

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from action_plans import tranche_account, tranche_moves, tranche_price
from action_plans.models import Contribution
from action_plans.tranche_statement import statement
from lib.money import convert
from tests.factories import (
    ExchangeRateFactory,
    PaymentFactory,
    PhaseFactory,
    PlanFactory,
    TrancheFactory,
)

pytestmark = pytest.mark.django_db
START = dt.date(2014, 1, 1)
END = dt.date(2018, 12, 31)


def two_tranches(phase):
    TrancheFactory(phase=phase)
    TrancheFactory(
        phase=phase,
        received_on=dt.date(2014, 6, 1),
        amount=Decimal("40000.00"),
        rate_value=Decimal("71.25"),
    )


def pay(phase, som, *, on=dt.date(2015, 3, 1), **fields):
    plan = PlanFactory(phase=phase, status="approved", grant=som)
    return PaymentFactory(
        contribution=plan.contributions.get(), amount_kgs=Decimal(som), paid_on=on, **fields
    )


def whole(phase, currency="CHF", *, starts_on=START, ends_on=END):
    return statement(phase=phase, currency=currency, starts_on=starts_on, ends_on=ends_on)


@pytest.mark.parametrize(
    ("policy", "paid", "left"),
    [("weighted", "92592.59", "7407.41"), ("fifo", "92701.75", "7298.25")],
)
def test_som_take_what_the_tranches_had_cost(policy, paid, left):
    phase = PhaseFactory(fx_policy=policy)
    two_tranches(phase)
    pay(phase, 6_500_000)
    account = whole(phase)
    assert account.received == (100_000, 7_020_000)
    assert account.paid == (Decimal(paid), 6_500_000)
    assert account.closing == (Decimal(left), 520_000)
    assert account.difference_kgs == 0


def test_the_rate_of_the_day_leaves_an_exchange_difference():
    phase = PhaseFactory(fx_policy="day")
    two_tranches(phase)
    ExchangeRateFactory(currency="CHF", applies_on=dt.date(2015, 2, 27), value=Decimal("72"))
    pay(phase, 6_500_000)
    account = whole(phase)
    assert account.paid == (Decimal("90277.78"), 6_500_000)
    # 90 277.78 francs had cost 6 337 500 som, and 6 500 000 were paid for them.
    assert account.difference_kgs == 162_500
    assert account.closing == (Decimal("9722.22"), 682_500)


def test_a_day_without_a_rate_leaves_the_francs_unknown():
    phase = PhaseFactory(fx_policy="day")
    two_tranches(phase)
    pay(phase, 6_500_000)
    account = whole(phase)
    assert account.closing == (None, None)
    assert account.paid == (None, 6_500_000)
    assert (account.days_without_rate, account.without_rate_kgs) == (1, 6_500_000)
    before = whole(phase, ends_on=dt.date(2014, 12, 31))
    assert before.closing == (100_000, 7_020_000)


def test_the_rate_of_the_budget_keeps_the_som_that_are_there():
    phase = PhaseFactory(fx_policy="budget", budget_currency="CHF", budget_rate=Decimal(68))
    two_tranches(phase)
    pay(phase, 6_500_000)
    account = whole(phase)
    assert account.paid.amount == Decimal("95588.24")
    assert account.budget_result_kgs == 220_000
    assert account.closing == (Decimal("4411.76"), 520_000)


def test_money_that_comes_back_fills_the_account_at_the_price_it_left():
    phase = PhaseFactory(fx_policy="fifo")
    two_tranches(phase)
    payment = pay(phase, 4_170_000)
    PaymentFactory(
        contribution=payment.contribution,
        kind="returned",
        amount_kgs=Decimal(695_000),
        paid_on=dt.date(2015, 4, 1),
    )
    account = whole(phase)
    assert account.returned == (10_000, 695_000)
    assert account.closing == (50_000, 3_545_000)


def test_of_what_was_taken_back_nothing_counts():
    phase = PhaseFactory(fx_policy="weighted")
    two_tranches(phase)
    wrong = TrancheFactory(phase=phase, amount=Decimal("999.00"))
    TrancheFactory(
        phase=phase,
        amount=-wrong.amount,
        reverses=wrong,
        reason="twice",
        rate_value=Decimal("69.5"),
    )
    payment = pay(phase, 100_000)
    PaymentFactory(
        contribution=payment.contribution,
        amount_kgs=Decimal(-100_000),
        paid_on=payment.paid_on,
        reverses=payment,
        reason="twice",
    )
    assert whole(phase).closing == (100_000, 7_020_000)


def test_a_grant_in_kind_and_money_of_others_take_nothing():
    phase = PhaseFactory(fx_policy="weighted")
    two_tranches(phase)
    plan = PlanFactory(phase=phase, status="approved", own=500)
    in_kind = Contribution.objects.create(plan=plan, source="grant", form="in_kind", amount_kgs=9)
    for contribution in plan.contributions.all():
        PaymentFactory(contribution=contribution, paid_on=dt.date(2015, 1, 1))
    assert in_kind.payments.exists()
    assert whole(phase).paid == (0, 0)


def test_more_paid_than_received_is_shown_and_settled_by_the_next_tranche():
    phase = PhaseFactory(fx_policy="weighted")
    TrancheFactory(phase=phase, amount=Decimal("100.00"), rate_value=Decimal("70"))
    pay(phase, 10_500)
    account = whole(phase)
    assert account.is_overdrawn
    assert account.closing == (-50, -3500)
    TrancheFactory(
        phase=phase,
        amount=Decimal("100.00"),
        rate_value=Decimal("80"),
        received_on=dt.date(2016, 1, 1),
    )
    # The 3 500 som had really come from the second tranche: 43.75 francs of it.
    assert whole(phase).paid == (Decimal("143.75"), 10_500)
    assert whole(phase).closing == (Decimal("56.25"), 4500)


def test_before_the_first_tranche_nothing_says_what_som_are():
    phase = PhaseFactory(fx_policy="weighted")
    pay(phase, 7_000)
    TrancheFactory(phase=phase, received_on=dt.date(2016, 1, 1), rate_value=Decimal("70"))
    early = whole(phase, ends_on=dt.date(2015, 12, 31))
    assert early.closing == (None, -7000)
    assert early.waits_for_a_tranche
    assert whole(phase).closing == (59_900, 4_193_000)


def test_som_are_paid_from_the_account_of_the_budget():
    phase = PhaseFactory(fx_policy="weighted", budget_currency="USD")
    TrancheFactory(phase=phase)
    TrancheFactory(phase=phase, currency="USD", rate_value=Decimal("50"))
    pay(phase, 5_000)
    assert whole(phase, "USD").paid == (100, 5000)
    assert whole(phase, "CHF").paid == (0, 0)


def test_a_tranche_in_som_does_not_take_the_payments_over():
    phase = PhaseFactory(fx_policy="weighted", budget_currency="CHF")
    TrancheFactory(phase=phase)
    TrancheFactory(
        phase=phase,
        currency="KGS",
        amount=Decimal(500),
        rate_value=Decimal(1),
        rate_source="som",
    )
    pay(phase, 6_950)
    assert whole(phase).paid == (100, 6_950)
    assert whole(phase, "KGS").closing == (500, 500)


def test_where_all_tranches_are_som_so_are_the_balances():
    phase = PhaseFactory(fx_policy="day", budget_currency="CHF")
    tranche = {"amount": Decimal(500), "rate_value": Decimal(1), "rate_source": "som"}
    TrancheFactory(phase=phase, currency="KGS", **tranche)
    pay(phase, 200)
    assert whole(phase, "KGS").closing == (300, 300)


def test_a_payment_in_the_currency_takes_that_much_of_it():
    phase = PhaseFactory(fx_policy="weighted")
    two_tranches(phase)
    pay(
        phase,
        7_000_000,
        amount=Decimal("99000.00"),
        currency="CHF",
        rate_value=Decimal("70.70"),
        rate_source="manual",
    )
    account = whole(phase)
    assert account.paid == (99_000, 7_000_000)
    # It had cost 6 949 800.
    assert account.difference_kgs == 50_200
    assert account.closing == (1_000, 70_200)


@pytest.mark.parametrize(("policy", "som"), [("weighted", "70200.00"), ("fifo", "69500.00")])
def test_a_payment_is_priced_by_what_is_in_the_account(policy, som):
    phase = PhaseFactory(fx_policy=policy)
    two_tranches(phase)
    asked = {"phase": phase, "currency": "CHF", "amount": Decimal("1000.00")}
    priced = tranche_price.price(on=dt.date(2015, 1, 1), **asked)
    assert (priced.amount_kgs, priced.on) == (Decimal(som), dt.date(2014, 6, 1))
    assert tranche_price.price(on=dt.date(2013, 12, 1), **asked) is None


@pytest.mark.parametrize("policy", ["weighted", "fifo"])
def test_to_price_a_payment_many_days_are_added_up(policy):
    phase = PhaseFactory(fx_policy=policy)
    two_tranches(phase)
    pay(phase, 695, on=dt.date(2014, 5, 1))
    francs = {"amount": Decimal("10.00"), "currency": "CHF", "rate_value": Decimal("70")}
    for n in range(8):
        day = dt.date(2014, 7, 1 + n)
        payment = pay(phase, 700, on=day, rate_source="manual", **francs)
        PaymentFactory(contribution=payment.contribution, amount_kgs=Decimal(90 + n), paid_on=day)
    PaymentFactory(
        contribution=payment.contribution, kind="returned", amount_kgs=Decimal(9), paid_on=day
    )
    with mock.patch.object(
        tranche_account.Account, "move", autospec=True, side_effect=tranche_account.Account.move
    ) as move:
        priced_by_sums_as_by_days(phase, dt.date(2015, 1, 1))
    # Both have 2 tranches and the first payment. Then 16 payments and what came back, or one of each.
    assert move.call_count == (3 + 17) + (3 + 3)


@pytest.mark.parametrize("policy", ["weighted", "fifo"])
def test_money_in_other_currencies_is_taken_from_where_som_are_paid_from(policy):
    """Unless it has tranches of its own."""
    phase = PhaseFactory(fx_policy=policy)
    two_tranches(phase)
    for month in (2, 9):
        TrancheFactory(
            phase=phase, currency="USD", received_on=dt.date(2014, month, 1), rate_value=50 + month
        )
    prices = [francs_cost(phase)]
    for month, currency in enumerate(["USD", "EUR", "USD", "EUR"], 3):
        values = {"amount": Decimal(9000), "currency": currency, "rate_value": Decimal(80)}
        pay(phase, 720_000, on=dt.date(2014, month, 1), rate_source="manual", **values)
        prices.append(francs_cost(phase))
        for asked in ("CHF", "USD"):
            priced_by_sums_as_by_days(phase, dt.date(2015, 1, 1), asked)
    assert prices[0] == prices[1] != prices[2] == prices[3]


def francs_cost(phase):
    """All that two tranches brought, so in turn, too."""
    asked = {"phase": phase, "currency": "CHF", "amount": Decimal(200_000)}
    return tranche_price.price(on=dt.date(2015, 1, 1), **asked)


def test_the_equivalent_rests_on_the_mean_of_the_rates_that_held():
    phase = PhaseFactory(fx_policy="weighted")
    two_tranches(phase)
    for day, value, source in [(1, 60, "nbkr-weekly"), (8, 999, "nbkr-weekly"), (8, 80, "manual")]:
        ExchangeRateFactory(
            currency="CHF",
            applies_on=dt.date(2015, 1, day),
            value=Decimal(value),
            source=source,
        )
    account = whole(phase)
    assert account.period_average == 70
    assert account.equivalent_kgs == 7_000_000
    assert whole(phase, ends_on=dt.date(2014, 12, 31)).equivalent_kgs is None


@pytest.mark.parametrize("payments", [1, 3])
def test_a_statement_asks_the_same_number_of_queries(django_assert_num_queries, payments):
    phase = PhaseFactory(fx_policy="day")
    two_tranches(phase)
    for n in range(payments):
        pay(phase, 1000, on=dt.date(2015, 1, 1 + n))
    with django_assert_num_queries(3):  # tranches, payments per day, rates
        assert whole(phase).closing


DAYS = st.integers(0, 400).map(lambda n: START + dt.timedelta(days=n))
# At the highest rate still within the limit of a row, 100,000,000,000 som
AMOUNTS = st.decimals(min_value="0.01", max_value="666666666.66", places=2)
RATES = st.decimals(min_value="0.0001", max_value="150", places=4)
TRANCHES = st.lists(st.tuples(DAYS, AMOUNTS, RATES), min_size=1, max_size=5)
PAYMENTS = st.lists(
    st.tuples(DAYS, AMOUNTS, st.sampled_from(["received", "received", "returned"]), st.booleans()),
    max_size=10,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    tranches=TRANCHES,
    payments=PAYMENTS,
    policy=st.sampled_from(["day", "weighted", "fifo", "budget"]),
    cut=DAYS,
)
def test_every_statement_adds_up_in_both_columns(db, tranches, payments, policy, cut):
    with transaction.atomic():
        phase = PhaseFactory(
            fx_policy=policy, budget_currency="CHF", budget_rate=Decimal("68.1234")
        )
        for day, amount, rate in tranches:
            if convert(amount, rate):
                TrancheFactory(phase=phase, received_on=day, amount=amount, rate_value=rate)
        grant = PlanFactory(phase=phase, status="approved", grant=1).contributions.get()
        for day, amount, kind, is_foreign in payments:
            fields = {"amount_kgs": amount}
            if is_foreign:
                fields = {"amount": amount, "currency": "CHF", "rate_value": Decimal("70")}
                fields |= {"amount_kgs": convert(amount, Decimal(70)), "rate_source": "manual"}
            PaymentFactory(contribution=grant, paid_on=day, kind=kind, **fields)
        for n in range(0, 402, 7):
            ExchangeRateFactory(
                currency="CHF", applies_on=START + dt.timedelta(days=n), value=Decimal("69.9") + n
            )
        end = START + dt.timedelta(days=401)
        early = whole(phase, ends_on=cut)
        late = whole(phase, starts_on=cut + dt.timedelta(days=1), ends_on=end)
        for account in (early, late, whole(phase, ends_on=end)):
            adds_up(account)
        # Two periods are one after the other, and together the whole.
        assert late.opening == early.closing
        assert whole(phase, ends_on=end).closing == late.closing
        not_by_sums_alone(phase, policy, end)
        if policy in ("weighted", "fifo"):
            priced_by_sums_as_by_days(phase, cut)
            priced_by_sums_as_by_days(phase, end)
        transaction.set_rollback(True)


def adds_up(account):
    kgs = account.opening.kgs + account.received.kgs - account.paid.kgs + account.returned.kgs
    assert kgs + account.difference_kgs == account.closing.kgs
    if None not in (account.opening.amount, account.closing.amount):
        amount = account.opening.amount + account.received.amount
        assert amount - account.paid.amount + account.returned.amount == account.closing.amount
    at_budget = account.received_at_budget_kgs + account.budget_result_kgs
    assert at_budget == account.received.kgs


def priced_by_sums_as_by_days(phase, day, currency="CHF"):
    asked = {"phase": phase, "currency": currency, "amount": Decimal("123.45"), "on": day}
    with mock.patch.object(tranche_price, "MANY", 0):
        by_days = tranche_price.price(**asked)
    assert tranche_price.price(**asked) == by_days


def not_by_sums_alone(phase, policy, end):
    """What lies in the account, layer by layer, is what the sums say."""
    account = tranche_account.Account(
        first_in_first_out=policy == "fifo",
        rate_on=(lambda day: Decimal("69.9")) if policy in ("day", "budget") else None,
    )
    for move in tranche_moves.movements(phase, "CHF", end):
        account.move(move)
    amount = sum(layer.amount for layer in account.layers) - account.short.amount
    kgs = sum(layer.kgs for layer in account.layers) - account.short.kgs - account.short_kgs
    sums = account.received, account.paid, account.returned
    received, paid, returned = sums
    if account.value:
        amount -= account.short_kgs / account.value
    # So far as 28 digits can say it.
    assert abs(received.amount - paid.amount + returned.amount - amount) < Decimal("0.005")
    som = received.kgs - paid.kgs + returned.kgs + account.difference_kgs
    assert abs(som - kgs) < Decimal("0.005")

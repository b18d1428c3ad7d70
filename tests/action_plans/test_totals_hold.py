"""Whatever happens to plans, what is kept equals the rows."""

import threading
from collections import Counter, defaultdict
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from action_plans import paid_days, paid_months
from action_plans.models import (
    ActionPlan,
    Axis,
    Contribution,
    FundingTotal,
    Payment,
    PlanArea,
    PlanStatus,
)
from action_plans.totals import cells, counted_totals, keep_totals
from tests.factories import ContributionFactory, PaymentFactory, PlanFactory, ServiceAreaFactory

pytestmark = pytest.mark.django_db
AMOUNT = st.decimals(min_value="0.01", max_value="99999999999.99", places=2)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["cost", "no cost", "promise", "withdraw", "pay", "return", "state", "areas"]
        ),
        AMOUNT,
        st.integers(0, 5),
    ),
    max_size=12,
)
SOURCES = ["grant", "municipality", "community", "oblast", "republic", "donor"]


def do(plan, step, amount, n):
    """One change of the plan by its rows, as the verbs make them."""
    mine = Contribution.objects.filter(plan=plan).order_by("pk")
    if step in ("cost", "no cost"):
        ActionPlan.objects.filter(pk=plan.pk).update(cost_kgs=amount if step == "cost" else None)
    elif step == "promise":
        form = "in_kind" if n == 1 and amount > 5 else "cash"
        ContributionFactory(plan=plan, source=SOURCES[n], form=form, amount_kgs=amount)
    elif step == "withdraw":
        mine.filter(payments=None)[:1].get().delete() if mine.filter(payments=None) else None
    elif step in ("pay", "return") and mine:
        kind = "received" if step == "pay" else "returned"
        PaymentFactory(contribution=mine[n % len(mine)], kind=kind, amount_kgs=amount)
    elif step == "state":
        ActionPlan.objects.filter(pk=plan.pk).update(status=PlanStatus.values[n])
    elif step == "areas":
        PlanArea.objects.filter(plan=plan).delete()
        for share in [[], [100], [50, 50], [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]][
            n % 4
        ]:
            PlanArea.objects.create(plan=plan, area=ServiceAreaFactory(), share=share)
    keep_totals(plan.pk)


def expected_totals():
    found = defaultdict(Counter)
    for plan in ActionPlan.objects.all():
        for place, cell in cells(plan.slices.all()).items():
            found[place].update(cell)
    return {place: {n: v for n, v in cell.items() if v} for place, cell in found.items()}


def kept_totals():
    return {
        (t.phase_id, t.status, t.axis, t.key): {n: getattr(t, n) for n in t.SUMMED if getattr(t, n)}
        for t in FundingTotal.objects.all()
        if any(getattr(t, n) for n in t.SUMMED)
    }


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=STEPS, second=STEPS)
def test_kept_totals_equal_the_rows_after_any_sequence_of_changes(db, first, second):
    with transaction.atomic():
        for steps in (first, second):
            plan = PlanFactory(status=PlanStatus.APPROVED, cost_kgs=Decimal("1000.00"), own=200)
            for step in steps:
                do(plan, *step)
            plan.refresh_from_db()
            promised = sum(
                Contribution.objects.filter(plan=plan).values_list("amount_kgs", flat=True)
            )
            net = Counter()
            for payment in Payment.objects.filter(contribution__plan=plan):
                net[payment.kind] += payment.amount_kgs
            assert plan.promised_kgs == promised
            assert plan.received_kgs == net["received"] - net["returned"]
            if plan.cost_kgs is not None:
                assert plan.cost_kgs == promised + plan.gap_kgs - plan.surplus_kgs
        assert kept_totals() == expected_totals()
        assert paid_days.kept() == paid_days.from_rows()
        assert paid_months.kept() == paid_months.from_rows()
        transaction.set_rollback(True)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_ten_people_paying_at_once_lose_nothing():
    plans = [PlanFactory(status=PlanStatus.APPROVED, cost_kgs=1000, grant=1000) for _ in range(2)]
    grants = [plan.contributions.get() for plan in plans]

    def pay(n):
        with transaction.atomic():
            PaymentFactory(contribution=grants[n % 2], amount_kgs=Decimal("10.01"))
            keep_totals(plans[n % 2].pk)
        connection.close()

    threads = [threading.Thread(target=pay, args=[n]) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted_totals(axis=Axis.ALL)[""]["received_grant_kgs"] == Decimal("100.10")
    assert kept_totals() == expected_totals()
    assert list(paid_days.kept().values()) == [(Decimal("100.10"),) * 2]

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_plans.models import (
    OTHER,
    PROMISED,
    RECEIVED,
    ActionPlan,
    AddedMoney,
    Axis,
    Contribution,
    FundingTotal,
    PlanArea,
    PlanStatus,
)
from action_plans.totals import counted_totals, cut, keep_totals
from municipalities.models import Municipality
from tests.factories import PlanFactory, ServiceAreaFactory

pytestmark = pytest.mark.django_db
APPROVED = PlanStatus.APPROVED
AMOUNT = st.decimals(min_value="0.01", max_value="1000.00", places=2)


def test_only_counted_plans_are_in_the_totals():
    PlanFactory(status=APPROVED, cost_kgs=1_000_000, own=200_000, grant=800_000)
    PlanFactory(cost_kgs=5_000_000, own=5_000_000)
    all_plans = counted_totals(axis=Axis.ALL)[""]
    assert (all_plans["plans"], all_plans["cost_kgs"], all_plans["own_cash_kgs"]) == (
        1,
        1_000_000,
        200_000,
    )


def test_a_change_moves_the_totals_by_its_difference():
    plan = PlanFactory(status=APPROVED, cost_kgs=1_000_000, own=200_000, grant=800_000)
    Contribution.objects.filter(plan=plan, source="grant").update(amount_kgs=Decimal("700000.01"))
    keep_totals(plan.pk)
    all_plans = counted_totals(axis=Axis.ALL)[""]
    assert (all_plans["grant_kgs"], all_plans["gap_kgs"]) == (
        Decimal("700000.01"),
        Decimal("99999.99"),
    )


def test_a_plan_that_leaves_the_counted_states_leaves_the_totals():
    plan = PlanFactory(status=APPROVED, cost_kgs=100, own=10)
    ActionPlan.objects.filter(pk=plan.pk).update(status=PlanStatus.CANCELLED)
    keep_totals(plan.pk)
    assert counted_totals(axis=Axis.ALL)[""]["plans"] == 0
    assert FundingTotal.objects.get(axis="all", status="cancelled").cost_kgs == 100


def test_parts_by_area_add_up_to_the_plan():
    plan = PlanFactory(status=APPROVED, cost_kgs=Decimal("100.00"), own=Decimal("33.33"))
    for share in (Decimal("33.34"), Decimal("33.33"), Decimal("33.33")):
        PlanArea.objects.create(plan=plan, area=ServiceAreaFactory(), share=share)
    keep_totals(plan.pk)
    by_area = counted_totals(axis=Axis.AREA).values()
    assert sum(row["cost_kgs"] for row in by_area if row["plans"]) == Decimal("100.00")
    assert sum(row["own_cash_kgs"] for row in by_area if row["plans"]) == Decimal("33.33")


def test_areas_of_the_same_position_share_by_their_code_wherever_the_rows_lie():
    plan = PlanFactory(status=APPROVED, cost_kgs=Decimal("0.01"))
    for code in ("b", "a"):
        PlanArea.objects.create(plan=plan, area=ServiceAreaFactory(code=code), share=50)
    keep_totals(plan.pk)
    costs = plan.slices.order_by("area__code").values_list("area__code", "cost_kgs")
    assert list(costs) == [("a", Decimal("0.01")), ("b", Decimal("0.00"))]


def test_a_plan_without_a_cost_has_neither_gap_nor_share():
    plan = PlanFactory(status=APPROVED, own=120_000)
    assert (plan.gap_kgs, plan.surplus_kgs, plan.own_share, plan.is_under_minimum) == (
        None,
        None,
        None,
        False,
    )
    assert counted_totals(axis=Axis.ALL)[""]["own_of_known_cost_kgs"] == 0


@pytest.mark.parametrize(("own", "under"), [(200_000, False), (199_999, True)])
def test_the_minimum_is_tested_on_the_unrounded_ratio(own, under):
    assert PlanFactory(cost_kgs=2_000_000, own=own).is_under_minimum is under


def test_cost_is_promises_plus_gap_minus_surplus():
    PlanFactory(status=APPROVED, cost_kgs=2_483_253, own=400_000, grant=3_083_253)
    PlanFactory(status=APPROVED, cost_kgs=500, own=100)
    row = counted_totals(axis=Axis.ALL)[""]
    assert row["surplus_kgs"] == 1_000_000
    assert (
        row["cost_kgs"] == sum(row[name] for name in PROMISED) + row["gap_kgs"] - row["surplus_kgs"]
    )
    assert set(OTHER) < set(PROMISED)


@given(
    cost=st.none() | AMOUNT,
    promises=st.lists(st.tuples(st.sampled_from(PROMISED), AMOUNT), max_size=4),
    shares=st.sampled_from([[60, 40], [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]]),
)
def test_every_slice_adds_up_as_its_plan_does(cost, promises, shares):
    nothing = dict.fromkeys([*PROMISED, *RECEIVED], Decimal(0))
    plan = ActionPlan(cost_kgs=cost, **nothing | dict(promises))
    covered = plan.promised_kgs if cost is None else cost
    for piece in cut(plan, [(Municipality(), share) for share in shares], []):
        assert min(getattr(piece, name) for name in AddedMoney.MEASURES) >= 0
        assert (
            piece.cost_kgs + piece.promised_without_cost_kgs
            == piece.promised_kgs + piece.gap_kgs - piece.surplus_kgs
        )
        assert not (piece.gap_kgs and covered <= plan.promised_kgs)
        assert not (piece.surplus_kgs and covered >= plan.promised_kgs)

"""A promise is never income: planned share, fulfilment, outstanding and received share are four figures."""

from decimal import Decimal as D

import pytest

from tests.acceptance.steps import enter_plan, pay, table, words
from tests.action_plans.form_data import money

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(staff):
    promises = money(("municipality", "cash", "1 100 000"), ("grant", "cash", "2 400 000"))
    plan = enter_plan(staff, cost_kgs="3 500 000", **promises)
    pay(staff, plan, "700 000", currency="KGS", paid_on="01.02.2018", source="municipality")
    pay(staff, plan, "2 000 000", currency="KGS", paid_on="01.02.2018")
    plan.refresh_from_db()
    return plan


def test_case_23_fulfilment_and_what_is_outstanding(staff, plan):
    page = staff.get(f"{plan.get_absolute_url()}money/")
    [own] = [row for row in table(page, "Source") if row["Source"].startswith("Municipality")]
    assert own["Received of promised"] == "63.6%"
    assert own["Outstanding"] == "400,000.00"


def test_case_23_planned_and_received_share_stand_beside_each_other(staff, plan):
    text = words(staff.get(plan.get_absolute_url()))
    assert "31.4% · KGS 1,100,000.00" in text
    assert "Own share of the money received, with contributions in kind: 25.9%" in text


def test_case_23_the_promise_is_in_no_total_of_money_received(plan):
    assert (plan.received_kgs, plan.received_own_cash_kgs) == (D("2700000.00"), D("700000.00"))

"""Money in francs, dollars and som of one plan adds up in som, and nowhere else."""

from decimal import Decimal as D

import pytest

from tests.acceptance.steps import enter_plan, enter_rate, pay, table, words
from tests.action_plans.form_data import money

pytestmark = pytest.mark.django_db
DAY = "01.02.2018"


@pytest.fixture
def plan(staff):
    promises = money(
        ("grant", "cash", "701 234"),
        ("donor", "cash", "68 840,30"),
        ("municipality", "cash", "300 000"),
    )
    plan = enter_plan(staff, cost_kgs="1 070 074,30", **promises)
    enter_rate(staff, "CHF", "70,1234", DAY)
    enter_rate(staff, "USD", "68,8403", DAY)
    pay(staff, plan, "10 000,00", currency="CHF", paid_on=DAY, source="grant")
    pay(staff, plan, "1 000,00", currency="USD", paid_on=DAY, source="donor")
    pay(staff, plan, "300 000,00", currency="KGS", paid_on=DAY, source="municipality")
    plan.refresh_from_db()
    return plan


def test_case_11_each_row_is_counted_at_its_own_rate(plan):
    assert (plan.received_grant_kgs, plan.received_donor_kgs) == (D("701234.00"), D("68840.30"))
    assert plan.received_kgs == D("1070074.30")


def test_case_11_the_own_share_is_28_percent(staff, plan):
    text = words(staff.get(plan.get_absolute_url()))
    assert "Own share of the money received, with contributions in kind: 28.0%" in text


def test_case_11_original_currencies_are_listed_and_never_added_up(staff, plan):
    page = staff.get(f"{plan.get_absolute_url()}money/")
    rows = table(page, "Currency")
    assert [(row["Currency"], row["Received"]) for row in rows] == [
        ("KGS", "KGS 300,000.00"),
        ("CHF", "CHF 10,000.00"),
        ("USD", "USD 1,000.00"),
    ]
    text = words(page)
    assert "KGS 1,070,074.30" in text
    assert "11,000.00" not in text
    assert "311,000.00" not in text

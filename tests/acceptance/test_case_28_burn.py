"""How much is spent beside how much time has passed, without a judgement."""

import pytest

from tests.acceptance.steps import enter_plan, money_page, pay, spend, words
from tests.action_plans.form_data import money

pytestmark = pytest.mark.django_db


def test_case_28_spent_stands_beside_elapsed_time(staff):
    plan = enter_plan(
        staff,
        cost_kgs="2 400 000",
        starts_on="01.01.2017",
        ends_on="31.12.2017",
        **money(("grant", "cash", "2 000 000"), ("municipality", "cash", "400 000")),
    )
    pay(staff, plan, "2 000 000", currency="KGS", paid_on="01.02.2017")
    spend(staff, plan, "1 400 000", paid_on="01.06.2017")
    spend(staff, plan, "100 000", paid_on="03.07.2017")  # a day later
    page = words(money_page(staff, plan, on="2017-07-02"))
    assert "Spent of the planned cost 58.3% KGS 1,400,000.00 of KGS 2,400,000.00" in page
    assert "Time that has passed 50.1% 183 of 365 days" in page

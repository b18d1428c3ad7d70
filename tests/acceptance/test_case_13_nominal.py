"""The National Bank quotes some currencies for ten units."""

from decimal import Decimal as D

import pytest

from tests.acceptance.steps import enter_plan, import_rates, pay, words
from tests.action_plans.rate_data import currency, rates_xml

pytestmark = pytest.mark.django_db


def test_case_13_nominal_10(staff):
    plan = enter_plan(staff)
    import_rates(staff, rates_xml(currency("JPY", "4,7578", nominal=10)))
    row, page = pay(staff, plan, "1 000 000,00", currency="JPY", paid_on="14.12.2013")
    assert (row.amount_kgs, row.rate_value, row.rate_nominal) == (D("475780.00"), D("4.7578"), 10)
    assert "475,780.00" in words(page)
    assert "4,757,800.00" not in words(page)
    plan.refresh_from_db()
    assert plan.received_kgs == D("475780.00")

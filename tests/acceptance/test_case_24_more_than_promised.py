"""More than was promised: over 100 %, nothing outstanding, a surplus; never a negative debt."""

import pytest

from tests.acceptance.steps import enter_plan, pay, table, words
from tests.action_plans.form_data import money

pytestmark = pytest.mark.django_db


def test_case_24_fulfilment_over_100_and_outstanding_not_below_zero(staff):
    promises = money(("municipality", "cash", "500 000"), ("grant", "cash", "500 000"))
    plan = enter_plan(staff, **promises)
    _row, page = pay(
        staff, plan, "650 000", currency="KGS", paid_on="01.02.2018", source="municipality"
    )
    [own] = [row for row in table(page, "Source") if row["Source"].startswith("Municipality")]
    assert own["Received of promised"] == "130.0%"
    assert (own["Outstanding"], own["Surplus"]) == ("0.00", "150,000.00")
    text = words(page)
    assert "Municipality: KGS 150,000.00 more has been received than was promised." in text
    assert "−150,000" not in text

"""The share of a group is sum ÷ sum, not the mean of shares."""

import pytest

from tests.acceptance.steps import column, enter_plan, sheet_rows, table, words, workbook
from tests.action_plans.form_data import money

pytestmark = pytest.mark.django_db


def test_case_03_weighted_not_mean(staff):
    a = enter_plan(staff, cost_kgs="8 000 000", **money(own("4 000 000"), grant("4 000 000")))
    b = enter_plan(
        staff,
        cost_kgs="2 000 000",
        key="5f0c1f5e-0000-4000-8000-000000000002",
        **money(own("200 000"), grant("1 800 000")),
    )
    response = staff.get("/reports/funding/")
    rows = table(response, "Plan")
    assert column(rows, "Own share") == (["50.0%", "10.0%"], "42.0%")
    assert "30.0%" not in words(response)
    assert words(staff.get(a.get_absolute_url())).count("50.0%")
    assert words(staff.get(b.get_absolute_url())).count("10.0%")
    plans = sheet_rows(workbook(staff.get("/reports/funding.xlsx"))["Plans"])
    assert [row["Own share"] for row in plans] == pytest.approx([0.5, 0.1, 0.42])


def own(amount):
    return "municipality", "cash", amount


def grant(amount):
    return "grant", "cash", amount

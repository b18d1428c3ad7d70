"""9.96 % is under a minimum of 10 %, and nowhere looks like 10.0 %."""

import pytest

from tests.acceptance.steps import enter_plan, sheet_rows, table, words, workbook
from tests.action_plans.form_data import money, new_plan

pytestmark = pytest.mark.django_db


def under(**changes):
    return {"cost_kgs": "100 000", **money(own("9 960"), ("grant", "cash", "90 040"))} | changes


def own(amount):
    return "municipality", "cash", amount


def test_case_08_the_rule_refuses_and_says_the_share(staff):
    page = words(staff.post("/plans/new/", new_plan(**under(submit="1")), follow=True))
    assert "Own contribution is 9.96%; at least 10.0% is needed." in page
    assert "KGS 40.00 is missing" in page


def test_case_08_tables_show_it_with_the_flag_only(staff):
    plan = enter_plan(staff, **under(stays_under="on", under_minimum_reason="Poor harvest"))
    assert plan.is_under_minimum
    rows = table(staff.get("/reports/funding/"), "Plan")
    assert rows[0]["Own share"] == "9.96% under the minimum"
    assert table(staff.get("/reports/funding/"), "Service area")[0]["Own share"] == "9.96%"
    assert "10.0%" not in {cell for row in rows for cell in row.values()}
    listed = table(staff.get("/plans/?under_minimum=1"), "Plan")[0]
    assert any(cell.endswith("under the minimum 9.96%") for cell in listed.values())
    sheet = sheet_rows(workbook(staff.get("/reports/funding.xlsx"))["Plans"])
    assert sheet[0]["Under the minimum"] == "under the minimum (9.96%)"


def test_case_08_ten_percent_passes(staff):
    enough = money(own("10 000"), ("grant", "cash", "90 000"))
    plan = enter_plan(staff, cost_kgs="100 000", **enough)
    assert not plan.is_under_minimum
    assert table(staff.get("/reports/funding/"), "Plan")[0]["Own share"] == "10.0%"

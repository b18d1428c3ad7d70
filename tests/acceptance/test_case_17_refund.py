"""Money that came back is a row of its own; gross, refunds and net are three figures."""

import pytest

from tests.acceptance.steps import csv_rows, enter_plan, pay, table, words
from tests.action_plans.form_data import money

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(staff):
    promises = money(("grant", "cash", "2 400 000"), ("municipality", "cash", "300 000"))
    plan = enter_plan(staff, cost_kgs="2 700 000", **promises)
    pay(staff, plan, "1 000 000", currency="KGS", paid_on="01.02.2018")
    pay(staff, plan, "1 400 000", currency="KGS", paid_on="01.03.2018")
    pay(staff, plan, "50 000", currency="KGS", paid_on="15.04.2018", kind="returned")
    return plan


def test_case_17_gross_refunds_and_net_are_told_apart(staff, plan):
    text = words(staff.get(f"{plan.get_absolute_url()}money/"))
    assert "Received KGS 2,400,000.00" in text
    assert "Returned −KGS 50,000.00" in text
    assert "Received, net KGS 2,350,000.00" in text


def test_case_17_the_refund_is_a_row_with_its_own_day_and_a_minus(staff, plan):
    rows = table(staff.get(f"{plan.get_absolute_url()}money/"), "Date")
    assert [(row["Date"].split(" No.")[0], row["Som"]) for row in rows] == [
        ("15 Apr 2018", "−50,000.00"),
        ("1 Mar 2018", "1,400,000.00"),
        ("1 Feb 2018", "1,000,000.00"),
    ]


def test_case_17_execution_is_97_9_percent_of_what_was_promised(staff, plan):
    page = staff.get(f"{plan.get_absolute_url()}money/")
    [grant] = [row for row in table(page, "Source") if "grant" in row["Source"]]
    assert grant["Received of promised"] == "97.9%"


def test_case_17_t4_and_t9_count_the_refund_once(staff, plan):
    rows = csv_rows(staff.get("/reports/fund-flow.csv"))
    grant = {row["line_code"]: row["amount_kgs"] for row in rows if "grant" in row["account_code"]}
    assert (grant["received"], grant["returned"]) == ("2400000.00", "-50000.00")
    assert grant["closing"] == "2350000.00"
    staff.post(f"{plan.get_absolute_url()}cancel/", {"reason": "No road"})
    total = table(staff.get("/reports/plan-status/"), "Service area")[-1]
    assert total["Paid to cancelled plans"] == "2,350,000.00"

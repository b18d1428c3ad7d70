"""A plan is cancelled after it was paid: its money stays in totals, it is no longer among the active plans."""

import pytest

from tests.acceptance import signing
from tests.acceptance.steps import csv_rows, enter_plan, pay, table, words
from tests.action_plans.form_data import money

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(staff):
    """Committed 1 200 000, paid 800 000, returned 300 000."""
    promises = money(("grant", "cash", "1 200 000"), ("municipality", "cash", "300 000"))
    plan = enter_plan(staff, cost_kgs="1 500 000", **promises)
    signing.approved_on(plan, 2017, 1, 10)
    pay(staff, plan, "800 000", currency="KGS", paid_on="01.02.2018")
    pay(staff, plan, "300 000", currency="KGS", paid_on="01.03.2018", kind="returned")
    response = staff.post(f"{plan.get_absolute_url()}cancel/", {"reason": "The road is closed"})
    assert response.status_code == 302
    plan.refresh_from_db()
    assert plan.status == "cancelled"
    return plan


def total_of_status(client, **query):
    return table(client.get("/reports/plan-status/", query), "Service area")[-1]


def test_case_25_it_is_out_of_active_counts_and_in_all(staff, plan):
    row = total_of_status(staff)
    assert (row["Active plans"], row["Cancelled plans"], row["All plans"]) == ("0", "1", "1")


def test_case_25_the_net_500_000_stays_in_totals(staff, plan):
    assert total_of_status(staff)["Paid to cancelled plans"] == "500,000.00"
    rows = csv_rows(staff.get("/reports/fund-flow.csv"))
    grant = {row["line_code"]: row["amount_kgs"] for row in rows if "grant" in row["account_code"]}
    assert grant["closing"] == "500000.00"


def test_case_25_it_stands_apart_with_what_was_paid(staff, plan):
    row, _total = table(staff.get("/reports/plan-status/", {"rows": "cancelled"}), "Plan")
    assert row["Plan"] == plan.reference
    assert (row["Received"], row["Returned"], row["Paid, net"]) == (
        "800,000.00",
        "300,000.00",
        "500,000.00",
    )


def test_case_25_until_it_was_cancelled_it_was_active(staff, plan):
    row = total_of_status(staff, as_of="2018-12-31")
    assert (row["Active plans"], row["Cancelled plans"]) == ("1", "0")


def test_case_25_deleting_it_is_refused(staff, plan):
    response = staff.post(f"{plan.get_absolute_url()}delete/")
    assert response.status_code == 404
    assert "1,200,000" in words(staff.get(plan.get_absolute_url()))

"""A plan paid in kind alone: its own share is 100 % with in kind and 0 % in cash, and no tranche pays for it."""

import uuid

import pytest

from tests.acceptance.steps import claim_in_kind, enter_plan, table, verify_in_kind, words
from tests.action_plans.form_data import money

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def plan(staff):
    promised = money(("municipality", "in_kind", "1 500 000"))
    plan = enter_plan(staff, cost_kgs="1 500 000", **promised)
    item = claim_in_kind(staff, plan, "Щебень", "1500", "м³", "1000", evidence=PDF)
    response = verify_in_kind(staff, plan, item)
    assert "Verified: KGS 1,500,000.00 was accepted and booked." in words(response)
    return plan


def test_case_06_the_share_is_100_percent_with_in_kind_and_0_in_cash(staff, plan):
    page = words(staff.get(plan.get_absolute_url()))
    assert "Own share of the money received, with contributions in kind: 100.0%." in page
    assert "In cash only: 0.0%." in page
    plan.refresh_from_db()
    assert (plan.received_own_in_kind_kgs, plan.received_own_cash_kgs) == (1_500_000, 0)


def test_case_06_in_kind_stands_apart_from_cash(staff, plan):
    response = staff.get(f"{plan.get_absolute_url()}money/")
    row, _total = table(response, "What was given")
    assert (row["Claimed value"], row["State"].split()[0]) == ("1,500,000.00", "accepted")
    assert response.context["in_kind_verified"] == 1_500_000


def test_case_06_nothing_is_paid_from_the_tranches(staff, plan):
    tranche = {
        "phase": plan.phase_id,
        "donor": "SDC",
        "received_on": "15.01.2014",
        "currency": "KGS",
        "amount": "2 000 000",
        "nominal": "1",
        "document_number": "17",
        "booking_key": uuid.uuid4(),
    }
    assert staff.post("/tranches/new/", tranche).status_code == 302
    response = staff.get(f"/tranches/?phase={plan.phase.code}&currency=KGS")
    statement = response.context["statement"]
    assert statement.received.kgs == statement.closing.kgs == 2_000_000
    assert statement.paid.kgs == 0


def test_case_06_nothing_is_in_t4_and_t7_has_the_claim(staff, plan):
    assert "No money had moved by this day." in words(staff.get("/reports/fund-flow/"))
    row, total = table(staff.get("/reports/in-kind/"), "Plan")
    assert (row["State"], row["Claimed"], row["Accepted"]) == (
        "accepted",
        "1,500,000.00",
        "1,500,000.00",
    )
    assert total["Accepted"] == "1,500,000.00"

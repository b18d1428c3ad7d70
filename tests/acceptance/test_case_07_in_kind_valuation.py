"""Claimed and verified are two figures; what is not proved does not count, and one proof for two plans is told."""

import pytest

from action_plans.models import Check, Finding
from tests.acceptance.steps import claim_in_kind, enter_plan, table, verify_in_kind, words
from tests.action_plans.form_data import money

pytestmark = pytest.mark.django_db
PROMISED = money(("municipality", "in_kind", "236 000"), ("grant", "cash", "764 000"))
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def plan(staff):
    return enter_plan(staff, **PROMISED)


@pytest.fixture
def given(staff, plan):
    """Volunteers and sand with an act, hours of a machine without."""
    people = claim_in_kind(
        staff, plan, "Труд жителей", "200", "день", "800", evidence=PDF, valuation="wage"
    )
    sand = claim_in_kind(staff, plan, "Песок", "30", "м³", "1 200", evidence=PDF + b"2")
    machine = claim_in_kind(staff, plan, "Экскаватор", "16", "час", "2 500", valuation="rent")
    for item in [people, sand]:
        verify_in_kind(staff, plan, item)
    return {"people": people, "sand": sand, "machine": machine}


def test_case_07_claimed_236_000_and_verified_196_000(staff, plan, given):
    response = staff.get(f"{plan.get_absolute_url()}money/")
    assert (response.context["in_kind_claimed"], response.context["in_kind_verified"]) == (
        236_000,
        196_000,
    )
    *rows, _total = table(response, "What was given")
    assert [row["Claimed value"] for row in rows] == ["160,000.00", "36,000.00", "40,000.00"]
    verified = [row["Verified value"] for row in rows]
    assert verified[0].startswith("160,000.00")
    assert verified[1].startswith("36,000.00")
    assert verified[2] == "not verified yet"


def test_case_07_only_what_is_verified_is_in_the_totals(staff, plan, given):
    plan.refresh_from_db()
    assert (plan.received_own_in_kind_kgs, plan.received_kgs) == (196_000, 196_000)
    listed = table(staff.get("/reports/funding/"), "Plan")
    assert listed[-1]["Received"] == "196,000.00"


def test_case_07_without_evidence_nothing_is_accepted(staff, plan, given):
    response = verify_in_kind(staff, plan, given["machine"])
    assert "Without evidence nothing can be accepted." in words(response)
    plan.refresh_from_db()
    assert plan.received_kgs == 196_000


def test_case_07_the_same_evidence_on_two_plans_is_told(staff, plan, given):
    key = "5f0c1f5e-0000-4000-8000-000000000002"
    other = enter_plan(staff, key=key, **PROMISED)
    item = claim_in_kind(staff, other, "Песок", "30", "м³", "1 200", evidence=PDF + b"2")
    verifying = words(staff.get(f"{other.get_absolute_url()}in-kind/{item.pk}/verify/"))
    assert "The same file proves something on another plan." in verifying
    assert plan.reference in verifying
    assert Finding.objects.filter(plan=other, check_name=Check.SHARED_EVIDENCE).exists()
    for here, there in [(other, plan), (plan, other)]:
        register = words(staff.get(f"{here.get_absolute_url()}money/"))
        assert f"The same file proves something on another plan: {there.reference}" in register

"""What a payment changes in the findings of its plan is kept with it; only that is read again."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from action_plans import corrections, payments
from action_plans.models import PlanStatus
from action_plans.totals import keep_totals
from action_plans.totals_check import differences
from tests.factories import BudgetLineFactory, PlanFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def all_is_kept():
    """Whatever a test does; those that have the same file look again after the commit."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield
    assert list(differences()) == []


def plan_of():
    plan = PlanFactory(status=PlanStatus.APPROVED, cost_kgs=1_000_000, grant=800_000, own=200_000)
    return keep_totals(plan.pk)


def book(plan, *, line=None, file=None, number="17"):
    (row,) = payments.book(
        plan=plan,
        lines=[payments.Line(plan.contributions.get(source="grant"), Decimal(100_000), line)],
        kind="spent" if line else "received",
        paid_on=date(2018, 6, 1),
        booking_key=uuid.uuid4(),
        by=StaffFactory(),
        document_number="" if file else number,
        evidence=file and SimpleUploadedFile("act.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf"),
    )
    return row


def correct(row, **changes):
    return corrections.correct(payment=row, reason="x", by=StaffFactory(), **changes)


def failed(plan):
    return set(plan.findings.values_list("check_name", flat=True)) - {"no_area", "no_decision"}


def test_a_payment_without_paper_is_found_until_it_has_its_number():
    plan = plan_of()
    row = book(plan, number="")
    assert failed(plan) == {"no_evidence"}
    row = correct(row, document_number="17")
    assert failed(plan) == set()
    correct(row, document_number="")
    assert failed(plan) == {"no_evidence"}


def test_a_budget_line_is_over_while_the_payment_is_on_it():
    plan = plan_of()
    line = BudgetLineFactory(plan=plan, amount=10_000)
    row = book(plan, line=line)
    assert "no_comment" in failed(plan)
    row = correct(row, budget_line=None)
    assert "no_comment" not in failed(plan)
    row = correct(row, budget_line=line)
    corrections.reverse(payment=row, reason="x", by=StaffFactory())
    assert "no_comment" not in failed(plan)


@pytest.mark.parametrize("verb", ["reverse", "correct"])
def test_a_file_on_two_plans_is_found_on_both_until_one_payment_is_taken_back(verb):
    plans, reason = [plan_of(), plan_of()], {"reason": "x", "by": StaffFactory()}
    with TestCase.captureOnCommitCallbacks(execute=True):
        _first, row = (book(plan, file=True) for plan in plans)
    assert [failed(plan) for plan in plans] == [{"shared_evidence"}] * 2
    file = SimpleUploadedFile("other.pdf", b"%PDF-1.7\n%other\n%%EOF\n", "application/pdf")
    with TestCase.captureOnCommitCallbacks(execute=True):
        if verb == "reverse":
            corrections.reverse(payment=row, **reason)
        else:
            corrections.correct(payment=row, evidence=file, **reason)
    assert [failed(plan) for plan in plans] == [set()] * 2


@pytest.mark.parametrize(("number", "queries"), [("17", 18), ("", 20)])
def test_a_payment_asks_what_it_can_change_and_no_more(django_assert_num_queries, number, queries):
    plan = plan_of()
    book(plan)
    with django_assert_num_queries(queries):
        book(plan, number=number)

"""What tests of the ledger share."""

import datetime as dt
import uuid
from decimal import Decimal

from django.urls import reverse

from action_plans import payments
from tests.factories import PlanFactory, StaffFactory

DAY = dt.date(2018, 6, 1)


def paid_plan(**fields):
    return PlanFactory(cost_kgs=1000, own=200, grant=800, **{"status": "approved"} | fields)


def source_of(plan, source="grant"):
    return plan.contributions.get(source=source, form="cash")


def book(plan, amount="500.00", *, source="grant", budget_line=None, **changes):
    """One row of the ledger."""
    line = payments.Line(source_of(plan, source), Decimal(amount), budget_line)
    head = {"kind": "received", "paid_on": DAY, "booking_key": uuid.uuid4()}
    if "by" not in changes:
        head["by"] = StaffFactory()
    return payments.book(plan=plan, lines=[line], **head | changes)[0]


def typed(plan, amount="1 234,50", *, source="grant", **changes):
    """The form of a payment as it is sent."""
    return {
        "kind": "received",
        "paid_on": "01.06.2018",
        "currency": "KGS",
        f"amount_{source_of(plan, source).pk}": amount,
        "document_number": "п/п 12",
        "booking_key": uuid.uuid4(),
    } | changes


def new_payment(plan):
    return reverse("action_plans:payment", args=[plan.reference])


def ledger(plan):
    return reverse("action_plans:money", args=[plan.reference]) + "#ledger"


def row_page(name, payment, plan=None):
    plan = plan or payment.contribution.plan
    return reverse(f"action_plans:payment_{name}", args=[plan.reference, payment.pk])


def correction(payment, **changes):
    """The form of a correction as it is sent, with nothing changed but what is named."""
    return {
        "contribution": payment.contribution_id,
        "kind": payment.kind,
        "paid_on": f"{payment.paid_on:%d.%m.%Y}",
        "currency": payment.currency,
        "amount": str(payment.amount),
        "document_number": payment.document_number,
        "budget_line": payment.budget_line_id or "",
        "reason": "Typed wrongly",
    } | changes

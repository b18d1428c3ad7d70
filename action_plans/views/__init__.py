"""The views by audience; the address list reads them from here."""

from .documents import document, document_add, document_remove
from .edit import plan_create, plan_edit
from .ledger import plan_money
from .money import payment_create
from .pages import plan_detail, plan_history, plan_list
from .steps import (
    plan_approve,
    plan_cancel,
    plan_complete,
    plan_return,
    plan_start,
    plan_submit,
)

__all__ = [
    "document",
    "document_add",
    "document_remove",
    "payment_create",
    "plan_approve",
    "plan_cancel",
    "plan_complete",
    "plan_create",
    "plan_detail",
    "plan_edit",
    "plan_history",
    "plan_list",
    "plan_money",
    "plan_return",
    "plan_start",
    "plan_submit",
]

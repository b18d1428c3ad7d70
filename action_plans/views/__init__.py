"""The views by audience; the address list reads them from here."""

from .budget import budget_add, budget_comment, budget_edit, budget_remove, budget_revise
from .documents import document, document_add, document_remove
from .edit import plan_create, plan_edit
from .facts import plan_facts
from .in_kind import (
    in_kind_add,
    in_kind_edit,
    in_kind_remove,
    in_kind_verify,
    in_kind_withdraw,
)
from .ledger import plan_money
from .money import (
    payment_correct,
    payment_create,
    payment_discard,
    payment_repost,
    payment_reverse,
)
from .pages import plan_detail, plan_history, plan_list
from .promises import promise_add, promise_revise
from .steps import (
    plan_approve,
    plan_cancel,
    plan_complete,
    plan_return,
    plan_start,
    plan_submit,
)

__all__ = [
    "budget_add",
    "budget_comment",
    "budget_edit",
    "budget_remove",
    "budget_revise",
    "document",
    "document_add",
    "document_remove",
    "in_kind_add",
    "in_kind_edit",
    "in_kind_remove",
    "in_kind_verify",
    "in_kind_withdraw",
    "payment_correct",
    "payment_create",
    "payment_discard",
    "payment_repost",
    "payment_reverse",
    "plan_approve",
    "plan_cancel",
    "plan_complete",
    "plan_create",
    "plan_detail",
    "plan_edit",
    "plan_facts",
    "plan_history",
    "plan_list",
    "plan_money",
    "plan_return",
    "plan_start",
    "plan_submit",
    "promise_add",
    "promise_revise",
]

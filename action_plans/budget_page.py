"""The section “Budget” of the page of a plan's money."""

from django.db.models import Exists, OuterRef

from .models import OPEN_TO_EDIT, ActionPlan
from .variance import comparison

RIGHTS = {
    "may_enter": "editable_by",
    "may_revise": "money_kept_by",
    "may_comment": "payable_by",
}


def section(plan, *, user, on):
    """{"budget": …} for templates/action_plans/money/_budget.html; four queries."""
    table = comparison(plan, on=on)
    lines = table.total.now
    return {
        "budget": {
            "table": table,
            "is_planned": plan.status in OPEN_TO_EDIT,
            # Planned cost and budget should agree; both are shown where they do not.
            "over_cost": _difference(plan, lines),
            **rights(plan, user),
        }
    }


def rights(plan, user):
    plans = ActionPlan.objects
    asked = {
        name: Exists(getattr(plans, method)(user).filter(pk=OuterRef("pk")))
        for name, method in RIGHTS.items()
    }
    return plans.filter(pk=plan.pk).values(**asked).get()


def _difference(plan, lines):
    return None if plan.cost_kgs is None else lines - plan.cost_kgs

"""The section “Budget” of the page of a plan's money."""

from django.db.models import Exists, OuterRef

from .models import ActionPlan
from .variance import comparison

RIGHTS = {
    "may_enter": "editable_by",
    "may_revise": "money_kept_by",
    "may_comment": "payable_by",
}


def section(plan, *, user, on):
    """{"budget": …} for templates/action_plans/money/_budget.html; four queries."""
    table, may = comparison(plan, on=on), rights(plan, user)
    return {
        "budget": {
            "table": table,
            # Planned cost and budget should agree; both are shown where they do not.
            "over_cost": None if plan.cost_kgs is None else table.total.now - plan.cost_kgs,
            "may_add": may["may_enter"] or may["may_revise"],
            **may,
        }
    }


def rights(plan, user):
    plans = ActionPlan.objects
    asked = {
        name: Exists(getattr(plans, method)(user).filter(pk=OuterRef("pk")))
        for name, method in RIGHTS.items()
    }
    return plans.filter(pk=plan.pk).values(**asked).get()

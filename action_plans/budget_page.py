"""The section “Budget” of the page of a plan's money."""

from .money_page import Known


def section(plan, *, user, on, known=None):
    """{"budget": …} for templates/action_plans/money/_budget.html."""
    known = known or Known(plan, user=user, on=on)
    table, may = known.budget, _rights(plan, user, known)
    return {
        "budget": {
            "table": table,
            # Planned cost and budget should agree; both are shown where they do not.
            "over_cost": None if plan.cost_kgs is None else table.total.now - plan.cost_kgs,
            "may_add": may["may_enter"] or may["may_revise"],
            **may,
        }
    }


def _rights(plan, user, known):
    return {
        "may_enter": known.rights["may_edit"],
        "may_revise": user.works_for_programme and plan.was_approved,
        "may_comment": known.rights["may_pay"],
    }

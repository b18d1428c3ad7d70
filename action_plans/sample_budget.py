"""The budget lines of the sample set, with revisions and comments; none is from a source."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from lib.money import round_kgs

from .models import BudgetLine, BudgetRevision


def load_budgets(loaded):
    """[the lines of each plan]; loaded: (plan, row of the file)."""
    lines = [_lines(plan, row) for plan, row in loaded]
    bulk_create_with_history([line for of_plan in lines for line in of_plan], BudgetLine)
    BudgetRevision.objects.bulk_create(
        revision
        for of_plan, (plan, row) in zip(lines, loaded, strict=True)
        for line, values in zip(of_plan, row.get("budget", []), strict=True)
        for revision in _revisions(plan, line, values)
    )
    return lines


def _lines(plan, row):
    return [
        BudgetLine(
            plan=plan,
            position=position,
            title=values["title"],
            unit=values["unit"],
            source=values["source"],
            year=values.get("year"),
            is_sample=True,
            **_comment(values.get("comment")),
        )
        for position, values in enumerate(row.get("budget", []), start=1)
    ]


def _comment(said):
    if not said:
        return {}
    return {"comment": said["text"], "commented_at": datetime.fromisoformat(said["at"])}


def _revisions(plan, line, values):
    entered = plan.approved_at or timezone.now()
    yield _revision(line, 0, values, entered)
    for number, later in enumerate(values.get("revised", []), start=1):
        at = datetime.fromisoformat(f"{later['effective_on']}T17:00:00+06:00")
        yield _revision(line, number, later, at)


def _revision(line, number, values, at):
    quantity, unit_cost = Decimal(values["quantity"]), Decimal(values["unit_cost_kgs"])
    return BudgetRevision(
        line=line,
        number=number,
        effective_on=date.fromisoformat(values["effective_on"]) if number else None,
        quantity=quantity,
        unit_cost_kgs=unit_cost,
        amount_kgs=round_kgs(quantity * unit_cost),
        reason=values.get("reason", ""),
        revised_at=at,
    )

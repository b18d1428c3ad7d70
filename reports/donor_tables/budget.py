"""T2: the budget against what was received or spent, by service area, place, plan or budget line.

Variance = actual − budget: above zero is over it. cumulative = before + corrections + of this period.
"""

from collections import defaultdict

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lib.money import total
from reports.column import Column
from reports.models.template import Basis
from reports.report_table import ReportTable

from . import budget_lines, subjects
from .variances import ACTUAL, ZERO, measured

# What counts as actual: the measures of facts.
MEASURES = {Basis.CASH: "net", Basis.REPORTED: "spent"}
ADDED = ["original_kgs", "budget_kgs", *ACTUAL, "as_signed_kgs", "restated_kgs"]


def table(scope, facts):
    rows_are = scope.rows if scope.rows in (*subjects.AXES, "line") else "area"
    was_signed = bool(scope.period and facts.earlier)
    if rows_are == "line":
        rows = budget_lines.rows(facts)
        head, keys = budget_lines.columns(), ["line"]
    else:
        rows = _rows(scope, facts, rows_are, was_signed)
        head, keys = subjects.columns(rows_are), subjects.keys(rows_are)
    whole = measured(_added_up(rows))
    has_comments = rows_are in ("line", "plan")
    return ReportTable(
        slug="budget",
        code="T2",
        title=_("Budget against actual"),
        columns=[
            *head,
            *_columns(scope, rows_are),
            *(_restated_columns() if was_signed and rows_are != "line" else []),
            *([_comment_column()] if has_comments else []),
        ],
        rows=rows,
        total=whole | {"name": _("Total")} if rows else None,
        notes=_notes(scope, rows_are, was_signed),
        empty=_("No plan had been approved by this day."),
        keys=keys,
    )


# Rows


def _rows(scope, facts, rows_are, was_signed):
    axis, measure = subjects.AXES[rows_are], MEASURES[scope.basis]
    cells = facts.cells(
        axis,
        only=["original", "promised", "cancelled", measure, *(["later"] if was_signed else [])],
    )
    moved = _with_movements(facts, axis, measure, cells)
    signed = _signed(facts, axis, measure) if was_signed else {}
    comments = budget_lines.comments(facts) if rows_are == "plan" else {}
    rows = []
    for about, cell in subjects.named(rows_are, cells):
        row = measured(_amounts(cell, measure, is_reported=cell[axis] in moved))
        if was_signed:
            row["as_signed_kgs"] = signed.get(cell[axis], ZERO)
            row["restated_kgs"] = total([row["actual_kgs"], cell[f"later_{measure}_kgs"]])
        if rows_are == "plan":
            row |= comments.get(cell[axis], budget_lines.NO_COMMENT)
        rows.append(about | row)
    return rows


def _with_movements(facts, axis, measure, cells):
    """On which of them anything was booked: received and returned again is 0, nothing is not reported."""
    names = [f"{measure}_before_kgs", f"{measure}_corrections_kgs", f"{measure}_kgs"]
    moved = {cell[axis] for cell in cells if any(cell[name] for name in names)}
    if measure == "net" and len(moved) < len(cells):
        names = [name.replace("net", "returned") for name in names]
        for cell in facts.cells(axis, only=["returned"]):
            if any(cell[name] for name in names):
                moved.add(cell[axis])
    return moved


def _amounts(cell, measure, *, is_reported):
    before, corrections = cell[f"{measure}_before_kgs"], cell[f"{measure}_corrections_kgs"]
    actual = cell[f"{measure}_kgs"]
    return {
        "original_kgs": cell["original_kgs"],
        # A cancelled plan is to cost what was paid for it.
        "budget_kgs": cell["promised_kgs"] + cell[f"cancelled_{measure}_kgs"],
        "before_kgs": before if is_reported else None,
        "corrections_kgs": corrections if is_reported else None,
        "actual_kgs": actual if is_reported else None,
        "cumulative_kgs": before + corrections + actual if is_reported else None,
    }


def _signed(facts, axis, measure):
    cells = facts.earlier.cells(axis, only=[measure])
    return {cell[axis]: cell[f"{measure}_kgs"] for cell in cells}


def _added_up(rows):
    """None where nothing is known of any row."""
    sums = {}
    for name in ADDED:
        values = [row[name] for row in rows if row.get(name) is not None]
        if values or name in ACTUAL:
            sums[name] = total(values) if values else None
    return sums


# Columns and notes


def _columns(scope, rows_are):
    is_spent = rows_are == "line" or scope.basis == Basis.REPORTED
    columns = [
        Column(
            "original_kgs",
            pgettext("column", "Original budget"),
            "kgs",
            _("As it was approved with the plan, cancelled plans included."),
        ),
        Column(
            "budget_kgs",
            pgettext("column", "Budget now"),
            "kgs",
            _(
                "As of the day of the report, after every revision; of a cancelled plan what was paid "
                "for it, net."
            ),
        ),
    ]
    if scope.period:
        columns += _columns_of_period(is_spent)
    else:
        columns.append(Column("cumulative_kgs", _actual_label(is_spent), "kgs", _meaning(is_spent)))
    return [*columns, *_compared()]


def _columns_of_period(is_spent):
    return [
        Column(
            "before_kgs",
            pgettext("column", "Actual before the period"),
            "kgs",
            _("Accounted before the first day of the period."),
        ),
        Column(
            "corrections_kgs",
            pgettext("column", "Corrections to earlier periods"),
            "kgs",
            _("Booked in this period for days of periods that were closed already."),
        ),
        Column("actual_kgs", pgettext("column", "Actual in the period"), "kgs", _meaning(is_spent)),
        Column(
            "cumulative_kgs",
            pgettext("column", "Cumulative"),
            "kgs",
            _("Before the period + corrections to earlier periods + in the period."),
            sums=(("+", "before_kgs"), ("+", "corrections_kgs"), ("+", "actual_kgs")),
        ),
    ]


def _actual_label(is_spent):
    return pgettext("column", "Spent") if is_spent else pgettext("column", "Received, net")


def _meaning(is_spent):
    if is_spent:
        return _("Spent, as municipalities report it.")
    return _("Received by the plans, less what was returned.")


def _compared():
    return [
        Column(
            "balance_kgs",
            pgettext("column", "Balance"),
            "kgs",
            _("Budget now − cumulative."),
            sums=(("+", "budget_kgs"), ("-", "cumulative_kgs")),
        ),
        Column(
            "variance_kgs",
            pgettext("column", "Variance"),
            "kgs",
            _("Actual − budget now: above zero is over the budget."),
            sums=(("+", "cumulative_kgs"), ("-", "budget_kgs")),
        ),
        Column(
            "variance_pct",
            pgettext("column", "Variance, %"),
            "pct",
            _("Variance ÷ budget now."),
            ratio=("variance_kgs", "budget_kgs"),
        ),
        Column(
            "execution_pct",
            pgettext("column", "Execution"),
            "pct",
            _("Cumulative ÷ budget now."),
            ratio=("cumulative_kgs", "budget_kgs"),
        ),
    ]


def _restated_columns():
    return [
        Column(
            "as_signed_kgs",
            pgettext("column", "In the period, as signed"),
            "kgs",
            _("Actual in the period as the last signed version has it."),
        ),
        Column(
            "restated_kgs",
            pgettext("column", "In the period, restated"),
            "kgs",
            _("Actual in the period with the corrections to it that were booked in later periods."),
        ),
    ]


def _comment_column():
    return Column(
        "comment",
        pgettext("column", "Comment"),
        "text",
        _("Why budget lines differ, as the municipality explains it."),
        40,
    )


def _notes(scope, rows_are, was_signed):
    notes = [_("Variance = actual − budget: above zero is over the budget, below zero under it.")]
    if rows_are == "line":
        notes.append(_("Budget of the lines of the plans; actual is what was spent on each line."))
        notes.append(
            _("A joint plan's lines are not divided: they stand whole wherever the plan is chosen.")
        )
    else:
        notes.append(
            _(
                "The budget of a plan is what was promised to it, from all sources or the chosen one."
            )
        )
    if scope.basis == Basis.CASH and rows_are != "line":
        notes.append(_("Actual is the money received by the plans, less what was returned."))
    else:
        notes.append(_("Actual is the spending as municipalities report it."))
    if rows_are in ("line", "plan"):
        notes.append(_thresholds(scope))
    if was_signed and rows_are != "line":
        notes.append(
            _(
                "Restated: what was signed stays; corrections booked later for this period are added."
            )
        )
    return notes


def _thresholds(scope):
    limits = defaultdict(list)
    for phase in scope.phases:
        limits[phase.variance_pct, phase.variance_kgs].append(phase.name)
    return budget_lines.threshold_text(limits)

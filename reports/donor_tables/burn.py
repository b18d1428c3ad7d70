"""T5: how much of the budget is used beside how much time has passed, phase by phase. No judgement, no colour."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from action_plans.years import LEAST_DAYS, MONTH
from lib.money import round_share, share, total
from reports.column import Column
from reports.facts import facts_of
from reports.models.template import Basis
from reports.report_table import ReportTable

MEASURES = {Basis.CASH: "net", Basis.REPORTED: "spent"}


def table(scope, facts):
    rows = [_row(phase, scope, _facts_of(phase, scope, facts)) for phase in scope.phases]
    return ReportTable(
        slug="burn",
        code="T5",
        title=_("Execution and time"),
        columns=_columns(scope),
        rows=rows,
        total=_total(rows) if len(rows) > 1 else None,
        notes=_notes(scope),
        empty=_("There is no phase."),
        keys=["code"],
    )


def _facts_of(phase, scope, facts):
    return facts if len(scope.phases) == 1 else facts_of(scope.with_(phases=(phase,)))


def _row(phase, scope, facts):
    measure = MEASURES[scope.basis]
    sums = facts.total(only=["promised", "cancelled", measure])
    steps = [f"{measure}_before_kgs", f"{measure}_corrections_kgs", f"{measure}_kgs"]
    actual = total(sums[step] for step in steps)
    budget = sums["promised_kgs"] + sums[f"cancelled_{measure}_kgs"]
    days, elapsed = days_of(phase.starts_on, phase.ends_on, scope.day)
    row = {
        "name": phase.name,
        "code": phase.code,
        "budget_kgs": budget,
        "actual_kgs": actual,
        "execution_pct": share(actual, budget) if actual >= 0 else None,
        "elapsed_days": elapsed,
        "days": days,
        "elapsed_pct": share(Decimal(elapsed), Decimal(days)),
        "left_kgs": budget - actual,
    }
    if row["execution_pct"] is None:
        row["execution_pct_reason"] = _("unbudgeted") if not budget else _("no share: below zero")
    return row | _months(row)


def days_of(first, last, on):
    """(days there are, days that have passed), the first and the last one counted."""
    days = (last - first).days + 1
    return days, min(max((on - first).days + 1, 0), days)


def _months(row):
    """How long the rest lasts at the pace so far, or why that says nothing."""
    why = None
    if row["elapsed_days"] == row["days"]:
        why = _("the phase is over")
    elif row["actual_kgs"] <= 0:
        why = _("nothing yet")
    elif row["left_kgs"] <= 0:
        why = _("nothing left")
    elif row["elapsed_days"] < LEAST_DAYS:
        why = _("under 30 days")
    if why:
        return {"months_left": None, "months_left_reason": why}
    months = row["left_kgs"] * row["elapsed_days"] / row["actual_kgs"] / MONTH
    return {"months_left": round_share(months)}


def _total(rows):
    whole = {
        name: total(row[name] for row in rows) for name in ["budget_kgs", "actual_kgs", "left_kgs"]
    }
    why = _("phases run at different times")
    return whole | {
        "name": _("Total"),
        "execution_pct": share(whole["actual_kgs"], whole["budget_kgs"])
        if whole["actual_kgs"] >= 0
        else None,
        "elapsed_pct": None,
        "elapsed_pct_reason": why,
        "months_left": None,
        "months_left_reason": why,
    }


def _columns(scope):
    is_spent = scope.basis == Basis.REPORTED
    return [
        Column("name", pgettext("column", "Phase"), "text", width=24),
        Column("code", pgettext("column", "Code"), "text", _("It is the same in every language.")),
        Column(
            "budget_kgs",
            pgettext("column", "Budget now"),
            "kgs",
            _("Promised to the plans of the phase, as of the day of the report."),
        ),
        Column(
            "actual_kgs",
            pgettext("column", "Spent") if is_spent else pgettext("column", "Received, net"),
            "kgs",
            _("From the first day up to the day of the report."),
        ),
        Column(
            "execution_pct",
            pgettext("column", "Execution"),
            "pct",
            _("Actual ÷ budget."),
            ratio=("actual_kgs", "budget_kgs"),
        ),
        Column(
            "elapsed_days",
            pgettext("column", "Days passed"),
            "count",
            _("Of the phase, the day of the report included."),
        ),
        Column(
            "days",
            pgettext("column", "Days of the phase"),
            "count",
            _("From its first to its last day."),
        ),
        Column(
            "elapsed_pct",
            pgettext("column", "Time passed"),
            "pct",
            _("Days passed ÷ days of the phase."),
            ratio=("elapsed_days", "days"),
        ),
        Column(
            "left_kgs",
            pgettext("column", "Left"),
            "kgs",
            _("Budget − actual."),
            sums=(("+", "budget_kgs"), ("-", "actual_kgs")),
        ),
        Column(
            "months_left",
            pgettext("column", "Months of money left"),
            "amount",
            _("What is left ÷ actual of a month so far."),
        ),
    ]


def _notes(scope):
    basis = (
        _("Actual is the spending as municipalities report it.")
        if scope.basis == Basis.REPORTED
        else _("Actual is the money received by the plans, less what was returned.")
    )
    return [
        basis,
        _(
            "Time is counted in days. A month has 30.4375 days. No threshold is set, so nothing is coloured."
        ),
    ]

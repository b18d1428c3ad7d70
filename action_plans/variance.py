"""Budget against what was spent, line by line, as of a day.

Variance = spent − budget: above zero is over the budget. A line that nothing was booked on is
“not reported”, which is not 0; money on a line with a budget of 0 is “unbudgeted”, never ∞ %.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from django.db.models import Count, Prefetch

from lib.money import share, total
from lib.money_sums import sum_kgs
from lib.threads import written_once

from .models import BudgetLine, BudgetRevision, Payment, PaymentKind, PlanStatus

ZERO = Decimal("0.00")
# A row that takes another one back leaves two that no longer stand; both name the same line.
STANDING = Count("pk") - 2 * Count("reverses")


@dataclass
class Row:
    """A line, the money spent without a line, or the total."""

    original: Decimal = ZERO
    now: Decimal = ZERO
    actual: Decimal | None = None  # None: nothing was booked
    line: BudgetLine | None = None
    revision: BudgetRevision | None = None  # the one that holds on the day
    earlier: list = field(default_factory=list)
    comment_due_on: date | None = None
    needs_comment: bool = False

    @property
    def is_reported(self):
        return self.actual is not None

    @property
    def is_unbudgeted(self):
        return self.is_reported and not self.now

    @property
    def is_dropped(self):
        """Planned once, or to be planned later; nothing was spent."""
        return not self.is_reported and not self.now

    @property
    def state(self):
        if self.is_unbudgeted:
            return "unbudgeted"
        if not self.is_reported:
            return "not_planned" if self.is_dropped else "not_reported"
        return "reported"

    @property
    def balance(self):
        return self.now - (self.actual or ZERO)

    @property
    def variance(self):
        return None if self.actual is None else self.actual - self.now

    @property
    def variance_pct(self):
        return share(self.variance, self.now)

    @property
    def execution(self):
        return share(self.actual, self.now)

    @property
    def is_over(self):
        return self.is_reported and self.actual > self.now

    def exceeds(self, phase):
        """More than both limits of the phase; a percentage of nothing is more than any."""
        if not self.variance:
            return False
        difference = abs(self.variance)
        beyond_pct = not self.now or difference * 100 > phase.variance_pct * self.now
        return beyond_pct and difference > phase.variance_kgs


@dataclass
class Comparison:
    on: date
    rows: list
    without_line: Row | None
    total: Row
    not_reported: int
    needs_comment: int


def comparison(plan, *, on):
    """Every line of the plan as of the day, in three queries."""
    spent = _standing(_spent_of_plan([plan.pk], on))
    rows = [
        _row(plan, line, list(line.revisions.all()), spent.get(line.pk), on)
        for line in _lines(plan)
    ]
    rows = [row for row in rows if not _comes_later(row)]
    without = Row(actual=spent[None]) if None in spent else None
    return Comparison(
        on=on,
        rows=rows,
        without_line=without,
        total=_total([*rows, *([without] if without else [])]),
        not_reported=sum(row.state == "not_reported" for row in rows),
        needs_comment=sum(row.needs_comment for row in rows),
    )


def uncommented(plans):
    """{plan id: [day since when a line needs a comment it has not got]}, in two queries for any number.

    plans: with their phase. Of all that was ever booked or revised; date.max: over the budget already.
    """
    plans, found = {plan.pk: plan for plan in plans}, {}
    spent = _standing(_spent_rows(list(plans)))
    for line, revisions in _few_columns(list(plans)):
        row = _row(plans[line.plan], line, revisions, spent.get(line.pk), date.max)
        if row.comment_due_on and not line.comment:
            found.setdefault(line.plan, []).append(row.comment_due_on)
    return found


class Line(NamedTuple):
    plan: int
    pk: int
    year: int | None
    comment: str


class Revision(NamedTuple):
    effective_on: date | None
    amount_kgs: Decimal


def _few_columns(plans):
    """(Line, its Revisions): there may be hundreds of thousands."""
    size = len(Line._fields)
    for line, group in groupby(_revision_rows(plans), key=lambda row: row[:size]):
        yield Line(*line), [Revision(*row[size:]) for row in group]


@written_once
def _revision_rows(plans):
    rows = BudgetRevision.objects.filter(line__plan__in=plans).order_by("line", "number")
    return rows.values_list(*[f"line__{name}" for name in Line._fields], *Revision._fields)


@written_once
def _spent_rows(plans):
    return _sums(_spent().filter(budget_line__plan__in=plans))


def _lines(plan):
    revisions = BudgetRevision.objects.select_related("revised_by").order_by("number")
    lines = plan.budget_lines.select_related("commented_by").order_by("position")
    return lines.prefetch_related(Prefetch("revisions", revisions))


@written_once
def _spent_of_plan(plans, on):
    return _sums(_spent().filter(contribution__plan__in=plans, paid_on__lte=on))


def _spent():
    return Payment.objects.booked().filter(kind=PaymentKind.SPENT)


def _sums(payments):
    sums = {"spent": sum_kgs("amount_kgs"), "standing": STANDING}
    return payments.order_by().values_list("budget_line").annotate(**sums)


def _standing(sums):
    """{line id or None: som} of lines on which something stands."""
    return {line: spent for line, spent, standing in sums if standing}


def _row(plan, line, revisions, actual, on):
    holding = [r for r in revisions if r.effective_on is None or r.effective_on <= on]
    row = Row(
        line=line,
        original=revisions[0].amount_kgs,
        now=holding[-1].amount_kgs,
        actual=actual,
        revision=holding[-1],
        earlier=holding[:-1],
    )
    row.comment_due_on = comment_due_on(plan, row, on)
    due = row.comment_due_on is not None and row.comment_due_on <= on
    row.needs_comment = due and not line.comment
    return row


def comment_due_on(plan, row, on):
    """The day since when the variance needs a comment, None if it needs none.

    Over the budget at once. Under it, money may still be spent: only once the plan is completed or
    the year of the line is over.
    """
    if not row.exceeds(plan.phase):
        return None
    if row.is_over:
        return on
    ends = []
    if plan.status == PlanStatus.COMPLETED:
        ends.append(plan.completed_on or on)
    if row.line.year:
        ends.append(date(row.line.year + 1, 1, 1))
    return min(ends, default=None)


def _comes_later(row):
    """Added to the budget from a later day on."""
    later = row.line.revisions.all()[len(row.earlier) + 1 :]
    return bool(later) and row.is_dropped and not row.original


def _total(rows):
    reported = [row.actual for row in rows if row.is_reported]
    return Row(
        original=total(row.original for row in rows),
        now=total(row.now for row in rows),
        actual=total(reported) if reported else None,
    )

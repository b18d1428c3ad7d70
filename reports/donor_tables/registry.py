"""The tables of a donor report, in their order. Page, sheet, PDF section, CSV and snapshot find them here."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role

from . import (
    budget,
    burn,
    changes,
    cover,
    fund_flow,
    in_kind,
    published,
    rates,
    sources,
    status,
    unallocated,
)

EVERYBODY, OFFICE_AND_DONORS = "everybody", "office_and_donors"


class DonorTable(NamedTuple):
    slug: str  # names its address, sheet and file
    code: str
    title: str
    description: str
    make: Callable  # (scope, facts) → ReportTable
    row_choices: dict = {}  # {value of rows: its name}; the first one when nothing is chosen
    who: str = EVERYBODY  # of those who are signed in

    @property
    def default_rows(self):
        return next(iter(self.row_choices), "")

    def rows_of(self, scope):
        """What a row is: as asked for, if this table has such rows."""
        return scope.rows if scope.rows in self.row_choices else self.default_rows

    def is_for(self, user):
        return self.who == EVERYBODY or user.works_for_programme or user.role == Role.DONOR


PLAN, REGION = (
    pgettext_lazy("rows of a report", "Action plans"),
    pgettext_lazy("rows of a report", "Regions"),
)
AREA = pgettext_lazy("rows of a report", "Service areas")
MUNICIPALITY = pgettext_lazy("rows of a report", "Municipalities")
LINE = pgettext_lazy("rows of a report", "Budget lines")
CANCELLED = pgettext_lazy("rows of a report", "Cancelled plans")

ALL = [
    DonorTable(
        "cover",
        "T1",
        _("Cover"),
        _(
            "What the report is about: programme, phase, period, currency, basis, how complete the "
            "figures are, and who prepared and approved it."
        ),
        cover.table,
    ),
    DonorTable(
        "published",
        "T1",
        _("Published figures beside the computed ones"),
        _(
            "What sources printed about the programme, as they said it, beside what the portal computes, "
            "with the difference and why there may be one."
        ),
        published.table,
    ),
    DonorTable(
        "budget",
        "T2",
        _("Budget against actual"),
        _(
            "The budget, first and as it is now, against what was received or spent: before the period, "
            "in it, and as corrections to earlier ones; with variance, execution and comments."
        ),
        budget.table,
        {
            "area": AREA,
            "region": REGION,
            "municipality": MUNICIPALITY,
            "plan": PLAN,
            "line": LINE,
        },
    ),
    DonorTable(
        "sources",
        "T3",
        _("Sources of funding"),
        _(
            "Per source of money: planned, bound by a decision or letter, received, spent, outstanding, "
            "fulfilment; and the share of the own contribution in three clearly named versions."
        ),
        sources.table,
    ),
    DonorTable(
        "fund-flow",
        "T4",
        _("Sources and uses of funds"),
        _(
            "Per currency: opening balance, received from donors, paid to plans, returned, exchange "
            "differences, closing balance."
        ),
        fund_flow.table,
        who=OFFICE_AND_DONORS,
    ),
    DonorTable(
        "burn",
        "T5",
        _("Execution and time"),
        _("Execution of the budget next to the time that has passed, and months of money left."),
        burn.table,
    ),
    DonorTable(
        "exchange-rates",
        "T6",
        _("Exchange rates used"),
        _(
            "The rates at which foreign money was counted in som, with day, source and policy, and the "
            "weighted average of the tranches."
        ),
        rates.table,
        who=OFFICE_AND_DONORS,
    ),
    DonorTable(
        "in-kind",
        "T7",
        _("Register of contributions in kind"),
        _(
            "What was given in kind: quantity, unit value, how it was valued, evidence, who verified it "
            "and which value was accepted."
        ),
        in_kind.table,
    ),
    DonorTable(
        "plan-status",
        "T9",
        _("Status of the action plans"),
        _(
            "How many plans stand where, by service area; cancelled plans apart, with the money already "
            "paid to them."
        ),
        status.table,
        {"area": AREA, "cancelled": CANCELLED},
    ),
    DonorTable(
        "changes",
        "T10",
        _("Changes since the last signed report"),
        _("Every changed row: before, after, who and why."),
        changes.table,
        who=OFFICE_AND_DONORS,
    ),
    DonorTable(
        "unallocated",
        "T11",
        _("What could not be allocated"),
        _(
            "Plans without service area or region, promises without a document, amounts without a rate; "
            "printed also when there is nothing."
        ),
        unallocated.table,
    ),
]
TABLES = {table.slug: table for table in ALL}


def tables_for(user):
    """What this person may see, in order."""
    return [table for table in ALL if table.is_for(user)]

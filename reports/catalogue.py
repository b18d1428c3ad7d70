"""What there is to report: the reports, their tables, and what each column means."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role

from . import tables
from .column import Column


class TableOf(NamedTuple):
    slug: str
    title: str
    first: str  # the head of the first column
    rows: object  # money → DataFrame
    columns: list
    parameter: str = ""  # of the filter: the plans of one row
    unknown: str = ""  # its value for the row of what is not known


PLANS = Column(
    "plans",
    pgettext_lazy("column", "Plans"),
    "count",
    _(
        "Number of plans. A joint plan is counted in every row it belongs to, and once in the total."
    ),
)
PLANS_PART = Column(
    "plans_part_pct",
    pgettext_lazy("column", "Part of plans"),
    "pct",
    _("Part of the number of plans of all rows; rounded so that the parts add up to 100.0%."),
)
PLANS_WITH_COST = Column(
    "plans_with_cost",
    pgettext_lazy("column", "Plans with a cost"),
    "count",
    _("How many of these plans have a known cost; only they are in shares, gaps and surpluses."),
)
COST = Column(
    "cost_kgs",
    pgettext_lazy("column", "Planned cost"),
    "kgs",
    _("Planned cost in som. Empty when it is not known yet."),
)
OWN_CASH = Column(
    "own_cash_kgs",
    pgettext_lazy("column", "Own, in cash"),
    "kgs",
    _("Promised by the municipality in cash."),
)
OWN_IN_KIND = Column(
    "own_in_kind_kgs",
    pgettext_lazy("column", "Own, in kind"),
    "kgs",
    _("Promised by the municipality in kind, valued in som."),
)
OWN = Column(
    "own_kgs",
    pgettext_lazy("column", "Own contribution"),
    "kgs",
    _("Promised by the municipality, in cash and in kind."),
)
GRANT = Column(
    "grant_kgs", pgettext_lazy("column", "Grant"), "kgs", _("Promised by the programme.")
)
OTHER = Column(
    "other_kgs",
    pgettext_lazy("column", "Other sources"),
    "kgs",
    _("Promised by residents, oblast and republican budgets and other donors."),
)
GAP = Column(
    "gap_kgs",
    pgettext_lazy("column", "Not covered"),
    "kgs",
    _("By how much the planned cost exceeds all promises, plan by plan."),
)
SURPLUS = Column(
    "surplus_kgs",
    pgettext_lazy("column", "Surplus"),
    "kgs",
    _("By how much all promises exceed the planned cost, plan by plan. Nothing was corrected."),
)
OWN_OF_KNOWN_COST = Column(
    "own_of_known_cost_kgs",
    pgettext_lazy("column", "Own contribution to plans with a cost"),
    "kgs",
    _(
        "The part of the own contribution that goes to plans whose cost is known: the numerator of the share."
    ),
)
OWN_SHARE = Column(
    "own_share_pct",
    pgettext_lazy("column", "Own share"),
    "pct",
    _(
        "Own contribution promised ÷ planned cost of the same plans. For a group: sum ÷ sum, not the mean of shares."
    ),
    ratio=("own_of_known_cost_kgs", "cost_kgs"),
)
RECEIVED = Column(
    "received_kgs",
    pgettext_lazy("column", "Received"),
    "kgs",
    _("Money that has arrived from all sources, less what was returned. Not money spent."),
)
COST_PART = Column(
    "cost_part_pct",
    pgettext_lazy("column", "Part of cost"),
    "pct",
    _("Part of the planned cost of all rows; rounded so that the parts add up to 100.0%."),
)
PROMISED = Column(
    "promised_kgs", pgettext_lazy("column", "Promised"), "kgs", _("Promised by this source.")
)
PROMISED_PART = Column(
    "promised_part_pct",
    pgettext_lazy("column", "Part of promises"),
    "pct",
    _("Part of all promises; rounded so that the parts add up to 100.0%."),
)
OUTSTANDING = Column(
    "outstanding_kgs",
    pgettext_lazy("column", "Outstanding"),
    "kgs",
    _("Promised and not received yet; never below zero."),
)
OVER = Column(
    "over_kgs",
    pgettext_lazy("column", "Received over the promise"),
    "kgs",
    _("Received beyond what was promised."),
)
FULFILMENT = Column(
    "fulfilment_pct",
    pgettext_lazy("column", "Fulfilment"),
    "pct",
    _("Received ÷ promised. Over 100% when more arrived than was promised."),
    ratio=("received_kgs", "promised_kgs"),
)

PLAN_HEAD = [
    Column(
        "reference",
        pgettext_lazy("column", "Plan"),
        "text",
        _("Reference code; it never changes."),
        13,
    ),
    Column(
        "row_title",
        pgettext_lazy("column", "Title"),
        "text",
        _("In your language, or in the language it was written in."),
        58,
    ),
    Column(
        "row_municipality",
        _("Municipality"),
        "text",
        _("The municipality that leads a joint plan."),
        30,
    ),
    Column("lead__code", pgettext_lazy("column", "SOATE code"), "text", "", 16),
    Column("row_region", _("Region"), "text", "", 20),
    Column("row_district", _("District"), "text", "", 20),
    Column("row_area", _("Service area"), "text", _("Empty when it is not specified."), 26),
    Column("phase__code", _("Phase"), "text", "", 12),
    Column("status", _("Status"), "text", "", 18),
]
UNDER_MINIMUM = Column(
    "is_under_minimum",
    pgettext_lazy("column", "Under the minimum"),
    "text",
    _("Whether the unrounded own share is under the minimum of the phase; if so, by what it is."),
    20,
)
NO_SHARE = Column(
    "own_share_reason",
    pgettext_lazy("column", "Why there is no own share"),
    "text",
    _("A share needs a planned cost above 0."),
    16,
)
PLAN_TAIL = [
    Column(
        "starts_on", pgettext_lazy("column", "Start"), "date", _("As much of the date as is known.")
    ),
    Column(
        "ends_on", pgettext_lazy("column", "End"), "date", _("As much of the date as is known.")
    ),
    Column(
        "row_sample_fields",
        pgettext_lazy("column", "Sample values"),
        "text",
        _("Values that no source gives and the sample set filled in; they are not facts."),
        30,
    ),
]
PLAN_MONEY = [
    column.name
    for column in [COST, OWN_CASH, OWN_IN_KIND, OWN, GRANT, OTHER, GAP, SURPLUS, RECEIVED]
]
PLAN_COLUMNS = [
    *PLAN_HEAD,
    COST,
    OWN_CASH,
    OWN_IN_KIND,
    OWN,
    OWN_OF_KNOWN_COST,
    GRANT,
    OTHER,
    GAP,
    SURPLUS,
    OWN_SHARE,
    NO_SHARE,
    UNDER_MINIMUM,
    RECEIVED,
    *PLAN_TAIL,
]
GROUP_COLUMNS = [
    PLANS,
    PLANS_WITH_COST,
    COST,
    OWN_CASH,
    OWN_IN_KIND,
    OWN,
    OWN_OF_KNOWN_COST,
    GRANT,
    OTHER,
    GAP,
    SURPLUS,
    OWN_SHARE,
    RECEIVED,
    COST_PART,
]
AREA_COLUMNS = [PLANS, PLANS_PART, *GROUP_COLUMNS[1:]]
SOURCE_COLUMNS = [PROMISED, PROMISED_PART, RECEIVED, OUTSTANDING, OVER, FULFILMENT]

# The page has the width of a screen; the workbook has them all.
NOT_ON_THE_PAGE = [PLANS_WITH_COST, OWN_CASH, OWN_IN_KIND, OWN_OF_KNOWN_COST]

TABLES = [
    TableOf(
        "areas",
        _("By service area"),
        _("Service area"),
        tables.by_area,
        AREA_COLUMNS,
        "area",
        "none",
    ),
    TableOf("regions", _("By region"), _("Region"), tables.by_region, GROUP_COLUMNS, "region"),
    TableOf(
        "municipalities",
        _("By municipality"),
        _("Municipality"),
        tables.by_municipality,
        GROUP_COLUMNS,
        "municipality",
    ),
]
# In the workbook only: the overview shows the years.
YEARS = TableOf(
    "years",
    _("By year of the start"),
    pgettext_lazy("column", "Year"),
    tables.by_year,
    GROUP_COLUMNS,
    "year",
    "unknown",
)
SOURCES = TableOf(
    "sources",
    _("By source of money"),
    pgettext_lazy("column", "Source"),
    tables.by_source,
    SOURCE_COLUMNS,
)


class Report(NamedTuple):
    slug: str  # names its addresses: funding, funding_csv, funding_pdf, funding_xlsx
    title: str
    description: str
    files: list


FILES = [
    ("csv", _("CSV for other programs: one row per plan, raw numbers")),
    ("pdf", _("PDF to print: the tables, and the plans when there are no more than 500")),
    ("xlsx", _("Excel workbook: a sheet per table, totals as formulas, notes")),
]
REPORTS = [
    Report(
        "funding",
        _("Funding report"),
        _(
            "Planned cost, promises by source, what is not covered, and what has been received: "
            "by service area, region, municipality and source, with one row per plan."
        ),
        FILES,
    ),
]


class ListPage(NamedTuple):
    view: str
    title: str
    description: str


RATES = ListPage(
    "ledger:rates",
    _("Exchange rates"),
    _("What a unit of each currency cost in som on which day, with where the rate comes from."),
)
TRANCHES = ListPage(
    "ledger:tranches",
    _("Tranches"),
    _(
        "What donors have transferred to the programme, the balance per currency, and the exchange result."
    ),
)
QUALITY = ListPage(
    "ledger:quality",
    _("Data quality"),
    _("Everything that does not add up or is missing, each with a link to where it is put right."),
)
LONG_FILES = ListPage(
    "reports:jobs",
    _("My long files"),
    _(
        "Files of many rows that you asked for: how far they are, and the finished ones for seven days."
    ),
)


def lists_for(user):
    """Tranches are for the office and the donors."""
    sees_tranches = user.works_for_programme or user.role == Role.DONOR
    lists = [RATES, TRANCHES, QUALITY] if sees_tranches else [RATES, QUALITY]
    return [*lists, LONG_FILES]


UNIT_NAMES = {
    "som": pgettext_lazy("unit of a table", "som"),
    "thousand": pgettext_lazy("unit of a table", "thousand som"),
    "million": pgettext_lazy("unit of a table", "million som"),
}
BASIS = _("Own share: own contribution promised ÷ planned cost of the same plans.")
SCOPE = _(
    "Programme money and own contributions to action plans only; these are not the accounts of the project."
)
ROUNDING = _(
    "Every amount was rounded to 0.01 som once, where it was recorded; totals are sums of these amounts. "
    "Shares are computed from unrounded amounts."
)
LEDGER_ROUNDING = _(
    "Every row was rounded half up to 0.01 som once, when it was booked; totals are sums of these rows."
)
CORRECTIONS = _(
    "A booked row is never changed. What was a mistake is taken back by a row with a minus, or replaced "
    "by a row that names it; both stand here with their reason."
)
LEDGER_SAMPLE = _(
    "This file contains sample data: rows that no source gives, filled in so that a whole programme "
    "can be seen. They are marked in the column “Sample values” and are not facts."
)
JOINT = _(
    "A plan is counted in every row it belongs to, and once in the total; its money is divided."
)
PART = _("Of joint plans only the part in the chosen places and service areas is counted.")
SAMPLE = _(
    "This report contains sample data: values that no source gives, filled in so that a whole programme "
    "can be seen. They are marked in the column “Sample values” and are not facts."
)

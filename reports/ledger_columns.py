"""What the columns of a ledger's workbook mean."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .catalogue import FULFILMENT, OUTSTANDING, OVER, Column

CURRENCY = Column(
    "currency",
    pgettext_lazy("column", "Currency"),
    "text",
    _("Code of the currency by ISO 4217."),
    10,
)
CONTRIBUTION = Column(
    "contribution",
    pgettext_lazy("column", "Contribution"),
    "text",
    _("Who gives, and whether in cash or in kind."),
    32,
)
RETURNED = Column(
    "returned_kgs",
    pgettext_lazy("column", "Given back, som"),
    "kgs",
    _("Money that was received and given back: it is taken off what was received."),
)
SPENT = Column(
    "spent_kgs",
    pgettext_lazy("column", "Spent, som"),
    "kgs",
    _("Paid out for the work of the plan."),
)
GROSS_MEANING = _("What arrived, before anything is taken off that was given back.")

ROWS = [
    Column("paid_on", pgettext_lazy("column", "Date"), "date"),
    CONTRIBUTION,
    Column("kind", pgettext_lazy("column", "What happened"), "text", "", 14),
    Column(
        "amount",
        pgettext_lazy("column", "Amount in its currency"),
        "amount",
        _("As it was paid. Amounts of different currencies are never added up."),
        16,
    ),
    CURRENCY,
    Column(
        "rate",
        pgettext_lazy("column", "Rate"),
        "rate",
        _(
            "Som for as many units of the currency as the next column says; it is kept with the row."
        ),
        13,
    ),
    Column("nominal", pgettext_lazy("column", "For units"), "count", "", 9),
    Column(
        "rate_on", pgettext_lazy("column", "Rate of"), "date", _("The day the rate applies to.")
    ),
    Column("rate_source", pgettext_lazy("column", "Source of the rate"), "text", "", 24),
    Column("received_kgs", pgettext_lazy("column", "Received, som"), "kgs", GROSS_MEANING),
    RETURNED,
    SPENT,
    Column("budget_line", pgettext_lazy("column", "Budget line"), "text", "", 24),
    Column("document_number", pgettext_lazy("column", "Document number"), "text", "", 18),
    Column("evidence", pgettext_lazy("column", "Evidence"), "text", "", 24),
    Column(
        "number",
        pgettext_lazy("column", "Row"),
        "count",
        _("The number of the row in the ledger; the next two columns name rows by it."),
        8,
    ),
    Column("reverses", pgettext_lazy("column", "Takes back row"), "count", "", 11),
    Column("corrects", pgettext_lazy("column", "Corrects row"), "count", "", 11),
    Column("reason", pgettext_lazy("column", "Reason"), "text", "", 34),
    Column("state", pgettext_lazy("column", "Booked"), "text", "", 30),
    Column("is_sample", pgettext_lazy("column", "Sample values"), "text", "", 10),
    Column(
        "accounted_on",
        pgettext_lazy("column", "Counted on"),
        "date",
        _(
            "The day on which reports of a period count the row: its own, or the first day of the period "
            "that was open when the period of its day was closed already."
        ),
    ),
    Column(
        "late_for",
        pgettext_lazy("column", "Correction to"),
        "text",
        _("The closed period the row belongs to by its day; empty for a row in time."),
        24,
    ),
]
BY_CONTRIBUTION = [
    CONTRIBUTION,
    Column(
        "promised_kgs",
        pgettext_lazy("column", "Promised"),
        "kgs",
        _("As it was promised on the day of the file."),
    ),
    Column("gross_kgs", pgettext_lazy("column", "Received, gross"), "kgs", GROSS_MEANING),
    RETURNED,
    Column(
        "received_kgs",
        pgettext_lazy("column", "Received, net"),
        "kgs",
        _("What arrived, less what was given back."),
    ),
    SPENT,
    OUTSTANDING,
    OVER,
    FULFILMENT,
]
BY_CURRENCY = [
    CURRENCY,
    Column("name", pgettext_lazy("column", "Name"), "text", "", 24),
    Column("received_amount", pgettext_lazy("column", "Received"), "amount"),
    Column("returned_amount", pgettext_lazy("column", "Given back"), "amount"),
    Column("spent_amount", pgettext_lazy("column", "Spent"), "amount"),
    Column("received_kgs", pgettext_lazy("column", "Received, som"), "kgs"),
    RETURNED,
    SPENT,
]

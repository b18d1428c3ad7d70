"""A plan's ledger for people: the rows, the sums by contribution and by currency, and notes.

Sums are formulas with their values beside them, as in the funding report. Amounts of different
currencies are never added up; som are.
"""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from action_plans.models import UsedRate
from action_plans.phases import fx_text
from lib.currencies import name_of
from lib.dates import format_moment, format_partial
from lib.money import share, total
from reports import catalogue
from reports.ledger import KINDS
from reports.ledger_columns import BY_CONTRIBUTION, BY_CURRENCY, ROWS

from .workbook import Writer, new_workbook


def to_xlsx(ledger, *, at, address):
    """A file on disk, rewound."""
    with new_workbook(title=_("Ledger of a plan"), made_at=at) as (file, book):
        warning = _("Contains sample data.") if ledger.has_sample else ""
        writer = Writer(book, footer(ledger, at), warning=warning)
        writer.sheet(_("Ledger"), ROWS, rows(ledger), ledger_total(ledger))
        found = by_contribution(ledger)
        writer.sheet(_("By contribution"), BY_CONTRIBUTION, found, contribution_total(ledger))
        writer.sheet(_("By currency"), BY_CURRENCY, by_currency(ledger), ledger_total(ledger))
        writer.notes(notes(ledger, at=at, address=address))
    return file


# The sheets


def rows(ledger):
    for row in ledger.rows:
        yield {
            **in_som(row),
            "paid_on": row.paid_on,
            "contribution": contribution_of(row.contribution),
            "kind": row.get_kind_display(),
            "amount": row.amount,
            "currency": row.currency,
            "rate": row.rate_value,
            "nominal": row.rate_nominal if row.is_booked else None,
            "rate_on": row.rate_on,
            "rate_source": UsedRate(row.rate_source).label if row.is_booked else "",
            "budget_line": row.budget_line and str(row.budget_line),
            "document_number": row.document_number,
            "evidence": row.evidence and str(row.evidence),
            "number": row.pk,
            "reverses": row.reverses_id,
            "corrects": row.corrects_id,
            "reason": row.reason,
            "state": state_of(row),
            "is_sample": pgettext("badge", "sample") if row.is_sample else "",
            "accounted_on": row.accounted_on,
            "late_for": str(row.late_for) if row.late_for else "",
        }


def in_som(row):
    """The som in the column of its kind; a row that waits is in none."""
    return {f"{kind}_kgs": row.amount_kgs if row.kind == kind else None for kind in KINDS}


def state_of(row):
    if not row.is_booked:
        return _("Waits for an exchange rate; not counted yet")
    who = f", {row.booked_by}" if row.booked_by else ""
    return format_moment(row.booked_at) + who


def contribution_of(contribution):
    return f"{contribution.get_source_display()}, {contribution.get_form_display()}"


def ledger_total(ledger):
    words = pgettext("row of a table", "Total")
    sums = ledger.sums(ledger.rows)
    first = {"paid_on": words, "currency": words, "contribution": words}
    return first | {f"{kind}_kgs": amount for kind, amount in sums.items()}


def by_contribution(ledger):
    for contribution in ledger.contributions:
        own = [row for row in ledger.rows if row.contribution_id == contribution.pk]
        promised = ledger.figures.by_contribution[contribution.pk]
        yield {"contribution": contribution_of(contribution)} | measured(promised, ledger.sums(own))


def measured(promised, sums):
    net = sums["received"] - sums["returned"]
    return {
        "promised_kgs": promised,
        "gross_kgs": sums["received"],
        "returned_kgs": sums["returned"],
        "received_kgs": net,
        "spent_kgs": sums["spent"],
        "outstanding_kgs": max(promised - net, total([])),
        "over_kgs": max(net - promised, total([])),
        "fulfilment_pct": share(net, promised),
    }


def contribution_total(ledger):
    """The sum of each column; of what is outstanding too, for no promise pays another's debt."""
    found = list(by_contribution(ledger))
    names = [column.name for column in BY_CONTRIBUTION if column.kind == "kgs"]
    sums = {name: total(row[name] for row in found) for name in names}
    return sums | {"contribution": pgettext("row of a table", "Total")}


def by_currency(ledger):
    for code in sorted({row.currency for row in ledger.rows}):
        own = [row for row in ledger.rows if row.currency == code and row.is_booked]
        amounts = {kind: total(r.amount for r in own if r.kind == kind) for kind in KINDS}
        yield {
            "currency": code,
            "name": name_of(code),
            **{f"{kind}_amount": amount for kind, amount in amounts.items()},
            **{f"{kind}_kgs": amount for kind, amount in ledger.sums(own).items()},
        }


# The notes


def notes(ledger, *, at, address):
    phase = ledger.plan.phase
    lines = [
        (_("File"), _("Ledger of a plan")),
        (_("Plan"), f"{ledger.plan.reference} {ledger.plan.title}"),
        (_("As of"), _("%(day)s, made %(moment)s") % {"day": day(ledger), "moment": moment(at)}),
        (_("Made by"), str(ledger.user)),
        (_("Address"), address),
        (_("Covers"), catalogue.SCOPE),
        (_("Exchange rate policy"), f"{phase.name}: {fx_text(phase)}"),
        (_("Rounding"), catalogue.LEDGER_ROUNDING),
        (_("Corrections"), catalogue.CORRECTIONS),
        (_("Waiting for an exchange rate"), str(len(ledger.waiting))),
    ]
    if ledger.has_sample:
        lines.append((_("Sample data"), catalogue.LEDGER_SAMPLE))
    meanings = {c.label: c.meaning for c in [*ROWS, *BY_CONTRIBUTION, *BY_CURRENCY] if c.meaning}
    return [*lines, ("", ""), (_("What the columns mean"), ""), *meanings.items()]


def day(ledger):
    return format_partial(ledger.on)


def moment(at):
    return format_moment(at)


def footer(ledger, at):
    words = {"reference": ledger.plan.reference, "day": day(ledger), "moment": moment(at)}
    return _("Ledger of %(reference)s as of %(day)s, made %(moment)s") % words

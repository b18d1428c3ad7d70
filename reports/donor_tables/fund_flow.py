"""T4: sources and uses. opening + received − paid + returned ± exchange difference = closing, line by line.

First the accounts of the donors, one per phase and currency, then the cash of the plans by who gave it. What
leaves an account stands with a minus, so that the lines of each add up to its closing balance.
"""

from collections import defaultdict

from django.db.models import Case, CharField, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from action_plans.models import Form, PaymentKind, Source
from action_plans.phases import fx_texts
from action_plans.tranche_moves import ACCOUNTED, OWN, counted, currencies_of
from action_plans.tranche_statement import Sum, statement
from lib.currencies import KGS
from lib.money_sums import sum_kgs
from reports.column import Column
from reports.report_table import ReportTable
from reports.rows import ZERO

from . import scoped

BEFORE, LATE, NOW = "before", "late", "now"
NOTHING = Sum(None, None)


def table(scope, facts=None):
    notes = [_notes_sum()]
    if is_of_plans(scope):
        rows = []
        notes.append(
            _(
                "The donors' accounts belong to the programme; with this filter only plans are shown."
            )
        )
    else:
        rows = [row for account in accounts_of(scope) for row in _lines_of_account(account)]
        if not rows:
            notes.append(_("No tranche of a donor has been entered up to this day."))
        notes.append(fx_texts(scope.phases))
    return ReportTable(
        slug="fund-flow",
        code="T4",
        title=_("Sources and uses of funds"),
        columns=_columns(),
        rows=[*rows, *_lines_of_plans(scope)],
        notes=[note for note in notes if note],
        empty=_("No money had moved by this day."),
        keys=["account_code", "line_code"],
    )


def is_of_plans(scope):
    """A place, an area or another source cannot be told apart in a donor's account."""
    places = scope.region or scope.municipality or scope.area or scope.no_area
    return bool(places or scope.source not in ("", Source.GRANT))


def _columns():
    return [
        Column("account_code", pgettext("column", "Code of the account"), "text"),
        Column("line_code", pgettext("column", "Code of the line"), "text"),
        Column("account", pgettext("column", "Account"), "text", width=40),
        Column("line", pgettext("column", "Line"), "text", width=46),
        Column("currency", pgettext("column", "Currency"), "text"),
        Column(
            "amount",
            pgettext("column", "In the currency"),
            "amount",
            _("What leaves the account stands with a minus."),
        ),
        Column(
            "amount_kgs",
            pgettext("column", "In som"),
            "kgs",
            _(
                "What leaves the account stands with a minus. Exchange differences exist in som only."
            ),
        ),
    ]


def _notes_sum():
    return _(
        "Opening balance + received − paid + returned ± exchange difference = closing balance, for each "
        "account. Contributions in kind are no money and are not in this table."
    )


# --- The donors' accounts -----------------------------------------------------------------------------


def accounts_of(scope):
    """Statements of the accounts of the phases; with a donor those that its tranches fill."""
    by, known_at = counted_as(scope)
    found = []
    for phase in scope.phases:
        tranches = counted(phase, known_at, by=by)
        mine = [row for row in tranches if not scope.donor or row.donor == scope.donor]
        shown = [row for row in mine if getattr(row, by[0]) <= scope.day]
        found += [
            statement(
                phase=phase,
                currency=currency,
                starts_on=scope.starts_on or phase.starts_on,
                ends_on=scope.day,
                known_at=known_at,
                by=by,
            )
            for currency in currencies_of(shown)
        ]
    return found


def counted_as(scope):
    """(by which day rows count, known by when): a period by the day accounted, a past day by the day of the money."""
    if scope.period:
        return ACCOUNTED, None if scope.period.is_open else scope.known_at
    return (OWN, scoped.moment_of(scope)) if scoped.is_past(scope) else (ACCOUNTED, None)


def _lines_of_account(account):
    received = account.received
    lines = [
        ("opening", _("Opening balance"), account.opening),
        ("received", _("Received from donors"), received),
        ("paid", _("Paid to plans"), _minus(account.paid)),
        ("returned", _("Returned by plans"), account.returned),
        (
            "exchange",
            _("Exchange difference: som of payments less what those units had cost"),
            Sum(None, account.difference_kgs),
        ),
        ("closing", _("Closing balance"), account.closing),
    ]
    if account.budget_result_kgs is not None:
        at_budget = Sum(received.amount, account.received_at_budget_kgs)
        lines[1:2] = [
            ("received", _("Received from donors, at the rate of the budget"), at_budget),
            (
                "budget-result",
                _("Exchange result: rate of the bank against the rate of the budget"),
                Sum(None, account.budget_result_kgs),
            ),
        ]
    name = _("Donors' account, %(currency)s, %(phase)s") % {
        "currency": account.currency,
        "phase": account.phase.name,
    }
    code = f"{account.phase.code}-{account.currency}"
    return [
        _row(code, name, line, label, account.currency, sums)
        for line, label, sums in lines
        if line != "exchange" or account.currency != KGS
    ]


def _minus(sums):
    return Sum(*(None if part is None else -part for part in sums))


def _row(code, account, line, label, currency, sums):
    row = {
        "account_code": code,
        "account": account,
        "line_code": line,
        "line": label,
        "currency": currency,
        "amount": sums.amount,
        "amount_kgs": sums.kgs,
    }
    if sums.amount is None:
        in_som = line in ("exchange", "budget-result")
        row["amount_reason"] = _("in som only") if in_som else _("not known without a rate")
    if sums.kgs is None:
        row["amount_kgs_reason"] = _("not known without a rate")
    return row


# --- Cash of the plans, by who gave it ------------------------------------------------------------------


def _lines_of_plans(scope):
    sums = _cash_of_plans(scope)
    return [row for source in Source if source in sums for row in _lines_of(source, sums[source])]


def _cash_of_plans(scope):
    """{source: {(when, kind): som}}, in one query."""
    rows = scoped.booked_then(scoped.payments_of(scope), scope)
    rows = rows.filter(contribution__form=Form.CASH)
    rows = rows.annotate(when=_when(scope)).values_list("contribution__source", "when", "kind")
    found = defaultdict(lambda: defaultdict(lambda: ZERO))
    for source, when, kind, som in rows.annotate(som=sum_kgs("amount_kgs")):
        found[source][when, kind] += som
    return found


def _when(scope):
    if not scope.starts_on:
        return Value(NOW, CharField())
    return Case(
        When(accounted_on__lt=scope.starts_on, then=Value(BEFORE)),
        When(late_for__isnull=False, then=Value(LATE)),
        default=Value(NOW),
        output_field=CharField(),
    )


def _lines_of(source, sums):
    has_late = any(when == LATE for when, _kind in sums)
    name = _("Cash of the plans: %(source)s") % {"source": source.label}
    lines = [
        ("opening", _("Opening balance"), _held(sums, BEFORE)),
        ("received", _("Received by plans"), sums[NOW, PaymentKind.RECEIVED]),
        ("returned", _("Returned by plans"), -sums[NOW, PaymentKind.RETURNED]),
        ("spent", _("Spent by plans"), -sums[NOW, PaymentKind.SPENT]),
        ("corrections", _("Corrections to earlier periods"), _held(sums, LATE)),
        (
            "closing",
            _("Closing balance: received, not yet spent or returned"),
            _held(sums, BEFORE, LATE, NOW),
        ),
    ]
    return [
        _row(f"plans-{source}", name, line, label, KGS, Sum(kgs, kgs))
        for line, label, kgs in lines
        if line != "corrections" or has_late
    ]


def _held(sums, *times):
    return sum(
        (
            sums[when, PaymentKind.RECEIVED]
            - sums[when, PaymentKind.RETURNED]
            - sums[when, PaymentKind.SPENT]
            for when in times
        ),
        ZERO,
    )

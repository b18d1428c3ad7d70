"""The ledger of a plan as its money page shows it: every row with its rate, its totals and what became of it."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery, prefetch_related_objects
from django.utils.translation import gettext as _

from lib.currencies import CODES, KGS
from lib.money import format_rate, share, total

from . import corrections, ledger_words, payments, periods
from .models import ExchangeRate, Payment, PaymentKind
from .money_page import Known
from .plan_page import KEYS

PER_PAGE = 25  # as in every list
ZERO = Decimal("0.00")
# Not more: PostgreSQL needs longer to plan each further join than to read all rows.
WITH = ["evidence", "booked_by", "reversal"]


@dataclass
class Row:
    payment: Payment
    rate: str  # in words; "" for som
    missing: str  # what a draft waits for
    may_discard: bool
    may_correct: bool
    may_repost: bool
    new_rate: str
    late: str  # which period it corrects, and where it is counted

    @property
    def key(self):
        return KEYS.get(self.payment.contribution.pot, "other")

    @property
    def has_actions(self):
        return self.may_discard or self.may_correct or self.may_repost


@dataclass
class Totals:
    """Sums of the stored rows of one currency; in som: of all booked rows."""

    currency: str
    received: Decimal
    returned: Decimal
    spent: Decimal

    @property
    def net(self):
        return self.received - self.returned

    @property
    def minus_returned(self):
        return -self.returned


@dataclass
class Excess:
    source: str
    amount: Decimal


def section(plan, *, user, on, page=None, known=None):
    """For templates/action_plans/money/_ledger.html: the rows up to that day."""
    known = known or Known(plan, user=user, on=on)
    may_book = known.rights["may_pay"]
    # By their numbers: with a join to the contributions PostgreSQL plans three times as long as it reads.
    contributions = [contribution.pk for contribution in plan.contributions.all()]
    ledger = Payment.objects.filter(contribution__in=contributions, paid_on__lte=on)
    pages = Paginator(ledger.order_by("-paid_on", "-pk"), PER_PAGE)
    pages.count = sum(row["rows"] for row in known.moved.values())
    page = pages.get_page(page)
    sums = _in_som(known.moved)
    return {
        "ledger_page": page,
        "ledger_rows": _rows(known, page.object_list, may_book),
        "ledger_totals": sums,
        "ledger_currencies": _in_currencies(known.sums),
        "ledger_promised": known.figures.promised_kgs,
        "ledger_fulfilment": share(sums.net, known.figures.promised_kgs),
        "ledger_excesses": _excesses(plan, known.received, known.promised),
        "may_book": may_book,
    }


# --- Rows -----------------------------------------------------------------------------------------


def _rows(known, found, may_book):
    plan, found = known.plan, list(_with_current_rate(found.select_related(*WITH)))
    _give_what_is_known(known, found)
    current = ExchangeRate.objects.in_bulk(
        {row.current_rate for row in found if row.rate_id and row.current_rate != row.rate_id}
    )
    waiting = [row for row in found if not row.is_booked]
    prefetch_related_objects(waiting, "entered_by")
    drafts = {_pair(row): row for row in waiting}
    lacking = {pair: payments.waits_for_tranche(row, plan.phase) for pair, row in drafts.items()}
    late = periods.late_words(found, plan.phase_id)
    return [_row(payment, current, lacking, may_book, late) for payment in found]


def _give_what_is_known(known, found):
    contributions = {
        contribution.pk: contribution for contribution in known.plan.contributions.all()
    }
    lines = {row.line.pk: row.line for row in known.budget.rows}
    for row in found:
        row.contribution = contributions[row.contribution_id]
        if row.budget_line_id in lines:
            row.budget_line = lines[row.budget_line_id]
    # A line that joins the budget on a later day than the page's
    prefetch_related_objects(
        [row for row in found if row.budget_line_id not in lines], "budget_line"
    )


def _with_current_rate(rows):
    """Beside each row the rate that holds now for its day; same rule as rates.find()."""
    rates = ExchangeRate.objects.filter(currency=OuterRef("currency")).valid_on(OuterRef("paid_on"))
    return rows.annotate(current_rate=Subquery(rates.best_first().values("pk")[:1]))


def _row(payment, current, lacking, may_book, late):
    may_correct = may_book and not payment.was_reversed and not corrections.refusal(payment)
    rate = current.get(payment.current_rate) if payment.rate_id else None
    is_other = rate and (rate.value, rate.nominal) != (payment.rate_value, payment.rate_nominal)
    return Row(
        payment=payment,
        rate=ledger_words.rate(payment),
        missing="" if payment.is_booked else _missing(payment, lacking),
        may_discard=may_book and not payment.is_booked,
        may_correct=may_correct,
        may_repost=bool(may_correct and is_other),
        new_rate=format_rate(rate.value) if is_other else "",
        late=late.get(payment.pk, ""),
    )


def _missing(payment, lacking):
    tranche = lacking[_pair(payment)]
    if payment.current_rate and not tranche:
        return _("More is returned than was received so far.")
    return payments.missing(payment, tranche=tranche)


def _pair(payment):
    return payment.contribution.source, payment.currency


# --- Totals ---------------------------------------------------------------------------------------


def _in_som(moved):
    return Totals(KGS, **{kind: total(row[kind] for row in moved.values()) for kind in PaymentKind})


def _in_currencies(sums):
    """A line for each currency when there are others than the som; they are never added up."""
    lines = {}
    for row in sums:
        if row["rows"] == row["waiting"]:
            continue
        line = lines.setdefault(row["currency"], Totals(row["currency"], ZERO, ZERO, ZERO))
        for kind in PaymentKind.values:
            setattr(line, kind, getattr(line, kind) + row[f"{kind}_amount"])
    if not lines.keys() - {KGS}:
        return []
    return sorted(lines.values(), key=lambda line: CODES.index(line.currency))


def _excesses(plan, received, promised):
    """What arrived over a promise: allowed, and shown."""
    return [
        Excess(contribution.get_source_display(), received[contribution.pk] - promise)
        for contribution in plan.contributions.all()
        if received[contribution.pk] > (promise := promised[contribution.pk].amount)
    ]

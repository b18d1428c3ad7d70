"""Mistakes in the ledger: a row is taken back by one that names it, and another may stand in its place."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.currencies import KGS
from lib.dates import format_moment
from lib.money import format_kgs
from lib.uploads import sha256_of

from . import paid_days, payments, periods
from .models import Payment
from .totals import ZERO, keep_totals_of

KEPT = ["kind", "paid_on", "currency", "amount", "document_number"]
RATE = ["rate_id", "rate_value", "rate_nominal", "rate_on", "rate_source"]
WITH = ["contribution", "budget_line", "evidence", "reversal__booked_by"]
LINKS = ["contribution_id", "budget_line_id"]
CHANGEABLE = {*KEPT, "contribution", "budget_line"}


@transaction.atomic
def reverse(*, payment, reason, by):
    """Take a booked row back: a row with the opposite amount, on the same day. Answers with that row."""
    plan, payment = _locked(payment, by)
    taken = take_back(plan, payment, reason, by, timezone.now())
    keep_totals_of(plan, after=[taken])
    return taken


@transaction.atomic
def correct(*, payment, reason, by, evidence=None, **changes):
    """Take a row back and put one in its place; without a rate the new row is a draft.

    changes: contribution, kind, paid_on, currency, amount, document_number, budget_line; what is not named
    stays. evidence: a file in place of the one there is. Answers with the new row.
    """
    if unknown := changes.keys() - CHANGEABLE:
        raise TypeError(f"cannot be corrected: {unknown}")
    plan, payment = _locked(payment, by, prices=changes.get("currency", KGS) != KGS)
    at = timezone.now()
    row = _copy(payment, reason=_given(reason), at=at, by=by)
    for name, value in changes.items():
        setattr(row, name, value)
    _differs(payment, row, evidence)
    if errors := payments.head_errors(plan, row):
        raise ValidationError(errors)
    paid_days.in_order(plan, payment, row)
    taken = _take_back(plan, payment, reason, by, at)
    _price_as(payment, plan, row)
    if errors := payments.line_errors(plan, row):
        raise ValidationError(errors)
    _not_overdrawn(payment, row)
    if evidence:
        row.evidence = payments.keep_evidence(plan, evidence, by)
    row.corrects = payment
    payments.put_in(plan, row, priced=True)
    keep_totals_of(plan, after=[taken, row])
    return row


@transaction.atomic
def repost(*, payment, reason, by):
    """The same row at the rate that holds now for its day: the stored rate was wrong when it was used."""
    plan, payment = _locked(payment, by)
    at = timezone.now()
    row = _copy(payment, reason=_given(reason), at=at, by=by)
    taken = _take_back(plan, payment, reason, by, at)
    payments.price(plan, row, at=at, by=by)
    if not row.is_booked:
        tranche = payments.waits_for_tranche(row, plan.phase)
        raise ValidationError(payments.missing(row, tranche=tranche), code="state")
    if [getattr(row, name) for name in RATE[1:]] == [getattr(payment, name) for name in RATE[1:]]:
        raise ValidationError(
            _("The rate that holds for this day is the one that was used."), code="state"
        )
    if errors := payments.line_errors(plan, row):
        raise ValidationError(errors)
    _not_overdrawn(payment, row)
    row.corrects = payment
    payments.put_in(plan, row, priced=True)
    keep_totals_of(plan, after=[taken, row])
    return row


def take_back(plan, payment, reason, by, at):
    """For verbs that hold the plan's lock and keep its totals: the row that takes this one back."""
    row = _take_back(plan, payment, reason, by, at)
    _not_overdrawn(payment)
    return row


def refusal(payment):
    """Why this row can be neither taken back nor corrected, or None. Reads payment.reversal."""
    if not payment.is_booked:
        return _("This row has not been booked yet. Discard it and enter it again.")
    if payment.reverses_id:
        return _("This row takes another one back; it cannot be taken back itself.")
    if payment.was_reversed:
        return _taken(payment.reversal)
    if payment.in_kind_id:
        return _(
            "This row was booked when a contribution in kind was verified. "
            "It is withdrawn in the register of contributions in kind."
        )
    return None


def _taken(reversal):
    if not reversal.booked_by:
        return _("This row was taken back on %(at)s.") % {"at": format_moment(reversal.booked_at)}
    return _("%(person)s took this row back on %(at)s.") % {
        "person": reversal.booked_by,
        "at": format_moment(reversal.booked_at),
    }


def _locked(payment, by, *, prices=False):
    """(plan, payment) as they are, once nobody else changes them."""
    plan = payments.lock(payment.contribution.plan_id, prices=prices or payment.is_foreign)
    payments.check_state(plan, by)
    rows = Payment.objects.select_related(*WITH)
    payment = rows.filter(pk=payment.pk).first()
    if payment is None:
        raise ValidationError(_("This row has been discarded already."), code="state")
    if wrong := refusal(payment):
        raise ValidationError(wrong, code="state")
    return plan, payment


def _given(reason):
    if not reason.strip():
        raise ValidationError({"reason": _("Give a reason. It is kept with the plan.")})
    return reason.strip()


def _copy(payment, *, reason, at, by):
    """A new row that says the same, not yet booked."""
    kept = {name: getattr(payment, name) for name in KEPT}
    return Payment(
        **kept,
        contribution=payment.contribution,
        budget_line=payment.budget_line,
        evidence=payment.evidence,
        reason=reason,
        entered_at=at,
        entered_by=by,
    )


def _take_back(plan, payment, reason, by, at):
    row = _copy(payment, reason=_given(reason), at=at, by=by)
    for name in [*RATE, "in_kind_id", "is_sample"]:
        setattr(row, name, getattr(payment, name))
    row.amount, row.amount_kgs = -payment.amount, -payment.amount_kgs
    row.reverses = payment
    row.booked_at, row.booked_by = at, by
    periods.place(row, periods=periods.held_for(plan))
    row.save()
    paid_days.add(plan, row)
    return row


def _differs(payment, row, evidence):
    proof = payment.evidence
    new_file = evidence and not (proof and proof.sha256 == sha256_of(evidence))
    names = [*KEPT, *LINKS]
    if not new_file and all(getattr(payment, name) == getattr(row, name) for name in names):
        raise ValidationError(_("Nothing was changed, so nothing was booked."), code="same")


def _price_as(payment, plan, row):
    """At its old rate while it is the same money: only repost() takes a newer rate."""
    same = ("currency", "amount", "paid_on", "kind")
    if all(getattr(payment, name) == getattr(row, name) for name in same) and (
        payment.contribution.source == row.contribution.source
    ):
        for name in [*RATE, "amount_kgs"]:
            setattr(row, name, getattr(payment, name))
        row.booked_at, row.booked_by = row.entered_at, row.entered_by
    else:
        payments.price(plan, row, at=row.entered_at, by=row.entered_by)


def _not_overdrawn(payment, row=None):
    """The row has been taken back; with what stands in its place no more is returned than was received."""
    contribution = payment.contribution
    added = payments.effect(row) if row and row.contribution_id == contribution.pk else ZERO
    if added >= payments.effect(payment):
        return
    left = payments.net_received(contribution) + added
    if left < 0:
        raise ValidationError(
            _(
                "Then %(amount)s more would have been returned than was received. "
                "Take back or correct first what was returned."
            ),
            code="overdrawn",
            params={"amount": format_kgs(-left)},
        )

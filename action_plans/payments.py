"""The ledger of a plan: a row once booked is never edited and never deleted.

Who writes rows locks first the phase, when the money is foreign (its tranches have one price at a time),
then the plan, then days (paid_days.py) and totals.
"""

import uuid
from itertools import groupby
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.currencies import CODES, KGS, format_money
from lib.dates import format_partial
from lib.money import MAX_KGS, format_kgs, total
from lib.money_sums import sum_kgs
from lib.threads import columns, the_one, written_once
from lib.uploads import sha256_of

from . import fx, paid_days, periods, tranche_price
from .documents import find_or_add
from .models import (
    ActionPlan,
    Attachment,
    BudgetLine,
    Contribution,
    Form,
    FxPolicy,
    Payment,
    PaymentKind,
    Phase,
    Source,
)
from .phases import fix_policy
from .totals import ZERO, keep_totals_of

SIGNS = {PaymentKind.RECEIVED: 1, PaymentKind.RETURNED: -1}
LIMITS = _("The amount must be more than 0 and at most 100,000,000,000 som.")


class Line(NamedTuple):
    """What one source pays of an invoice."""

    contribution: Contribution
    amount: object
    budget_line: BudgetLine | None = None


@transaction.atomic
def book(
    *,
    plan,
    lines,
    kind,
    paid_on,
    booking_key,
    by,
    currency=KGS,
    document_number="",
    evidence=None,
):
    """A row for each source that paid, with the same document; answers with the rows.

    Without a rate they are drafts (booked_at is empty) until book_waiting() finds one. The same form sent
    twice answers with what it booked. Mistakes in a line are named amount_<id of the contribution>.
    evidence: an uploaded file, kept among the documents of the plan.
    """
    plan, at = lock(plan.pk, prices=currency != KGS), timezone.now()
    rows = [
        Payment(
            **line._asdict(),
            kind=kind,
            paid_on=paid_on,
            currency=currency,
            document_number=document_number,
            booking_key=row_key(booking_key, line.contribution),
            entered_at=at,
            entered_by=by,
        )
        for line in lines
    ]
    if earlier := _of_form(plan, booking_key):
        _same(earlier, rows, evidence)
        return earlier
    check_state(plan, by)
    _check_head(plan, rows)
    _check_lines(plan, rows)
    paper = keep_evidence(plan, evidence, by)
    for number, row in enumerate(rows):
        row.evidence = paper
        # _check_lines() has priced them all; only rows after the first may find a tranche emptied.
        put_in(plan, row, priced=number == 0)
    keep_totals_of(plan, after=rows)
    return rows


def book_waiting(*, by, currency=None, phase=None, plan=None):
    """Book every draft that has a rate now, oldest first; answers with the rows it booked.

    More returned than received stays a draft: nothing is guessed.
    """
    drafts = Payment.objects.waiting().select_related("contribution__plan__phase")
    if currency:
        drafts = drafts.filter(currency=currency)
    if phase:
        drafts = drafts.filter(contribution__plan__phase=phase)
    if plan:
        drafts = drafts.filter(contribution__plan=plan)
    drafts = drafts.order_by("paid_on", "pk")
    drafts = [row for row in drafts if _frozen(row, row.contribution.plan.phase)]
    booked = []
    for plan_id, rows in groupby(drafts, key=lambda row: row.contribution.plan_id):
        booked += _book_drafts(plan_id, [row.pk for row in rows], by)
    return booked


@transaction.atomic
def _book_drafts(plan_id, ids, by):
    plan, booked = lock(plan_id, prices=True), []
    drafts = Payment.objects.waiting().filter(pk__in=ids).select_related("contribution")
    for row in drafts.order_by("paid_on", "pk"):
        price(plan, row, at=timezone.now(), by=by)
        in_time = periods.has_room(row.paid_on, periods.held_for(plan))
        if row.is_booked and in_time and not line_errors(plan, row):
            put_in(plan, row, priced=True)
            booked.append(row)
    if booked:
        keep_totals_of(plan, after=booked)
    return booked


@transaction.atomic
def discard(*, payment_id, plan, by):
    """Throw a draft away: it was never booked, so nothing has to be taken back."""
    plan = lock(plan.pk)
    check_state(plan, by)
    row = Payment.objects.filter(contribution__plan=plan, pk=payment_id).first()
    if row is None:
        raise ValidationError(_("This row has been discarded already."), code="gone")
    if row.is_booked:
        raise ValidationError(
            _("This row has been booked meanwhile. Take it back or correct it."), code="state"
        )
    row.delete()
    keep_totals_of(plan, after=[row])


def twins(lines, *, kind, paid_on, currency, document_number, booking_key):
    """Rows that say the same as these lines and were not made by this form: perhaps the same invoice."""
    amounts = {line.contribution.pk: line.amount for line in lines}
    same = Payment.objects.filter(
        contribution__in=amounts,
        kind=kind,
        paid_on=paid_on,
        currency=currency,
        document_number=document_number,
        reverses=None,
        reversal=None,
    )
    own = {row_key(booking_key, line.contribution) for line in lines}
    rows = same.select_related("contribution").order_by("pk")
    return [
        row
        for row in rows
        if row.amount == amounts[row.contribution_id] and row.booking_key not in own
    ]


# --- What every verb of the ledger does -----------------------------------------------------------


def lock(plan_id, *, prices=False):
    """The plan, its rows changed by nobody else; prices: money that may take from the phase's tranches."""
    phases = Phase.objects.select_for_update(no_key=True, of=("self",))
    phase = phases.get(plans=plan_id) if prices else None
    plan = the_one(ActionPlan, _locked_plans([plan_id]))
    # Else it is read after the lock: keep_totals_of() wants it so.
    is_locked = phase and phase.pk == plan.phase_id
    plan.phase = phase if is_locked else the_one(Phase, _phases([plan.phase_id]))
    return plan


@written_once
def _locked_plans(keys):
    plans = ActionPlan.objects.filter(pk__in=keys).select_for_update()
    return plans.values_list(*columns(ActionPlan))


@written_once
def _phases(keys):
    return Phase.objects.filter(pk__in=keys).values_list(*columns(Phase))


def row_key(booking_key, contribution):
    """The key of one row of the form."""
    return uuid.uuid5(booking_key, str(contribution.pk))


def price(plan, row, *, at, by):
    """Freeze the som of a row and book it; without a rate it stays a draft."""
    frozen = _frozen(row, plan.phase)
    if frozen:
        frozen.put_into(row)
        row.booked_at, row.booked_by = at, by


def _frozen(row, phase):
    if row.amount <= 0:
        return None  # line_errors() refuses it; nothing has no price of a tranche
    return fx.freeze(
        phase=phase,
        source=row.contribution.source,
        currency=row.currency,
        amount=row.amount,
        on=row.paid_on,
    )


def put_in(plan, row, *, priced=False):
    """Save a row; foreign money is priced at this moment: the row before may have emptied a tranche."""
    if row.is_foreign and not priced:
        price(plan, row, at=row.entered_at, by=row.entered_by)
    held = periods.held_for(plan)
    if row.is_booked:
        periods.place(row, periods=held)
    else:
        periods.counted_on(row.paid_on, held)  # a draft that could never be booked is refused
    row.save()
    paid_days.add(plan, row)
    if row.is_foreign and row.is_booked:
        fix_policy(plan.phase)


def keep_evidence(plan, file, by):
    return file and find_or_add(plan=plan, file=file, kind=Attachment.Kind.PAYMENT, by=by)


def net_received(contribution):
    """What arrived and was not given back; what was taken back counts with its own, negative row."""
    return sum((got - back for _pk, got, back in _net_rows([contribution.pk])), ZERO)


@written_once
def _net_rows(contributions):
    sums = {kind.value: sum_kgs("amount_kgs", filter=Q(kind=kind)) for kind in SIGNS}
    rows = Payment.objects.booked().filter(contribution__in=contributions).order_by()
    return rows.values_list("contribution").annotate(**sums)


def effect(row):
    """What a row adds to the money received."""
    return SIGNS.get(row.kind, 0) * (row.amount_kgs or ZERO)


def waits_for_tranche(row, phase):
    """Whether what a draft lacks is a tranche, not a rate."""
    by_tranches = phase.fx_policy in (FxPolicy.WEIGHTED, FxPolicy.FIFO)
    return (
        by_tranches
        and row.contribution.source == Source.GRANT
        and tranche_price.has_tranches(phase, row.currency)
    )


def missing(row, *, tranche):
    """In words, what a draft waits for; tranche: what waits_for_tranche() said."""
    if tranche:
        text = _("By %(day)s no tranche in %(currency)s had arrived.")
    else:
        text = _("There is no exchange rate of %(currency)s for %(day)s yet.")
    return text % {"currency": row.currency, "day": format_partial(row.paid_on)}


# --- Checks ---------------------------------------------------------------------------------------


def check_state(plan, by):
    if not plan.is_payable_by(by):
        raise ValidationError(
            _("Money is recorded from approval on. This plan is: %(status)s."),
            code="state",
            params={"status": plan.get_status_display()},
        )


def head_errors(plan, row):
    """{field: what is wrong with it} of what the rows of an invoice share."""
    errors = {}
    if row.paid_on > timezone.localdate():
        errors["paid_on"] = _("The date is in the future. Book a payment when it has been made.")
    elif row.paid_on < plan.phase.starts_on:
        errors["paid_on"] = ValidationError(
            _("The date is before the phase of the plan starts: %(start)s. Check the year."),
            params={"start": format_partial(plan.phase.starts_on)},
        )
    if row.currency not in CODES:
        errors["currency"] = _("This is not a currency that the portal knows.")
    if row.kind not in PaymentKind.values:
        errors["kind"] = _("Choose what happened: received, spent or returned.")
    if len(row.document_number) > Payment._meta.get_field("document_number").max_length:
        errors["document_number"] = _("The document number has more than 100 characters.")
    return errors


def line_errors(plan, row):
    """{field: what is wrong with it} of one source's part."""
    contribution, errors = row.contribution, {}
    if contribution.plan_id != plan.pk:
        errors["contribution"] = _("This contribution belongs to another plan.")
    elif contribution.form != Form.CASH:
        errors["contribution"] = _(
            "A contribution in kind is received when it is verified in the register."
        )
    if row.budget_line and row.kind != PaymentKind.SPENT:
        errors["budget_line"] = _("Only money that was spent belongs to a budget line.")
    elif row.budget_line and row.budget_line.plan_id != plan.pk:
        errors["budget_line"] = _("This budget line belongs to another plan.")
    if wrong := _amount_error(row):
        errors["amount"] = wrong
    return errors


def _amount_error(row):
    if not 0 < row.amount <= MAX_KGS or row.amount != round(row.amount, 2):
        return LIMITS
    if row.amount_kgs is None:
        return None
    if not 0 < row.amount_kgs <= MAX_KGS:
        return LIMITS
    if row.kind == PaymentKind.RETURNED:
        arrived = net_received(row.contribution)
        if row.amount_kgs > arrived:
            return ValidationError(
                _("More is returned than was received: only %(received)s has arrived."),
                params={"received": format_kgs(arrived)},
            )
    return None


def _check_head(plan, rows):
    if not rows:
        raise ValidationError(_("Write an amount for at least one source."), code="empty")
    if errors := head_errors(plan, rows[0]):
        raise ValidationError(errors)
    if len({row.contribution.pk for row in rows}) < len(rows):
        raise ValidationError(_("Each source can stand in a payment only once."), code="twice")


def _check_lines(plan, rows):
    errors = {}
    for row in rows:
        price(plan, row, at=row.entered_at, by=row.entered_by)
        for field, wrong in line_errors(plan, row).items():
            errors[f"{field}_{row.contribution.pk}"] = wrong
    if errors:
        raise ValidationError(errors)


def _of_form(plan, booking_key):
    """The rows that this form has made already."""
    made, rows = {}, []
    for pk, contribution, key in _keys([plan.pk]):
        if contribution not in made:
            made[contribution] = uuid.uuid5(booking_key, str(contribution))
        if key == made[contribution]:
            rows.append(pk)
    if not rows:
        return []
    return list(Payment.objects.filter(pk__in=rows).select_related("evidence").order_by("pk"))


@written_once
def _keys(plans):
    rows = Payment.objects.filter(contribution__plan__in=plans, booking_key__isnull=False)
    return rows.order_by().values_list("pk", "contribution", "booking_key")


def _same(earlier, rows, evidence):
    """Back, something else typed, and sent again: that is another payment, which nobody has booked yet."""
    proof = earlier[0].evidence
    same_file = not evidence or (proof and proof.sha256 == sha256_of(evidence))
    if {_facts(row) for row in earlier} != {_facts(row) for row in rows} or not same_file:
        amount = total(row.amount for row in earlier)
        raise ValidationError(
            _(
                "A payment of %(amount)s was booked from this form already. If this is another one, "
                "press the button once more."
            ),
            code="booked",
            params={"amount": format_money(amount, earlier[0].currency)},
        )


def _facts(row):
    names = ("contribution_id", "amount", "currency", "kind", "paid_on", "budget_line_id")
    return tuple(getattr(row, name) for name in (*names, "document_number"))

"""Donor money arriving at the programme: entered once, never changed, taken back by a row that names it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.currencies import CODES, KGS, format_money
from lib.dates import format_partial
from lib.money import convert, format_share, share
from lib.uploads import sha256_of

from . import evidence, fx, periods, phases, rates
from .fx import Frozen
from .models import FxPolicy, Payment, Phase, Source, Tranche, UsedRate


@transaction.atomic
def enter(
    *,
    phase,
    donor,
    received_on,
    currency,
    amount,
    rate=None,
    document_number="",
    evidence_file=None,
    booking_key,
    by,
):
    """Book a tranche; the same form sent twice answers with the tranche it made.

    rate: (som, for how many units) as the bank changed it, or None for the official rate of the day.
    """
    _office(by)
    phase = _lock(phase.pk)
    tranche = Tranche(
        phase=phase,
        donor=donor.strip(),
        received_on=received_on,
        currency=currency,
        amount=amount,
        document_number=document_number.strip(),
        booking_key=booking_key,
        entered_at=timezone.now(),
        entered_by=by,
    )
    _check(tranche)
    frozen = _frozen(tranche, rate)
    frozen.put_into(tranche)
    if earlier := Tranche.objects.filter(booking_key=booking_key).first():
        return _same(earlier, tranche, evidence_file)
    tranche.booked_at, tranche.booked_by = tranche.entered_at, by
    tranche.full_clean(exclude=["evidence", "rate", "entered_by", "booked_by", "phase"])
    periods.place(tranche, phase_id=phase.pk)
    if evidence_file:
        tranche.evidence = evidence.find_or_add(file=evidence_file, by=by)
    tranche.save()
    phases.fix_policy(phase)
    return tranche


@transaction.atomic
def reverse(*, tranche, reason, by):
    """Take a tranche back: a row with the negative amount that names it, on its day and at its rate."""
    _office(by)
    _lock(tranche.phase_id)
    tranche = Tranche.objects.get(pk=tranche.pk)
    if tranche.reverses_id:
        raise ValidationError(_("This row takes a tranche back; it cannot be taken back itself."))
    if tranche.was_reversed:
        raise ValidationError(_("This tranche was taken back already."), code="state")
    if not reason.strip():
        raise ValidationError({"reason": _("Give a reason. It is kept with the tranche.")})
    at = timezone.now()
    kept = ["phase", "donor", "received_on", "currency", "document_number", "evidence", "is_sample"]
    kept += ["rate", "rate_value", "rate_nominal", "rate_on", "rate_source"]
    row = Tranche(
        reverses=tranche,
        amount=-tranche.amount,
        amount_kgs=-tranche.amount_kgs,
        reason=reason.strip(),
        entered_at=at,
        entered_by=by,
        booked_at=at,
        booked_by=by,
        **{name: getattr(tranche, name) for name in kept},
    )
    periods.place(row, phase_id=row.phase_id)
    row.save()
    return row


def priced_by(tranche):
    """Booked payments whose som were counted by the tranches of this currency from its day on."""
    return Payment.objects.standing().filter(
        contribution__source=Source.GRANT,
        contribution__plan__phase=tranche.phase_id,
        currency=tranche.currency,
        rate_source__in=[FxPolicy.WEIGHTED, FxPolicy.FIFO],
        paid_on__gte=tranche.received_on,
    )


def doubts(tranche):
    """What may be a mistake, in sentences; the tranche is booked all the same."""
    phase = tranche.phase
    if not phase.starts_on <= tranche.received_on <= phase.ends_on:
        yield _("The tranche is dated %(day)s, and the phase lasts from %(start)s to %(end)s.") % {
            "day": format_partial(tranche.received_on),
            "start": format_partial(phase.starts_on),
            "end": format_partial(phase.ends_on),
        }
    if tranche.is_foreign and (official := rates.find(tranche.currency, tranche.received_on)):
        change = share(
            tranche.amount_kgs, convert(tranche.amount, official.value, official.nominal)
        )
        if rates.is_jump(change and change - 100):
            text = _("The rate differs by more than %(limit)s from the official one: %(rate)s.")
            limit = format_share(rates.JUMP_PCT, places=0)
            yield text % {"limit": limit, "rate": official.equation}


def _office(by):
    if not by.works_for_programme:
        raise ValidationError(_("Tranches are entered by the project staff."))


def _lock(phase_id):
    """One at a time: payments that take from the tranches lock the phase as well."""
    return Phase.objects.select_for_update(no_key=True, of=("self",)).get(pk=phase_id)


def _check(tranche):
    if tranche.currency not in CODES:
        raise ValidationError({"currency": _("This is not a currency that the portal knows.")})
    if tranche.received_on > timezone.localdate():
        raise ValidationError(
            {"received_on": _("The date is in the future. Enter a tranche when it has arrived.")}
        )


def _frozen(tranche, rate):
    if tranche.currency == KGS:
        return Frozen(tranche.amount, 1, 1, None, UsedRate.SOM)
    if rate:
        value, nominal = rate
        kgs = convert(tranche.amount, value, nominal)
        return Frozen(kgs, value, nominal, tranche.received_on, UsedRate.BANK)
    official = rates.find(tranche.currency, tranche.received_on)
    if official is None:
        raise ValidationError(
            {
                "rate": ValidationError(
                    _(
                        "There is no official rate of %(currency)s for %(day)s. "
                        "Write the rate at which the bank changed the money."
                    ),
                    params={
                        "currency": tranche.currency,
                        "day": format_partial(tranche.received_on),
                    },
                )
            }
        )
    return fx.by_rate(official, tranche.amount)


def _same(earlier, tranche, file):
    """Back, something else typed, and sent again: that is another tranche, which nobody has booked yet."""
    names = ["phase_id", "donor", "received_on", "currency", "amount", "amount_kgs"]
    names.append("document_number")
    same = all(getattr(earlier, name) == getattr(tranche, name) for name in names)
    proof = earlier.evidence
    if same and (not file or (proof and proof.sha256 == sha256_of(file))):
        return earlier
    raise ValidationError(
        _(
            "A tranche of %(amount)s was booked from this form already. If this is another one, "
            "press the button once more."
        ),
        code="booked",
        params={"amount": format_money(earlier.amount, earlier.currency)},
    )

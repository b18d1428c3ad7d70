"""The ledger: a row once booked is never edited and never deleted."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.money import format_kgs, sum_kgs

from .documents import find_or_add
from .models import ActionPlan, Attachment, Payment, PaymentKind
from .totals import keep_totals


@transaction.atomic
def book(
    *,
    contribution,
    kind,
    paid_on,
    amount,
    booking_key,
    by,
    document_number="",
    evidence=None,
):
    """Book a movement of a contribution; the same form sent twice answers with the payment it made.

    evidence: an uploaded file, kept among the documents of the plan.
    """
    plan = ActionPlan.objects.select_for_update(of=("self",)).get(pk=contribution.plan_id)
    twice = Payment.objects.filter(booking_key=booking_key, contribution__plan=plan)
    if booked := twice.first():
        _same(booked, contribution, kind, paid_on, amount, document_number)
        return booked
    _check(plan, contribution, kind, paid_on, amount, by)
    payment = Payment(
        contribution=contribution,
        kind=kind,
        paid_on=paid_on,
        amount_kgs=amount,
        document_number=document_number,
        booking_key=booking_key,
        booked_at=timezone.now(),
        booked_by=by,
    )
    payment.full_clean(exclude=["booked_by", "evidence", "contribution"])
    if evidence:
        payment.evidence = find_or_add(
            plan=plan, file=evidence, kind=Attachment.Kind.PAYMENT, by=by
        )
    payment.save()
    keep_totals(plan.pk)
    return payment


def net_received(contribution):
    """What arrived and was not given back."""

    def booked(kind):
        return contribution.payments.filter(kind=kind).aggregate(sum=sum_kgs("amount_kgs"))["sum"]

    return booked(PaymentKind.RECEIVED) - booked(PaymentKind.RETURNED)


def _same(booked, contribution, kind, paid_on, amount, document_number):
    """Back, something else typed, and sent again: that is another payment, which nobody has booked yet."""
    before = (booked.contribution, booked.kind, booked.paid_on, booked.amount_kgs)
    if (*before, booked.document_number) != (contribution, kind, paid_on, amount, document_number):
        raise ValidationError(
            _(
                "A payment of %(amount)s was booked from this form already. If this is another one, "
                "press the button once more."
            ),
            code="booked",
            params={"amount": format_kgs(booked.amount_kgs)},
        )


def _check(plan, contribution, kind, paid_on, amount, by):
    if not ActionPlan.objects.payable_by(by).filter(pk=plan.pk).exists():
        raise ValidationError(
            _("Money is recorded from approval on. This plan is: %(status)s."),
            code="state",
            params={"status": plan.get_status_display()},
        )
    if paid_on > timezone.localdate():
        raise ValidationError(
            {"paid_on": _("The date is in the future. Book a payment when it has been made.")}
        )
    if kind == PaymentKind.RETURNED and amount > (arrived := net_received(contribution)):
        raise ValidationError(
            {
                "amount_kgs": ValidationError(
                    _("More is returned than was received: only %(received)s has arrived."),
                    params={"received": format_kgs(arrived)},
                )
            }
        )

"""Signed reports as people find them: for the office and the donors, with what came after."""

import hashlib
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from accounts.models import Role
from action_plans.models import Payment, PaymentKind, PeriodStatus, Tranche
from lib.money import total

from .models import SignedReport

LATER_SHOWN = 100
SIGNS = {PaymentKind.RECEIVED: 1, PaymentKind.RETURNED: -1, PaymentKind.SPENT: 0}


def visible_to(user):
    """Without the figures, which are long."""
    reports = SignedReport.objects.defer("snapshot").select_related("template", "period__phase")
    sees = user.is_authenticated and (user.works_for_programme or user.role == Role.DONOR)
    return reports if sees else reports.none()


def recent(user, number=10):
    return visible_to(user).order_by("-approved_at")[:number]


def versions_of(period, user):
    return visible_to(user).filter(period=period).order_by("version")


def intact(kept):
    """The bytes of a SignedFile; None when they are not those that were signed."""
    try:
        with kept.file.open("rb") as opened:
            content = opened.read()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == kept.sha256 else None


class Later(NamedTuple):
    """What was booked for the period of a report after it had been closed."""

    payments: list
    tranches: list
    number: int
    received_kgs: Decimal  # by how much what was received, less what was returned, is different now

    @property
    def not_shown(self):
        return max(0, self.number - len(self.payments) - len(self.tranches))


def later(report):
    payments = _booked_later(Payment, report, contribution__plan__phase=report.period.phase_id)
    tranches = _booked_later(Tranche, report, phase=report.period.phase_id)
    payments = payments.select_related("contribution__plan", "late_for", "booked_by")
    number = payments.count() + tranches.count()
    return Later(
        payments=list(payments.order_by("booked_at", "pk")[:LATER_SHOWN]),
        tranches=list(
            tranches.select_related("booked_by").order_by("booked_at", "pk")[:LATER_SHOWN]
        ),
        number=number,
        received_kgs=total(
            SIGNS[kind] * kgs for kind, kgs in payments.values_list("kind", "amount_kgs").order_by()
        ),
    )


def opened_again(report):
    """The step that took the period back after this report was signed, while no version follows; else None."""
    if report.period.is_signed:
        return None
    steps = report.period.steps.filter(after=PeriodStatus.OPEN, taken_at__gte=report.approved_at)
    return steps.order_by("-number").first()


def has_corrections(report):
    """Whether a later period counts money of this one that was found after it had been closed."""
    late = {"late_for": report.period_id, "booked_at__gt": report.prepared_at}
    return any(model.objects.filter(**late).exists() for model in (Payment, Tranche))


def _booked_later(model, report, **of_phase):
    """Late for the period, or in it while it was open again."""
    period = report.period
    for_period = Q(late_for=period) | Q(
        accounted_on__gte=period.starts_on, accounted_on__lte=period.ends_on
    )
    return model.objects.booked().filter(for_period, booked_at__gt=report.prepared_at, **of_phase)

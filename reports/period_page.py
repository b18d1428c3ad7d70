"""What the pages of reporting periods show."""

from typing import NamedTuple

from django.db.models import Prefetch

from accounts.models import Role
from action_plans.models import (
    Check,
    Payment,
    PeriodStatus,
    PeriodStep,
    Phase,
    ReportingPeriod,
    Tranche,
)

from .closing import first_days, late_rows, why_not_reopened
from .closing_checks import what_is_missing
from .donor_tables.unallocated import digest, gaps
from .donor_tables.unallocated_words import words_of
from .models import SignedReport
from .rows import quality_link

SHOWN = 100


class Gap(NamedTuple):
    text: str
    link: str


class Late(NamedTuple):
    """Rows that are counted in another period than that of their day."""

    payments: list
    tranches: list
    number: int

    @property
    def not_shown(self):
        return self.number - len(self.payments) - len(self.tranches)


def phases():
    """Those of the programme, each with its periods, the newest first, and who closed and signed them."""
    reports = SignedReport.objects.defer("snapshot").order_by("version")
    signed = PeriodStep.objects.filter(after=PeriodStatus.SIGNED).select_related("taken_by")
    periods = (
        ReportingPeriod.objects.select_related("closed_by")
        .prefetch_related(
            Prefetch("reports", reports), Prefetch("steps", signed, to_attr="signings")
        )
        .order_by("-starts_on")
    )
    return Phase.objects.prefetch_related(Prefetch("periods", periods)).order_by("-starts_on")


def phase_for_new(query, *, on):
    """The one asked for, else that of the day, else the last that has begun."""
    every = list(Phase.objects.order_by("starts_on", "code"))
    asked = [phase for phase in every if phase.code == query.get("phase")]
    now = [phase for phase in every if phase.starts_on <= on <= phase.ends_on]
    begun = [phase for phase in every if phase.starts_on <= on]
    return next(iter([*asked, *now, *reversed(begun), *every]), None)


def proposed_days(phase):
    starts_on, ends_on = first_days(phase, periods_of(phase))
    return {"phase": phase, "starts_on": starts_on, "ends_on": ends_on}


def periods_of(phase):
    return list(ReportingPeriod.objects.filter(phase=phase).order_by("starts_on"))


def about(period, user):
    periods = periods_of(period.phase)
    return {
        "period": period,
        "phase": period.phase,
        "steps": steps_of(period),
        "reports": SignedReport.objects.defer("snapshot")
        .filter(period=period)
        .order_by("-version"),
        "problems": what_is_missing(period) if period.is_open else [],
        "may_keep": user.works_for_programme,
        "may_reopen": user.may_reopen and not period.is_open,
        "not_reopened": None if period.is_open else why_not_reopened(period, periods),
        "was_never_closed": period.is_open and period.step == 0,
        "counted_here": counted_here(period),
        "counted_later": counted_later(period),
    }


def steps_of(period):
    """The newest first; role: as it was typed under a report, else the role a person had then."""
    steps = list(period.steps.select_related("taken_by").order_by("-number"))
    roles = dict(Role.choices)
    for step in steps:
        step.role = roles.get(step.role, step.role)
    return steps


def counted_here(period):
    payments, tranches = late_rows(period)
    return _late(payments, tranches)


def counted_later(period):
    """Of its days, booked after it had been closed."""
    return _late(Payment.objects.filter(late_for=period), Tranche.objects.filter(late_for=period))


def _late(payments, tranches):
    number = payments.count() + tranches.count()
    payments = payments.select_related("contribution__plan", "late_for", "booked_by")
    payments = list(payments.order_by("booked_at", "pk")[:SHOWN])
    tranches = tranches.select_related("late_for", "booked_by").order_by("booked_at", "pk")
    return Late(payments, list(tranches[: SHOWN - len(payments)]), number)


def gaps_of(period):
    """([Gap] that were found, the digest of all of them)"""
    found = gaps(period.phase, period.ends_on)
    shown = [
        Gap(words_of(gap["check"], gap["number"]), _link(gap["check"], period))
        for gap in found
        if gap["number"]
    ]
    return shown, digest(found)


def _link(check, period):
    return quality_link(check, phase=period.phase) if check in Check.values else ""

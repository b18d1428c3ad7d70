"""Reporting periods are added, closed and opened again; each step is kept with person, moment and reason.

Who takes a step locks first the phase, as a payment in foreign money does, then all its periods; bookings hold
their periods shared (action_plans/periods.py). So of a closing and a booking one waits for the other.
"""

import calendar
import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from action_plans.models import Payment, PeriodStatus, PeriodStep, Phase, ReportingPeriod, Tranche
from lib.dates import format_moment, format_partial

from .closing_checks import what_is_missing
from .donor_tables.unallocated import digest, gaps


@transaction.atomic
def add(*, phase, starts_on, ends_on, by):
    """A new, open period; the same form sent twice adds one."""
    _office(by)
    phase, periods = lock(phase.pk)
    twin = next((p for p in periods if (p.starts_on, p.ends_on) == (starts_on, ends_on)), None)
    if twin and twin.is_open:
        return twin
    period = ReportingPeriod(phase=phase, starts_on=starts_on, ends_on=ends_on)
    _possible(period, phase, periods)
    period.save()
    return period


@transaction.atomic
def change(*, period, starts_on, ends_on, by):
    """Other days for a period that is open and was never closed."""
    _office(by)
    phase, periods = lock(period.phase_id)
    period = _untouched(period, periods)
    if (period.starts_on, period.ends_on) == (starts_on, ends_on):
        return period
    _keeps_late_rows(period, starts_on, ends_on)
    period.starts_on, period.ends_on = starts_on, ends_on
    _possible(period, phase, [p for p in periods if p.pk != period.pk])
    period.save()
    return period


@transaction.atomic
def remove(*, period, by):
    """An open period in which nothing was counted late and that was never closed. Its money stays as it is."""
    _office(by)
    _phase, periods = lock(period.phase_id)
    period = _untouched(period, periods)
    _keeps_late_rows(period, None, None)
    period.delete()


@transaction.atomic
def close(*, period, accepted, by, following=None):
    """accepted: the digest of the gaps that were read. following: days of the next period, or None.

    Answers with the period; what keeps it open is a ValidationError: "state" when somebody closed it meanwhile,
    "gaps" when the list has changed since it was read.
    """
    _office(by)
    phase, periods = lock(period.phase_id)
    period = _found(period, periods)
    if not period.is_open:
        raise ValidationError(
            _("%(who)s closed this period already, on %(when)s."),
            code="state",
            params={"who": period.closed_by, "when": format_moment(period.closed_at)},
        )
    if problems := what_is_missing(period):
        raise ValidationError([problem.text for problem in problems])
    found = gaps(phase, period.ends_on)
    if digest(found) != accepted:
        raise ValidationError(
            _("The list of what is missing has changed since you read it. Read it once more."),
            code="gaps",
        )
    step(period, PeriodStatus.CLOSED, by=by, accepted_gaps=[gap for gap in found if gap["number"]])
    if following and not any(p.starts_on > period.ends_on for p in periods):
        add(phase=phase, starts_on=following[0], ends_on=following[1], by=by)
    return period


@transaction.atomic
def reopen(*, period, reason, by):
    if not by.may_reopen:
        raise ValidationError(_("You cannot open closed periods again; it is a right of its own."))
    _phase, periods = lock(period.phase_id)
    period = _found(period, periods)
    if period.is_open:
        raise ValidationError(_("This period is open already."), code="state")
    if wrong := why_not_reopened(period, periods):
        raise ValidationError(wrong, code="later")
    if not reason.strip():
        raise ValidationError({"reason": _("Give a reason. It stays with the period.")})
    step(period, PeriodStatus.OPEN, by=by, reason=reason.strip())
    return period


def why_not_reopened(period, periods):
    """A sentence, or None. periods: of its phase."""
    later = [p for p in periods if not p.is_open and p.starts_on > period.starts_on]
    if not later:
        return None
    return _(
        "The later period %(period)s is closed and counts on this one. Book what was found now: "
        "it is counted as a correction in the period that is open."
    ) % {"period": later[0]}


# --- For every verb that takes a step (signing, too) ----------------------------------------------


def lock(phase_id):
    """(phase, [its periods in order]), changed by nobody else; who books money waits, and was waited for."""
    phase = Phase.objects.select_for_update(no_key=True, of=("self",)).get(pk=phase_id)
    periods = ReportingPeriod.objects.filter(phase=phase).select_related("closed_by")
    return phase, list(periods.select_for_update(of=("self",)).order_by("starts_on"))


def step(period, after, *, by, role="", reason="", accepted_gaps=(), at=None):
    """Append the step and move the status: the database lets it move only together. The period is locked."""
    taken = PeriodStep.objects.create(
        period=period,
        number=period.step + 1,
        before=period.status,
        after=after,
        taken_at=at or timezone.now(),
        taken_by=by,
        role=role or by.role,
        reason=reason,
        accepted_gaps=list(accepted_gaps),
    )
    period.status, period.step = after, taken.number
    if after == PeriodStatus.CLOSED:
        period.closed_at, period.closed_by = taken.taken_at, by
    elif after == PeriodStatus.OPEN:
        period.closed_at = period.closed_by = None
    period.save(update_fields=["status", "step", "closed_at", "closed_by"])
    return taken


def late_rows(period):
    """([payments], [tranches]) counted in it as corrections to earlier periods."""
    within = {"late_for__isnull": False, "accounted_on__range": (period.starts_on, period.ends_on)}
    payments = Payment.objects.filter(contribution__plan__phase=period.phase_id, **within)
    return payments, Tranche.objects.filter(phase=period.phase_id, **within)


# --- The next period --------------------------------------------------------------------------------


def next_days(period, periods):
    """(first, last) of the next period as it is proposed; None when there is one, or the phase ends.

    As many months as this one; as many days where this one is not whole months. No longer than the phase.
    """
    phase = period.phase
    if period.ends_on >= phase.ends_on or any(p.starts_on > period.ends_on for p in periods):
        return None
    first = period.ends_on + dt.timedelta(days=1)
    months = (first.year - period.starts_on.year) * 12 + first.month - period.starts_on.month
    if months and months_later(period.starts_on, months) == first:
        end = months_later(first, months)
    else:
        end = first + (first - period.starts_on)
    return first, min(end - dt.timedelta(days=1), phase.ends_on)


def months_later(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def first_days(phase, periods):
    """What the form of a new period begins with: half a year after the last one, or from the phase's start."""
    first = periods[-1].ends_on + dt.timedelta(days=1) if periods else phase.starts_on
    return first, months_later(first, 6) - dt.timedelta(days=1)


# --- Checking -----------------------------------------------------------------------------------------


def _office(by):
    if not by.works_for_programme:
        raise ValidationError(_("Reporting periods are kept by the project staff."))


def _found(period, periods):
    """As it is now; periods: locked."""
    found = next((p for p in periods if p.pk == period.pk), None)
    if found is None:
        raise ValidationError(_("Meanwhile somebody removed this period."), code="removed")
    return found


def _untouched(period, periods):
    period = _found(period, periods)
    if not period.is_open or period.step:
        raise ValidationError(
            _("This period was closed once, so its days stay as they are."), code="state"
        )
    return period


def _possible(period, phase, others):
    errors = {}
    if period.starts_on < phase.starts_on:
        errors["starts_on"] = ValidationError(
            _("The first day is before the phase starts: %(day)s."),
            params={"day": format_partial(phase.starts_on)},
        )
    if period.ends_on < period.starts_on:
        errors["ends_on"] = _("The last day is before the first. Check the year.")
    elif same := next((p for p in others if _overlap(p, period)), None):
        errors["starts_on"] = ValidationError(
            _("The period %(period)s has some of these days already."), params={"period": same}
        )
    elif closed := next((p for p in others if not p.is_open and _after(p, period)), None):
        errors["starts_on"] = ValidationError(
            _("The later period %(period)s is closed: its sums count these days already."),
            params={"period": closed},
        )
    if errors:
        raise ValidationError(errors)


def _after(one, other):
    return one.starts_on > other.ends_on


def _overlap(one, other):
    return one.starts_on <= other.ends_on and one.ends_on >= other.starts_on


def _keeps_late_rows(period, starts_on, ends_on):
    """What was counted in it as a correction would be counted in no period."""
    for rows in late_rows(period):
        if starts_on:
            rows = rows.exclude(accounted_on__range=(starts_on, ends_on))
        if rows.exists():
            raise ValidationError(
                _(
                    "Corrections to earlier periods are counted on %(day)s in this one. "
                    "That day stays in it."
                ),
                code="late",
                params={"day": format_partial(rows.first().accounted_on)},
            )

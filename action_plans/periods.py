"""In which reporting period money is accounted: that of its day, or the next open one when that is closed.

A day before a closed period that no period has is as good as closed: sums up to the end of that period count it.
The database holds the same (triggers.py).
"""

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext_lazy as _

from .models import ReportingPeriod

SHARED = 'SELECT * FROM "{table}" WHERE "phase_id" = %s ORDER BY "starts_on" FOR SHARE'


def locked(phase_id):
    """All periods of a phase, in order; nobody closes or opens one until this transaction ends.

    Many may book at once (a shared lock); who closes waits for them, and they for who closes.
    """
    if connection.vendor != "postgresql":  # SQLite has one writer at a time
        return list(ReportingPeriod.objects.filter(phase=phase_id).order_by("starts_on"))
    periods = _shared(phase_id)
    if periods and not periods[-1].is_open:
        # Perhaps it was closed while this question waited, and the next one, added with that, was not seen.
        periods = _shared(phase_id)
    return periods


def _shared(phase_id):
    table = ReportingPeriod._meta.db_table
    return list(ReportingPeriod.objects.raw(SHARED.format(table=table), [phase_id]))


def held_for(plan):
    """locked(), asked once for a plan that a verb has locked: both locks last until the verb has ended."""
    if not hasattr(plan, "held_periods"):
        plan.held_periods = locked(plan.phase_id)
    return plan.held_periods


def place(row, *, phase_id=None, periods=None):
    """Say on which day a row that is booked now is accounted. periods: locked(), for who books many rows.

    Its own day; when that is closed, the first day of the next open period, and late_for names the closed one.
    ValidationError when there is no open one.
    """
    periods = locked(phase_id) if periods is None else periods
    row.accounted_on, row.late_for = counted_on(row.day, periods)


def counted_on(day, periods):
    """(the day on which reports count money of this day that is booked now, the closed period or None)"""
    if any(p.is_open and p.holds(day) for p in periods):
        return day, None
    closed = next((p for p in periods if not p.is_open and p.ends_on >= day), None)
    if closed is None:
        return day, None
    later = next((p for p in periods if p.is_open and p.starts_on > day), None)
    if later is None:
        raise ValidationError(
            _(
                "The period %(period)s is closed, and there is no later one that is open. "
                "Ask the project staff to add the next period; then this can be booked there."
            ),
            code="closed",
            params={"period": closed},
        )
    return later.starts_on, closed


def has_room(day, periods):
    """Whether money of this day can be booked now."""
    try:
        counted_on(day, periods)
    except ValidationError:
        return False
    return True


def closed_on(phase_id, day):
    """The closed period that counts a day, or None; for words, nothing is locked."""
    periods = ReportingPeriod.objects.filter(phase=phase_id, ends_on__gte=day).order_by("starts_on")
    first = next(iter(periods), None)
    return first if first and not first.is_open else None


def late_words(rows, phase_id):
    """{row id: “correction to 1 Jan – 30 Jun 2018, counted in …”} of late rows; no question when there are none."""
    late = [row for row in rows if row.late_for_id]
    if not late:
        return {}
    periods = list(ReportingPeriod.objects.filter(phase=phase_id))
    closed = {period.pk: period for period in periods}
    text = _("correction to %(closed)s, counted in %(counted)s")
    return {
        row.pk: text
        % {
            "closed": closed[row.late_for_id],
            "counted": next((p for p in periods if p.holds(row.accounted_on)), row.accounted_on),
        }
        for row in late
    }

"""In which reporting period money is accounted: that of its day, or the next open one when that is closed."""

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
    table = ReportingPeriod._meta.db_table
    return list(ReportingPeriod.objects.raw(SHARED.format(table=table), [phase_id]))


def place(row, *, phase_id, periods=None):
    """Say on which day a row that is booked now is accounted. periods: locked(), for who books many rows.

    Its own day; when the period of that day is closed, the first day of the next open period, and late_for
    names the closed one. ValidationError when there is no open one.
    """
    periods = locked(phase_id) if periods is None else periods
    own = next((p for p in periods if p.starts_on <= row.day <= p.ends_on), None)
    row.accounted_on, row.late_for = row.day, None
    if own is None or own.is_open:
        return
    later = next((p for p in periods if p.is_open and p.starts_on > row.day), None)
    if later is None:
        raise ValidationError(
            _(
                "The period %(period)s is closed, and there is no later one that is open. "
                "Ask the project staff to add the next period; then this can be booked there."
            ),
            code="closed",
            params={"period": own},
        )
    row.accounted_on, row.late_for = later.starts_on, own

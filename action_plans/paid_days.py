"""Grants in cash, added up per phase, day, kind and currency: what the donor's account is played from.

Kept with the rows, like the programme's totals, so that the account of a phase reads days and not payments.
A row adds to its day once, when it is booked; one that takes it back adds the same with a minus.

Days are locked after the phase and the plan, and before the programme's totals. A change of som touches one
day, or says first which (in_order); one of foreign money has the phase's lock. So two never deadlock.
"""

from django.db import connection, transaction
from django.db.models import F, Q

from lib.money_sums import sum_kgs

from . import periods
from .models import Form, PaidDay, Payment, PaymentKind, Source

KINDS = [PaymentKind.RECEIVED, PaymentKind.RETURNED]
PLACE = ["phase_id", "currency", "kind", "paid_on"]
SUMS = ["amount", "amount_kgs"]


def grants():
    """The rows that count: booked grants in cash that arrived at plans, or came back from them."""
    return Payment.objects.booked().filter(
        contribution__source=Source.GRANT, contribution__form=Form.CASH, kind__in=KINDS
    )


def add(plan, row, *, sign=1):
    """Add a row to its day, when it is booked and in the same transaction. sign: −1 takes it out."""
    place = _place_of(plan, row)
    if not place or not row.is_booked:
        return
    added = {name: F(name) + sign * getattr(row, name) for name in SUMS}
    day = PaidDay.objects.filter(**place)
    if not day.update(**added):
        PaidDay.objects.bulk_create([PaidDay(**place)], ignore_conflicts=True)
        day.update(**added)


def in_order(plan, *rows):
    """Lock the days of rows that one change takes back and books, always in the same order.

    Both land where money of their day is counted now, which for an earlier row may be another day than its own.
    """
    held = periods.held_for(plan)
    days = [periods.counted_on(row.paid_on, held)[0] for row in rows]
    places = [_place_of(plan, row, day) for row, day in zip(rows, days, strict=True)]
    places = [place for place in places if place]
    if len(places) > 1 and places[0] != places[1]:
        days = PaidDay.objects.filter(Q(**places[0]) | Q(**places[1])).order_by(*PLACE)
        list(days.select_for_update().values_list("pk"))


def _place_of(plan, row, day=None):
    # Same rule as grants()
    of = row.contribution
    if of.source != Source.GRANT or of.form != Form.CASH or row.kind not in KINDS:
        return None
    day = day or row.accounted_on or row.paid_on
    return dict(zip(PLACE, (plan.phase_id, row.currency, row.kind, day), strict=True))


@transaction.atomic
def rebuild():
    """Make all of them again from the rows; who books meanwhile waits, and adds afterwards."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{PaidDay._meta.db_table}" IN EXCLUSIVE MODE')
    PaidDay.objects.all().delete()
    PaidDay.objects.bulk_create(
        PaidDay(**dict(zip(PLACE + SUMS, place + sums, strict=True)))
        for place, sums in sorted(from_rows().items())
    )


def kept():
    """{(phase, currency, kind, day): (amount, som)}"""
    return _by_place(PaidDay.objects.values_list(*PLACE, *SUMS))


def from_rows():
    """The same, from the payments."""
    rows = grants().order_by()
    rows = rows.values_list("contribution__plan__phase", "currency", "kind", "accounted_on")
    # A sum has another name than its column: else the database would group by the column.
    return _by_place(rows.annotate(**{f"sum_{name}": sum_kgs(name) for name in SUMS}))


def _by_place(rows):
    """A day on which everything was taken back is as good as none."""
    return {row[:4]: row[4:] for row in rows if any(row[4:])}

"""What moves a donor's account in reports: tranches and grants on the days on which they are counted.

A row of a closed period that is found later is counted in the next one; so is one that takes it back.
"""

from django.db.models import F

from lib.currencies import KGS
from lib.money_sums import sum_kgs

from . import paid_days
from .models import PaidDay, Tranche
from .tranche_account import DAYS, IN, Move, drawn_on, in_order, moves_of

# The columns of the day, of tranches and of payments: as reports count it, or when the money moved.
ACCOUNTED, OWN = ("accounted_on", "accounted_on"), ("received_on", "paid_on")
SUMS = ["day", "kind", "currency", "sum_amount", "sum_kgs"]


def movements(phase, currency, until, *, known_at=None, by=ACCOUNTED):
    """Moves of an account up to a day, in their order; the payments of a day are one.

    known_at: without what was booked later.
    """
    tranches = counted(phase, known_at, by=by)
    currencies = currencies_of(tranches)
    moves = [
        Move(day, IN, row.amount_kgs, row.amount)
        for row in tranches
        if row.currency == currency and (day := getattr(row, by[0])) <= until
    ]
    days = _days(phase, until, known_at, by)
    if drawn_on(phase, currencies) == currency:
        days = days.exclude(currency__in={*currencies} - {currency, KGS})
    else:
        days = days.filter(currency=currency).exclude(currency=KGS)
    columns = DAYS if days.model is PaidDay else SUMS
    return in_order([*moves, *moves_of(days, currency, columns)])


def counted(phase, known_at=None, *, by=ACCOUNTED):
    """Tranches that stand, and both of a pair where one takes back what another period has counted."""
    rows = Tranche.objects.booked().filter(phase=phase).order_by("received_on", "pk")
    rows = list(rows.filter(booked_at__lte=known_at) if known_at else rows)
    days = {row.pk: getattr(row, by[0]) for row in rows}
    gone = {row.reverses_id for row in rows if days.get(row.reverses_id) == days[row.pk]}
    return [row for row in rows if row.pk not in gone and row.reverses_id not in gone]


def currencies_of(tranches):
    """In the order of their arrival."""
    return list(dict.fromkeys(row.currency for row in tranches if not row.reverses_id))


def _days(phase, until, known_at, by):
    """Days with the grants that went out and came back; as PaidDay keeps them, or added up from the rows."""
    if known_at is None and by == ACCOUNTED:
        return PaidDay.objects.filter(phase=phase, paid_on__lte=until)
    rows = paid_days.grants().filter(contribution__plan__phase=phase, **{f"{by[1]}__lte": until})
    if known_at:
        rows = rows.filter(booked_at__lte=known_at)
    rows = rows.order_by().values("kind", "currency", day=F(by[1]))
    return rows.annotate(sum_amount=sum_kgs("amount"), sum_kgs=sum_kgs("amount_kgs"))

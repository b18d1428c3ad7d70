"""Money of plans, added up per month, phase and service area: what reports of months and half-years read.

A plan of several parts is cut as its slices are, over the months as running sums, so that the months of a
period add up to the part that is cut from the sum of the period. What is late stands first in its month.

Each change of a plan's money or parts adds the difference to its months, in the same transaction: after the
plan and the days, before the programme's totals are locked, and always in the same order.
"""

from collections import Counter, defaultdict
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.db.models.functions import TruncMonth

from lib.money import allocate_cents
from lib.money_sums import sum_kgs
from lib.threads import written_once

from .models import FundingSlice, MonthSum, PaidMonth, Payment, PaymentKind, PlanStatus, Source

SIGNS = {PaymentKind.RECEIVED: 1, PaymentKind.RETURNED: -1}
OF_PART = ["phase", "area", "status", "weight"]
PLAN = "contribution__plan"


class Part(NamedTuple):
    """Where a slice of a plan is added up."""

    phase: int
    area: int | None
    is_cancelled: bool
    weight: int


def pot_of(source, form):
    # Same rule as Contribution.pot
    if source == Source.MUNICIPALITY:
        return "own_cash" if form == "cash" else "own_in_kind"
    return str(source)


# --- One plan -------------------------------------------------------------------------------------


def keep(plan_id, old, new, booked=()):
    """old, new: its slices before and after a change; booked: rows that were booked with it."""
    old, new = parts_of(old), parts_of(new)
    added = _booked(booked)
    if old == new and (not added or len(new) == 1):
        _add(_cells(added, new))
    elif old or new:
        now = _money_of_plan(plan_id)
        before = Counter(now)
        before.subtract(added)
        changes = Counter(_cells(now, new))
        changes.subtract(_cells(before, old))
        _add(changes)


def add(plan_id, rows, *, sign=1):
    """Rows that were booked, or with −1 are deleted now, where nothing else is kept in this moment."""
    slices = list(FundingSlice.objects.filter(plan=plan_id))
    if sign > 0:
        keep(plan_id, slices, slices, rows)
        return
    parts, now = parts_of(slices), _money_of_plan(plan_id)
    left = Counter(now)
    left.subtract(_booked(rows))
    changes = Counter(_cells(left, parts))
    changes.subtract(_cells(now, parts))
    _add(changes)


def parts_of(slices):
    """In the order in which the plan is cut; nothing of a plan that does not count."""
    return [
        Part(it.phase_id, it.area_id, it.status == PlanStatus.CANCELLED, it.weight)
        for it in sorted(slices, key=lambda it: it.position)
        if it.counts
    ]


def _booked(rows):
    """Counter of (what, pot, month, is late): tyiyn."""
    return _money(
        (
            *(row.kind, row.contribution.source, row.contribution.form),
            *(row.accounted_on.replace(day=1), row.late_for_id is not None, row.amount_kgs),
        )
        for row in rows
        if row.is_booked
    )


def _money(rows):
    found = Counter()
    for kind, source, form, month, is_late, amount in rows:
        for what, signed in _sums(kind, int(amount * 100)):
            found[what, pot_of(source, form), month, is_late] += signed
    return found


def _sums(kind, amount):
    if kind in SIGNS:
        yield MonthSum.NET.value, SIGNS[kind] * amount
    if kind == PaymentKind.RETURNED:
        yield MonthSum.RETURNED.value, -amount
    elif kind == PaymentKind.SPENT:
        yield MonthSum.SPENT.value, amount


@written_once
def _rows_of_plan(plans):
    rows = Payment.objects.booked().filter(contribution__plan__in=plans).order_by()
    columns = ["kind", "contribution__source", "contribution__form", "accounted_on", "late_for"]
    return rows.values_list(*columns, "amount_kgs")


def _money_of_plan(plan_id):
    return _money(
        (kind, source, form, day.replace(day=1), late_for is not None, amount)
        for kind, source, form, day, late_for, amount in _rows_of_plan([plan_id])
    )


def _cells(money, parts):
    """{place: tyiyn} of the months of one plan."""
    found = Counter()
    if len(parts) == 1:
        for (what, pot, month, is_late), amount in money.items():
            found[(*parts[0][:3], what, pot, month, is_late)] += amount
    elif parts:
        _cut(found, money, parts)
    return found


def _cut(found, money, parts):
    weights = [part.weight for part in parts]
    series = defaultdict(list)
    for (what, pot, month, is_late), amount in money.items():
        series[what, pot].append((month, not is_late, amount))
    for (what, pot), steps in series.items():
        before, running = [0] * len(parts), 0
        for month, in_time, amount in sorted(steps):
            running += amount
            now = allocate_cents(running, weights)
            for part, old, new in zip(parts, before, now, strict=True):
                found[(*part[:3], what, pot, month, not in_time)] += new - old
            before = now


def _add(changes):
    for place in sorted((place for place, tyiyn in changes.items() if tyiyn), key=in_order):
        tyiyn = changes[place]
        named = _named(place)
        month, change = PaidMonth.objects.filter(**named), Decimal(tyiyn).scaleb(-2)
        if not month.update(amount_kgs=F("amount_kgs") + change):
            PaidMonth.objects.bulk_create([PaidMonth(**named)], ignore_conflicts=True)
            month.update(amount_kgs=F("amount_kgs") + change)


def in_order(place):
    phase, area, *others = place
    return phase, area or 0, *others


# --- All of them ----------------------------------------------------------------------------------


@transaction.atomic
def rebuild():
    """Make all of them again from the rows; who books meanwhile waits, and adds afterwards."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{PaidMonth._meta.db_table}" IN EXCLUSIVE MODE')
    PaidMonth.objects.all().delete()
    sums = from_rows()
    PaidMonth.objects.bulk_create(
        PaidMonth(**_named(place), amount_kgs=Decimal(sums[place]).scaleb(-2))
        for place in sorted(sums, key=in_order)
    )


def _named(place):
    return dict(zip(PaidMonth.PLACE, place, strict=True))


def kept():
    """{place: tyiyn}; a month in which everything was taken back is as good as none."""
    rows = PaidMonth.objects.values_list(*PaidMonth.PLACE, "amount_kgs")
    return {tuple(place): int(amount.scaleb(2)) for *place, amount in rows if amount}


def from_rows():
    """The same, from the payments."""
    rows = Payment.objects.booked().order_by().annotate(kept_month=TruncMonth("accounted_on"))
    rows = rows.annotate(was_late=ExpressionWrapper(Q(late_for__isnull=False), BooleanField()))
    found = Counter()
    for phase, area, status, *of, amount in _of_whole(rows):
        place = phase, area, status == PlanStatus.CANCELLED
        kind, source, form, *when = of
        for what, tyiyn in _sums(kind, int(amount * 100)):
            found[(*place, what, pot_of(source, form), *when)] += tyiyn
    money, parts = _of_several(rows)
    for plan, sums in money.items():
        found.update(_cells(_money(sums), parts[plan]))
    return {place: tyiyn for place, tyiyn in found.items() if tyiyn}


WHAT = ["kind", "contribution__source", "contribution__form", "kept_month", "was_late"]


def _of_whole(rows):
    way = f"{PLAN}__slices__"
    rows = rows.filter(**{f"{way}is_whole": True, f"{way}counts": True})
    rows = rows.values_list(f"{way}phase", f"{way}area", f"{way}status", *WHAT)
    return rows.annotate(sum=sum_kgs("amount_kgs"))


def _of_several(rows):
    """({plan: sums of its rows}, {plan: its parts})"""
    slices = FundingSlice.objects.filter(is_whole=False, counts=True).order_by("plan", "position")
    parts, money = defaultdict(list), defaultdict(list)
    for plan, phase, area, status, weight in slices.values_list("plan", *OF_PART):
        parts[plan].append(Part(phase, area, status == PlanStatus.CANCELLED, weight))
    rows = rows.filter(**{f"{PLAN}__in": slices.order_by().values("plan")})
    for plan, *row in rows.values_list(PLAN, *WHAT).annotate(sum=sum_kgs("amount_kgs")):
        money[plan].append(row)
    return money, parts

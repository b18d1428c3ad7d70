"""Whether everything that is kept equals the rows it was computed from: chunk by chunk, in bulk.

The rules are those of action_plans.totals and action_plans.findings; only the reading differs.
"""

import gc
from collections import Counter, defaultdict
from contextlib import contextmanager
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import CharField, Count, F, Q
from django.db.models.functions import Cast, Coalesce

from lib.money_sums import sum_kgs
from lib.threads import written_once

from . import paid_days, paid_months
from .findings import Found, found, kept, recheck
from .known import known
from .models import (
    ActionPlan,
    Axis,
    Check,
    FundingSlice,
    FundingTotal,
    Phase,
    PlanArea,
    PlanMunicipality,
)
from .totals import ZERO, columns_of, keep_totals, parts_of

CHUNK = 5000
OF_SLICE = [f.attname for f in FundingSlice._meta.concrete_fields if f.name != "id"]
VALUES = itemgetter(*OF_SLICE)
NOTHING = Found(0)
KEYS = {
    Axis.AREA: F("area"),
    Axis.TOP_AREA: Coalesce("area__parent", "area"),
    Axis.REGION: F("region"),
    Axis.MUNICIPALITY: F("municipality"),
    Axis.YEAR: F("year"),
}


class Place(NamedTuple):
    pk: int
    region_id: int


class Difference(NamedTuple):
    where: str  # the plan's reference, or a place in the programme's totals
    what: str
    kept: object
    from_rows: object
    plan_id: int | None = None
    is_finding: bool = False

    def __str__(self):
        return f"{self.where}: {self.what} is {self.kept}, from the rows {self.from_rows}"


def differences(*, progress=None):
    """Yield each Difference. progress: called with the number of plans that were looked at so far."""
    with one_moment(), little_collecting():
        phases = Phase.objects.in_bulk()
        yield from _of_plans(phases, progress)
        yield from _of_programme(phases)
        yield from _of_days(phases)
        yield from _of_months(phases)


@contextmanager
def little_collecting():
    """Millions of rows come and go, none of them in a circle: looking for circles would take a fifth of the time."""
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()


@contextmanager
def one_moment():
    """What others save meanwhile is not seen: half of a change would look like a difference."""
    with transaction.atomic(durable=False):
        if connection.vendor == "postgresql" and not _asked_something():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _asked_something():
    """Inside of somebody else's transaction it is too late to choose its kind."""
    return len(connection.savepoint_ids) > 0


def put_right(found_differences):
    """Plans by the functions that keep them, then the programme's totals."""
    plans = {d.plan_id for d in found_differences if d.plan_id and not d.is_finding}
    for pk in sorted(plans):
        keep_totals(pk)
    others = {d.plan_id for d in found_differences if d.plan_id} - plans
    recheck(ActionPlan.objects.filter(pk__in=others))
    _write_totals()
    paid_days.rebuild()
    paid_months.rebuild()


# --- Plans --------------------------------------------------------------------------------------


def _of_plans(phases, progress):
    last, done = 0, 0
    while plans := list(ActionPlan.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last, done = plans[-1].pk, done + len(plans)
        for plan in plans:
            plan.phase = phases[plan.phase_id]
        yield from _of_chunk(plans)
        if progress:
            progress(done)


def _of_chunk(plans):
    about = known(plans)
    findings = kept(plans)
    slices = _slices(plans)
    keys = [plan.pk for plan in plans]
    municipalities = _shares(
        (plan, Place(pk, region), share) for plan, pk, region, share in _place_rows(keys)
    )
    areas = _shares(_area_rows(keys))
    for plan in plans:
        yield from _of_columns(plan, about[plan.pk].promises)
        pieces = parts_of(plan, municipalities[plan.pk], areas[plan.pk])
        yield from _of_slices(plan, slices[plan.pk], pieces)
        yield from _of_findings(plan, findings[plan.pk], found(about[plan.pk]))


def _of_columns(plan, promises):
    """Compares, and leaves the plan as it should be: the rest is computed from it."""
    for name, value in columns_of(plan, promises).items():
        if getattr(plan, name) != value:
            yield Difference(plan.reference, name, getattr(plan, name), value, plan.pk)
            setattr(plan, name, value)


def _slices(plans):
    """{plan id: {(municipality, area): values}}"""
    rows = defaultdict(dict)
    plan, place, area = (OF_SLICE.index(f"{name}_id") for name in ("plan", "municipality", "area"))
    for row in _slice_rows([it.pk for it in plans]):
        rows[row[plan]][row[place], row[area]] = row
    return rows


@written_once
def _slice_rows(keys):
    return FundingSlice.objects.filter(plan__in=keys).values_list(*OF_SLICE)


def _shares(rows):
    """{plan id: [(what, share)]}, in the order in which keep_totals reads them."""
    found = defaultdict(list)
    for plan, what, share in rows:
        found[plan].append((what, share))
    return found


@written_once
def _place_rows(keys):
    return PlanMunicipality.objects.filter(plan__in=keys).values_list(
        "plan", "municipality", "municipality__region", "share"
    )


@written_once
def _area_rows(keys):
    return PlanArea.objects.filter(plan__in=keys).values_list("plan", "area", "share")


def _of_slices(plan, before, pieces):
    after = {(p["municipality_id"], p["area_id"]): p for p in pieces}
    for place in sorted(before.keys() | after.keys(), key=str):
        name = f"part of municipality {place[0]}, service area {place[1] or 'not specified'}"
        if place not in after or place not in before:
            there = place in before
            words = ("there", "missing") if there else ("missing", "there")
            yield Difference(plan.reference, name, *words, plan.pk)
            continue
        values = VALUES(after[place])
        if values == before[place]:
            continue
        for column, old, new in zip(OF_SLICE, before[place], values, strict=True):
            if old != new:
                yield Difference(plan.reference, f"{name}: {column}", old, new, plan.pk)


def _of_findings(plan, before, after):
    if before == after:
        return
    for check in Check:
        old, new = before.get(check, NOTHING), after.get(check, NOTHING)
        if old != new:
            words = f"finding {check.value}", _words(old), _words(new)
            yield Difference(plan.reference, *words, plan.pk, is_finding=True)


def _words(it):
    return f"{it.number} since {it.since_on}" if it.since_on else str(it.number)


# --- The programme's totals -----------------------------------------------------------------------


def _of_programme(phases):
    before, after = _kept_totals(), _totals_of_slices()
    nothing = dict.fromkeys(FundingTotal.SUMMED, ZERO)
    for place in sorted(before.keys() | after.keys()):
        old, new = before.get(place, nothing), after.get(place, nothing)
        axis, key, phase, status = place
        where = f"Total of {axis} {key or '(all or not specified)'}, phase {phases[phase].code}, {status}"
        for name in FundingTotal.SUMMED:
            if old[name] != new[name]:
                yield Difference(where, name, old[name], new[name])


def _kept_totals():
    rows = FundingTotal.objects.values("axis", "key", "phase", "status", *FundingTotal.SUMMED)
    return {_place(row): row for row in rows}


def _place(row):
    return tuple(row.pop(name) for name in ("axis", "key", "phase", "status"))


def _totals_of_slices():
    """{(axis, key, phase, status): {measure: value}}"""
    found = {}
    sums = {f"sum_{name}": sum_kgs(name) for name in FundingTotal.MEASURES}
    sums["sum_plans"] = Count("plan", distinct=True)
    sums["sum_plans_with_cost"] = Count("plan", distinct=True, filter=Q(has_cost=True))
    pieces = FundingSlice.objects.filter(counts=True).order_by()
    for axis, key in KEYS.items():
        rows = pieces.annotate(key=Cast(key, CharField())).values("key", "phase", "status")
        for row in rows.annotate(**sums):
            values = {name: row[f"sum_{name}"] for name in FundingTotal.SUMMED}
            found[axis.value, row["key"] or "", row["phase"], row["status"]] = values
    return _added_up(found) | found


def _added_up(found):
    """Those of everything: each plan has one year, so that their numbers add up, too."""
    whole = defaultdict(Counter)
    for (axis, _key, phase, status), values in found.items():
        if axis == Axis.YEAR:
            whole[Axis.ALL.value, "", phase, status].update(values)
    return dict(whole)


def _of_days(phases):
    """The days that the donor's accounts are played from."""
    before, after = paid_days.kept(), paid_days.from_rows()
    for place in sorted(before.keys() | after.keys()):
        old, new = before.get(place, (ZERO, ZERO)), after.get(place, (ZERO, ZERO))
        phase, currency, kind, day = place
        where = f"Grants of phase {phases[phase].code}, {kind} on {day} in {currency}"
        for name, is_kept, should_be in zip(paid_days.SUMS, old, new, strict=True):
            if is_kept != should_be:
                yield Difference(where, name, is_kept, should_be)


def _of_months(phases):
    """What reports of periods read."""
    before, after = paid_months.kept(), paid_months.from_rows()
    changed = [
        place
        for place in before.keys() | after.keys()
        if before.get(place, 0) != after.get(place, 0)
    ]
    for place in sorted(changed, key=paid_months.in_order):
        phase, area, _is_cancelled, what, pot, month, is_late = place
        where = (
            f"{what} of {pot}, phase {phases[phase].code}, service area {area or 'not specified'}"
        )
        where += f", {month:%Y-%m}{', late' if is_late else ''}"
        old, new = (Decimal(sums.get(place, 0)).scaleb(-2) for sums in (before, after))
        yield Difference(where, "amount_kgs", old, new)


@transaction.atomic
def _write_totals():
    """Locked first: who saves a plan meanwhile adds the difference afterwards."""
    order = ["phase", "status", "axis", "key"]
    rows = FundingTotal.objects.select_for_update().order_by(*order)
    rows = {(row.axis, row.key, row.phase_id, row.status): row for row in rows}
    expected = _totals_of_slices()
    for place in sorted(rows.keys() | expected.keys()):
        axis, key, phase, status = place
        values = expected.get(place) or dict.fromkeys(FundingTotal.SUMMED, 0)
        row = rows.get(place)
        if row is None:
            FundingTotal(axis=axis, key=key, phase_id=phase, status=status, **values).save()
        elif any(getattr(row, name) != value for name, value in values.items()):
            FundingTotal.objects.filter(pk=row.pk).update(**values)

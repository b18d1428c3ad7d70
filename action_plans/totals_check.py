"""Whether everything that is kept equals the rows it was computed from: chunk by chunk, in bulk.

The rules are those of action_plans.totals and action_plans.findings; only the reading differs.
"""

from collections import defaultdict
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import CharField, Count, F, Q, Value
from django.db.models.functions import Cast, Coalesce

from lib.money import sum_kgs
from lib.threads import written_once
from municipalities.models import Municipality

from . import paid_days
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

CHUNK = 2000
OF_SLICE = [f.attname for f in FundingSlice._meta.concrete_fields if f.name != "id"]
NOTHING = Found(0)
KEYS = {
    Axis.ALL: Value("", output_field=CharField()),
    Axis.AREA: F("area"),
    Axis.TOP_AREA: Coalesce("area__parent", "area"),
    Axis.REGION: F("region"),
    Axis.MUNICIPALITY: F("municipality"),
    Axis.YEAR: F("year"),
}


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
    with one_moment():
        yield from _of_plans(progress)
        yield from _of_programme()
        yield from _of_days()


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


# --- Plans --------------------------------------------------------------------------------------


def _of_plans(progress):
    places = Municipality.objects.only("region").in_bulk()
    phases = Phase.objects.in_bulk()
    last, done = 0, 0
    while plans := list(ActionPlan.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last, done = plans[-1].pk, done + len(plans)
        for plan in plans:
            plan.phase = phases[plan.phase_id]
        yield from _of_chunk(plans, places)
        if progress:
            progress(done)


def _of_chunk(plans, places):
    about = known(plans)
    findings = kept(plans)
    slices = _slices(plans)
    keys = [plan.pk for plan in plans]
    municipalities, areas = _shares(_place_rows(keys)), _shares(_area_rows(keys))
    for plan in plans:
        yield from _of_columns(plan, about[plan.pk].promises)
        here = [(places[pk], share) for pk, share in municipalities[plan.pk]]
        yield from _of_slices(plan, slices[plan.pk], parts_of(plan, here, areas[plan.pk]))
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
    """{plan id: [(id, share)]}, in the order in which keep_totals reads them."""
    found = defaultdict(list)
    for plan, pk, share in rows:
        found[plan].append((pk, share))
    return found


@written_once
def _place_rows(keys):
    return PlanMunicipality.objects.filter(plan__in=keys).values_list(
        "plan", "municipality", "share"
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
        values = tuple(after[place][column] for column in OF_SLICE)
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


def _of_programme():
    before, after = _kept_totals(), _totals_of_slices()
    nothing = dict.fromkeys(FundingTotal.SUMMED, ZERO)
    phases = dict(Phase.objects.values_list("pk", "code"))
    for place in sorted(before.keys() | after.keys()):
        old, new = before.get(place, nothing), after.get(place, nothing)
        axis, key, phase, status = place
        where = (
            f"Total of {axis} {key or '(all or not specified)'}, phase {phases[phase]}, {status}"
        )
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
    return found


def _of_days():
    """The days that the donor's accounts are played from."""
    before, after = paid_days.kept(), paid_days.from_rows()
    phases = dict(Phase.objects.values_list("pk", "code"))
    for place in sorted(before.keys() | after.keys()):
        old, new = before.get(place, (ZERO, ZERO)), after.get(place, (ZERO, ZERO))
        phase, currency, kind, day = place
        where = f"Grants of phase {phases[phase]}, {kind} on {day} in {currency}"
        for name, is_kept, should_be in zip(paid_days.SUMS, old, new, strict=True):
            if is_kept != should_be:
                yield Difference(where, name, is_kept, should_be)


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

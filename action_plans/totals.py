"""Totals kept on the plan, its slices and the programme's totals: one function, the same transaction.

cost + promised_without_cost = promised + gap − surplus holds for a plan, a slice and every sum of them.
"""

from collections import Counter, defaultdict
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q, Sum

from lib.money import allocate, round_kgs, share, total
from lib.threads import written_once
from municipalities.models import Municipality

from . import paid_months
from .findings import keep_findings
from .known import known, known_after
from .models import (
    COUNTED,
    PROMISED,
    RECEIVED,
    ActionPlan,
    AddedMoney,
    Axis,
    FundingSlice,
    FundingTotal,
    PaymentKind,
    PlanArea,
    PlanMunicipality,
    PlanStatus,
    ServiceArea,
)

ZERO = Decimal("0.00")
# Of two shares, so that their product is a whole number
HUNDREDTHS = 100 * 100
PLACE = ["phase_id", "status", "axis", "key"]
MEASURES = frozenset(AddedMoney.MEASURES)
SAMPLE_MONEY = {"own_cash_kgs", "own_in_kind_kgs", "grant_kgs", "other_kgs", "received_kgs"}


@transaction.atomic(savepoint=False)
def keep_totals(plan_id, *, booked=()):
    """Recompute what is kept of a plan after any change of it, its rows or its payments.

    booked: payments that were booked in this transaction.
    """
    plan = ActionPlan.objects.select_for_update(of=("self",)).get(pk=plan_id)
    return keep_totals_of(plan, booked=booked)


def keep_totals_of(plan, *, after=None, booked=()):
    """The same, for a plan that was read with its lock in this transaction, and is as it was read.

    Its phase is read after the lock: the minimum may be changed for all plans at this moment.
    after: payments, when nothing else was changed; then what they cannot change is not asked.
    """
    about = known([plan])[plan.pk] if after is None else known_after(plan, after)
    kept = columns_of(plan, about.promises)
    changed = {name: value for name, value in kept.items() if getattr(plan, name) != value}
    if changed:
        ActionPlan.objects.filter(pk=plan.pk).update(**changed)
    for name, value in changed.items():
        setattr(plan, name, value)
    _replace_slices(plan, has_moved=after is None, booked=booked if after is None else after)
    keep_findings(about)
    return plan


def columns_of(plan, promises):
    """What is kept on the plan itself; promises: as known() reads them."""
    received = {promise.pk: promise.received_kgs for promise in promises}
    money = money_of(plan.cost_kgs, promises, received)
    samples = sample_fields_of(plan, promises, any(p.sample_payments for p in promises))
    kept = money | judgement(plan.cost_kgs, money, plan.phase)
    return kept | {"sample_fields": samples, "has_sample": bool(samples)}


def money_of(cost, contributions, received):
    """Columns of Money plus gap and surplus. received: {contribution id: net som}."""
    money = dict.fromkeys([*PROMISED, *RECEIVED], ZERO)
    for contribution in contributions:
        money[contribution.pot] += contribution.amount_kgs
        money[f"received_{contribution.pot}"] += received.get(contribution.pk, ZERO)
    uncovered = None if cost is None else cost - sum(money[name] for name in PROMISED)
    money["gap_kgs"] = None if cost is None else max(uncovered, ZERO)
    money["surplus_kgs"] = None if cost is None else max(-uncovered, ZERO)
    return money


def judgement(cost, money, phase):
    """The own share and whether it is under the minimum, tested on the unrounded ratio."""
    own = money["own_cash_kgs"] + money["own_in_kind_kgs"]
    counted = own if phase.in_kind_counts else money["own_cash_kgs"]
    pct = share(own, cost)
    return {
        "own_share_pct": None if pct is None else round(pct, 6),
        "is_under_minimum": bool(cost) and counted * 100 < phase.minimum_own_share * cost,
    }


def cut(plan, municipalities, areas):
    """The plan's slices, unsaved."""
    return [FundingSlice(**values) for values in parts_of(plan, municipalities, areas)]


def parts_of(plan, municipalities, areas):
    """A dict of columns per municipality × area, by shares; parts add up to the plan exactly.

    municipalities: [(municipality, share)], areas: [(area id or None, share)].
    """
    places = [
        (m, a, int(ms * ars * HUNDREDTHS))
        for m, ms in municipalities
        for a, ars in areas or [(None, Decimal(100))]
    ]
    weights = [weight for _m, _a, weight in places]
    parts = _parts(plan, weights)
    of_plan = {
        "plan_id": plan.pk,
        "phase_id": plan.phase_id,
        "status": plan.status,
        "year": plan.year,
        "counts": plan.was_approved,
        "has_cost": plan.cost_kgs is not None,
        "is_whole": len(places) == 1,
    }
    return [
        {
            **of_plan,
            "municipality_id": municipality.pk,
            "region_id": municipality.region_id,
            "area_id": area_id,
            "weight": weight if places[1:] else 1,
            "position": i,
            **{name: values[i] for name, values in parts.items()},
        }
        for i, (municipality, area_id, weight) in enumerate(places)
    ]


def cells(slices, tops=None):
    """{(phase, status, axis, key): Counter of FundingTotal.SUMMED} for the slices of ONE plan.

    tops: top_areas(), for who does this for many plans.
    """
    found = defaultdict(Counter)
    tops = top_areas() if tops is None else tops
    for piece in slices:
        if not piece.counts:
            continue
        for axis, key in _keys(piece, tops):
            cell = found[piece.phase_id, piece.status, axis, key]
            for name in AddedMoney.MEASURES:
                cell[name] += getattr(piece, name)
            cell["plans"], cell["plans_with_cost"] = 1, int(piece.has_cost)
    return found


def top_areas():
    """{area id: id of the area it is part of, or its own}"""
    return {pk: parent or pk for pk, parent in ServiceArea.objects.values_list("pk", "parent")}


def _keys(piece, tops):
    yield Axis.ALL, ""
    yield Axis.AREA, str(piece.area_id or "")
    yield Axis.TOP_AREA, str(tops[piece.area_id] if piece.area_id else "")
    yield Axis.REGION, str(piece.region_id)
    yield Axis.MUNICIPALITY, str(piece.municipality_id)
    yield Axis.YEAR, str(piece.year or "")


def net_received(payments):
    """{contribution id: received − returned}; what was taken back counts with its own, negative row."""
    net = defaultdict(lambda: ZERO)
    rows = (
        payments.booked()
        .exclude(kind=PaymentKind.SPENT)
        .values_list("contribution", "kind")
        .annotate(Sum("amount_kgs"))
    )
    for contribution, kind, amount in rows.order_by():
        net[contribution] += total([amount]) * (1 if kind == PaymentKind.RECEIVED else -1)
    return net


def sample_fields_of(plan, contributions, has_sample_payment):
    """The plan's own sample fields, with those of its money as they are now."""
    fields = [name for name in plan.sample_fields if name not in SAMPLE_MONEY]
    sample = {c.pot if c.pot in SAMPLE_MONEY else "other_kgs" for c in contributions if c.is_sample}
    if has_sample_payment:
        sample.add("received_kgs")
    return fields + sorted(sample)


def _parts(plan, weights):
    """{measure: [som of each slice]}; each slice adds up as its plan does.

    What is promised is shared out as running sums, and of a larger sum no slice gets less: so a plan
    with a gap has no slice with a surplus, however the last tyiyn falls.
    """
    if len(weights) == 1:
        whole = {name: [getattr(plan, name)] for name in [*PROMISED, *RECEIVED]}
        return whole | _against_cost(plan.cost_kgs, weights, whole, [plan.promised_kgs])
    nothing = [ZERO] * len(weights)
    parts = dict.fromkeys([*PROMISED, *RECEIVED], nothing)
    # Most sources give nothing to most plans.
    for name in filter(lambda name: getattr(plan, name), RECEIVED):
        parts[name] = allocate(getattr(plan, name), weights)
    promised, running = nothing, ZERO
    for name in filter(lambda name: getattr(plan, name), PROMISED):
        before, running = promised, running + getattr(plan, name)
        promised = allocate(running, weights)
        parts[name] = [now - then for now, then in zip(promised, before, strict=True)]
    return parts | _against_cost(plan.cost_kgs, weights, parts, promised)


def _against_cost(cost, weights, parts, promised):
    nothing = [ZERO] * len(weights)
    names = ["cost_kgs", "gap_kgs", "surplus_kgs", "own_of_known_cost_kgs"]
    if cost is None:
        return dict.fromkeys(names, nothing) | {"promised_without_cost_kgs": promised}
    costs = allocate(cost, weights)
    uncovered = [part - other for part, other in zip(costs, promised, strict=True)]
    own = zip(parts["own_cash_kgs"], parts["own_in_kind_kgs"], strict=True)
    return {
        "cost_kgs": costs,
        "gap_kgs": [max(part, ZERO) for part in uncovered],
        "surplus_kgs": [max(-part, ZERO) for part in uncovered],
        "own_of_known_cost_kgs": [cash + in_kind for cash, in_kind in own],
        "promised_without_cost_kgs": nothing,
    }


def _replace_slices(plan, *, has_moved, booked):
    """has_moved: it may have other municipalities or areas than before."""
    rows = _slice_rows([plan.pk])
    old = _by_place(FundingSlice(*row[:-1]) for row in rows)
    tops = {
        piece.area_id: row[-1] or piece.area_id
        for piece, row in zip(old.values(), rows, strict=True)
    }
    is_whole = len(rows) == 1 and not has_moved
    municipalities, areas = _whole(*old.values()) if is_whole else _places_and_areas(plan)
    new = _by_place(cut(plan, municipalities, areas))
    paid_months.keep(plan.pk, old.values(), new.values(), booked)
    if _columns(old) == _columns(new):
        return
    if old.keys() == new.keys():
        _change_slices(old, new)
    else:
        tops = top_areas()
        FundingSlice.objects.filter(plan=plan).delete()
        FundingSlice.objects.bulk_create(new.values())
    _add(cells(new.values(), tops), cells(old.values(), tops))


@written_once
def _slice_rows(keys):
    names = [column.attname for column in FundingSlice._meta.concrete_fields]
    return FundingSlice.objects.filter(plan__in=keys).values_list(*names, "area__parent")


def _whole(piece):
    """The places of a plan in one piece, as _places_and_areas() would read them."""
    municipality = Municipality(pk=piece.municipality_id, region_id=piece.region_id)
    return [(municipality, Decimal(100))], [(piece.area_id, Decimal(100))]


def _places_and_areas(plan):
    places = [
        (Municipality(pk=pk, region_id=region), share)
        for pk, region, share in _place_rows([plan.pk])
    ]
    return places, _area_rows([plan.pk])


@written_once
def _area_rows(keys):
    return PlanArea.objects.filter(plan__in=keys).values_list("area", "share")


@written_once
def _place_rows(keys):
    rows = PlanMunicipality.objects.filter(plan__in=keys)
    return rows.values_list("municipality", "municipality__region", "share")


def _by_place(slices):
    return {(piece.municipality_id, piece.area_id): piece for piece in slices}


def _columns(slices):
    names = [f.attname for f in FundingSlice._meta.concrete_fields if f.name != "id"]
    return {
        place: {name: getattr(piece, name) for name in names} for place, piece in slices.items()
    }


def _change_slices(old, new):
    """Most changes of a plan, a payment above all, change some columns and no place."""
    before, after = _columns(old), _columns(new)
    for place, columns in after.items():
        changed = {name: to for name, to in columns.items() if before[place][name] != to}
        if changed:
            FundingSlice.objects.filter(pk=old[place].pk).update(**changed)


def _add(new, old):
    """Add the difference to FundingTotal. All writers lock its rows in the same order: none waits in a circle.

    Rows that may not be there yet are made before the first lock, in that order too. Where a plan is in
    one piece, the same is added to all of its rows, in one statement.
    """
    made = [_total(place) for place in sorted(set(new) - set(old))]
    FundingTotal.objects.bulk_create(made, ignore_conflicts=True)
    changes = {place: _difference(new[place], old[place]) for place in set(new) | set(old)}
    changes = {place: change for place, change in changes.items() if change}
    same = defaultdict(list)
    if changes:
        # The rows of these places, perhaps some more
        for pk, *place in _locked(*map(set, zip(*changes, strict=True))):
            same[changes.get(tuple(place))].append(pk)
    for change, rows in same.items():
        if change:
            additions = {name: F(name) + value for name, value in change}
            FundingTotal.objects.filter(pk__in=rows).update(**additions)


def _difference(new, old):
    return tuple((n, new[n] - old[n]) for n in FundingTotal.SUMMED if new[n] != old[n])


def _total(place):
    return FundingTotal(**dict(zip(PLACE, place, strict=True)))


@written_once
def _locked(*each):
    asked = {f"{name}__in": values for name, values in zip(PLACE, each, strict=True)}
    rows = FundingTotal.objects.filter(**asked).order_by(*PLACE)
    return rows.select_for_update().values_list("pk", *PLACE)


def counted_totals(*, axis, phase=None, statuses=COUNTED):
    """{key: {measure: value}} of one axis, summed over phases and states."""
    rows = FundingTotal.objects.filter(axis=axis, status__in=statuses)
    if phase:
        rows = rows.filter(phase=phase)
    sums = {name: Sum(name) for name in FundingTotal.SUMMED}
    return {row.pop("key"): _exact(row) for row in rows.order_by().values("key").annotate(**sums)}


def all_counted_totals(*, phase=None, only=None):
    """{axis: {key: {measure: value}}}, as counted_totals(), in one query; only: some axes and keys."""
    rows = FundingTotal.objects.filter(only or Q(), status__in=COUNTED)
    if phase:
        rows = rows.filter(phase=phase)
    sums = {name: Sum(name) for name in FundingTotal.SUMMED}
    found = {axis: {} for axis in Axis}
    for row in rows.order_by().values("axis", "key").annotate(**sums):
        axis, key = row.pop("axis"), row.pop("key")
        found[axis][key] = _exact(row)
    return found


def _exact(row):
    # SQLite adds decimals as floating point; to 10^13 rounding to the tyiyn gives the exact sum back.
    return {n: round_kgs(v) if n in MEASURES else v for n, v in row.items()}


def received_of_cancelled(phase=None):
    """Money that had arrived for plans which were cancelled later stays in what was received."""
    rows = counted_totals(axis=Axis.ALL, phase=phase, statuses=[PlanStatus.CANCELLED])
    return sum((rows[""][name] for name in RECEIVED), ZERO) if rows else ZERO

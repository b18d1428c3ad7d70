"""Plans cut into municipality × service area, many at once: the same parts as lib.money.allocate gives.

Amounts are whole tyiyn here. What adds up over time or over sources is cut as running sums, so that the parts
of a plan add up to it in every column, and each part to itself.
"""

from typing import NamedTuple

from lib.lazy import LazyModule

np = LazyModule("numpy")


class Place(NamedTuple):
    """One part of a plan; weight: share of the municipality × share of the area, as a whole number."""

    municipality: int
    region: int
    area: int | None
    weight: int


def allocated(amounts, weights):
    """One row per plan; weights: a column per part. Same rule as lib.money.allocate()."""
    return np.where(amounts < 0, -1, 1)[:, None] * _halved(np.abs(amounts), weights)


def _halved(units, weights):
    number = weights.shape[1]
    if number == 1:
        return units[:, None]
    first, whole = weights[:, : number // 2].sum(axis=1), weights.sum(axis=1)
    # units × first ÷ whole, half up, without a product that is too long for 64 bits
    quotient, rest = np.divmod(units, whole)
    part = quotient * first + (2 * rest * first + whole) // (2 * whole)
    left = _halved(part, weights[:, : number // 2])
    return np.hstack([left, _halved(units - part, weights[:, number // 2 :])])


def cut(plans, series):
    """Yield (plan id, Place, {column: tyiyn}) for every part of every plan.

    plans: {plan id: (its Places, {column: tyiyn})}; series: columns that are cut as running sums of each
    other, in their order. Columns that are nowhere else stand alone.
    """
    for number, group in _by_number(plans).items():
        if number == 1:
            for plan, ([place], amounts) in group:
                yield plan, place, amounts
        else:
            yield from _cut_alike(number, group, series)


def _by_number(plans):
    groups = {}
    for plan, (places, amounts) in plans.items():
        groups.setdefault(len(places), []).append((plan, (places, amounts)))
    return groups


def _cut_alike(number, group, series):
    """Plans with the same number of parts."""
    weights = np.array([[place.weight for place in places] for _plan, (places, _a) in group])
    used = {column for _plan, (_places, amounts) in group for column in amounts}
    chosen = [[column for column in columns if column in used] for columns in series]
    alone = used - {column for columns in chosen for column in columns}
    parts = {}
    for columns in [*chosen, *([column] for column in sorted(alone, key=str))]:
        parts |= _running(columns, group, weights)
    for row, (plan, (places, _amounts)) in enumerate(group):
        for at in range(number):
            yield plan, places[at], {name: values[row][at] for name, values in parts.items()}


def _running(columns, group, weights):
    parts, before, total = {}, None, 0
    for column in columns:
        amounts = [amounts.get(column, 0) for _plan, (_places, amounts) in group]
        total = total + np.array(amounts, dtype=np.int64)
        now = allocated(total, weights)
        parts[column] = (now if before is None else now - before).tolist()
        before = now
    return parts

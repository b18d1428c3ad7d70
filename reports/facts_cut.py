"""Plans cut into municipality × service area, many at once: the same parts as lib.money.allocate gives.

Amounts are whole tyiyn here. What adds up over time or over sources is cut as running sums, so that the parts
of a plan add up to it in every column, and each part to itself.
"""

from collections import Counter
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


def cut(plans, series, group_of):
    """{group: {column: tyiyn}} of all parts of all plans.

    plans: {plan id: (its Places, {column: tyiyn})}; series: columns that are cut as running sums of each
    other, in their order; columns that are nowhere else stand alone. group_of: (plan, Place) → where the
    part is added up; None: nowhere.
    """
    found = {}
    for number, group in _by_number(plans).items():
        if number == 1:
            for plan, ([place], amounts) in group:
                if (name := group_of(plan, place)) is not None:
                    found.setdefault(name, Counter()).update(amounts)
        else:
            _add_alike(found, group, series, group_of)
    return found


def _by_number(plans):
    groups = {}
    for plan, (places, amounts) in plans.items():
        groups.setdefault(len(places), []).append((plan, (places, amounts)))
    return groups


def _add_alike(found, group, series, group_of):
    """Plans with the same number of parts."""
    weights = np.array([[place.weight for place in places] for _plan, (places, _a) in group])
    names = [group_of(plan, place) for plan, (places, _a) in group for place in places]
    numbers = {name: at for at, name in enumerate(dict.fromkeys(names)) if name is not None}
    which = np.array([numbers.get(name, -1) for name in names])
    if not numbers:
        return
    for name in numbers:
        found.setdefault(name, Counter())
    for column, parts in _all_parts(group, weights, series):
        sums = np.zeros(len(names) + 1, dtype=np.int64)
        np.add.at(sums, which, parts.ravel())
        for name, at in numbers.items():
            if sums[at]:
                found[name][column] += int(sums[at])


def _all_parts(group, weights, series):
    found = _by_column(group)
    chosen = [[column for column in columns if column in found] for columns in series]
    alone = found.keys() - {column for columns in chosen for column in columns}
    for columns in [*chosen, *([column] for column in alone)]:
        before, total = None, 0
        for column in columns:
            total = total + found[column]
            now = allocated(total, weights)
            yield column, now if before is None else now - before
            before = now


def _by_column(group):
    """{column: the amounts of all plans}; most plans have few columns."""
    found = {}
    for at, (_plan, (_places, amounts)) in enumerate(group):
        for column, amount in amounts.items():
            if column not in found:
                found[column] = np.zeros(len(group), dtype=np.int64)
            found[column][at] = amount
    return found

"""Sums by few keys from sums by more: the same rows and columns as if the database had been asked for them."""

from collections import Counter, defaultdict
from functools import cache

# Read together whenever one of them is asked for: every plan has a row.
OF_EVERY_PLAN = {"original", "promised", "cost"}


class Coarser:
    """finest: by these keys."""

    def __init__(self, keys, finest):
        self._known = {tuple(keys): finest}

    def sums(self, keys, only):
        """only: names of facts.MEASURES."""
        read = frozenset(only | OF_EVERY_PLAN if only & OF_EVERY_PLAN else only)
        every = bool(only & OF_EVERY_PLAN)
        found = {}
        for key, sums in self._all(tuple(keys)).items():
            chosen = {column: sums[column] for column in sums if _groups(column[0]) <= read}
            if every or chosen:
                found[key] = chosen
        return found

    def _all(self, keys):
        """Added up from the fewest that have these keys."""
        if keys not in self._known:
            finer = [of for of in self._known if set(keys) <= set(of)]
            of = min(finer, key=lambda each: len(self._known[each]))
            self._known[keys] = _added_up(self._known[of], [of.index(key) for key in keys])
        return self._known[keys]


def _added_up(finer, places):
    found = defaultdict(Counter)
    for key, sums in finer.items():
        at = found[tuple([key[place] for place in places])]
        for column, amount in sums.items():
            at[column] += amount
    return found


@cache
def _groups(measure):
    """net_before → net, own_of_known_cost → cost, cancelled_net → cancelled and net: asked for together"""
    kind, _line, of = measure.partition("_")
    if kind == "cancelled":
        return {kind, of}
    return {"cost" if kind == "own" else kind}

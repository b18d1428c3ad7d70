"""Sums of a report by the database: plans of one slice are grouped there, the few others are cut here.

Whole tyiyn everywhere: {key: {(measure, pot): tyiyn}}; a key has the ids of plan, area, municipality and
region that were asked for. What adds up to them: facts_promises and facts_money.
"""

from collections import Counter, defaultdict
from typing import NamedTuple

from django.db.models import Aggregate, BigIntegerField

from action_plans.models import PlanStatus

from .facts_cut import Place, cut
from .facts_places import places_of
from .facts_then import OWN, POTS

STEPS = ["before", "corrections", "this"]
# What is not planned any more once a plan is cancelled.
PLANNED = {"promised", "binding", "cost", "own_of_known_cost"}
NOWHERE = Place(0, 0, None, 1)
# What is cut as running sums of each other: promises over their sources, money over time.
SERIES = [[(name, pot) for pot in POTS] for name in ["original", "promised", "binding"]] + [
    [(f"{kind}_{step}", pot) for step in steps]
    for pot in POTS
    for kind, steps in {
        "net": [*STEPS, "later"],
        "returned": STEPS,
        "spent": [*STEPS, "later"],
        # What is moved out of the sums that are kept, see facts_money.
        "moved": [*STEPS, "after"],
    }.items()
]


class SumTyiyn(Aggregate):
    """Exact on both databases: SQLite adds decimals as floats."""

    function = "SUM"
    template = "CAST(ROUND(%(function)s(%(expressions)s) * 100) AS BIGINT)"
    output_field = BigIntegerField()


def tyiyn(amount):
    return None if amount is None else int(amount.scaleb(2))


class Sums:
    """of: a Then; keys: of plan, area, municipality, region; needs: names of facts.MEASURES."""

    def __init__(self, of, keys, needs):
        self.of, self.scope = of, of.scope
        self.keys, self.needs = list(keys), set(needs)
        self.is_cut = of.is_of_places or bool(set(keys) - {"plan"})
        self.found = defaultdict(Counter)

    def touch(self, key):
        """Plans without money are there, too."""
        self.found.setdefault(key, Counter())

    def add(self, key, column, amount, *, is_cancelled):
        measure, pot = column
        if pot and pot not in self.of.pots:
            return
        if not (is_cancelled and measure in PLANNED):
            self.found[key][column] += amount
        kind, _line, step = measure.partition("_")
        if is_cancelled and kind in ("net", "spent") and step in STEPS:
            self.found[key][f"cancelled_{kind}", pot] += amount

    @property
    def tells_cancelled(self):
        return "cancelled" in self.needs

    # Groups of the database

    def kept(self, names, others):
        """[(key, is_cancelled, {name: tyiyn})] of columns that are kept with the slices."""
        sums = {f"sum_{name}": SumTyiyn(name) for name in names}
        slices = without(self.of.slices(), "plan", others)
        number = len(self.keys)
        for rows, is_since in self.of.by_status(slices, "status", "plan"):
            for row in rows.values_list(*self.keys, "status").annotate(**sums):
                is_cancelled = row[number] == PlanStatus.CANCELLED
                for told, amounts in moved(is_cancelled, is_since, row[number + 1 :]):
                    yield tuple(row[:number]), told, dict(zip(names, amounts, strict=True))

    def whole(self, rows, path, others, what, *, amounts=("amount_kgs",), tells_cancelled=True):
        """[(key, is_cancelled, *what, *tyiyn)] of plans that need not be cut. path: from the rows to the plan."""
        # Plans of several slices are left out below.
        rows = without(rows, path, others - self.of.several if self.is_cut else others)
        if self.is_cut:
            way = f"{path}__slices__"
            rows = rows.filter(self.of.slice_condition(way), **{f"{way}is_whole": True})
            keys = [f"{way}{key}" for key in self.keys]
        else:
            rows = rows.filter(self.of.plan_condition(f"{path}__"))
            keys = [path for _key in self.keys]
        number, names, asked = len(keys), [*keys, *what], [(rows, False)]
        sums = {f"sum_{at}": SumTyiyn(amount) for at, amount in enumerate(amounts)}
        if tells_cancelled:
            # That of the slice is the plan's; a condition on slices would join them once more.
            asked = self.of.by_status(rows, f"{path}__status", path)
            names = [*names, f"{path}__slices__status" if self.is_cut else f"{path}__status"]
        for each, is_since in asked:
            for row in each.values_list(*names).annotate(**sums):
                is_cancelled = tells_cancelled and row[len(names) - 1] == PlanStatus.CANCELLED
                about = row[number : number + len(what)]
                for told, parts in moved(is_cancelled, is_since, row[len(names) :]):
                    yield tuple(row[:number]), told, *about, *parts

    # Plans that are cut here

    @property
    def apart(self):
        """Ids of plans that the database does not group where money is asked for by place or area."""
        return self.of.special | (self.of.several if self.is_cut else set())

    def cut(self, plans, amounts, *, adds=None, has_cost=False):
        """amounts: {plan: {(measure, pot): tyiyn}}, cut and added. adds: what does it, for who adds otherwise."""
        if not plans:
            return
        about = self.about(plans)
        if has_cost:
            for plan, it in about.items():
                if it.cost is not None:
                    amounts[plan]["cost", ""] = it.cost
        places = {plan: [NOWHERE] for plan in about}
        if self.is_cut:
            moved = {plan: areas for plan, areas in self.of.areas.items() if plan in about}
            places = places_of(self.of.within("plan", about.keys()), about, moved)
        pieces = {plan: (places[plan], amounts[plan]) for plan in about}

        def group_of(plan, place):
            if self.is_cut and not self.of.has(place):
                return None
            it = about[plan]
            key = tuple([plan if k == "plan" else getattr(place, k) for k in self.keys])
            return key, it.is_cancelled, it.cost is not None

        for (key, is_cancelled, costs), parts in cut(pieces, SERIES, group_of).items():
            (adds or self._add_parts)(key, parts, is_cancelled=is_cancelled)
            if has_cost and costs:
                own = sum(parts.get(("promised", pot), 0) for pot in OWN)
                self.add(key, ("own_of_known_cost", ""), own, is_cancelled=is_cancelled)

    def _add_parts(self, key, parts, *, is_cancelled):
        self.touch(key)
        for column, amount in parts.items():
            self.add(key, column, amount, is_cancelled=is_cancelled)

    def about(self, plans):
        """{plan id: About} on the day, of those that the report is about."""
        rows = self.of.plans().filter(self.of.within("pk", plans))
        rows = rows.values_list("pk", "status", "cost_kgs")
        return {
            plan: About(
                tyiyn(self.of.costs.get(plan, cost)),
                status == PlanStatus.CANCELLED and plan not in self.of.cancelled_since,
            )
            for plan, status, cost in rows
            if plan in plans
        }


def moved(is_cancelled, is_since, amounts):
    """[(whether of cancelled plans, amounts)]; those of plans cancelled since leave there what they are."""
    if not is_since:
        return [(is_cancelled, amounts)]
    back = [None if amount is None else -amount for amount in amounts]
    return [(True, back), (False, amounts)]


class About(NamedTuple):
    cost: int | None
    is_cancelled: bool


def without(rows, path, plans):
    return rows.exclude(**{f"{path}__in": list(plans)}) if plans else rows

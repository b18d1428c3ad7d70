"""Sums of a report by the database: plans of one slice are grouped there, the few others are cut here.

Whole tyiyn everywhere: {key: {(measure, pot): tyiyn}}; a key has the ids of plan, area, municipality and
region that were asked for. What adds up to them: facts_promises and facts_money.
"""

from collections import Counter, defaultdict

from django.db.models import Aggregate, BigIntegerField, Case, Count, F, Sum, Value, When
from django.db.models.functions import Cast, NullIf

from action_plans.models import Axis, FundingTotal, PlanStatus

from .facts_cut import Place, cut
from .facts_places import about, of_report
from .facts_then import OWN, POTS, listed

STEPS = ["before", "corrections", "this"]
# What is not planned any more once a plan is cancelled.
PLANNED = {"promised", "binding", "cost", "own_of_known_cost"}
NOWHERE = Place(0, 0, None, 1)
# Sums by these keys are kept for the whole programme.
TOTALS = {
    (): Axis.ALL,
    ("area",): Axis.AREA,
    ("region",): Axis.REGION,
    ("municipality",): Axis.MUNICIPALITY,
}
# What is cut as running sums of each other: promises over their sources, money over time.
SERIES = [
    [(name, pot) for pot in POTS] for name in ["original", "promised", "binding", "undone"]
] + [
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
        # Of plans that are cut here, see cut(): those that stand there without money, too, with their cost, and
        # with other promises than those that are kept.
        self.pieces, self.touched = defaultdict(Counter), set()
        self.costed, self.revised = set(), set()

    def touch(self, key):
        """Plans without money are there, too."""
        self.found.setdefault(key, Counter())

    def add(self, key, column, amount, *, is_cancelled):
        measure, pot = column
        if pot and pot not in self.of.pots:
            return
        if not is_cancelled:
            self.found[key][column] += amount
            return
        if measure not in PLANNED:
            self.found[key][column] += amount
        kind, _line, step = measure.partition("_")
        if kind in ("net", "spent") and step in STEPS:
            self.found[key][f"cancelled_{kind}", pot] += amount

    @property
    def tells_cancelled(self):
        return "cancelled" in self.needs

    # Groups of the database

    def kept(self, names, others):
        """[(key, is_cancelled, {name: tyiyn})] of columns that are kept with the slices, without other plans."""
        sums = {f"sum_{name}": SumTyiyn(name) for name in names}
        rows, keys, read = self._totals()
        if rows is None and self._axis and self.scope.period:
            yield from self._kept_then(names)
            return
        if rows is None:
            rows = without(self.of.slices(), "plan", others)
            rows = rows.annotate(was_cancelled=self.of.is_cancelled("status", "plan"))
        for row in rows.values_list(*keys, "was_cancelled").annotate(**sums):
            amounts = dict(zip(names, row[len(keys) + 1 :], strict=True))
            yield tuple(map(read, row[: len(keys)])), row[len(keys)], amounts

    def _totals(self):
        """(rows, keys, how a key is read) of the programme's totals, where they answer."""
        if self._axis is None or self.of.is_past:
            return None, self.keys, lambda key: key
        rows = self._all_totals()
        rows = rows.annotate(was_cancelled=self.of.is_cancelled("status", "phase"))
        return rows, ["key"] if self.keys else [], lambda key: int(key) if key else None

    @property
    def _axis(self):
        return None if self.of.is_of_places else TOTALS.get(tuple(self.keys))

    def _all_totals(self):
        rows = FundingTotal.objects.order_by()
        return rows.filter(axis=self._axis, plans__gt=0, phase__in=self.of.phases)

    def _kept_then(self, names):
        """kept() of a period that has ended: the totals of now, less what was not there, or stood otherwise."""
        found, plans = defaultdict(Counter), Counter()
        for what, *key, is_cancelled, number, amounts in self._unlike_now(names):
            at = tuple(key), bool(is_cancelled)
            steps = {"all": [(at, 1)], "left": [(at, -1)], "back": [(at, -1), ((at[0], False), 1)]}
            for where, sign in steps[what]:
                plans[where] += sign * number
                for name, amount in zip(names, amounts, strict=True):
                    found[where][name] += sign * amount
        for (key, is_cancelled), amounts in found.items():
            if plans[key, is_cancelled]:
                yield key, is_cancelled, amounts

    def _unlike_now(self, names):
        """[(what, *key, is_cancelled, number of plans, [tyiyn])], in one question."""
        key = Cast(NullIf("key", Value("")), BigIntegerField())
        keys = [f"of_{name}" for name in self.keys]
        totals = self._all_totals().annotate(**dict.fromkeys(keys, key))
        parts = [("all", totals, keys, Sum("plans"))]
        plans = Count("plan", distinct=True)
        parts += [(what, rows, self.keys, plans) for what, rows in self.of.unlike_totals()]
        sums = {f"sum_{name}": SumTyiyn(name) for name in names}
        is_cancelled = Case(
            When(status=PlanStatus.CANCELLED, then=Value(value=True)), default=Value(value=False)
        )
        parts = [
            rows.annotate(what=Value(what), was_cancelled=is_cancelled)
            .values_list("what", *columns, "was_cancelled")
            .annotate(number=number, **sums)
            for what, rows, columns, number in parts
        ]
        for row in parts[0].union(*parts[1:], all=True):
            yield *row[: len(keys) + 3], row[len(keys) + 3 :]

    def whole(self, asked, *, tells_cancelled=True, has_pieces=False):
        """[(plan or None, key, is_cancelled, *what, *tyiyn)], in one question.

        asked: [(rows, path from them to the plan, what, amounts)] of plans that need not be cut;
        has_pieces: and of those that are, each by itself and without a key.
        """
        if not asked:
            return
        parts = [self._whole(*each, tells_cancelled) for each in asked]
        if has_pieces:
            parts += [part for each in asked for part in self._pieces(*each)]
        number = len(self.keys)
        rows = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
        for plan, *row in rows:
            yield plan, tuple(row[:number]), bool(row[number]), *row[number + 1 :]

    def _whole(self, rows, path, what, amounts, tells_cancelled):
        # Plans of several slices are left out below.
        rows = without(rows, path, self.of.special)
        status = f"{path}__status"
        if self.is_cut:
            way = f"{path}__slices__"
            rows = rows.filter(self.of.slice_condition(way), **{f"{way}is_whole": True})
            keys = [f"{way}{key}" for key in self.keys]
            # That of the slice is the plan's.
            status = f"{way}status"
        else:
            rows = rows.filter(self.of.plan_condition(f"{path}__"))
            keys = [path for _key in self.keys]
        cancelled = self.of.is_cancelled(status, path) if tells_cancelled else Value(value=False)
        rows = rows.annotate(no_plan=NULL, was_cancelled=cancelled)
        rows = rows.values_list("no_plan", *keys, "was_cancelled", *what)
        return rows.annotate(**_sums(amounts))

    def _pieces(self, rows, path, what, amounts):
        keys = {f"no_key_{at}": NULL for at, _key in enumerate(self.keys)}
        several = self.of.slices().filter(is_whole=False).values("plan")
        special = list(self.of.special)
        parts = []
        if self.is_cut:
            parts.append(without(rows, path, special).filter(**{f"{path}__in": several}))
        if special:
            parts.append(rows.filter(**{f"{path}__in": special}))
        for part in parts:
            part = part.annotate(of_plan=F(path), **keys, was_cancelled=Value(value=False))
            part = part.values_list("of_plan", *keys, "was_cancelled", *what)
            yield part.annotate(**_sums(amounts))

    # Plans that are cut here

    @property
    def apart(self):
        """Ids of plans that the database does not group where money is asked for by place or area."""
        return self.of.special | (self.of.several if self.is_cut else set())

    def put_apart(self, plans):
        """They are cut, with money or without."""
        self.touched |= plans
        for plan in plans:
            self.pieces[plan].update()

    def cut(self):
        """Add what was collected in pieces."""
        self._cut(self.pieces, self._add_parts, of_report(self.pieces.keys(), self.of))

    def cut_alone(self, pieces, adds):
        """Other pieces; adds: what does it."""
        found = about(pieces.keys(), self.of, listed) if pieces else {}
        self._cut(pieces, lambda key, parts, how: adds(key, parts, is_cancelled=how[0]), found)

    def _cut(self, pieces, adds, found):
        if not found:
            return
        plans = {plan: (it, is_cancelled(it, plan, self.of)) for plan, it in found.items()}
        for plan in self.costed & plans.keys():
            if plans[plan][0].cost is not None:
                pieces[plan]["cost", ""] = tyiyn(plans[plan][0].cost)

        def group_of(plan, place):
            if self.is_cut and not self.of.has(place):
                return None
            it, was_cancelled = plans[plan]
            has_cost = plan in self.revised and it.has_cost
            key = tuple([plan if k == "plan" else getattr(place, k) for k in self.keys])
            return key, (was_cancelled, plan in self.touched, has_cost)

        places = {plan: it.places if self.is_cut else [NOWHERE] for plan, (it, _c) in plans.items()}
        parts = {plan: (places[plan], pieces[plan]) for plan in plans}
        for (key, how), amounts in cut(parts, SERIES, group_of).items():
            adds(key, amounts, how)

    def _add_parts(self, key, parts, how):
        was_cancelled, is_touched, has_cost = how
        if is_touched:
            self.touch(key)
        for column, amount in parts.items():
            for where, part in _moved(column, amount):
                self.add(key, where, part, is_cancelled=was_cancelled)
        if has_cost:
            own = sum(
                parts.get(("promised", pot), 0) - parts.get(("undone", pot), 0) for pot in OWN
            )
            self.add(key, ("own_of_known_cost", ""), own, is_cancelled=was_cancelled)


def _moved(column, amount):
    """[(column, tyiyn)]: what is moved out of a kept sum is taken from there, see facts_money and facts_promises."""
    measure, pot = column
    kind, _line, step = measure.partition("_")
    if kind == "undone":
        yield ("original", pot), -amount
        yield ("promised", pot), -amount
    elif kind != "moved":
        yield column, amount
    elif step != "before":
        yield ("net_before", pot), -amount
        if step != "after":
            yield (f"net_{step}", pot), amount


def is_cancelled(it, plan, of):
    return it.status == PlanStatus.CANCELLED and plan not in of.cancelled_since


NULL = Cast(Value(None), BigIntegerField())


def _sums(amounts):
    return {f"sum_{at}": SumTyiyn(amount) for at, amount in enumerate(amounts)}


def without(rows, path, plans):
    return rows.exclude(**{f"{path}__in": list(plans)}) if plans else rows

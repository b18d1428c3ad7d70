"""Sums of a report by the database: plans of one slice are grouped there, the others are cut here.

Whole tyiyn everywhere: {key: {(measure, pot): tyiyn}}; a key has the ids of plan, area, municipality and
region that were asked for.
"""

from collections import Counter, defaultdict
from datetime import timedelta

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    Value,
    When,
)

from action_plans.models import (
    COUNTED,
    ActionPlan,
    Contribution,
    Payment,
    PaymentKind,
    PlanStatus,
    PromiseRevision,
)

from .facts_cut import Place, cut
from .facts_places import places_of
from .facts_then import OWN, POTS, pot_of

STEPS = ["before", "corrections", "this"]
KINDS = {"net": 1, "returned": -1, "spent": 1}
# What is not planned any more once a plan is cancelled.
PLANNED = {"promised", "binding", "cost", "own_of_known_cost"}
MONEY = {"net", "returned", "spent"}
NOWHERE = Place(0, 0, None, 1)


class SumTyiyn(Aggregate):
    """Exact on both databases: SQLite adds decimals as floats."""

    function = "SUM"
    template = "CAST(ROUND(%(function)s(%(expressions)s) * 100) AS BIGINT)"
    output_field = BigIntegerField()


def tyiyn(amount):
    return None if amount is None else int(amount.scaleb(2))


def series_of(measures):
    """What is cut as running sums: promises over their sources, money over time."""
    for name in ["original", "promised", "binding"]:
        yield [(name, pot) for pot in POTS]
    for pot in POTS:
        yield [(f"net_{step}", pot) for step in [*STEPS, "later"]]
        yield [(f"returned_{step}", pot) for step in STEPS]
        yield [(f"spent_{step}", pot) for step in [*STEPS, "later"]]


class Sums:
    """of: a Then; keys: of plan, area, municipality, region; needs: original, promised, binding, cost, net …"""

    def __init__(self, of, keys, needs):
        self.of, self.scope = of, of.scope
        self.keys, self.needs = list(keys), set(needs)
        self.is_cut = of.is_of_places or bool(set(keys) - {"plan"})
        self.found = defaultdict(Counter)

    def all(self):
        if self.needs & {"original", "promised", "cost"}:
            self._promises()
        if "binding" in self.needs:
            self._binding()
        for kind in MONEY & self.needs:
            self._money(kind)
        if "later" in self.needs and self.scope.period:
            self._later()
        return self.found

    def _touch(self, key):
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

    # Promises and costs: kept with the slices, but for plans that were otherwise

    def _promises(self):
        others = set(self.of.special | self.of.otherwise_promised)
        if "original" in self.needs:
            others |= self.of.once_promised_otherwise
        names = {f"{pot}_kgs": ("promised", pot) for pot in POTS}
        names |= {"cost_kgs": ("cost", ""), "own_of_known_cost_kgs": ("own_of_known_cost", "")}
        rows = self._grouped(self._without(self.of.slices(), "plan", others), names)
        for key, is_cancelled, sums in rows:
            self._touch(key)
            for name, column in names.items():
                self.add(key, column, sums[name], is_cancelled=is_cancelled)
                if column[0] == "promised" and "original" in self.needs:
                    original = ("original", column[1])
                    self.add(key, original, sums[name], is_cancelled=is_cancelled)
        self._cut(others, self._promised_of(others, {"original", "promised"}), costs=True)

    def _grouped(self, slices, names):
        """[(key, is_cancelled, {name: tyiyn})] of columns that are kept with the slices."""
        sums = {f"sum_{name}": SumTyiyn(name) for name in names}
        for row in slices.values_list(*self.keys, "status").annotate(**sums):
            key, status = row[: len(self.keys)], row[len(self.keys)]
            values = dict(zip(names, row[len(self.keys) + 1 :], strict=True))
            yield tuple(key), status == PlanStatus.CANCELLED, values

    def _promised_of(self, plans, measures):
        """{plan: {(measure, pot): tyiyn}} as of the day."""
        found = {plan: Counter() for plan in plans}
        for plan, pot, amounts in _promises(plans, self.scope.day, self.of.until):
            for measure in measures:
                if amounts[measure]:
                    found[plan][measure, pot] += amounts[measure]
        return found

    def _binding(self):
        others = set(self.of.special | self.of.otherwise_promised)
        revised = PromiseRevision.objects.filter(contribution=OuterRef("pk"))
        bound = Contribution.objects.order_by().filter(~Q(decision="") | Exists(revised))
        bound = bound.filter(
            Q(plan__status__in=COUNTED)
            | Q(plan__status=PlanStatus.CANCELLED, plan__approved_at__isnull=False)
        )
        for key, is_cancelled, source, form, amount in self._of_whole(
            bound, "plan", others, ["source", "form"]
        ):
            self.add(key, ("binding", pot_of(source, form)), amount, is_cancelled=is_cancelled)
        others |= self.of.several if self.is_cut else set()
        self._cut(others, self._promised_of(others, {"binding"}))

    # Money: rows of the ledger

    def _money(self, kind):
        if kind == "net" and self._is_kept:
            self._net_of_slices()
            return
        rows = self.rows(kind)
        self._of_rows(kind, rows)

    @property
    def _is_kept(self):
        """Whether what is kept with slices and plans is what counts, but for what was accounted later."""
        if self.scope.period:
            return self.scope.period.is_open
        return not self.of.is_past

    def rows(self, kind):
        """Those that count."""
        kinds = [PaymentKind.RECEIVED, PaymentKind.RETURNED] if kind == "net" else [kind]
        rows = Payment.objects.order_by().filter(booked_at__isnull=False, kind__in=kinds)
        if self.scope.period:
            rows = rows.filter(accounted_on__lte=self.scope.day)
            return rows if self.scope.period.is_open else rows.filter(booked_at__lte=self.of.until)
        if self.of.is_past:
            rows = rows.filter(paid_on__lte=self.scope.day, booked_at__lte=self.of.until)
        return rows

    @property
    def step(self):
        """Before the period, a correction in it, or of it; all is of it when there is no period."""
        start = self.scope.starts_on
        if start is None:
            return Value("this", CharField())
        return Case(
            When(accounted_on__lt=start, then=Value("before")),
            When(accounted_on__gt=self.scope.day, then=Value("after")),
            When(late_for__isnull=False, then=Value("corrections")),
            default=Value("this"),
            output_field=CharField(),
        )

    def _of_rows(self, kind, rows):
        for key, is_cancelled, step, row_kind, source, form, amount in self._stepped(rows):
            self._add_row(key, kind, step, row_kind, source, form, amount, is_cancelled)
        others = self._cut_apart()
        self._cut(others, self._plan_rows(kind, rows, others))

    def _stepped(self, rows):
        rows = rows.annotate(step=self.step)
        what = ["step", "kind", "contribution__source", "contribution__form"]
        return self._of_whole(rows, "contribution__plan", self.of.special, what)

    def _add_row(self, key, kind, step, row_kind, source, form, amount, is_cancelled):
        column = (f"{kind}_{step}", pot_of(source, form))
        self.add(key, column, _sign(row_kind) * amount, is_cancelled=is_cancelled)

    def _cut_apart(self):
        return self.of.special | (self.of.several if self.is_cut else set())

    def _plan_rows(self, kind, rows, plans):
        """{plan: {(measure, pot): tyiyn}}"""
        found = {plan: Counter() for plan in plans}
        if not plans:
            return found
        rows = rows.filter(contribution__plan__in=plans).annotate(step=self.step)
        what = ["contribution__plan", "step", "kind", "contribution__source", "contribution__form"]
        for plan, step, row_kind, source, form, amount in rows.values_list(*what).annotate(
            sum=SumTyiyn("amount_kgs")
        ):
            found[plan][f"{kind}_{step}", pot_of(source, form)] += _sign(row_kind) * amount
        return found

    def _net_of_slices(self):
        """All that arrived is kept; only what the period itself adds is read from the rows."""
        names = {f"received_{pot}_kgs": pot for pot in POTS}
        slices = self._without(self.of.slices(), "plan", self.of.special)
        if self.scope.period and self.is_cut:
            slices = slices.filter(is_whole=True)
        for key, is_cancelled, sums in self._grouped(slices, names):
            for name, pot in names.items():
                step = "before" if self.scope.period else "this"
                self.add(key, (f"net_{step}", pot), sums[name], is_cancelled=is_cancelled)
        since = self._rows_since()
        if since is not None:
            for key, is_cancelled, step, kind, source, form, amount in self._stepped(since):
                self._move(key, step, pot_of(source, form), _sign(kind) * amount, is_cancelled)
        others = self._cut_apart() if self.scope.period else self.of.special
        self._cut(others, self._kept_of_plans(others, since))

    def _rows_since(self):
        if not self.scope.period:
            return None
        kinds = [PaymentKind.RECEIVED, PaymentKind.RETURNED]
        rows = Payment.objects.order_by().filter(booked_at__isnull=False, kind__in=kinds)
        return rows.filter(accounted_on__gt=self.scope.starts_on - timedelta(1))

    def _move(self, key, step, pot, amount, is_cancelled):
        """From what was kept to the step where it belongs."""
        self.add(key, ("net_before", pot), -amount, is_cancelled=is_cancelled)
        if step != "after":
            self.add(key, (f"net_{step}", pot), amount, is_cancelled=is_cancelled)

    def _kept_of_plans(self, plans, since):
        found = {plan: Counter() for plan in plans}
        first = "before" if self.scope.period else "this"
        kept = ActionPlan.objects.order_by().filter(pk__in=plans)
        for plan, *amounts in kept.values_list("pk", *[f"received_{pot}_kgs" for pot in POTS]):
            for pot, amount in zip(POTS, amounts, strict=True):
                if amount:
                    found[plan][f"net_{first}", pot] += tyiyn(amount)
        if since is not None:
            for plan, sums in self._plan_rows("net", since, plans).items():
                for (measure, pot), amount in sums.items():
                    found[plan]["net_before", pot] -= amount
                    if measure != "net_after":
                        found[plan][measure, pot] += amount
        return found

    def _later(self):
        """Booked since as corrections of this period, in later ones; few rows, always cut here."""
        rows = Payment.objects.order_by().filter(
            late_for=self.scope.period, booked_at__isnull=False
        )
        what = ["contribution__plan", "kind", "contribution__source", "contribution__form"]
        later = defaultdict(Counter)
        for plan, kind, source, form, amount in rows.values_list(*what).annotate(
            sum=SumTyiyn("amount_kgs")
        ):
            measure = "spent_later" if kind == PaymentKind.SPENT else "net_later"
            later[plan][measure, pot_of(source, form)] += _sign(kind) * amount
        if later:
            self._cut(later.keys(), later, base=True)

    # Groups of the database

    def _without(self, rows, path, plans):
        return rows.exclude(**{f"{path}__in": list(plans)}) if plans else rows

    def _of_whole(self, rows, path, others, what):
        """[key, is_cancelled, *what, tyiyn] of plans that need not be cut. path: from the rows to the plan."""
        rows = self._without(rows, path, others)
        if self.is_cut:
            way = f"{path}__slices__"
            rows = rows.filter(self.of.slice_condition(way), **{f"{way}is_whole": True})
            keys, status = [f"{way}{key}" for key in self.keys], f"{way}status"
        else:
            rows = rows.filter(self.of.plan_condition(f"{path}__"))
            keys, status = [path for _key in self.keys], f"{path}__status"
        names = [*keys, *([status] if self._tells_cancelled else []), *what]
        amount = SumTyiyn(F("amount_kgs"))
        number = len(keys)
        for *row, total in rows.values_list(*names).annotate(sum=amount):
            is_cancelled = False
            rest = row[number:]
            if self._tells_cancelled:
                is_cancelled, rest = row[number] == PlanStatus.CANCELLED, row[number + 1 :]
            yield tuple(row[:number]), is_cancelled, *rest, total

    @property
    def _tells_cancelled(self):
        """Which of the money is that of cancelled plans, and which promises count no longer."""
        return bool(self.needs & {"original", "promised", "binding", "cancelled"})

    # Plans that are cut here

    def _cut(self, plans, amounts, *, costs=False, base=False):
        """base: more columns are added to what counted already, and cut as what comes on top of it."""
        if not plans:
            return
        about = self._about(plans)
        if costs:
            for plan, it in about.items():
                if it["cost"] is not None:
                    amounts[plan]["cost", ""] = it["cost"]
        places = {plan: [NOWHERE] for plan in about}
        if self.is_cut:
            places = places_of(list(about), self._areas_of(about))
        known = self._counted_of(about.keys()) if base else {}
        pieces = {plan: (places[plan], amounts[plan] | known.get(plan, {})) for plan in about}
        for plan, place, parts in cut(pieces, list(series_of(self.needs))):
            if self.is_cut and not self.of.has(place):
                continue
            self._add_piece(plan, place, parts, about[plan], only=amounts[plan] if base else None)

    def _counted_of(self, plans):
        """{plan: {(measure, pot): tyiyn}} of what counts in the period and before."""
        found = {plan: {} for plan in plans}
        for kind in ["net", "spent"]:
            for plan, sums in self._plan_rows(kind, self.rows(kind), plans).items():
                found[plan] |= sums
        return found

    def _add_piece(self, plan, place, parts, about, *, only):
        key = tuple(plan if name == "plan" else getattr(place, name) for name in self.keys)
        self._touch(key)
        for column, amount in parts.items():
            if only is None or column in only:
                self.add(key, column, amount, is_cancelled=about["is_cancelled"])
        if ("cost", "") in parts and about["cost"] is not None:
            own = sum(parts.get(("promised", pot), 0) for pot in OWN)
            own_of_known = ("own_of_known_cost", "")
            self.add(key, own_of_known, own, is_cancelled=about["is_cancelled"])

    def _areas_of(self, plans):
        return {plan: areas for plan, areas in self.of.areas.items() if plan in plans}

    def _about(self, plans):
        """{plan id: its cost and whether it was cancelled, on the day}, of those that the report is about."""
        found = {}
        rows = self.of.plans().filter(pk__in=list(plans)).values_list("pk", "status", "cost_kgs")
        for plan, status, cost in rows:
            cost = self.of.costs.get(plan, cost)
            found[plan] = {
                "cost": tyiyn(cost),
                "is_cancelled": status == PlanStatus.CANCELLED
                and plan not in self.of.cancelled_since,
            }
        return found


def _sign(kind):
    return -1 if kind == PaymentKind.RETURNED else 1


def _promises(plans, day, until):
    """[(plan, pot, {original, promised, binding: tyiyn})] as of the day, as known at that moment."""
    revisions = defaultdict(list)
    rows = PromiseRevision.objects.filter(contribution__plan__in=plans).order_by("number")
    columns = ["contribution", "effective_on", "revised_at", "before_kgs", "amount_kgs"]
    for contribution, *revision in rows.values_list(*columns):
        revisions[contribution].append(revision)
    columns = ["pk", "plan", "source", "form", "amount_kgs", "decision"]
    columns += ["promised_on", "recorded_at"]
    promises = Contribution.objects.order_by().filter(plan__in=plans).values_list(*columns)
    for pk, plan, source, form, amount, decision, since, recorded in promises:
        steps = revisions[pk]
        first = steps[0][2] if steps else amount
        holding = [s[3] for s in steps if s[0] <= day and s[1] <= until]
        now = holding[-1] if holding else first
        if (since and since > day) or (recorded and recorded > until):
            now = 0
        yield (
            plan,
            pot_of(source, form),
            {
                "original": 0 if since else int(first * 100),
                "promised": int(now * 100),
                "binding": int(now * 100) if decision or holding else 0,
            },
        )

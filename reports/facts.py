"""The figures that donor tables are made of, by plan, place, service area and source.

From the rows of the database, as of a day and as known at a moment; or, for a period that was signed, from the
rows that its snapshot keeps: the same tables come from either.
"""

import json
from collections import Counter, defaultdict
from decimal import Decimal
from functools import cache, cached_property, lru_cache

from action_plans.models import ActionPlan, ServiceArea
from municipalities.models import Municipality, Region

from . import facts_lines
from .facts_read import sums_of
from .facts_sums import STEPS
from .facts_then import OWN, POTS, Then
from .models import SignedReport

# More are not named: to read all plans takes less.
NAMED_UP_TO = 20_000
AXES = ["plan", "area", "municipality", "region"]
MEASURES = {
    "original": ["original_kgs"],
    "promised": ["promised_kgs"],
    "binding": ["binding_kgs"],
    "cost": ["cost_kgs", "own_of_known_cost_kgs"],
    "net": ["net_before_kgs", "net_corrections_kgs", "net_kgs"],
    "returned": ["returned_before_kgs", "returned_corrections_kgs", "returned_kgs"],
    "spent": ["spent_before_kgs", "spent_corrections_kgs", "spent_kgs"],
    # Of plans that were cancelled, all up to the day; with net or spent.
    "cancelled": ["cancelled_net_kgs", "cancelled_spent_kgs"],
    "later": ["later_net_kgs", "later_spent_kgs"],
}
RECEIVED = ["received_before_kgs", "received_corrections_kgs", "received_kgs"]
ALL = list(MEASURES)
OF_A_ROW = [name for names in MEASURES.values() for name in names]


def facts_of(scope):
    """Signed figures of a signed period, else what the rows say."""
    if scope.period and scope.period.is_signed:
        report = versions_of(scope.period).first()
        if report:
            return SignedFacts(scope, report)
    return Facts(scope)


def versions_of(period):
    """The newest first, without what is long."""
    return SignedReport.objects.filter(period=period).defer("snapshot").order_by("-version")


def plan_rows(facts):
    """What a snapshot keeps: a row per plan, place, area and source, and a row per budget line.

    Columns that are 0 are left out. Rows without a source have the cost; each part of a plan has one.
    """
    return [*_cell_rows(facts), *facts_lines.kept(facts.lines())]


class Facts:
    """Of the rows. cells() answers in som, to the tyiyn; what was asked once is not asked again."""

    def __init__(self, scope):
        self.scope = scope
        self.then = Then(scope)
        self._asked, self._read = {}, []

    def cells(self, *by, only=ALL):
        """[{what it is of, measure: som}]; by: plan, area, top_area, municipality, region, source.

        only: names of MEASURES. Places and areas are codes, None where not specified; a plan is its reference;
        a source is as in POTS.
        """
        key = (by, frozenset(only))
        if key not in self._asked:
            self._asked[key] = list(self._cells(by, set(only)))
        return [dict(cell) for cell in self._asked[key]]

    def total(self, only=ALL):
        """The same sums over everything."""
        found = self.cells(only=only)
        return found[0] if found else _measured({}, set(only))

    def lines(self):
        """Budget lines with what was spent on each; see facts_lines."""
        return self._lines

    @cached_property
    def _lines(self):
        return facts_lines.of_rows(self.then)

    @cached_property
    def earlier(self):
        """Facts of the version that was signed before; None when there is none."""
        report = versions_of(self.scope.period).first() if self.scope.period else None
        return SignedFacts(self.scope, report) if report else None

    def _cells(self, by, only):
        for key, sums in self.tyiyn(by, only):
            yield dict(zip(by, key, strict=True)) | _measured(sums, only)

    def tyiyn(self, by, only):
        """[(key, {measure: tyiyn})]; what is not there is 0."""
        keys = _keys(by)
        found = self._sums(keys, only)
        grouped = defaultdict(Counter)
        names = Names(found, keys)
        for key, sums in found.items():
            codes = names.of(key)
            if "source" not in by:
                at = grouped[_group(by, codes, names)]
                for (measure, _pot), amount in sums.items():
                    at[named(measure)] += amount
                continue
            for (measure, pot), amount in sums.items():
                if pot and amount:
                    group = _group(by, codes | {"source": pot}, names)
                    grouped[group][named(measure)] += amount
        return grouped.items()

    def _sums(self, keys, only):
        """Read once: what is a part of what was read before is found there."""
        for of, needs, found in self._read:
            if of == keys and only <= needs:
                return found
        self._read.append((keys, only, sums_of(self.then, keys, only)))
        return self._read[-1][-1]


class SignedFacts:
    """Of the snapshot of a signed report; what was booked later is read from the rows."""

    def __init__(self, scope, report):
        self.scope, self.report = scope, report

    def cells(self, *by, only=ALL):
        grouped = defaultdict(Counter)
        tops = top_codes()
        for row in self._rows:
            if "source" in by and not row["source"]:
                continue
            key = tuple(tops.get(row["area"]) if name == "top_area" else row[name] for name in by)
            sums = grouped[key]
            for name, amount in row["sums"].items():
                sums[name] += amount
        later = self._later(by) if "later" in only else {}
        keys = {**dict.fromkeys(grouped), **dict.fromkeys(later)}
        return [
            dict(zip(by, key, strict=True))
            | _measured({**grouped.get(key, {}), **later.get(key, {})}, set(only))
            for key in keys
        ]

    def total(self, only=ALL):
        found = self.cells(only=only)
        return found[0] if found else _measured({}, set(only))

    def lines(self):
        references = {row["plan"] for row in self._rows}
        rows = signed_rows(self.report.pk, self.report.sha256)[1]
        return list(facts_lines.of_snapshot(rows, self.scope, references))

    @cached_property
    def earlier(self):
        """The version before; the first one stands for itself."""
        older = versions_of(self.report.period).filter(version__lt=self.report.version).first()
        return SignedFacts(self.scope, older) if older else self

    @cached_property
    def _rows(self):
        """Those of the chosen places, areas and sources."""
        scope, chosen = self.scope, []
        areas = _codes_of(scope.area) if scope.area else None
        pots = Then(scope).pots
        for row in signed_rows(self.report.pk, self.report.sha256)[0]:
            if scope.region and row["region"] != scope.region.iso:
                continue
            if scope.municipality and row["municipality"] != scope.municipality.code:
                continue
            if (scope.no_area and row["area"] is not None) or (areas and row["area"] not in areas):
                continue
            if row["source"] and row["source"] not in pots:
                continue
            chosen.append(row)
        return chosen

    def _later(self, by):
        cells = Facts(self.scope).cells(*by, only=["later"])
        names = MEASURES["later"]
        return {
            tuple(cell[name] for name in by): {name: int(cell[name] * 100) for name in names}
            for cell in cells
        }


@lru_cache(maxsize=4)
def signed_rows(report_id, sha256):
    """(rows of plans, rows of budget lines) of a snapshot, which never changes."""
    text = SignedReport.objects.values_list("snapshot", flat=True).get(pk=report_id)
    plans, lines = [], []
    for row in json.loads(text)["facts"]:
        (lines if "line" in row else plans).append(row)
    return [_read(row) for row in plans], lines


def _read(row):
    about = {name: row.get(name) for name in [*AXES, "source"]}
    sums = {name: int(Decimal(row[name]).scaleb(2)) for name in OF_A_ROW if name in row}
    return about | {"sums": sums}


def _cell_rows(facts):
    for key, sums in facts.tyiyn(AXES, {"cost"}):
        yield _kept((*key, ""), sums, MEASURES["cost"])
    only = {name for name in ALL if name not in ("cost", "later")}
    names = [name for group in MEASURES if group in only for name in MEASURES[group]]
    for key, sums in facts.tyiyn([*AXES, "source"], only):
        yield _kept(key, sums, names)


def _kept(key, sums, names):
    """Without what is 0, and without what follows from the rest."""
    kept = {name: Decimal(sums[name]).scaleb(-2) for name in names if sums.get(name)}
    return dict(zip([*AXES, "source"], key, strict=True)) | kept


# Names of keys


class Names:
    """From ids to the codes that are shown and kept."""

    def __init__(self, found, keys):
        self.keys = keys
        areas = _areas() if "area" in keys else []
        ids = {name: {key[at] for key in found} for at, name in enumerate(keys)}
        self.codes = {
            "plan": _codes(ActionPlan, "reference", ids.get("plan")),
            "municipality": _codes(Municipality, "code", ids.get("municipality")),
            "region": _codes(Region, "iso", ids.get("region")),
            "area": {pk: code for pk, code, _parent in areas},
        }
        self.tops = {code: parent or code for _pk, code, parent in areas}

    def of(self, key):
        return {
            name: self.codes[name].get(value) for name, value in zip(self.keys, key, strict=True)
        }


def top_codes():
    """{code of an area: code of the area it is part of, or its own}"""
    return {code: parent or code for _pk, code, parent in _areas()}


def _areas():
    return list(ServiceArea.objects.order_by().values_list("pk", "code", "parent__code"))


def _codes(model, name, ids):
    if not ids:
        return {}
    rows = model.objects.order_by()
    if len(ids) < NAMED_UP_TO:
        rows = rows.filter(pk__in=[pk for pk in ids if pk is not None])
    return dict(rows.values_list("pk", name))


def _codes_of(area):
    rows = ServiceArea.objects.filter(parent=area).values_list("code", flat=True)
    return {area.code, *rows}


def _keys(by):
    """What the database groups by."""
    names = ["area" if name == "top_area" else name for name in by if name != "source"]
    return list(dict.fromkeys(names))


def _group(by, codes, names):
    return tuple(
        names.tops.get(codes["area"]) if name == "top_area" else codes[name] for name in by
    )


@cache
def named(measure):
    """net_this → net_kgs, net_later → later_net_kgs"""
    kind, _line, step = measure.partition("_")
    if step == "later":
        return f"later_{kind}_kgs"
    return f"{kind}_kgs" if step == STEPS[-1] else f"{measure}_kgs"


@cache
def groups(measure):
    """Names of MEASURES that have to be asked for: net_before → net; cancelled_net → cancelled and net."""
    kind, _line, of = measure.partition("_")
    if kind == "cancelled":
        return {kind, of}
    return {"cost" if kind == "own" else kind}


def _measured(sums, only):
    """Every measure that was asked for, in som."""
    names = [name for group in MEASURES if group in only for name in MEASURES[group]]
    row = {name: Decimal(sums.get(name, 0)).scaleb(-2) for name in names}
    if {"net", "returned"} <= only:
        # What was returned stands below zero; without it, this is what arrived.
        for received in RECEIVED:
            net = received.replace("received", "net")
            row[received] = row[net] - row[net.replace("net", "returned")]
    return row


__all__ = ["ALL", "OWN", "POTS", "Facts", "SignedFacts", "facts_of", "plan_rows", "versions_of"]

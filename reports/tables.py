"""The tables of the funding report: query → DataFrame. Page, CSV, XLSX and charts all use these.

Every table groups the same slices (a plan's part in one municipality and one service area), so all of
them add up to the same total: cost + promised_without_cost = promised + gap − surplus. A plan of two
municipalities stands in both rows; the row of totals counts it once.
Amounts are Decimal, None where nothing is known. No HTTP here and no drawing.
"""

from decimal import Decimal
from functools import cached_property

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import pgettext, pgettext_lazy

from action_plans.models import (
    OTHER,
    PROMISED,
    RECEIVED,
    AddedMoney,
    Axis,
    ServiceArea,
    Source,
)
from action_plans.totals import all_counted_totals
from lib.composition import composition
from lib.lazy import LazyModule
from lib.money import share, total
from lib.money_sums import sum_kgs
from municipalities.models import Municipality, Region, current_language

pd = LazyModule("pandas")

SOURCE_NAMES = {
    "own_cash_kgs": pgettext_lazy("source of money", "Municipality, in cash"),
    "own_in_kind_kgs": pgettext_lazy("source of money", "Municipality, in kind"),
    **{f"{source}_kgs": source.label for source in Source if source != Source.MUNICIPALITY},
}

COUNTS = ["plans", "plans_with_cost"]
ZERO = Decimal("0.00")
ADDED_UP = {
    "own_kgs": ["own_cash_kgs", "own_in_kind_kgs"],
    "other_kgs": OTHER,
    "promised_kgs": PROMISED,
    "received_kgs": RECEIVED,
}
NOTHING = dict.fromkeys(AddedMoney.MEASURES, ZERO) | dict.fromkeys(COUNTS, 0)
KEYS = {
    Axis.TOP_AREA: Coalesce("area__parent", "area"),
    Axis.REGION: F("region"),
    Axis.MUNICIPALITY: F("municipality"),
    Axis.YEAR: F("year"),
}
# Of a group none of whose plans has a cost these are not 0, they are not known.
NEED_A_COST = ["cost_kgs", "gap_kgs", "surplus_kgs"]


# Where the money comes from


class Money:
    """Sums by axis; by_municipality and its places are read once for two tables."""

    @cached_property
    def by_municipality(self):
        return self.by(Axis.MUNICIPALITY)

    @cached_property
    def places(self):
        places = Municipality.objects.filter(pk__in=list(self.by_municipality))
        return list(places.for_list().by_name())


class MoneyOfSlices(Money):
    """Any filter: the database groups the slices that it selects."""

    def __init__(self, slices):
        self.slices = slices.order_by()

    def whole(self):
        return _added_up(self.slices.aggregate(**_counts(), **_sums()))

    def by(self, axis):
        """{id of the place or area, or the year; None where there is none: {measure: value}}"""
        rows = self.slices.annotate(key=KEYS[axis]).values("key")
        rows = rows.annotate(**_counts(), **_sums())
        return {row.pop("key"): _added_up(row) for row in rows}


class KeptMoney(Money):
    """All counted plans, or those of a phase: their sums are kept, and the same (a test compares)."""

    def __init__(self, phase=None):
        self.totals = all_counted_totals(phase=phase)

    def whole(self):
        return _added_up(self.totals[Axis.ALL].get("", NOTHING))

    def by(self, axis):
        rows = self.totals[axis].items()
        return {int(key) if key else None: _added_up(row) for key, row in rows if row["plans"]}


# One table each. name: for the reader; thing: the area or place itself, for links and its language


def by_area(money):
    """Top areas; what is booked on a part of one (preschool) counts there. Last: not specified (None)."""
    areas = ServiceArea.objects.filter(parent=None).order_by("position", "code")
    return _frame(money.by(Axis.TOP_AREA), areas, unknown=pgettext("service area", "Not specified"))


def by_region(money):
    rows = money.by(Axis.REGION)
    regions = {place.region for place in money.places}
    if moved := rows.keys() - {region.pk for region in regions}:
        regions |= set(Region.objects.filter(pk__in=moved))
    sort = f"sort_{current_language()}"
    return _frame(rows, sorted(regions, key=lambda region: (getattr(region, sort), region.code)))


def by_municipality(money):
    """By region, then by name; two aimaks may share a name, never a code."""
    places = sorted(
        money.places, key=lambda place: place.region.code
    )  # stable: names stay in order
    return _frame(money.by_municipality, places)


def by_year(money):
    """By year of the start. Last: not known yet (None)."""
    rows = money.by(Axis.YEAR)
    years = sorted(rows, key=lambda year: (year is None, year))
    unknown = pgettext("year", "Not known yet")
    return _measured([_head(year, str(year or unknown)) | rows[year] for year in years])


def total_row(money):
    """The last row of each of these tables: every plan once."""
    return _with_shares(money.whole())


def by_source(whole):
    """Of total_row(). The seven pots in the fixed order own, grant, other; all of them, also empty ones."""
    rows = [_source_row(name, whole) for name in PROMISED]
    parts = composition({row["code"]: row["promised_kgs"] for row in rows})
    rows = [row | {"promised_part_pct": parts[row["code"]]} for row in rows]
    return pd.DataFrame(rows, dtype=object).set_index("code")


def source_total(frame):
    names = ["promised_kgs", "received_kgs", "outstanding_kgs", "over_kgs"]
    row = {name: total(frame[name]) for name in names}
    return row | {
        "fulfilment_pct": share(row["received_kgs"], row["promised_kgs"]),
        "promised_part_pct": Decimal("100.0") if row["promised_kgs"] else None,
    }


def records(frame):
    """[{column: value}] with the code; reset_index() would make NaN of None and 2018.0 of 2018."""
    rows = zip(frame.index, frame.to_dict("records"), strict=True)
    return [{"code": code} | row for code, row in rows]


# How a table is made


def _counts():
    distinct = {"plans": Q(), "plans_with_cost": Q(has_cost=True)}
    return {name: Count("plan", filter=q, distinct=True) for name, q in distinct.items()}


def _sums():
    return {f"sum_{name}": sum_kgs(name) for name in AddedMoney.MEASURES}


def _added_up(row):
    row = {name.removeprefix("sum_"): value for name, value in row.items()}
    row |= {name: total(row[part] for part in parts) for name, parts in ADDED_UP.items()}
    if not row["plans_with_cost"]:
        row |= dict.fromkeys(NEED_A_COST)
    return row


def _with_shares(row):
    own = row["own_of_known_cost_kgs"]
    return row | {
        "own_share_pct": share(own, row["cost_kgs"]),
        "cost_part_pct": Decimal("100.0") if row["cost_kgs"] else None,
        "plans_part_pct": Decimal("100.0") if row["plans"] else None,
    }


def _frame(rows, things, *, unknown=""):
    """One row per thing that has slices, in the order of the things; the row without one comes last."""
    found = [
        _head(thing.code, thing.name, thing) | rows[thing.pk]
        for thing in things
        if thing.pk in rows
    ]
    if None in rows:
        found.append(_head(None, unknown) | rows[None])
    return _measured(found)


def _head(code, name, thing=None):
    return {"code": code, "name": name, "thing": thing}


def _measured(rows):
    parts = {
        "cost_part_pct": composition({row["code"]: row["cost_kgs"] for row in rows}),
        "plans_part_pct": composition({row["code"]: row["plans"] for row in rows}),
    }
    rows = [
        _with_shares(row) | {name: part[row["code"]] for name, part in parts.items()}
        for row in rows
    ]
    columns = [*_head(None, ""), *COUNTS, *AddedMoney.MEASURES, *ADDED_UP]
    columns += ["own_share_pct", *parts]
    # dtype=object: pandas would turn None into NaN and whole columns into floats.
    return pd.DataFrame(rows, columns=columns, dtype=object).set_index("code")


def _source_row(name, whole):
    promised, received = whole[name], whole[f"received_{name}"]
    return {
        **_head(name.removesuffix("_kgs"), str(SOURCE_NAMES[name])),
        "promised_kgs": promised,
        "received_kgs": received,
        # received = promised − outstanding + over
        "outstanding_kgs": max(promised - received, ZERO),
        "over_kgs": max(received - promised, ZERO),
        "fulfilment_pct": share(received, promised),
    }

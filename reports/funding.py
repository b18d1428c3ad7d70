"""The funding report as one object: what the page, the CSV and the workbook all read.

Its filter is the list's. Without a word about the status it counts approved and later plans; an empty
status in the address (status=) takes that away.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from action_plans.filter_totals import KNOWN_AREA
from action_plans.filters import COUNTED_STATES, PlanFilter
from action_plans.models import ActionPlan, Check, Finding, PlanStatus
from action_plans.phases import fx_texts
from lib.money import UNITS, format_kgs
from lib.money_sums import sum_kgs

from . import tables
from .catalogue import NOT_ON_THE_PAGE, SOURCES, TABLES, UNIT_NAMES, YEARS
from .notices import FILTERS, KINDS, text_of
from .plan_rows import MONEY, with_areas, with_money
from .rows import Row, quality_link

ALL_ROWS_UP_TO = 500
FIRST_ROWS = 200
NAMED_UP_TO = 10


class Line(NamedTuple):
    """A row of a table as the page shows it: its head, its cells, the address of the plans behind it."""

    name: str
    thing: object
    plans: str
    cells: list


class TableView(NamedTuple):
    of: object
    rows: list
    total: dict
    filter: PlanFilter

    @property
    def columns(self):
        return self.of.columns

    @property
    def without_cost(self):
        """How many plans are in no share, when the table has shares."""
        return self.total["plans"] - self.total["plans_with_cost"] if "plans" in self.total else 0

    @property
    def page_columns(self):
        return [column for column in self.columns if column not in NOT_ON_THE_PAGE]

    @property
    def lines(self):
        return [
            Line(row["name"], row["thing"], self._plans(row), self._cells(row)) for row in self.rows
        ]

    @property
    def rows_share_plans(self):
        return sum(row.get("plans", 0) for row in self.rows) > self.total.get("plans", 0)

    @property
    def total_cells(self):
        return self._cells(self.total)

    def _cells(self, row):
        return [(column, row[column.name]) for column in self.page_columns]

    def _plans(self, row):
        """Of exactly the plans of this row."""
        name = self.of.parameter
        # Who chose a part of an area sees that part in the area's row.
        if not name or (name == "area" and self.filter.data.get("area", KNOWN_AREA) != KNOWN_AREA):
            return self.filter.query
        value = getattr(row["thing"], "iso", row["code"])
        return self.filter.query_with(**{name: self.of.unknown if value is None else value})


@dataclass
class Gap:
    """Something that is missing or does not add up; plans: those behind it, when they are few."""

    kind: str
    number: int
    text: str
    link: str = ""
    plans: list = field(default_factory=list)


class FundingReport:
    def __init__(self, query, *, user):
        self.user = user
        data = query.copy()
        if "status" not in data:
            data["status"] = COUNTED_STATES
        self.filter = PlanFilter(data)
        self.units = query.get("units") if query.get("units") in UNITS else "som"
        self.unknown_units = query.get("units", "som") not in (*UNITS, "")
        self.plans = self.filter.plans(user)
        # Of a joint plan only its part in the chosen places and areas is added up.
        self.rows = with_money(self.plans, self.filter.part)

    # The tables

    @cached_property
    def money(self):
        chosen = {name: value for name, value in self._chosen.items() if value and name != "sort"}
        if chosen.get("status") == [COUNTED_STATES] and chosen.keys() <= {"status", "phase"}:
            phases = {phase.code: phase for phase in self.filter.phases}
            return tables.KeptMoney(phases.get(chosen.get("phase")))
        return tables.MoneyOfSlices(self.filter.slices(self.plans))

    @cached_property
    def _chosen(self):
        return self.filter.form.cleaned_data if self.filter.is_valid() else {}

    @cached_property
    def total(self):
        """The row of totals of every table."""
        return tables.total_row(self.money)

    @cached_property
    def whole(self):
        """The total as a row of a dashboard, for the parts of a page that both share."""
        known = {name: value or tables.ZERO for name, value in self.total.items()}
        return Row("", _("All plans"), self._list(), known)

    @cached_property
    def tables(self):
        return [self._view(of, of.rows(self.money), self.total) for of in TABLES]

    @cached_property
    def years(self):
        return self._view(YEARS, tables.by_year(self.money), self.total)

    @cached_property
    def sources(self):
        frame = tables.by_source(self.total)
        return self._view(SOURCES, frame, tables.source_total(frame))

    def _view(self, of, frame, whole):
        return TableView(of, tables.records(frame), whole, self.filter)

    @cached_property
    def minimum(self):
        """Of the own share, when one rule holds for all plans here; else None."""
        chosen = self.filter.data.get("phase")
        minimums = {p.minimum_own_share for p in self.filter.phases if chosen in (None, p.code)}
        return minimums.pop() if len(minimums) == 1 else None

    @cached_property
    def fx_text(self):
        """By which policies foreign money became som, in the phases that are asked for."""
        chosen = self.filter.data.get("phase")
        return fx_texts([p for p in self.filter.phases if chosen in (None, p.code)])

    @property
    def is_long(self):
        return self.total["plans"] > ALL_ROWS_UP_TO

    @cached_property
    def shown_plans(self):
        """All plans of a short report, the most expensive ones of a long one."""
        rows = with_areas(self.rows).select_related("phase", "lead__district", "lead__region")
        rows = rows.prefetch_related("texts")
        if self.is_long:
            by_cost = rows.order_by(F("row_cost_kgs").desc(nulls_last=True), "reference")
            return list(by_cost[:FIRST_ROWS])
        return list(rows.order_by("reference"))

    # What is missing

    @cached_property
    def gaps(self):
        """In this order; what is in order is left out."""
        return [gap for gap in self._gaps() if gap.number]

    @property
    def has_sample(self):
        return self._numbers["sample"] > 0

    @cached_property
    def _numbers(self):
        return self.plans.order_by().aggregate(
            **{kind: Count("pk", filter=condition) for kind, condition in GAPS.items()}
        )

    def _gaps(self):
        for kind in ["surplus", "gap", "under_minimum", "no_area", "no_cost"]:
            number = self._numbers[kind]
            link = self._quality(kind) or self._list(**FILTERS[kind])
            yield Gap(kind, number, text_of(kind, number), link, self._named(kind, number))
        for kind, check in FOUND.items():
            number = self._numbers[kind]
            yield Gap(kind, number, _text_of(kind, number), self._quality(check))
        if self.cancelled["plans"]:
            link = self._list(status=PlanStatus.CANCELLED)
            yield Gap("cancelled", self.cancelled["plans"], _cancelled_text(self.cancelled), link)

    def _quality(self, check):
        """What does not add up of exactly these plans; "" when that page has no such filter."""
        chosen = {name: self.filter.data.getlist(name) for name in self.filter.data}
        states = chosen.pop("status", [])
        known = chosen.keys() <= {"region", "phase", "municipality"}
        single = all(len(values) == 1 for values in chosen.values())
        if states != [COUNTED_STATES] or not known or not single:
            return ""
        return quality_link(check, **{name: values[0] for name, values in chosen.items()})

    def _named(self, kind, number):
        if self.is_long or number > NAMED_UP_TO:
            return []
        return [plan for plan in self.shown_plans if SHOWS[kind](plan)]

    @cached_property
    def cancelled(self):
        """Plans cancelled after money had arrived: they are not counted, but their money is named."""
        chosen = self._chosen
        if chosen.get("status") != [COUNTED_STATES]:
            return {"plans": 0}
        plans = ActionPlan.objects.visible_to(self.user).filter(status=PlanStatus.CANCELLED)
        for name in chosen.keys() - {"status"}:
            plans = self.filter.filters[name].filter(plans, chosen[name])
        received = MONEY["received_kgs"]
        slices = self.filter.slices(plans).annotate(received=received).filter(received__gt=0)
        return slices.aggregate(
            plans=Count("plan", distinct=True), received_kgs=sum_kgs("received")
        )

    # The filter in words and as an address

    def _list(self, **values):
        """The list of these plans, narrowed further."""
        return f"{reverse('action_plans:list')}?{self.filter.query_with(**values)}"

    @property
    def query(self):
        """The address of this report: status= says that all states were asked for."""
        return _with_status(self.filter.query)

    @property
    def page_query(self):
        """With the units of the page's tables; files have full amounts."""
        return self.query_in(self.units)

    def query_in(self, units):
        return _in_units(self.query, units)

    @property
    def unit_chips(self):
        """[(units, their name, the address of the page in them)]"""
        return [(units, name, self.query_in(units)) for units, name in UNIT_NAMES.items()]

    @property
    def unit_name(self):
        return UNIT_NAMES[self.units]

    @cached_property
    def chips(self):
        """The list's chips; taking the last status away must not bring the usual one back."""
        return [
            chip._replace(query=_in_units(_with_status(chip.query), self.units))
            for chip in self.filter.chips
        ]


def _in_units(query, units):
    return query if units == "som" else f"{query}&units={units}".lstrip("&")


def _with_status(query):
    return query if "status=" in query else f"{query}&status=".lstrip("&")


# What is kept as a finding, and which one.
FOUND = {"no_decision": Check.NO_DECISION, "no_document": Check.NO_EVIDENCE}
GAPS = {
    **KINDS,
    **{
        kind: Q(pk__in=Finding.objects.filter(check_name=check).values("plan"))
        for kind, check in FOUND.items()
    },
    "sample": Q(has_sample=True),
}
SHOWS = {
    "surplus": lambda plan: bool(plan.surplus_kgs),
    "gap": lambda plan: bool(plan.gap_kgs),
    "under_minimum": lambda plan: plan.is_under_minimum,
    "no_area": lambda plan: not plan.row_area,
    "no_cost": lambda plan: plan.cost_kgs is None,
}


def _text_of(kind, number):
    texts = {
        "no_decision": ngettext(
            "%(number)s plan has an own contribution without a decision or letter.",
            "%(number)s plans have an own contribution without a decision or letter.",
            number,
        ),
        "no_document": ngettext(
            "%(number)s plan has a payment without a document.",
            "%(number)s plans have payments without a document.",
            number,
        ),
    }
    return texts[kind] % {"number": number}


def _cancelled_text(cancelled):
    text = ngettext(
        "%(number)s plan was cancelled after %(amount)s had been received; it is not in this report.",
        "%(number)s plans were cancelled after %(amount)s had been received; they are not in this report.",
        cancelled["plans"],
    )
    return text % {"number": cancelled["plans"], "amount": format_kgs(cancelled["received_kgs"])}

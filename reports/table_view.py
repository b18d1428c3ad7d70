"""A ReportTable as a page shows it: cells in words of the reader's language, bars, links, long tables cut."""

from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from lib import money
from lib.dates import format_moment, format_partial
from lib.templatetags.money import signed, with_minus

from .catalogue import UNIT_NAMES
from .column import Column

ALL_ROWS_UP_TO = 500
FIRST_ROWS = 200
NUMBERS = {"count", "kgs", "amount", "rate", "pct"}
DAYS = {"date", "moment"}
# Where a bar beside the figure helps: parts of a whole that the eye compares.
BARS = {"execution_pct", "fulfilment_pct", "elapsed_pct"}
HUNDRED = Decimal(100)
MANY_COLUMNS = 10
LONG_WORDS = 30  # of a column's width in a workbook


class Cell(NamedTuple):
    column: Column
    text: str
    reason: str = ""  # why there is no figure
    bar: Decimal | None = None  # percent, at most 100
    is_minor: bool = False  # 0 in a column that mostly has 0

    @property
    def classes(self):
        kinds = {"num": self.column.kind in NUMBERS, "date": self.column.kind in DAYS}
        kinds |= {"minor": self.is_minor, "words": self.column.kind == "text"}
        kinds["long-words"] = kinds["words"] and self.column.width >= LONG_WORDS
        return " ".join(name for name, holds in kinds.items() if holds)


class Line(NamedTuple):
    name: str
    link: str
    cells: list
    is_code: bool = False  # a reference is not broken at its hyphens


class TableView:
    def __init__(self, table, *, units="som"):
        self.table, self.units = table, units
        self.is_cut = len(table.rows) > ALL_ROWS_UP_TO

    @property
    def first(self):
        return self.columns[0]

    @cached_property
    def columns(self):
        return [column for column in self.table.columns if column.name not in self.table.keys]

    @property
    def numbers(self):
        return [column for column in self.columns if column.kind in NUMBERS]

    @property
    def is_pairs(self):
        """What a thing is called, and what it is: the cover."""
        return [column.kind for column in self.columns] == ["text", "text"]

    @property
    def is_wide(self):
        return len(self.columns) > MANY_COLUMNS

    @property
    def unit(self):
        """Of the columns in som; "" when there are none."""
        has_som = any(column.kind == "kgs" for column in self.columns)
        return UNIT_NAMES[self.units] if has_som else ""

    @property
    def caption(self):
        if not self.unit:
            return self.table.title
        return _("%(title)s; amounts in %(unit)s") % {"title": self.table.title, "unit": self.unit}

    @property
    def shown(self):
        return self.table.rows[:FIRST_ROWS] if self.is_cut else self.table.rows

    @cached_property
    def lines(self):
        return [self._line(row) for row in self.shown]

    @property
    def total(self):
        if self.table.total is None:
            return None
        line = self._line(self.table.total)
        return line if self.table.total.get(self.first.name) else line._replace(name=_("Total"))

    @property
    def notes(self):
        return [str(note) for note in [*self.table.notes, *self._rounding()]]

    def _rounding(self):
        text = _("Figures may not add up because of rounding.")
        return [text] if self.unit and self.units != "som" and text not in self.table.notes else []

    def _line(self, row):
        cells = [self._cell(column, row) for column in self.columns]
        is_code = bool(row.get("plan")) and cells[0].text.startswith(row["plan"])
        return Line(cells[0].text, link_of(row), cells[1:], is_code)

    def _cell(self, column, row):
        value = row.get(column.name)
        if value == "":
            return Cell(column, "")
        if value is None:
            return Cell(column, money.UNKNOWN, str(row.get(f"{column.name}_reason") or ""))
        if column.name not in BARS:
            is_minor = column.is_rare and value == 0
            return Cell(column, self.words(column, value), is_minor=is_minor)
        bar = min(max(value, Decimal(0)), HUNDRED)
        return Cell(column, self.words(column, value), bar=bar)

    def words(self, column, value):
        if column.kind == "kgs":
            return _with_sign(column, money.format_in_units(value, self.units))
        if column.kind == "pct":
            return _with_sign(column, money.format_share(value))
        return WORDS[column.kind](value)


def _with_sign(column, written):
    return signed(written) if column.name.startswith("variance") else with_minus(written)


def link_of(row):
    if row.get("link"):
        return row["link"]
    if row.get("plan"):
        return reverse("action_plans:detail", args=[row["plan"]])
    return ""


WORDS = {
    "text": str,
    "date": format_partial,
    "moment": format_moment,
    "count": money.format_number,
    "amount": lambda value: with_minus(money.format_amount(value)),
    "rate": money.format_rate,
}

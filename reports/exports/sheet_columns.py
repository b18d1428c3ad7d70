"""A column of a sheet: how its cells, its formulas and its total are written.

A formula stands only where it gives the figure that is stored; its value is written beside it. What is
not known is an empty cell or, where the row says why, those words.
"""

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone
from xlsxwriter.utility import xl_col_to_name

from lib.money import UNKNOWN

from .cells import (
    blank_cell,
    day_number,
    formula_cell,
    is_too_long,
    number_cell,
    shortened,
    text_cell,
)

NUMBERS = {"count", "kgs", "amount", "rate", "pct"}
CLOSE = 1e-6  # of a percentage: less than any report shows
HALF_A_CENT = 0.005
LONGEST_IN_FORMULA = 255


class Styles(NamedTuple):
    """Numbers of the formats of one kind."""

    cell: int
    formula: int
    total: int


class Check(NamedTuple):
    """What the hidden sheet compares: a figure as it was written, and the formula that reads it again."""

    what: str
    stored: object
    formula: str
    tolerance: float


def writer_of(column, index, columns, styles):
    """columns: of the sheet; styles: Styles of its kind."""
    letters = {other.name: xl_col_to_name(i) for i, other in enumerate(columns)}
    kinds = {"text": Texts, "date": Days, "moment": Moments, "pct": Percentages}
    if column.ratio and set(column.ratio) <= letters.keys():
        kind = Ratios
    elif column.sums and {name for _sign, name in column.sums} <= letters.keys():
        kind = Sums
    else:
        kind = kinds.get(column.kind, Numbers)
    return kind(column, xl_col_to_name(index), letters, styles)


class Texts:
    def __init__(self, column, letter, letters, styles):
        self.column, self.name, self.letter, self.letters = column, column.name, letter, letters
        self.reason = f"{column.name}_reason"
        self.style, self.formula_style, self.total_style = styles
        self.cut = 0  # texts that no cell can hold
        self.filled = 0

    def cell(self, row, n):
        value = row.get(self.name)
        if value is None or value == "":
            return self.unknown(row, n, self.style)
        return self.text(str(value), n, self.style)

    def unknown(self, row, n, style):
        reason = row.get(self.reason)
        return self.text(str(reason), n, style) if reason else ""

    def text(self, value, n, style):
        if is_too_long(value):
            self.cut += 1
            value = shortened(value)
        self.filled += 1
        return text_cell(f"{self.letter}{n}", style, value)

    def total(self, row, n, is_whole):
        """is_whole: all rows stand above it."""
        value = row.get(self.name)
        if value is None or value == "":
            found = self.unknown(row, n, self.total_style)
            return found or blank_cell(f"{self.letter}{n}", self.total_style)
        return self.total_of(value, row, n, is_whole)

    def total_of(self, value, row, n, is_whole):
        return self.text(str(value), n, self.total_style)

    def checks(self, rows):
        return []

    def total_checks(self, total, n):
        return []


class Days(Texts):
    """A real date; a text when only its month or year is known."""

    def cell(self, row, n):
        value = row.get(self.name)
        if isinstance(value, dt.date):
            self.filled += 1
            return number_cell(f"{self.letter}{n}", self.style, day_number(self.local(value)))
        return super().cell(row, n)

    def local(self, value):
        return value


class Moments(Days):
    def local(self, value):
        is_aware = isinstance(value, dt.datetime) and timezone.is_aware(value)
        return timezone.make_naive(value) if is_aware else value


class Numbers(Texts):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.sum = Decimal(0)
        self.largest = Decimal(0)

    def cell(self, row, n):
        value = row.get(self.name)
        if value is None or value == "":
            return self.unknown(row, n, self.style)
        return self.number(value, row, n)

    def number(self, value, row, n):
        self.sum += value
        self.filled += 1
        return f'<c r="{self.letter}{n}" s="{self.style}"><v>{value}</v></c>'

    def total_of(self, value, row, n, is_whole):
        if not (is_whole and n > 2 and self.adds_up_to(value)):
            return number_cell(f"{self.letter}{n}", self.total_style, self.shown(value))
        formula = f"SUM({self.letter}2:{self.letter}{n - 1})"
        return formula_cell(f"{self.letter}{n}", self.total_style, formula, self.shown(value))

    def adds_up_to(self, value):
        """Else a plan stands in two rows, or a row is a sum itself."""
        return self.sum == value and self.column.kind != "rate"

    def shown(self, value):
        return value

    def checks(self, rows):
        """rows: their number. Many large floats do not add up to the cent."""
        cells = f"{self.letter}2:{self.letter}{rows + 1}"
        return [self.check(self.name, self.shown(self.sum), f"SUM({{sheet}}!{cells})", rows)]

    def total_checks(self, total, n):
        value = self.shown_total(total)
        if value is None or value == "":
            return []
        return [self.check(f"{self.name}, total", value, f"N({{sheet}}!{self.letter}{n})", n)]

    def shown_total(self, total):
        value = total.get(self.name)
        return value if value is None or value == "" else self.shown(value)

    def check(self, what, stored, formula, rows):
        tolerance = HALF_A_CENT if self.column.kind in ("kgs", "amount") else CLOSE
        lost = rows * abs(float(stored)) * 2.0**-52
        return Check(what, stored, formula, max(tolerance, lost))


class Percentages(Numbers):
    def number(self, value, row, n):
        self.sum += value
        self.filled += 1
        return number_cell(f"{self.letter}{n}", self.style, self.shown(value))

    def adds_up_to(self, value):
        return self.sum == value == 100  # parts of a whole

    def shown(self, value):
        return float(value / 100)


class Ratios(Numbers):
    """Part ÷ whole. Nothing is divided by what is not above zero."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.part, self.whole = self.column.ratio
        self.sum = 0.0

    def cell(self, row, n):
        shown, cell = self.ratio(row, n, self.formula_style)
        if shown is not None:
            self.sum += shown
        return cell

    def total(self, row, n, is_whole):
        return self.ratio(row, n, self.total_style)[1]

    def shown_total(self, total):
        return self.ratio(total, 1, self.total_style)[0]

    def ratio(self, row, n, style):
        part, whole = row.get(self.part), row.get(self.whole)
        value = None if part is None or not whole or whole < 0 else float(part) / float(whole)
        words = str(row.get(self.reason) or UNKNOWN)
        if not self.is_stated(value, row):
            return self.stated(row, n, style, words)
        if value is None and whole is not None and whole > 0:  # the part is not known
            return None, self.text(words, n, style)
        return value, formula_cell(
            f"{self.letter}{n}", style, self.formula(n, words), words if value is None else value
        )

    def is_stated(self, value, row):
        """Whether the row says the same, if it says anything."""
        if self.name not in row:
            return True
        stated = row[self.name]
        if stated is None or value is None:
            return stated is value
        return abs(float(stated) - value * 100) < CLOSE

    def stated(self, row, n, style, words):
        if row[self.name] is None:
            return None, self.text(words, n, style)
        shown = float(row[self.name] / 100)
        return shown, number_cell(f"{self.letter}{n}", style, shown)

    def formula(self, n, words):
        part, whole = f"{self.letters[self.part]}{n}", f"{self.letters[self.whole]}{n}"
        words = words if len(words) <= LONGEST_IN_FORMULA else UNKNOWN
        quoted = words.replace('"', '""')
        return f'IF(N({whole})<=0,"{quoted}",N({part})/{whole})'

    def shown(self, value):
        return value


class Sums(Numbers):
    """Other cells of the row, added or taken off."""

    def number(self, value, row, n):
        self.sum += value
        self.filled += 1
        place = f"{self.letter}{n}"
        if not self.is_sum(value, row):
            return number_cell(place, self.style, self.shown(value))
        return formula_cell(place, self.formula_style, self.formula(n), self.shown(value))

    def total_of(self, value, row, n, is_whole):
        if not self.adds_up_to(value) and self.is_sum(value, row):
            place = f"{self.letter}{n}"
            return formula_cell(place, self.total_style, self.formula(n), self.shown(value))
        return super().total_of(value, row, n, is_whole)

    def is_sum(self, value, row):
        parts = [(sign, row.get(name) or 0) for sign, name in self.column.sums]
        return value == sum(-part if sign == "-" else part for sign, part in parts)

    def formula(self, n):
        parts = (f"{sign}N({self.letters[name]}{n})" for sign, name in self.column.sums)
        return "".join(parts).removeprefix("+")

"""Tables as paper shows them: cells in the reader's words, no more rows than a person turns over."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lib.dates import format_moment, format_partial
from lib.money import UNKNOWN, format_amount, format_number, format_rate, format_share
from lib.templatetags.money import with_minus

from .hyphens import longest_word, parted

MAX_ROWS = 1000  # of a table
LONG_TEXT = 600  # such a cell may go on on the next page
# Beside these a bar is drawn: how much of a whole is reached.
BARS = ("execution", "fulfilment", "elapsed")
LEFT = ("text", "date", "moment")
WORDS = {
    "count": format_number,
    "kgs": format_amount,
    "amount": format_amount,
    "rate": format_rate,
    "pct": format_share,
}
# How many letters of a word stay together: in heads, in cells.
HEAD_LETTERS, CELL_LETTERS = 9, 12
# Letters from which a word gets soft hyphens (heads, cells); Russian and English ones are typst's work.
LONG_WORDS = {"ky": (10, 13), "ru": (99, 99), "en": (13, 16)}


class Sections:
    """The tables of one report. A long one leaves the others their rows."""

    def __init__(self, *, where_all_rows_are):
        self.where_all_rows_are = where_all_rows_are
        self.head_letters, self.cell_letters = LONG_WORDS[(get_language() or "en")[:2]]

    def section(self, table):
        shown = table.rows[:MAX_ROWS]
        columns = [c for c in table.columns if c.name not in table.keys and not is_blank(c, table)]
        rows = [[self._cell(column, row) for column in columns] for row in shown]
        total = self._total(columns, table.total)
        by_column = zip(*rows, *([total] if total else []), strict=True)
        cells = list(by_column) or [()] * len(columns)
        return {
            "title": " · ".join(filter(None, [table.code, str(table.title)])),
            "empty": "" if rows or total else str(table.empty or _("There is nothing to show.")),
            "columns": [self._column(*pair) for pair in zip(columns, cells, strict=True)],
            "rows": rows,
            "total": total,
            "notes": [*self._cut(table, shown), *map(str, table.notes)],
            "has_long_texts": any(
                len(c) > LONG_TEXT for row in rows for c in row if type(c) is str
            ),
        }

    def _column(self, column, cells):
        label = parted(str(column.label), from_letters=self.head_letters)
        texts = [cell for cell in cells if type(cell) is str]
        bars = [cell["text"] for cell in cells if "bar" in cell and type(cell) is dict]
        reasons = [cell["why"] for cell in cells if "why" in cell and type(cell) is dict]
        is_text = column.kind == "text"
        words = longest_word([label, *reasons], letters=HEAD_LETTERS)
        if is_text:
            words = max(words, longest_word(texts, letters=CELL_LETTERS), key=len)
        return {
            "label": label,
            "is_left": column.kind in LEFT,
            "is_text": is_text,
            "widest": max([*texts, *bars], key=len, default=""),
            "word": words,
            # Of heads and reasons: they may be parted only if a word of them is longer than its column.
            "is_parted": words.endswith("-"),
            "reason": max(reasons, key=len, default=""),
            "has_bars": bool(bars),
        }

    def _cell(self, column, row):
        value = row.get(column.name)
        if value is None or value == "":
            reason = str(row.get(f"{column.name}_reason") or "")
            # A column of texts says nothing where there is nothing to say.
            nothing = "" if column.kind == "text" else UNKNOWN
            return {"why": self._parted(reason)} if reason else nothing
        words = self._words(column, value)
        if column.kind == "pct" and column.name.startswith(BARS):
            return {"bar": max(0, min(100, round(float(value), 1))), "text": words}
        return words

    def _words(self, column, value):
        if isinstance(value, datetime):
            return format_moment(value)
        if isinstance(value, date):
            return format_partial(value)
        if column.kind in WORDS and isinstance(value, Decimal | int):
            return with_minus(WORDS[column.kind](value))
        return self._parted(str(value))

    def _parted(self, text):
        return parted(text, from_letters=self.cell_letters)

    def _total(self, columns, total):
        if total is None:
            return None
        return ["" if self._is_no_sum(c, total) else self._cell(c, total) for c in columns]

    def _is_no_sum(self, column, total):
        return column.name not in total and f"{column.name}_reason" not in total

    def _cut(self, table, shown):
        if len(shown) == len(table.rows):
            return []
        words = {
            "shown": format_number(len(shown)),
            "all": format_number(len(table.rows)),
            "address": self.where_all_rows_are,
        }
        return [
            _(
                "Shown are the first %(shown)s of %(all)s rows; the total is that of all rows. "
                "The Excel and CSV files have all of them: %(address)s"
            )
            % words
        ]


def is_blank(column, table):
    """A column of texts in which nothing stands takes no place on paper; nor do rare sums of nothing."""
    if column is table.columns[0] or not (column.kind in LEFT or column.is_rare):
        return False
    return not any(
        row.get(column.name) or row.get(f"{column.name}_reason")
        for row in [*table.rows, table.total or {}]
    )

"""Cells of a workbook as the file has them, and the sheet that takes whole rows of them.

XlsxWriter keeps styles, pages and the archive; rows are put together here, which takes a quarter of the
time (docs/decisions/0009-xlsx-writer.md). What somebody typed is only ever text: it never becomes a
formula, a link or a part of the file.
"""

import datetime as dt
import re

from xlsxwriter.worksheet import Worksheet

LONGEST_TEXT = 32_767  # UTF-16 units
EPOCH = dt.date(1899, 12, 30).toordinal()
# What XML cannot hold, what it would change, and what a workbook would take for such an escape.
SPECIAL = re.compile(
    "\r\n?|[&<>\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]{4}_"
)
NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "\n", "\r\n": "\n"}
SPACES = (" ", "\n", "\t", "\u00a0")


class Sheet(Worksheet):
    """Rows are written from the top, each once, and not kept."""

    def write_cells(self, at, cells, *, last_column, height=None):
        """at: from 0; cells: joined, as the functions below make them."""
        size = f' ht="{height}" customHeight="1"' if height else ""
        self._check_dimensions(at, 0)
        self._check_dimensions(at, last_column)
        self.fh.write(f'<row r="{at + 1}"{size}>{cells}</row>')


def text_cell(place, style, text):
    """place: A1; style: the number of its format."""
    found = escaped(text)
    kept = ' xml:space="preserve"' if found[:1] in SPACES or found[-1:] in SPACES else ""
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{kept}>{found}</t></is></c>'


def number_cell(place, style, number):
    return f'<c r="{place}" s="{style}"><v>{number}</v></c>'


def blank_cell(place, style):
    return f'<c r="{place}" s="{style}"/>'


def formula_cell(place, style, formula, value):
    """value: what programs show that do not calculate; a number or a text."""
    kind = ' t="str"' if isinstance(value, str) else ""
    shown = escaped(value) if kind else value
    return f'<c r="{place}" s="{style}"{kind}><f>{escaped(formula)}</f><v>{shown}</v></c>'


def escaped(text):
    return SPECIAL.sub(_escape, text) if SPECIAL.search(text) else text


def _escape(found):
    sign = found[0]
    if sign in NAMED:
        return NAMED[sign]
    if len(sign) > 1:  # typed: _x0041_
        return f"_x005F{sign}"
    return "\ufffd" if "\ud800" <= sign <= "\udfff" else f"_x{ord(sign):04X}_"


def is_too_long(text):
    return len(text) > LONGEST_TEXT // 2 and _units(text) > LONGEST_TEXT


def shortened(text, mark="…"):
    """What a cell holds of it, no sign cut in two."""
    kept = text.encode("utf-16-le", "surrogatepass")[: (LONGEST_TEXT - len(mark)) * 2]
    return kept.decode("utf-16-le", "ignore") + mark


def _units(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def day_number(day):
    """A date or a moment without a zone as a workbook counts: days since 1899-12-30."""
    days = day.toordinal() - EPOCH
    if not isinstance(day, dt.datetime):
        return days
    seconds = (day.hour * 60 + day.minute) * 60 + day.second
    return days + seconds / 86_400 if seconds else days

"""What every workbook has: a sheet per table, notes, and a hidden sheet that knows the figures as written.

Sums and ratios are formulas with their values beside them, for programs that do not calculate. The
same tables always make the same bytes.
"""

import datetime as dt
from contextlib import contextmanager
from itertools import islice
from math import ceil
from tempfile import TemporaryFile

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from .cells import Sheet, formula_cell, number_cell, text_cell
from .sheet_columns import NUMBERS, Check, Styles, writer_of

OPTIONS = {"constant_memory": True}
UNDATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
A4 = 9
MOST_ROWS = 1_048_576 - 3  # the heads, the total, and a line that says that rows are missing
WIDTHS = {"count": 10, "kgs": 15, "pct": 11, "date": 14, "moment": 18, "text": 28}
WIDTHS |= {"amount": 15, "rate": 13}
NARROWEST, WIDEST, WIDEST_REASON = 10, 60, 26
NOTES_WIDTHS = (36, 110)
CONTROL_WIDTHS = (32, 32, 24, 24, 14, 8)
LINE, HIGHEST = 15, 400  # points
LONGEST_PRINTED = 255
EVERY = 1000  # rows
CONTROL = "control"
LEFT, RIGHT = {"align": "left", "indent": 1}, {"align": "right"}
TOP = {"valign": "top"}
FORMATS = {
    "text": TOP | LEFT,
    "count": TOP | RIGHT | {"num_format": "0"},
    "kgs": TOP | RIGHT | {"num_format": "#,##0.00"},
    "amount": TOP | RIGHT | {"num_format": "#,##0.00"},
    "rate": TOP | RIGHT | {"num_format": "0.0000######"},
    "pct": TOP | RIGHT | {"num_format": "0.0%"},
    "date": TOP | LEFT | {"num_format": "dd.mm.yyyy"},
    "moment": TOP | LEFT | {"num_format": "dd.mm.yyyy hh:mm"},
}
HEAD = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 2}
# Formulas and headings are held; there is no password, whoever wants to may take it away.
PROTECTION = dict.fromkeys(
    ["format_cells", "format_columns", "format_rows", "sort", "autofilter"], True
)


@contextmanager
def new_workbook(*, title="", made_at=None):
    """Yields (file, book); the file is rewound afterwards. made_at: None for what must never change."""
    file = TemporaryFile()  # noqa: SIM115 -- the response closes it
    try:
        with xlsxwriter.Workbook(file, OPTIONS) as book:
            created = (made_at or UNDATED).astimezone(dt.UTC)
            book.set_properties({"title": str(title), "created": created})
            yield file, book
    except BaseException:
        file.close()
        raise
    file.seek(0)


class Writer:
    """Writes row by row from the top, so that a long list needs no memory."""

    def __init__(self, book, footer, *, warning="", is_protected=False, progress=None):
        """warning: stands above each page; progress: called with the number of rows that are written."""
        self.book, self.is_protected, self.progress = book, is_protected, progress
        self.print_below(footer)
        self.warning = warning
        self.looks = {kind: self._formats(look) for kind, look in FORMATS.items()}
        self.wrapped = self._formats(FORMATS["text"] | {"text_wrap": True})
        self.head = self._style(HEAD | LEFT)
        self.head_of_numbers = self._style(HEAD | RIGHT)
        self.note = self._style({"text_wrap": True, "valign": "top"})
        self.names, self.checks, self.remarks, self.done = set(), [], [], 0

    def print_below(self, footer):
        """On each page, also of the sheets that are there."""
        self.footer = printed(footer, "&P / &N")
        for sheet in self.book.worksheets():
            sheet.set_footer(self.footer)

    def sheet(self, title, columns, rows, total, *, empty=""):
        """rows: a list, whose texts are wrapped, or anything that is read once; total: None for no such row."""
        sheet = self._new(title)
        is_short = isinstance(rows, list)
        writers = [
            writer_of(column, i, columns, self._styles(column, is_short))
            for i, column in enumerate(columns)
        ]
        widths = [_width(column, rows if is_short else [], total or {}) for column in columns]
        self._heads(sheet, columns, widths, is_short)
        rows = iter(rows)
        last = self._rows(sheet, writers, islice(rows, MOST_ROWS), widths if is_short else None)
        end = self._missing(sheet, writers, last, sum(1 for _row in rows), empty)
        checks = _checks(writers, last)
        if total is not None and (last or not empty):
            checks += self._total(sheet, writers, total, end + 2, is_whole=end == last)
        self._remember(sheet, checks)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, last, len(columns) - 1)

    def notes(self, lines, *, control=()):
        """lines: [(label, text)], a heading where the text is empty; control: more for the hidden sheet."""
        sheet = self._new(_("Notes"))
        for i, width in enumerate(NOTES_WIDTHS):
            sheet.set_column(i, i, width)
        first, *others = lines
        lines = [first, (_("Agrees with what was written"), None), *self.remarks, *others]
        for i, (label, text) in enumerate(lines):
            style = self.note if text != "" else self.head
            cells = [text_cell(f"A{i + 1}", style, str(label))] if label else []
            if text is None:
                cells.append(formula_cell(f"B{i + 1}", self.note, *self._agreement()))
            elif text:
                cells.append(text_cell(f"B{i + 1}", self.note, str(text)))
            # LibreOffice does not fit the height of a row to its text.
            height = LINE * max(map(_lines, (label, text or ""), NOTES_WIDTHS))
            sheet.write_cells(i, "".join(cells), last_column=1, height=min(height, HIGHEST))
        self._control(control)

    # The parts of a sheet

    def _new(self, title):
        name = self._unused(sheet_name(title))
        sheet = self.book.add_worksheet(name, worksheet_class=Sheet)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_header(printed(title, escaped_print(self.warning)))
        sheet.set_footer(self.footer)
        if self.is_protected:
            sheet.protect("", PROTECTION)
        return sheet

    def _unused(self, name):
        """Two sheets must not have one name, in capital or in small letters."""
        found, number = name, 1
        while found.casefold() in self.names:
            number += 1
            found = f"{name[: 31 - len(str(number)) - 1]} {number}"
        self.names.add(found.casefold())
        return found

    def _heads(self, sheet, columns, widths, is_short):
        labels = [str(column.label) for column in columns]
        cells = []
        for i, column in enumerate(columns):
            look = self.head_of_numbers if column.kind in NUMBERS else self.head
            sheet.set_column(i, i, widths[i], self._body(column, is_short))
            cells.append(text_cell(f"{xlsxwriter.utility.xl_col_to_name(i)}1", look, labels[i]))
        height = LINE * max(map(_lines, labels, widths), default=1)
        sheet.write_cells(0, "".join(cells), last_column=len(columns) - 1, height=height)

    def _rows(self, sheet, writers, rows, widths):
        last, last_column = 0, len(writers) - 1
        write = [writer.cell for writer in writers]
        for last, row in enumerate(rows, start=1):
            n = last + 1
            height = _height(row, writers, widths) if widths else None
            cells = "".join([cell(row, n) for cell in write])
            sheet.write_cells(last, cells, last_column=last_column, height=height)
            self.done += 1
            if self.progress and self.done % EVERY == 0:
                self.progress(self.done)
        return last

    def _missing(self, sheet, writers, last, left, empty):
        """Why there is no row, or not every one; the number of the last line."""
        text = empty
        if left:
            text = _(
                "A sheet holds %(most)s rows; %(left)s more are only in the CSV file. The total is that of all rows."
            ) % {"most": MOST_ROWS, "left": left}
            self.remarks.append((sheet.get_name(), text))
        if cut := sum(writer.cut for writer in writers):
            self.remarks.append((sheet.get_name(), cut_text(cut)))
        if not text or (last and not left):
            return last
        place, style = f"A{last + 2}", self.looks["text"][0]
        cell = text_cell(place, style._get_xf_index(), str(text))
        sheet.write_cells(last + 1, cell, last_column=0)
        return last + 1

    def _total(self, sheet, writers, total, n, *, is_whole):
        cells = "".join(writer.total(total, n, is_whole) for writer in writers)
        sheet.write_cells(n - 1, cells, last_column=len(writers) - 1)
        return [check for writer in writers for check in writer.total_checks(total, n)]

    # Formats

    def _formats(self, look):
        """Of a cell, a formula and a total."""
        typed = {"locked": False} if self.is_protected else {}
        looks = [look | typed, look, look | {"bold": True, "top": 2}]
        return [self.book.add_format(each) for each in looks]

    def _style(self, look):
        return self.book.add_format(look)._get_xf_index()

    def _of(self, column, is_short):
        is_wrapped = column.kind == "text" and is_short
        return self.wrapped if is_wrapped else self.looks[column.kind]

    def _body(self, column, is_short):
        """Of cells that are left empty."""
        return self._of(column, is_short)[0]

    def _styles(self, column, is_short):
        return Styles(*[format._get_xf_index() for format in self._of(column, is_short)])

    # What was written

    def _remember(self, sheet, checks):
        name = sheet.get_name()
        quoted = "'" + name.replace("'", "''") + "'"
        for check in checks:
            formula = check.formula.format(sheet=quoted)
            self.checks.append((name, check._replace(formula=formula)))

    def _agreement(self):
        good = pgettext("check of a workbook", "yes")
        bad = pgettext("check of a workbook", "no: a figure was changed after this file was made")
        good, bad = (words.replace('"', '""') for words in (good, bad))
        cells = f"{CONTROL}!$F$2:$F${max(len(self.checks), 1) + 1}"
        return f'IF(SUM({cells})=0,"{good}","{bad}")', good

    def _control(self, lines):
        sheet = self._new(CONTROL)
        heads = ["sheet", "figure", "as written", "now", "tolerance", "differs"]
        cells = [text_cell(f"{'ABCDEF'[i]}1", self.head, head) for i, head in enumerate(heads)]
        sheet.write_cells(0, "".join(cells), last_column=5)
        for i, width in enumerate(CONTROL_WIDTHS):
            sheet.set_column(i, i, width)
        for n, (name, check) in enumerate(self.checks, start=2):
            sheet.write_cells(n - 1, self._control_cells(n, name, check), last_column=5)
        start = max(len(self.checks), 1) + 3
        for n, (label, text) in enumerate(lines, start=start):
            cells = text_cell(f"A{n}", self.note, label) + text_cell(f"B{n}", self.note, text)
            sheet.write_cells(n - 1, cells, last_column=1)
        sheet.protect()
        sheet.hide()

    def _control_cells(self, n, name, check):
        style = self.looks["text"][1]._get_xf_index()
        return "".join(
            [
                text_cell(f"A{n}", style, name),
                text_cell(f"B{n}", style, check.what),
                number_cell(f"C{n}", style, check.stored),
                formula_cell(f"D{n}", style, check.formula, check.stored),
                number_cell(f"E{n}", style, check.tolerance),
                formula_cell(f"F{n}", style, f"IF(ABS(C{n}-D{n})>E{n},1,0)", 0),
            ]
        )


def cut_text(number):
    text = ngettext(
        "%(number)s text is longer than a cell holds and was cut; the CSV file has it whole.",
        "%(number)s texts are longer than a cell holds and were cut; the CSV file has them whole.",
        number,
    )
    return text % {"number": number}


def _checks(writers, rows):
    if not rows:
        return []
    found = [check for writer in writers for check in writer.checks(rows)]
    letter, filled = writers[0].letter, writers[0].filled
    return [*found, Check("rows", filled, f"COUNTA({{sheet}}!{letter}2:{letter}{rows + 1})", 0)]


def sheet_name(title):
    """At most 31 characters, none of those that a workbook refuses."""
    return "".join(" " if sign in "[]:*?/\\" else sign for sign in str(title)).strip("' ")[:31]


def printed(left, right):
    """Above or below a page: a workbook refuses more than 255 characters."""
    left, right = f"&L{escaped_print(left)}", f"&R{right}" if right else ""
    room = LONGEST_PRINTED - len(right)
    return (left if len(left) <= room else left[: room - 1].rstrip("&") + "…") + right


def escaped_print(words):
    """The sign & begins an instruction there."""
    return str(words).replace("&", "&&")


def _width(column, rows, total):
    longest_word = max(map(len, str(column.label).split()), default=0)
    return max(
        _width_of_values(column, rows, total),
        _width_of_reasons(column, rows),
        ceil(longest_word * 1.25) + 1,  # a heading is broken between its words only
    )


def _width_of_reasons(column, rows):
    """Of words that stand in the place of a figure."""
    if column.kind not in NUMBERS:
        return 0
    reasons = [len(str(row.get(f"{column.name}_reason") or "")) for row in rows]
    return min(max(reasons, default=0) + 3, WIDEST_REASON)


def _width_of_values(column, rows, total):
    if column.kind in ("kgs", "amount"):  # no amount is wider than its total, but there may be none
        values = [total.get(column.name), *(row.get(column.name) for row in rows)]
        amounts = [abs(value) for value in values if value is not None and value != ""]
        return max(WIDTHS[column.kind], len(f"{max(amounts, default=0):,.2f}") + 3)
    if column.width or column.kind != "text" or not rows:
        return column.width or WIDTHS[column.kind]
    texts = [str(row.get(column.name) or "") for row in [*rows, total]]
    longest = max(len(line) for text in texts for line in text.split("\n"))
    return min(max(longest + 3, NARROWEST), WIDEST)


def _height(row, writers, widths):
    """Of a row whose texts are wrapped; None for one line."""
    texts = [
        (str(row.get(writer.name) or row.get(writer.reason) or ""), width)
        for writer, width in zip(writers, widths, strict=True)
        if writer.column.kind == "text"
    ]
    lines = max((_lines(text, width - 1, 1) for text, width in texts), default=1)
    return min(LINE * lines, HIGHEST) if lines > 1 else None


def _lines(text, width, size=1.15):
    """How many lines a text takes; capitals and bold letters are wider."""
    return sum(max(1, ceil(len(line) * size / width)) for line in str(text).split("\n"))


def listed(label, texts):
    """[(label, text)], the label once."""
    return [("" if i else label, str(text)) for i, text in enumerate(texts)]

"""The funding report for people: a workbook with a sheet per table, sums as formulas, and notes.

Each formula carries its value too, for programs that do not calculate. Texts are always written as
texts: what somebody typed never becomes a formula or a link.
"""

from datetime import datetime, time
from decimal import Decimal
from math import ceil
from tempfile import TemporaryFile

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from xlsxwriter.utility import xl_col_to_name

from action_plans.models import PlanStatus, ServiceArea
from lib.dates import Precision, format_moment, format_partial
from lib.money import UNKNOWN, format_share, share
from reports import catalogue
from reports.plan_rows import COST_UNKNOWN, COST_ZERO, with_words

from .notes import notes

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
A4 = 9
WIDTHS = {"count": 10, "kgs": 15, "pct": 11, "date": 14, "text": 28, "amount": 15, "rate": 13}
NOTES_WIDTHS = (36, 110)
LINE = 15  # points
FORMATS = {
    "text": {"valign": "top"},
    "count": {"num_format": "0", "valign": "top"},
    "kgs": {"num_format": "#,##0.00", "valign": "top"},
    "amount": {"num_format": "#,##0.00", "valign": "top"},
    "rate": {"num_format": "0.0000######", "valign": "top"},
    "pct": {"num_format": "0.0%", "valign": "top", "align": "right"},
    "date": {"num_format": "dd.mm.yyyy", "valign": "top", "align": "left", "indent": 1},
}
HEAD = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 2}
# Ratio → (part, whole): columns of the same sheet.
RATIOS = {
    "own_share_pct": ("own_of_known_cost_kgs", "cost_kgs"),
    "fulfilment_pct": ("received_kgs", "promised_kgs"),
}


def to_xlsx(report, *, at, address):
    """A file on disk, rewound."""
    file = TemporaryFile()  # noqa: SIM115 -- the response closes it
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        writer = Writer(book, _footer(report, at))
        writer.sheet(_("Plans"), catalogue.PLAN_COLUMNS, _plans(report), _plan_total(report.total))
        for table in [*report.tables, report.years, report.sources]:
            head = catalogue.Column("name", table.of.first, "text")
            total = {"name": pgettext("row of a table", "All plans")} | table.total
            writer.sheet(table.of.title, [head, *table.columns], table.rows, total)
        writer.notes(notes(report, at=at, address=address))
    file.seek(0)
    return file


class Writer:
    """Writes row by row from the top, so that a long list needs no memory."""

    def __init__(self, book, footer):
        self.book, self.footer = book, footer
        self.head = book.add_format(HEAD)
        self.head_of_numbers = book.add_format(HEAD | {"align": "right"})
        self.note = book.add_format({"text_wrap": True, "valign": "top"})
        self.formats = {kind: book.add_format(look) for kind, look in FORMATS.items()}
        self.totals = {
            kind: book.add_format(look | {"bold": True, "top": 2}) for kind, look in FORMATS.items()
        }

    def sheet(self, title, columns, rows, total):
        sheet = self._new(title)
        self._heads(sheet, columns, total)
        last = 0
        for last, row in enumerate(rows, start=1):
            self._row(sheet, last, columns, row)
        self._total(sheet, last, columns, total)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, last, len(columns) - 1)

    def notes(self, lines):
        sheet = self._new(_("Notes"))
        for i, width in enumerate(NOTES_WIDTHS):
            sheet.set_column(i, i, width)
        for i, texts in enumerate(lines):
            # LibreOffice does not fit the height of a row to its text.
            sheet.set_row(i, LINE * max(map(_lines, texts, NOTES_WIDTHS)))
            for j, text in enumerate(texts):
                sheet.write_string(i, j, str(text), self.note if texts[1] else self.head)

    def _heads(self, sheet, columns, total):
        widths = [_width(column, total.get(column.name)) for column in columns]
        labels = [str(column.label) for column in columns]
        sheet.set_row(0, LINE * max(map(_lines, labels, widths)))
        for i, column in enumerate(columns):
            look = self.head if column.kind in ("text", "date") else self.head_of_numbers
            sheet.set_column(i, i, widths[i])
            sheet.write_string(0, i, labels[i], look)

    def _new(self, title):
        sheet = self.book.add_worksheet(sheet_name(title))
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer(self.footer)
        return sheet

    def _row(self, sheet, at, columns, row):
        for i, column in enumerate(columns):
            if column.name in RATIOS:
                self._ratio(sheet, at, i, columns, row, self.formats)
            else:
                self._cell(sheet, at, i, column, row[column.name], self.formats)

    def _total(self, sheet, last, columns, total):
        for i, column in enumerate(columns):
            at, value = last + 1, total.get(column.name)
            letter = xl_col_to_name(i)
            if column.name in RATIOS:
                self._ratio(sheet, at, i, columns, total, self.totals)
            elif column.kind in ("kgs", "pct") and last:
                formula = f"=SUM({letter}2:{letter}{last + 1})"
                value = _number(column, value or Decimal(0))
                sheet.write_formula(at, i, formula, self.totals[column.kind], value)
            else:  # a count: joint plans stand in several rows
                self._cell(sheet, at, i, column, value, self.totals)

    def _cell(self, sheet, at, i, column, value, formats):
        look = formats[column.kind]
        if value is None or value == "":
            sheet.write_blank(at, i, None, look)
        elif isinstance(value, datetime):
            sheet.write_datetime(at, i, value, look)
        elif column.kind in ("text", "date"):
            sheet.write_string(at, i, str(value), look)
        else:
            sheet.write_number(at, i, _number(column, value), look)

    def _ratio(self, sheet, at, i, columns, row, formats):
        names = [column.name for column in columns]
        part, whole = RATIOS[columns[i].name]
        part_at, whole_at = (f"{xl_col_to_name(names.index(n))}{at + 1}" for n in (part, whole))
        value = share(row[part], row[whole])
        sheet.write_formula(
            at,
            i,
            f'=IF(N({whole_at})=0,"{UNKNOWN}",N({part_at})/{whole_at})',
            formats["pct"],
            UNKNOWN if value is None else value / 100,
        )


def sheet_name(title):
    """At most 31 characters, none of those that a workbook refuses."""
    return "".join(" " if sign in "[]:*?/\\" else sign for sign in str(title)).strip("' ")[:31]


def _width(column, total):
    if column.kind != "kgs":
        return column.width or WIDTHS[column.kind]
    return max(WIDTHS["kgs"], len(f"{total or 0:,.2f}") + 3)  # no amount is wider than its total


def _lines(text, width):
    """How many lines a text takes; capitals and bold letters are wider."""
    return sum(max(1, ceil(len(line) * 1.15 / width)) for line in str(text).split("\n"))


def _number(column, value):
    return Decimal(value) / 100 if column.kind == "pct" else value


def _footer(report, at):
    text = _("Funding report, as of %(moment)s") % {"moment": format_moment(at)}
    sample = _("Contains sample data.") if report.has_sample else ""
    left, middle = (words.replace("&", "&&") for words in (text, sample))
    return f"&L{left}&C{middle}&R&P / &N"


# The sheet of plans


def _plans(report):
    areas = {area.code: area.name for area in ServiceArea.objects.all()}
    phases = {phase.code: phase.name for phase in report.filter.phases}
    labels = {column.name: column.label for column in catalogue.PLAN_COLUMNS}
    no_share = {
        COST_UNKNOWN: pgettext("own share", "the cost is not known yet"),
        COST_ZERO: pgettext("own share", "the cost is zero"),
    }
    rows = with_words(report.rows).order_by("reference").values(*PLAN_VALUES)
    for row in rows.iterator(chunk_size=2000):
        codes, sample = row["row_area"] or "", row["row_sample_fields"] or ""
        yield {
            **row,
            **{name.removeprefix("row_"): value for name, value in row.items()},
            "row_area": ", ".join(sorted(areas[code] for code in codes.split())),
            "phase__code": phases[row["phase__code"]],
            "status": PlanStatus(row["status"]).label,
            "own_of_known_cost_kgs": None if row["row_cost_kgs"] is None else row["row_own_kgs"],
            "own_share_reason": no_share.get(row["row_own_share_reason"], ""),
            "is_under_minimum": _under_minimum(row) if row["is_under_minimum"] else "",
            "starts_on": _date(row["starts_on"], row["starts_precision"]),
            "ends_on": _date(row["ends_on"], row["ends_precision"]),
            "row_sample_fields": ", ".join(str(labels.get(n, n)) for n in sample.split()),
        }


PLAN_VALUES = [
    *(column.name for column in catalogue.PLAN_HEAD),
    *(f"row_{name}" for name in catalogue.PLAN_MONEY),
    "row_own_share_reason",
    "is_under_minimum",
    "own_share_pct",
    "phase__minimum_own_share",
    "starts_on",
    "starts_precision",
    "ends_on",
    "ends_precision",
    "row_sample_fields",
]


def _under_minimum(row):
    """With as many decimals as it takes: the cell of the share itself may show 10.0%."""
    pct, minimum = row["own_share_pct"], row["phase__minimum_own_share"]
    if pct >= minimum:  # it is the cash alone that is under it
        return pgettext("own share", "under the minimum")
    words = {"share": format_share(pct, below=minimum, places=2)}
    return pgettext("own share", "under the minimum (%(share)s)") % words


def _plan_total(whole):
    words = {"reference": pgettext("row of a table", "All plans")}
    return {name: whole[name] for name in whole if name.endswith("_kgs")} | words


def _date(day, precision):
    """A real date when the day is known, else words: August 2018."""
    if day is None or precision != Precision.DAY:
        return format_partial(day, precision)
    return datetime.combine(day, time())

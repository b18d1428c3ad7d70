"""Donor tables for machines: UTF-8 with BOM, commas, raw numbers, ISO dates, ids of columns in English.

What is not known is empty; why, says the last column. docs/reports-csv.md tells what the columns mean.
"""

import datetime as dt
from decimal import Decimal
from itertools import islice
from tempfile import TemporaryFile

from lib.csv_cells import BOM, NEEDS_QUOTES, as_text, cell
from lib.money import round_share

from .ledger_csv import moment, plain

REASONS = "reasons"
TOTAL = "total"
LONG = ["table", "row", "column", "value"]
AT_ONCE = 2000  # lines


def to_csv(table):
    """One table, without its totals, codes first. A file on disk, rewound."""
    names, kinds = column_names(table), _kinds(table)
    lines = (
        [*[_value(row.get(name), kinds.get(name)) for name in names], _reasons(row)]
        for row in table.rows
    )
    return _file([*names, REASONS], lines)


def figures_csv(tables):
    """Every cell that says something, totals too, one per line. A file on disk, rewound."""
    return _file(LONG, (line for table in tables for line in _figures(table)))


def column_names(table):
    """Codes first; then what people see."""
    others = [column.name for column in table.columns if column.name not in table.keys]
    return [*table.keys, *others]


def _figures(table):
    rows = [(str(n), row) for n, row in enumerate(table.rows, start=1)]
    rows += [(TOTAL, table.total)] if table.total is not None else []
    names, kinds = column_names(table), _kinds(table)
    for number, row in rows:
        for name in names:
            if value := _value(row.get(name), kinds.get(name)):
                yield [table.slug, number, name, value]
            elif row.get(f"{name}_reason"):
                words = as_text(str(row[f"{name}_reason"]))
                yield [table.slug, number, f"{name}_reason", words]


def _kinds(table):
    return {column.name: column.kind for column in table.columns}


def _value(value, kind):
    if value is None or value == "":
        return ""
    return WRITTEN.get(kind, _other)(value)


def _other(value):
    """A number without a kind, a code, or words."""
    if type(value) is str:
        return as_text(value)
    if isinstance(value, dt.datetime):
        return moment(value.astimezone(dt.UTC))
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if isinstance(value, int) else as_text(str(value))


def _percent(value):
    """Six decimals, as the database keeps a share."""
    return f"{round_share(value, 6):f}"


WRITTEN = {"pct": _percent, "rate": plain}


def _reasons(row):
    """variance_pct: unbudgeted; spent_kgs: not reported"""
    found = [
        f"{name.removesuffix('_reason')}: {words}"
        for name, words in row.items()
        if name.endswith("_reason") and words
    ]
    return as_text("; ".join(found))


def _file(names, lines):
    """lines: of texts."""
    file = TemporaryFile()  # noqa: SIM115 -- the response closes it
    file.write(f"{BOM}{','.join(names)}\n".encode())
    lines = map(_line, lines)
    while part := "".join(islice(lines, AT_ONCE)):
        file.write(part.encode())
    file.seek(0)
    return file


def _line(texts):
    """Most have nothing to quote: that is seen once."""
    line = ",".join(texts)
    has_more = line.count(",") >= len(texts) or NEEDS_QUOTES.search(line.replace(",", ""))
    return f"{','.join(map(cell, texts)) if has_more else line}\n"

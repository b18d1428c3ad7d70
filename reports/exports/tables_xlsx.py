"""Donor tables for people: a sheet per table, notes, and the hidden sheet of what was written.

Formulas are protected without a password: this is a working copy. Of a signed report the same tables
make the same bytes.
"""

from contextlib import contextmanager
from functools import partial

from django.utils.translation import gettext as _

from .workbook import Writer, listed, new_workbook


def to_xlsx(tables, about, progress=None):
    """A file on disk, rewound. progress: called with the number of rows that are written."""
    with sheets(tables, about, progress) as (file, finish):
        finish(about)
    return file


@contextmanager
def sheets(tables, about, progress=None):
    """Yields (file, what writes the rest); about is needed whole only for that."""
    with new_workbook(title=about.title, made_at=about.made_at) as (file, book):
        warning = _("Contains sample data.") if about.has_sample else ""
        writer = Writer(book, footer(about), warning=warning, is_protected=True, progress=progress)
        for table in tables:
            writer.sheet(
                f"{table.code} {table.title}",
                shown_columns(table),
                table.rows,
                total_of(table),
                empty=str(table.empty or _("There is nothing to list.")),
            )
        yield file, partial(_finish, writer, tables)


def _finish(writer, tables, about):
    writer.print_below(footer(about))
    writer.notes(notes(tables, about), control=_signed(about))


def shown_columns(table):
    """Codes are for programs: the CSV has them."""
    return [column for column in table.columns if column.name not in table.keys]


def total_of(table):
    """With a name of its own in the first column."""
    if table.total is None:
        return None
    first = shown_columns(table)[0]
    return table.total | {first.name: table.total.get(first.name) or _("Total")}


def footer(about):
    return " · ".join(filter(None, [about.mark or about.status, about.title, about.period]))


def notes(tables, about):
    lines = [*about.lines, *listed(_("What is missing"), about.gaps)]
    for table in tables:
        lines += listed(f"{table.code} {table.title}", table.notes)
    meanings = _meanings(tables)
    return [*lines, ("", ""), (_("What the columns mean"), ""), *meanings.items()]


def _meanings(tables):
    """A label that means two things is told apart by its table."""
    found = {}
    for table in tables:
        for column in shown_columns(table):
            label, meaning = str(column.label), str(column.meaning)
            if meaning and found.get(label, meaning) != meaning:
                label = f"{label} ({table.code})"
            if meaning:
                found[label] = meaning
    return found


def _signed(about):
    lines = [("snapshot", about.snapshot), ("sha256", about.sha256)]
    return [line for line in lines if line[1]]

"""The files of donor tables and reports: the same tables as the page, with full amounts."""

from dataclasses import replace
from io import BytesIO
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from .about import about_of
from .donor_tables import unallocated
from .donor_tables.unallocated_words import words_of
from .exports.pdf import to_pdf
from .exports.tables_csv import figures_csv, to_csv
from .exports.tables_xlsx import to_xlsx

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


class Made(NamedTuple):
    file: object
    name: str
    content_type: str


def made(question, tables, ending, *, address, progress=None):
    """tables: of the question. address: of its page, with which anybody finds the same figures again."""
    if ending == "csv":
        file = to_csv(tables[0]) if question.table else figures_csv(tables)
    else:
        file = WRITERS[ending](tables, about(question, address), question, progress)
    return Made(file, name_of(question, ending), CONTENT_TYPES[ending])


def about(question, address):
    """A file that is made from signed figures names them; it is not itself the signed file."""
    found = about_of(
        question.scope_of_tables,
        at=timezone.now(),
        address=address,
        title=question.title,
        gaps=_gaps(question.scope),
    )
    if not question.signed:
        return found
    return replace(found, status=_from_signed(question.signed), copy_of=question.signed.code)


def _from_signed(report):
    text = _(
        "Made from the figures of the signed report %(code)s, version %(version)s; this file is a copy in "
        "another form, not the signed one"
    )
    return text % {"code": report.code, "version": report.version}


def _gaps(scope):
    """What T11 finds, as sentences."""
    rows = unallocated.table(scope).rows
    return [words_of(row["check"], row["number"]) + "." for row in rows if row["number"]]


def name_of(question, ending):
    what = question.table.slug if question.table else question.template.slug
    return f"{what}-{question.scope.day:%Y-%m-%d}.{ending}"


def _xlsx(tables, about, question, progress):
    return to_xlsx(tables, about, progress=progress)


def _pdf(tables, about, question, progress):
    certificate = question.template.certificate if question.template else ""
    return BytesIO(to_pdf(tables, about, certificate=certificate))


WRITERS = {"xlsx": _xlsx, "pdf": _pdf}

"""The files of donor tables and reports: the same tables as the page, with full amounts."""

from io import BytesIO
from typing import NamedTuple

from django.utils import timezone

from .about import about_of
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
        about = about_of(
            question.scope_of_tables,
            at=timezone.now(),
            address=address,
            signed=question.signed,
            title=question.title,
        )
        file = WRITERS[ending](tables, about, question, progress)
    return Made(file, name_of(question, ending), CONTENT_TYPES[ending])


def name_of(question, ending):
    what = question.table.slug if question.table else question.template.slug
    return f"{what}-{question.scope.day:%Y-%m-%d}.{ending}"


def _xlsx(tables, about, question, progress):
    return to_xlsx(tables, about, progress=progress)


def _pdf(tables, about, question, progress):
    certificate = question.template.certificate if question.template else ""
    return BytesIO(to_pdf(tables, about, certificate=certificate))


WRITERS = {"xlsx": _xlsx, "pdf": _pdf}

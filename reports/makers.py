"""Which function makes the file of an address: the same as its download, without a browser that waits."""

from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from . import table_files
from .asked import question_of, tables_in
from .exports.xlsx import to_xlsx
from .funding import FundingReport
from .table_files import CONTENT_TYPES, Made


class CannotBeMade(Exception):
    """Trying again would not help: no longer allowed, or not known any more."""


def made(job, progress):
    """table_files.Made: the file, rewound, with its name."""
    if not job.asked_by.is_active:
        raise CannotBeMade
    parts = urlsplit(job.address)
    try:
        match = resolve(parts.path)
        maker = MAKERS[match.view_name]
    except (Resolver404, KeyError) as error:
        raise CannotBeMade from error
    site = f"{parts.scheme}://{parts.netloc}"
    return maker(job.asked_by, QueryDict(parts.query), site, progress, **match.kwargs)


def funding(user, query, site, progress):
    report = FundingReport(query, user=user)
    if not report.filter.is_valid():
        raise CannotBeMade
    now, address = timezone.now(), f"{site}{reverse('reports:funding')}?{report.query}"
    file = to_xlsx(report, at=now, address=address, progress=progress)
    name = f"funding-{timezone.localdate(now):%Y-%m-%d}.xlsx"
    return Made(file, name, CONTENT_TYPES["xlsx"])


def table(ending):
    def make(user, query, site, progress, slug):
        question = question_of(query, user, slug)
        if question is None or question.problems:
            raise CannotBeMade
        address = f"{site}{reverse('reports:table', args=[slug])}?{question.query}"
        tables = tables_in(question)
        return table_files.made(question, tables, ending, address=address, progress=progress)

    return make


MAKERS = {
    "reports:funding_xlsx": funding,
    "reports:table_csv": table("csv"),
    "reports:table_xlsx": table("xlsx"),
    "reports:table_pdf": table("pdf"),
}

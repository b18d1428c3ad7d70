"""Which function makes the file of an address: the same as its download, without a browser that waits."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from .exports.xlsx import to_xlsx
from .funding import FundingReport


class Made(NamedTuple):
    file: object
    name: str


class CannotBeMade(Exception):
    """Trying again would not help: no longer allowed, or not known any more."""


def made(job, progress):
    """The file on disk or in memory, rewound, and its name."""
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
    return Made(file, f"funding-{timezone.localdate(now):%Y-%m-%d}.xlsx")


MAKERS = {
    "reports:funding_xlsx": funding,
}

"""A report on paper: A4, tagged (PDF/UA-1), fonts inside, set by typst from typst/report.typ.

What is said goes to typst as JSON, never as its source. The same tables give the same bytes.
"""

from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from lib.dates import format_moment, format_partial
from reports import catalogue

from .pages import page_of_pages
from .paper import Sections
from .typeset import typeset

MAX_GAPS = 30


class Signature(NamedTuple):
    """Who answers for the figures. Without it a report is a draft, with lines to sign by hand."""

    prepared_name: str
    prepared_role: str
    prepared_at: datetime
    approved_name: str
    approved_role: str
    approved_at: datetime
    certificate: str


def to_pdf(tables, about, signature=None, *, certificate="", typesetter=None):
    """bytes. certificate: the wording under which a draft would be signed; typesetter: one that begin_pdf() knows."""
    data, moment = _data(tables, about, signature, certificate), _moment(about, signature)
    set_by = typesetter.finish if typesetter else typeset
    return set_by(data, timestamp=int(moment.timestamp()) if moment else 0)


def begin_pdf(typesetter, tables, about, signature):
    """What takes long is begun with these tables; about may not know yet as what they will be signed."""
    typesetter.begin(_data(tables, about, signature, ""))


def _data(tables, about, signature, certificate):
    moment = _moment(about, signature)
    return {
        "lang": (get_language() or "en")[:2],
        "title": str(about.title) or "—",
        "author": signature.approved_name if signature else about.made_by,
        "date": _parts(moment),
        "watermark": _watermark(about, signature),
        **_cover(tables, about),
        "signature": _signature(tables, about, signature, certificate),
        "foot": _foot(about, moment),
        "sections": _sections(tables, about),
    }


def _moment(about, signature):
    return about.made_at or (signature and signature.approved_at)


def _parts(moment):
    return list(timezone.localtime(moment).timetuple()[:5]) if moment else None


def _cover(tables, about):
    """T1 is the cover itself; without it the report says of itself what it can."""
    said_above = {about.title, about.status, about.programme, about.phase, about.period}
    lines = [(label, text) for label, text in about.lines if text not in said_above]
    if table := _cover_among(tables):
        rows = [(row["what"], row["says"]) for row in table.rows]
        known = {label for label, _text in rows}
        lines = rows + [line for line in lines if line[0] not in known]
    gaps = list(map(str, about.gaps))
    if len(gaps) > MAX_GAPS:
        more = {"count": len(gaps) - MAX_GAPS}
        gaps = [*gaps[:MAX_GAPS], _("… and %(count)s more, see table T11.") % more]
    sample = str(catalogue.SAMPLE) if about.has_sample else ""
    return {
        "kicker": " · ".join(filter(None, [about.programme, about.phase])),
        "under": about.period,
        "status": str(about.status),
        "sample": sample,
        "lines": [line for line in lines if line[1] != sample],
        "gaps": {"title": _("What is not complete"), "items": gaps},
        "is_alone_on_its_page": len(tables) > 1,
    }


def _watermark(about, signature):
    if signature or not about.can_be_signed:
        return ""
    if about.copy_of:
        return pgettext("across a page", "Copy")
    return pgettext("across a page", "Draft")


def _signature(tables, about, signature, certificate):
    """Neither a single table that somebody prints nor a copy of what was signed is signed."""
    if signature is None and (len(tables) == 1 or about.copy_of or not about.can_be_signed):
        return None
    prepared, approved = _("Prepared by"), _("Approved by")
    signed = signature and [
        (prepared, signature.prepared_name, signature.prepared_role, signature.prepared_at),
        (approved, signature.approved_name, signature.approved_role, signature.approved_at),
    ]
    people = signed or [(prepared, "", "", None), (approved, "", "", None)]
    return {
        "title": _("Signatures"),
        "certificate": str(signature.certificate if signature else certificate),
        "is_signed": signature is not None,
        "people": [
            {"head": head, "lines": [name, role, format_moment(at)], "blanks": _blanks()}
            for head, name, role, at in people
        ],
    }


def _blanks():
    return [
        pgettext("line to fill in", "Name"),
        pgettext("line to fill in", "Role"),
        pgettext("line to fill in", "Date"),
        pgettext("line to fill in", "Signature"),
    ]


def _foot(about, moment):
    verify = {"address": _site(about) + reverse("reports:verify")}
    return {
        "left": about.mark or str(about.status),
        **page_of_pages(),
        "verify": _("Verify at %(address)s") % verify if about.sha256 else "",
        "date": format_partial(timezone.localtime(moment).date()) if moment else "",
    }


def _site(about):
    site = urlsplit(about.address)
    return f"{site.scheme}://{site.netloc}" if site.netloc else ""


def _sections(tables, about):
    sections = Sections(where_all_rows_are=about.address)
    return [sections.section(table) for table in tables if table is not _cover_among(tables)]


def _cover_among(tables):
    return next((table for table in tables if table.slug == "cover" and table.rows), None)

"""The programme of an event on paper: A4, tagged (PDF/UA-1), set by typst from typst/programme.typ."""

import datetime as dt

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from conferences.ics import who
from conferences.programme import clock
from conferences.programme_page import programme_of
from conferences.templatetags.events import event_dates
from lib.dates import format_partial

from .pages import page_of_pages
from .typeset import typeset


def programme_data(event, *, address, on):
    """What typst reads, in the reader's language; address: of the event's page, absolute."""
    text, programme = event.text, programme_of(event)
    where = [event_dates(event), text.place if text else ""]
    organisers = text.organisers if text else ""
    return {
        "lang": _reader(),
        "title": _said(event.title or event.slug, text.language if text else _reader()),
        "author": organisers.splitlines()[0] if organisers else "",
        "date": [on.year, on.month, on.day],
        "kicker": str(event.get_kind_display()),
        "lines": [line for line in where if line],
        "organisers": organisers,
        "sample": _("This event is a sample: it was made up to show the portal.")
        if event.is_sample
        else "",
        "watermark": "" if event.is_published else pgettext("across a page", "Draft"),
        "days": [_day(day) for day in programme.days],
        "unscheduled": {
            "title": _("Presentations without a time yet")
            if programme.days
            else _("Presentations"),
            "talks": [_talk(talk) for talk in programme.unscheduled],
        },
        "empty": "" if programme else _("The programme is not known yet."),
        "foot": {
            "left": event.title or event.slug,
            "verify": address,
            "date": format_partial(on),
            **page_of_pages(),
        },
    }


def to_programme_pdf(data):
    """bytes: the same data give the same bytes."""
    day = dt.datetime(*data["date"], tzinfo=timezone.get_default_timezone())
    return typeset(data, timestamp=int(day.timestamp()), template="programme")


def _day(day):
    together = [session for block in day.blocks for column in block.columns for session in column]
    sessions = sorted(together, key=lambda session: session.starts_at)
    return {"title": day.title, "sessions": [_session(session) for session in sessions]}


def _session(session):
    notes = []
    if session.kind_in_words:
        notes.append(session.kind_in_words)
    if session.moderator:
        notes.append(_("Moderator: %(name)s") % {"name": session.moderator})
    return {
        "time": f"{clock(session.starts_at)}–{clock(session.ends_at)}",
        "name": _said(session.name, session.name_language),
        "hall": session.hall and _said(session.hall.name, session.hall.name_language),
        "notes": " · ".join(notes),
        "is_break": session.kind == session.Kind.BREAK,
        "talks": [_talk(talk) for talk in session.talks],
    }


def _talk(talk):
    text = talk.text
    names = who(talk)
    if talk.municipality_is_unnamed:
        names = "; ".join(filter(None, [_("Municipality not named in the source"), names]))
    return {
        "time": clock(talk.starts_at) if talk.is_scheduled else "",
        "title": _said(text.title if text else str(talk), text.language if text else _reader()),
        "who": names,
    }


def _said(words, language):
    """Who reads aloud has to know which language it is."""
    return {"words": words, "lang": language}


def _reader():
    return (get_language() or settings.LANGUAGE_CODE)[:2]

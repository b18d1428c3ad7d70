"""The programme as people read it: days, what takes place at the same time, halls, talks. Always four or five queries."""

from functools import cache
from typing import NamedTuple

from babel.dates import format_date
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from action_plans.templatetags.plans import lang
from lib.dates import format_partial

from .models import PresentationSpeaker, PresentationText
from .programme import clock
from .templatetags.events import named


class Block(NamedTuple):
    """What overlaps in time: one column per hall, or one session for everybody."""

    columns: list  # of lists of sessions

    @property
    def is_parallel(self):
        return len(self.columns) > 1


class Day(NamedTuple):
    date: object
    blocks: list

    @property
    def title(self):
        return day_in_words(self.date)


class Programme(NamedTuple):
    days: list
    unscheduled: list  # accepted, without a time

    def __bool__(self):
        return bool(self.days or self.unscheduled)


class Line(NamedTuple):
    """A presentation as the programme shows it, ready to print: there may be hundreds."""

    pk: int
    url: str
    time: str
    title: str
    lang: str
    is_sample: bool
    about: str  # the municipalities, the speakers and the area, as the public reads them


def lines_of(talks):
    name, area_name = cache(lambda place: place.name), cache(named)
    address, unnamed = address_of_talks(), _("Municipality not named in the source")
    lines = []
    for talk in talks:
        text, places = talk.text, ", ".join(name(place) for place in talk.places)
        people = ", ".join(speaker.shown for speaker in talk.people)
        who = "; ".join(filter(None, [places, people]))
        if talk.municipality_is_unnamed:
            who = unnamed + who
        line = Line(
            pk=talk.pk,
            url=address(talk.pk),
            time=clock(talk.starts_at),
            title=text.title if text else "",
            lang=lang(text),
            is_sample=talk.is_sample,
            about=format_html("{} · {}", who, area_name(talk.area)) if talk.area else who,
        )
        lines.append(line)
    return lines


def address_of_talks():
    """One address is looked up for hundreds of presentations."""
    before, _zero, after = reverse("conferences:presentation", args=[0]).rpartition("0")
    return lambda pk: f"{before}{pk}{after}"


def programme_of(event):
    talks = list(accepted_talks(event))
    return Programme(days_of(event, talks), [talk for talk in talks if not talk.session_id])


def days_of(event, talks):
    by_day = {}
    for session in sessions_of(event, talks):
        by_day.setdefault(timezone.localtime(session.starts_at).date(), []).append(session)
    return [Day(date, blocks(sessions)) for date, sessions in by_day.items()]


def accepted_talks(event):
    """With what the programme shows of them, by time."""
    speaking = PresentationSpeaker.objects.select_related("speaker")
    return (
        event.presentations.accepted()
        .select_related(None)
        .select_related("area")
        .prefetch_related(
            Prefetch("texts", PresentationText.objects.defer("abstract")),
            "municipalities",
            Prefetch("speaking", speaking),
        )
        .order_by("starts_at", "pk")
    )


def sessions_of(event, talks):
    """By time and hall, each with its `talks`."""
    sessions = list(event.sessions.select_related("hall").order_by("starts_at", "hall__position"))
    by_session = {session.pk: session for session in sessions}
    for session in sessions:
        session.talks = []
    for talk in talks:
        if session := by_session.get(talk.session_id):
            session.talks.append(talk)
    return sessions


def blocks(sessions):
    """Sessions of one day, by time → [Block]"""
    found, ends_at = [], None
    for session in sessions:
        if ends_at is None or session.starts_at >= ends_at:
            found.append([])
            ends_at = session.ends_at
        found[-1].append(session)
        ends_at = max(ends_at, session.ends_at)
    return [Block(_columns(together)) for together in found]


def _columns(sessions):
    by_hall = {}
    for session in sorted(
        sessions, key=lambda s: (s.hall.position, s.hall_id) if s.hall else (-1, 0)
    ):
        by_hall.setdefault(session.hall_id, []).append(session)
    return list(by_hall.values())


def day_in_words(day):
    """Friday, 30 Nov 2018"""
    weekday = format_date(day, "EEEE", locale=(get_language() or "en")[:2])
    return f"{weekday[:1].upper()}{weekday[1:]}, {format_partial(day)}"

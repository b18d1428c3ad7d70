"""The programme as people read it: days, what takes place at the same time, halls, talks. Always four or five queries."""

from typing import NamedTuple

from babel.dates import format_date
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import get_language

from lib.dates import format_partial

from .models import PresentationSpeaker, PresentationText


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

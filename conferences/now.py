"""What is on at a moment and what comes next, hall by hall: for the screen in the hall and for phones."""

import datetime as dt
from typing import NamedTuple

from django.utils import timezone

from .models import Hall, Presentation, Session
from .programme_page import accepted_talks, day_in_words

MOST_LATER = 4  # of one hall, after what is on now


class Item(NamedTuple):
    """A talk, or a session without talks (or between two of them)."""

    session: Session
    talk: Presentation | None
    starts_at: dt.datetime
    ends_at: dt.datetime


class Board(NamedTuple):
    """One hall; hall is None where the event has none."""

    hall: Hall | None
    now: Item | None
    later: list


class Now(NamedTuple):
    state: str  # empty, before, running, pause (goes on another day), over
    begins_at: dt.datetime | None  # the next session; None with begins_on
    begins_on: dt.date | None
    boards: list

    @property
    def day(self):
        """On which it begins or goes on, in words."""
        day = timezone.localdate(self.begins_at) if self.begins_at else self.begins_on
        return day_in_words(day) if day else ""


def now_at(event, *, at, hall=None):
    sessions = list(event.sessions.select_related("hall").order_by("starts_at", "pk"))
    if not sessions:
        return _without_programme(event, timezone.localdate(at))
    ahead = [session for session in sessions if session.ends_at > at]
    if not ahead:
        return Now("over", None, None, [])
    begins_at = ahead[0].starts_at
    today = timezone.localdate(at)
    if begins_at > at and timezone.localdate(begins_at) != today:
        state = "pause" if len(ahead) < len(sessions) else "before"
        return Now(state, begins_at, None, [])
    state = "before" if len(ahead) == len(sessions) and begins_at > at else "running"
    of_today = [session for session in ahead if timezone.localdate(session.starts_at) <= today]
    halls = _halls(sessions) if hall is None else [hall]
    return Now(state, begins_at, None, _boards(event, halls, of_today, at))


def _without_programme(event, today):
    if event.last_on < today:
        return Now("over", None, None, [])
    if event.starts_on > today and event.starts_precision == "day":
        return Now("before", None, event.starts_on, [])
    return Now("empty", None, None, [])


def _halls(sessions):
    """In their order; [None] for an event without halls."""
    halls = {session.hall_id: session.hall for session in sessions if session.hall_id}
    return sorted(halls.values(), key=lambda hall: (hall.position, hall.pk)) or [None]


def _boards(event, halls, sessions, at):
    """Talks are read of the sessions that the boards may show."""
    of_halls = {hall: _in(hall, sessions) for hall in halls}
    shown = {session.pk: session for near in of_halls.values() for session in near}
    talks = {}
    for talk in accepted_talks(event).filter(session__in=shown, ends_at__gt=at):
        talks.setdefault(talk.session_id, []).append(talk)
    return [_board(hall, near, talks, at) for hall, near in of_halls.items()]


def _in(hall, sessions):
    mine = [s for s in sessions if s.hall_id is None or (hall and s.hall_id == hall.pk)]
    return mine[: MOST_LATER + 1]


def _board(hall, sessions, talks, at):
    now, later = None, []
    for session in sessions:
        mine = talks.get(session.pk, [])
        if session.starts_at <= at:
            on = next((talk for talk in mine if talk.starts_at <= at), None)
            whole = Item(session, None, session.starts_at, session.ends_at)
            now = _item(session, on) if on else whole
            mine = [talk for talk in mine if talk.starts_at > at]
            later += [_item(session, talk) for talk in mine]
        elif mine:
            later += [_item(session, talk) for talk in mine]
        else:
            later.append(Item(session, None, session.starts_at, session.ends_at))
    return Board(hall, now, later[:MOST_LATER])


def _item(session, talk):
    return Item(session, talk, talk.starts_at, talk.ends_at)

"""The programme of an event: its halls and sessions.

Each change holds the event, so two people never fill one hall at one time; it counts the event's revision.
"""

import datetime as dt
import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .conflict import Conflict
from .models import Event, Hall, Session


def locked(event_id):
    return Event.objects.select_for_update(of=("self",)).get(pk=event_id)


def changed(event, *, by):
    """Who has the event's form or an older calendar open is told."""
    event.revision += 1
    event._history_user = by
    event.save(update_fields=["revision"])


# --- Halls ------------------------------------------------------------------------------------------


@transaction.atomic
def add_hall(*, event_id, by, **names):
    event = locked(event_id)
    halls = list(event.halls.all())
    if same := next((hall for hall in halls if _names(hall) == names), None):
        return same  # the same form, sent twice
    hall = Hall(event=event, position=len(halls), **names)
    return _saved_hall(hall, halls, by)


@transaction.atomic
def change_hall(*, event_id, hall_id, seen, by, **names):
    hall = _hall(locked(event_id), hall_id)
    if seen_of(hall) != seen:
        raise Conflict(hall.event)
    for name, value in names.items():
        setattr(hall, name, value)
    return _saved_hall(hall, hall.event.halls.exclude(pk=hall.pk), by)


def _saved_hall(hall, others, by):
    hall.full_clean(exclude=["event"])
    taken = {(name, value.casefold()) for other in others for name, value in _names(other).items()}
    if twice := [
        n for n, value in _names(hall).items() if value and (n, value.casefold()) in taken
    ]:
        text = _("Another hall of this event has this name already.")
        raise ValidationError(dict.fromkeys(twice, text))
    hall.save()
    changed(hall.event, by=by)
    return hall


@transaction.atomic
def move_hall(*, event_id, hall_id, up, by):
    """One place up or down; the first goes no higher."""
    event = locked(event_id)
    halls = list(event.halls.all())
    place = halls.index(_hall(event, hall_id))
    hall = halls.pop(place)
    halls.insert(max(0, place - 1) if up else place + 1, hall)
    for position, each in enumerate(halls):
        each.position = position
    Hall.objects.bulk_update(halls, ["position"])
    changed(event, by=by)
    return hall


@transaction.atomic
def remove_hall(*, event_id, hall_id, by):
    event = locked(event_id)
    hall = _hall(event, hall_id)
    if sessions := hall.sessions.count():
        text = _(
            "The hall “%(hall)s” is not empty: sessions in it: %(count)s. Put them into another hall or "
            "remove them first."
        )
        raise ValidationError(text % {"hall": hall, "count": sessions}, code="sessions")
    hall.delete()
    changed(event, by=by)
    return hall


# --- Sessions ---------------------------------------------------------------------------------------


@transaction.atomic
def add_session(*, event_id, by, hall, **values):
    event = locked(event_id)
    session = Session(event=event, hall=hall and _hall(event, hall.pk), **values)
    for other in event.sessions.filter(hall=session.hall, starts_at=session.starts_at):
        if seen_of(other) == seen_of(session):
            return other  # the same form, sent twice
    _check(session)
    session.save()
    changed(event, by=by)
    return session


@transaction.atomic
def change_session(*, event_id, session_id, seen, by, hall, **values):
    """When both ends move by the same time the talks move along; else they stay and have to fit."""
    event = locked(event_id)
    session = session_of(event, session_id)
    if seen_of(session) != seen:
        raise Conflict(event)
    before = session.starts_at, session.ends_at
    session.hall = hall and _hall(event, hall.pk)
    for name, value in values.items():
        setattr(session, name, value)
    talks = list(session.presentations.order_by("starts_at"))
    _check(session, talks=talks)
    by_time = session.starts_at - before[0]
    if not (by_time and talks) or session.ends_at - before[1] != by_time:
        _check_talks(session, talks)
        session.save()
    else:
        move_slots([session], talks, by_time)
    changed(event, by=by)
    return session


@transaction.atomic
def remove_session(*, event_id, session_id, by, unschedule=False):
    """With unschedule its talks are accepted still, and wait for another place."""
    event = locked(event_id)
    session = session_of(event, session_id)
    talks = list(session.presentations.all())
    if talks and not unschedule:
        text = _(
            "There are presentations in the session: %(count)s. Tick that they go back to those that are "
            "not scheduled."
        )
        raise ValidationError(text % {"count": len(talks)}, code="talks")
    for talk in talks:
        talk.session = talk.starts_at = talk.ends_at = None
        talk.save(update_fields=["session", "starts_at", "ends_at"])
    session.delete()
    changed(event, by=by)
    return session


def move_slots(sessions, talks, by_time):
    """Sessions whose new times stand in them, the latest first; their talks follow by the same time."""
    slots = [(talk, talk.session_id, talk.starts_at, talk.ends_at) for talk in talks]
    for talk in talks:
        talk.session_id = talk.starts_at = talk.ends_at = None
        talk.save(update_fields=["session", "starts_at", "ends_at"])
    for session in sessions:
        session.save()
    for talk, session_id, starts_at, ends_at in slots:
        talk.session_id = session_id
        talk.starts_at, talk.ends_at = starts_at + by_time, ends_at + by_time
        talk.save(update_fields=["session", "starts_at", "ends_at"])


# --- Rules in words ---------------------------------------------------------------------------------


def check_days(event, first_on, last_on):
    """For who changes the days of an event: its sessions stay within them."""
    starts, ends = midnight(first_on), midnight(last_on + dt.timedelta(days=1))
    outside = event.sessions.exclude(starts_at__gte=starts, ends_at__lte=ends).count()
    if outside:
        text = _(
            "Sessions of the programme would lie outside of these days: %(count)s. The page “Halls and sessions” "
            "moves the event with its programme."
        )
        raise ValidationError(text % {"count": outside}, code="programme")


def midnight(day):
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _check(session, *, talks=()):
    session.full_clean(exclude=["event", "hall"])
    event = session.event
    day = timezone.localtime(session.starts_at).date()
    if not event.starts_on <= day <= event.last_on:
        raise ValidationError({"day": _("The event does not take place on this day.")})
    if timezone.localtime(session.ends_at - dt.timedelta(seconds=1)).date() != day:
        raise ValidationError({"ends": _("The session ends on another day.")})
    if talks and session.kind == Session.Kind.BREAK:
        text = _("There are presentations in the session: a break has none.")
        raise ValidationError({"kind": text})
    overlapping = event.sessions.filter(
        starts_at__lt=session.ends_at, ends_at__gt=session.starts_at
    ).exclude(pk=session.pk)
    for other in overlapping.select_related("hall"):
        if not (session.hall_id and other.hall_id) or session.hall_id == other.hall_id:
            raise ValidationError({"begins": _clash(session, other)}, code="overlap")


def _clash(session, other):
    if session.hall_id and other.hall_id:
        text = _("In this hall “%(name)s” takes place from %(begins)s to %(ends)s.")
    elif other.hall_id:
        text = _(
            "Without a hall the session is for everybody, but “%(name)s” takes place from %(begins)s to "
            "%(ends)s. Choose another time or a hall."
        )
    else:
        text = _(
            "“%(name)s” is for everybody from %(begins)s to %(ends)s, so nothing else takes place meanwhile."
        )
    return text % {"name": other, "begins": clock(other.starts_at), "ends": clock(other.ends_at)}


def _check_talks(session, talks):
    for talk in talks:
        if talk.starts_at < session.starts_at or talk.ends_at > session.ends_at:
            text = _(
                "“%(title)s” takes place in this session from %(begins)s to %(ends)s. Put it elsewhere first."
            )
            words = {"begins": clock(talk.starts_at), "ends": clock(talk.ends_at)}
            raise ValidationError({"begins": text % {"title": talk, **words}}, code="talks")


def clock(moment):
    return f"{timezone.localtime(moment):%H:%M}"


# --- Which, and what was seen of it -----------------------------------------------------------------


def _hall(event, pk):
    hall = event.halls.filter(pk=pk).first()
    if hall is None:
        raise ValidationError(_("Somebody removed this hall meanwhile."), code="removed")
    return hall


def session_of(event, pk):
    session = event.sessions.filter(pk=pk).first()
    if session is None:
        raise ValidationError(_("Somebody removed this session meanwhile."), code="removed")
    return session


def _names(row):
    return {name: getattr(row, name) for name in ("name_ky", "name_ru", "name_en")}


def seen_of(row):
    """What a form was opened with: who saves over something else is asked."""
    seen = list(_names(row).values())
    if isinstance(row, Session):
        times = [moment.astimezone(dt.UTC).isoformat() for moment in (row.starts_at, row.ends_at)]
        seen += [row.kind, str(row.hall_id or ""), *times, row.moderator]
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()

"""The whole programme at once: on other days, or later because a speaker went on."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Presentation
from .programme import changed, check_days, clock, locked, midnight

LONGEST = 12 * 60  # minutes


@transaction.atomic
def put_on(*, event_id, first_on, by):
    """The event begins on another day, and its programme moves along; the times of day stay."""
    event = locked(event_id)
    days = (first_on - event.starts_on).days
    if event.starts_precision != "day":
        raise ValidationError(_("The day of the event is not known yet. Write it into the event."))
    if not days:
        return event
    sessions, talks = _programme(event)
    event.starts_on = first_on
    event.ends_on = event.ends_on and event.ends_on + dt.timedelta(days=days)
    event.revision += 1
    event._history_user = by
    event.save(update_fields=["starts_on", "ends_on", "last_on", "revision"])
    _write(sessions, talks, lambda moment: _days_later(moment, days), forward=days > 0)
    return event


@transaction.atomic
def delay(*, event_id, begins_at, minutes, by):
    """What begins at this moment or later on its day, begins and ends so many minutes later (or earlier).

    What is going on then ends later. The other days stay.
    """
    event = locked(event_id)
    if not minutes or abs(minutes) > LONGEST:
        raise ValidationError({"minutes": _("Write how many minutes, for example 15 or -10.")})
    day = timezone.localtime(begins_at).date()
    end_of_day = midnight(day + dt.timedelta(days=1))
    sessions, talks = _programme(event, ends_at__gt=begins_at, starts_at__lt=end_of_day)
    if not sessions:
        raise ValidationError({"begins": _("After this time there is nothing in the programme.")})
    by_time = dt.timedelta(minutes=minutes)
    _write(
        sessions,
        talks,
        lambda moment: moment + by_time if moment >= begins_at else moment,
        forward=minutes > 0,
    )
    _check(event, sessions, end_of_day)
    changed(event, by=by)
    return len(sessions)


def _programme(event, **which):
    sessions = list(event.sessions.filter(**which).order_by("starts_at", "pk"))
    talks = Presentation.objects.filter(session__in=[session.pk for session in sessions])
    return sessions, list(talks.order_by("starts_at"))


def _write(sessions, talks, later, *, forward):
    """The talks leave, the sessions move one after the other into what is free, the talks come back."""
    slots = [(talk, talk.session_id, later(talk.starts_at), later(talk.ends_at)) for talk in talks]
    Presentation.objects.filter(pk__in=[talk.pk for talk in talks]).update(
        session=None, starts_at=None, ends_at=None
    )
    for session in reversed(sessions) if forward else sessions:
        session.starts_at, session.ends_at = later(session.starts_at), later(session.ends_at)
        if session.ends_at <= session.starts_at:
            raise ValidationError(
                {"minutes": _("“%(session)s” would have no time left.") % {"session": session}}
            )
        session.save(update_fields=["starts_at", "ends_at"])
    for talk, talk.session_id, talk.starts_at, talk.ends_at in slots:
        talk.save(update_fields=["session", "starts_at", "ends_at"])


def _check(event, sessions, end_of_day):
    last = max(sessions, key=lambda session: session.ends_at)
    if last.ends_at > end_of_day:
        text = _("“%(session)s” would end on the next day, at %(time)s.")
        words = {"session": last, "time": clock(last.ends_at)}
        raise ValidationError({"minutes": text % words})
    check_days(event, event.starts_on, event.last_on)


def _days_later(moment, days):
    """The same time of day, also when the clocks were changed meanwhile."""
    local = timezone.localtime(moment).replace(tzinfo=None) + dt.timedelta(days=days)
    return timezone.make_aware(local)

"""When and where a presentation takes place: in a session, beside no other, its speakers in one place at a time.

Of two people who want the same slot at once one waits for the other (both hold the event), and is told.
"""

import datetime as dt
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Presentation, PresentationSpeaker, PresentationStatus, Session
from .programme import changed, clock, locked, session_of

SLOT = ["session", "starts_at", "ends_at", "minutes"]


class Busy(NamedTuple):
    """What takes place in a session, or where a speaker is."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    talk_id: int
    session_id: int
    speakers: frozenset


@transaction.atomic
def schedule(*, event_id, talk_id, session_id, starts_at, minutes, seen, by):
    """seen: seen_of() of the talk when the person looked. Also moves what is in the programme already."""
    event = locked(event_id)
    talk = _talk(event, talk_id)
    session = session_of(event, session_id)
    if talk.session_id == session.pk and talk.starts_at == starts_at and talk.minutes == minutes:
        return talk  # the same form, sent twice
    if seen_of(talk) != seen:
        raise ValidationError(_meanwhile(talk), code="conflict")
    ends_at = starts_at + dt.timedelta(minutes=minutes)
    taken = busy(event)
    _check_session(session, starts_at, ends_at, minutes)
    _check_slot(session, talk, starts_at, ends_at, taken)
    _check_speakers(talk, starts_at, ends_at, taken)
    talk.session, talk.starts_at, talk.ends_at, talk.minutes = session, starts_at, ends_at, minutes
    _save(talk, by)
    changed(event, by=by)
    return talk


@transaction.atomic
def unschedule(*, event_id, talk_id, by):
    """Out of the programme; it stays accepted."""
    event = locked(event_id)
    talk = _talk(event, talk_id)
    if talk.is_scheduled:
        talk.session = talk.starts_at = talk.ends_at = None
        _save(talk, by)
        changed(event, by=by)
    return talk


def _save(talk, by):
    talk._history_user = by
    talk.save(update_fields=SLOT)


def _talk(event, pk):
    talks = Presentation.objects.select_for_update(of=("self",)).prefetch_related("texts")
    talk = talks.filter(event=event, pk=pk).first()
    if talk is None or talk.status != PresentationStatus.ACCEPTED:
        raise ValidationError(
            _("Only an accepted presentation is in the programme. Somebody changed its status."),
            code="status",
        )
    return talk


# --- What is free -----------------------------------------------------------------------------------


def busy(event):
    """[Busy] of the whole event, by time: two queries."""
    speakers = {}
    rows = PresentationSpeaker.objects.filter(presentation__event=event)
    for talk, speaker in rows.values_list("presentation_id", "speaker_id"):
        speakers.setdefault(talk, set()).add(speaker)
    slots = event.presentations.filter(session__isnull=False).order_by("starts_at", "pk")
    return [
        Busy(starts, ends, pk, session, frozenset(speakers.get(pk, ())))
        for starts, ends, pk, session in slots.values_list(
            "starts_at", "ends_at", "pk", "session_id"
        )
    ]


def next_free(session, talk, minutes, taken):
    """The first begin in this session at which the talk fits and none of its speakers speaks; None if there is none."""
    length = dt.timedelta(minutes=minutes)
    speakers = {pk for pk, _at in _speakers(talk)}
    in_the_way = sorted(
        (one.starts_at, one.ends_at)
        for one in taken
        if one.talk_id != talk.pk and (one.session_id == session.pk or one.speakers & speakers)
    )
    begins = session.starts_at
    for starts_at, ends_at in in_the_way:
        if starts_at < begins + length and ends_at > begins:
            begins = ends_at
    return begins if begins + length <= session.ends_at else None


def for_talks(event):
    """The sessions that take presentations: all but breaks."""
    return event.sessions.exclude(kind=Session.Kind.BREAK).select_related("hall")


def _speakers(talk):
    return [(row.speaker_id, row.speaker) for row in talk.speaking.select_related("speaker")]


# --- Rules in words ---------------------------------------------------------------------------------


def _check_session(session, starts_at, ends_at, minutes):
    if session.kind == Session.Kind.BREAK:
        raise ValidationError({"session": _("A break has no presentations.")})
    words = {
        "session": session,
        "begins": clock(session.starts_at),
        "ends": clock(session.ends_at),
    }
    if not session.starts_at <= starts_at < session.ends_at:
        text = _("“%(session)s” takes place from %(begins)s to %(ends)s: begin within this time.")
        raise ValidationError({"begins": text % words}, code="outside")
    if ends_at > session.ends_at:
        text = ngettext(
            "With %(minutes)s minute the presentation would go on after the end of “%(session)s” at %(ends)s.",
            "With %(minutes)s minutes the presentation would go on after the end of “%(session)s” at %(ends)s.",
            minutes,
        )
        raise ValidationError({"minutes": text % {"minutes": minutes, **words}}, code="outside")


def _check_slot(session, talk, starts_at, ends_at, taken):
    for other in taken:
        same = other.session_id == session.pk and other.talk_id != talk.pk
        if same and other.starts_at < ends_at and other.ends_at > starts_at:
            text = _(
                "“%(title)s” takes place there from %(begins)s to %(ends)s. Nothing of yours was lost: "
                "choose another time."
            )
            raise ValidationError({"begins": text % _about(other)}, code="taken")


def _check_speakers(talk, starts_at, ends_at, taken):
    mine = dict(_speakers(talk))
    for other in taken:
        both = mine.keys() & other.speakers
        meanwhile = other.starts_at < ends_at and other.ends_at > starts_at
        if both and meanwhile and other.talk_id != talk.pk:
            speaker = mine[min(both)]
            text = _(
                "%(speaker)s speaks from %(begins)s to %(ends)s in “%(title)s”. Choose another time."
            )
            words = {"speaker": speaker.name or speaker.role, **_about(other)}
            raise ValidationError({"begins": text % words}, code="speaker")


def _about(slot):
    title = Presentation.objects.prefetch_related("texts").get(pk=slot.talk_id).title
    return {"title": title, "begins": clock(slot.starts_at), "ends": clock(slot.ends_at)}


def _meanwhile(talk):
    if not talk.is_scheduled:
        return _("Somebody took this presentation out of the programme meanwhile. Save once more.")
    text = _(
        "Somebody put this presentation into “%(session)s” at %(begins)s meanwhile. Save once more to move "
        "it to where you chose."
    )
    return text % {"session": talk.session, "begins": clock(talk.starts_at)}


def seen_of(talk):
    """Where the talk was when a form was opened."""
    if not talk.is_scheduled:
        return ""
    return f"{talk.session_id} {talk.starts_at.astimezone(dt.UTC).isoformat()} {talk.minutes}"

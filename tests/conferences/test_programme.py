"""Halls and sessions: what the office may do with them, and what is refused in words."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from conferences import programme, programme_moves
from conferences.conflict import Conflict
from conferences.models import Hall, Presentation, Session
from tests.conferences.factories import EventFactory, HallFactory, SessionFactory
from tests.conferences.test_programme_triggers import World, at
from tests.factories import StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NAMES = {"name_ky": "", "name_ru": "", "name_en": "Talks"}


@pytest.fixture
def world():
    return World()


@pytest.fixture
def by():
    return StaffFactory()


def values(**changed):
    of = {"hall": None, "starts_at": at(12), "ends_at": at(13), "kind": "talks", "moderator": ""}
    return NAMES | of | changed


def of(session, **changed):
    """What is stored of a session, changed."""
    names = [*NAMES, "hall", "starts_at", "ends_at", "kind", "moderator"]
    return {name: getattr(session, name) for name in names} | changed


def refused(act, **which):
    with pytest.raises(ValidationError) as refusal:
        act(**which)
    return " ".join(refusal.value.messages)


# --- Halls ------------------------------------------------------------------------------------------


def test_halls_stand_in_the_order_they_were_added_and_are_moved(by):
    event = EventFactory()
    names = [{"name_ky": "", "name_ru": "", "name_en": name} for name in "ABC"]
    halls = [programme.add_hall(event_id=event.pk, by=by, **each) for each in names]
    programme.move_hall(event_id=event.pk, hall_id=halls[2].pk, up=True, by=by)
    programme.move_hall(event_id=event.pk, hall_id=halls[0].pk, up=True, by=by)
    assert [hall.name_en for hall in event.halls.all()] == ["A", "C", "B"]


def test_the_same_hall_sent_twice_is_one_hall(by):
    event = EventFactory()
    first, second = [programme.add_hall(event_id=event.pk, by=by, **NAMES) for _twice in "12"]
    assert first == second
    event.refresh_from_db()
    assert event.revision == 2


def test_two_halls_have_two_names(world, by):
    names = {"name_ky": "Зал", "name_ru": "", "name_en": world.hall.name_en.upper()}
    said = refused(programme.add_hall, event_id=world.event.pk, by=by, **names)
    assert said == "Another hall of this event has this name already."


def test_a_hall_with_sessions_is_not_removed(world, by):
    which = {"event_id": world.event.pk, "hall_id": world.hall.pk, "by": by}
    assert "sessions in it: 1" in refused(programme.remove_hall, **which)
    empty = HallFactory(event=world.event)
    programme.remove_hall(**which | {"hall_id": empty.pk})
    assert not Hall.objects.filter(pk=empty.pk).exists()
    assert "removed this hall" in refused(programme.remove_hall, **which | {"hall_id": empty.pk})


def test_who_saves_over_a_changed_hall_is_asked(world, by):
    seen = programme.seen_of(world.hall)
    which = {"event_id": world.event.pk, "hall_id": world.hall.pk, "seen": seen, "by": by}
    programme.change_hall(**which, name_ky="", name_ru="", name_en="Blue")
    with pytest.raises(Conflict):
        programme.change_hall(**which, name_ky="", name_ru="", name_en="Red")


# --- Sessions ---------------------------------------------------------------------------------------


def test_a_session_is_added_once_and_counts_the_revision(world, by):
    for _twice in "12":
        session = programme.add_session(event_id=world.event.pk, by=by, **values())
    assert Session.objects.filter(name_en="Talks").get() == session
    world.event.refresh_from_db()
    assert world.event.revision == 2
    assert world.event.history.first().history_user == by


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"starts_at": at(8), "ends_at": at(10)}, "Without a hall the session is for everybody"),
        ({"starts_at": at(12) + dt.timedelta(days=1)}, "ends before it begins"),
        ({"starts_at": at(13), "ends_at": at(13)}, "ends before it begins"),
        ({"starts_at": at(20), "ends_at": at(33)}, "ends on another day"),
        ({"name_en": ""}, "at least one language"),
        (
            {"starts_at": at(12 + 24), "ends_at": at(13 + 24)},
            "The event does not take place on this day.",
        ),
    ],
)
def test_what_is_no_session_is_refused_in_words(world, by, changed, said):
    found = refused(programme.add_session, event_id=world.event.pk, by=by, **values(**changed))
    assert said in found


def test_sessions_of_a_hall_do_not_overlap_and_the_other_one_is_named(world, by):
    typed = values(hall=world.hall, starts_at=at(10), ends_at=at(12))
    said = refused(programme.add_session, event_id=world.event.pk, by=by, **typed)
    assert said == "In this hall “Session” takes place from 09:00 to 11:00."


def test_nothing_takes_place_beside_a_session_for_everybody(world, by):
    SessionFactory(event=world.event, name_en="Lunch", starts_at=at(12), ends_at=at(13))
    typed = values(hall=world.hall, starts_at=at(12, 30), ends_at=at(14))
    said = refused(programme.add_session, event_id=world.event.pk, by=by, **typed)
    assert said.startswith("“Lunch” is for everybody from 12:00 to 13:00")


def change(world, by, **changed):
    session = world.session
    session.refresh_from_db()
    which = {"event_id": world.event.pk, "session_id": session.pk, "by": by}
    seen = programme.seen_of(session)
    return programme.change_session(**which, seen=seen, **of(session, **changed))


def test_talks_move_with_their_session(world, by):
    change(world, by, starts_at=at(14), ends_at=at(16))
    talk = Presentation.objects.get()
    assert (talk.starts_at, talk.ends_at, talk.session) == (at(14), at(14, 15), world.session)


def test_talks_stay_when_the_session_becomes_longer_or_shorter(world, by):
    change(world, by, starts_at=at(8, 30), ends_at=at(9, 15))
    assert Presentation.objects.get().starts_at == at(9)
    message = "“Topic” takes place in this session from 09:00 to 09:15. Put it elsewhere first."
    with pytest.raises(ValidationError, match=message):
        change(world, by, ends_at=at(9, 10))


def test_a_session_with_talks_becomes_no_break(world, by):
    with pytest.raises(ValidationError, match="a break has none"):
        change(world, by, kind="break")


def test_who_saves_over_a_changed_session_is_asked(world, by):
    seen = programme.seen_of(world.session)
    change(world, by, moderator="Anna")
    which = {"event_id": world.event.pk, "session_id": world.session.pk, "seen": seen, "by": by}
    with pytest.raises(Conflict):
        programme.change_session(**which, **of(world.session, moderator="Berta"))


def test_talks_of_a_removed_session_wait_for_another_place(world, by):
    which = {"event_id": world.event.pk, "session_id": world.session.pk, "by": by}
    assert "presentations in the session: 1" in refused(programme.remove_session, **which)
    programme.remove_session(**which, unschedule=True)
    talk = Presentation.objects.get()
    assert (talk.status, talk.session, talk.starts_at) == ("accepted", None, None)


# --- The whole programme ----------------------------------------------------------------------------


def test_the_programme_moves_with_its_event(world, by):
    day = dt.date(2018, 12, 7)
    programme_moves.put_on(event_id=world.event.pk, first_on=day, by=by)
    world.event.refresh_from_db()
    assert (world.event.starts_on, world.event.last_on) == (day, day)
    assert {session.starts_at for session in Session.objects.all()} == {at(9 + 7 * 24)}
    assert Presentation.objects.get().starts_at == at(9 + 7 * 24)


def test_days_without_the_sessions_are_refused(world):
    day = dt.date(2018, 12, 1)
    said = refused(programme.check_days, event=world.event, first_on=day, last_on=day)
    assert "Sessions of the programme would lie outside of these days: 2." in said


@pytest.mark.parametrize(
    ("from_hour", "session", "talk"),
    [(8, (9.25, 11.25), 9.25), (9, (9.25, 11.25), 9.25), (10, (9, 11.25), 9)],
    ids=["all", "from its begin", "while it goes on"],
)
def test_what_runs_late_is_moved(world, by, from_hour, session, talk):
    SessionFactory(event=world.event, hall=world.hall, starts_at=at(11), ends_at=at(12))
    programme_moves.delay(event_id=world.event.pk, begins_at=at(from_hour), minutes=15, by=by)
    world.session.refresh_from_db()
    found = [at(0) + dt.timedelta(hours=hours) for hours in (*session, talk)]
    talk = Presentation.objects.get()
    assert [world.session.starts_at, world.session.ends_at, talk.starts_at] == found


@pytest.mark.parametrize(
    ("begins_at", "minutes", "said"),
    [
        (at(9), 0, "Write how many minutes"),
        (at(12), 15, "After this time there is nothing"),
        (at(10), -120, "would have no time left"),
        (at(10, 59), 721, "Write how many minutes"),
    ],
)
def test_a_delay_that_cannot_be_is_refused_and_changes_nothing(world, by, begins_at, minutes, said):
    which = {"event_id": world.event.pk, "begins_at": begins_at, "minutes": minutes, "by": by}
    assert said in refused(programme_moves.delay, **which)
    world.session.refresh_from_db()
    assert (world.session.starts_at, world.session.ends_at) == (at(9), at(11))


def test_no_delay_goes_into_the_night(world, by):
    SessionFactory(event=world.event, starts_at=at(22), ends_at=at(23, 30))
    which = {"event_id": world.event.pk, "begins_at": at(20), "minutes": 60, "by": by}
    assert "on the next day, at 00:30" in refused(programme_moves.delay, **which)

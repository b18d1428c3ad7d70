"""Two sessions in one hall, two talks in one slot, one speaker in two places: refused for every way in."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.utils import timezone

from conferences.models import Hall, Presentation, PresentationSpeaker, Session
from conferences.programme_triggers import GUARDS
from lib.triggers import RefusedError
from tests.conferences.factories import (
    MORNING,
    EventFactory,
    HallFactory,
    PresentationFactory,
    SessionFactory,
    SpeakerFactory,
)

pytestmark = pytest.mark.django_db


def at(hour, minute=0):
    return MORNING + dt.timedelta(hours=hour - 9, minutes=minute)


class World:
    """Two halls: in the first a session from 9 to 11, with a talk from 9:00 to 9:15; in the second another."""

    def __init__(self):
        self.event = EventFactory()
        self.hall, self.other_hall = HallFactory.create_batch(2, event=self.event)
        self.session = SessionFactory(event=self.event, hall=self.hall)
        self.other = SessionFactory(event=self.event, hall=self.other_hall)
        self.speaker = SpeakerFactory(event=self.event)
        self.talk = self.in_session(self.session, at(9), speaker=self.speaker)

    def in_session(self, session, starts_at, minutes=15, **fields):
        ends_at = starts_at + dt.timedelta(minutes=minutes)
        fields = {"session": session, "starts_at": starts_at, "ends_at": ends_at, **fields}
        return PresentationFactory(event=self.event, **fields)


@pytest.fixture
def world():
    return World()


def refused(act):
    with pytest.raises(RefusedError), transaction.atomic():
        act()


def sql(statement, parameters=()):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.mark.parametrize("own", [True, False], ids=["own hall", "all halls"])
@pytest.mark.parametrize(
    ("starts", "ends"), [(9, 11), (8, 10), (10, 12), (9.5, 10), (8, 12)], ids=str
)
def test_sessions_of_a_hall_never_overlap(world, own, starts, ends):
    hall = world.hall if own else None
    times = {"starts_at": at(9) + dt.timedelta(hours=starts - 9), "ends_at": at(ends)}
    refused(lambda: SessionFactory(event=world.event, hall=hall, **times))


def test_one_session_ends_when_the_next_begins(world):
    SessionFactory(event=world.event, hall=world.hall, starts_at=at(11), ends_at=at(12))
    SessionFactory(event=world.event, hall=None, starts_at=at(12), ends_at=at(13))
    SessionFactory(event=world.event, hall=world.other_hall, starts_at=at(11), ends_at=at(12))


def test_of_other_events_nothing_is_asked(world):
    assert SessionFactory(hall=None).event != world.event


def test_raw_sql_moves_no_session_into_another(world):
    table, new = "conferences_session", world.hall.pk
    refused(lambda: sql(f"UPDATE {table} SET hall_id = %s WHERE id = %s", [new, world.other.pk]))
    refused(lambda: sql(f"UPDATE {table} SET hall_id = NULL WHERE id = %s", [world.other.pk]))


def test_a_session_is_in_a_hall_of_its_event(world):
    hall = HallFactory()
    refused(lambda: Session.objects.filter(pk=world.other.pk).update(hall=hall))
    refused(lambda: Hall.objects.filter(pk=world.hall.pk).update(event=hall.event))
    refused(lambda: Session.objects.filter(pk=world.other.pk).update(event=hall.event, hall=None))


def test_a_session_does_not_leave_its_talks(world):
    later = {"starts_at": at(9, 10)}
    refused(lambda: Session.objects.filter(pk=world.session.pk).update(**later))
    Session.objects.filter(pk=world.session.pk).update(ends_at=at(9, 15))


@pytest.mark.parametrize(("hour", "minute"), [(9, 0), (9, 10), (8, 55), (10, 50)])
def test_a_talk_overlaps_none_and_lies_within_its_session(world, hour, minute):
    refused(lambda: world.in_session(world.session, at(hour, minute)))


def test_raw_sql_puts_no_talk_into_the_slot_of_another(world):
    free = world.in_session(world.session, at(9, 15))
    begins = at(9, 5) if connection.vendor == "postgresql" else "2018-11-30 03:05:00"
    change = "UPDATE conferences_presentation SET starts_at = %s WHERE id = %s"
    refused(lambda: sql(change, [begins, free.pk]))


def test_a_talk_is_in_a_session_of_its_event(world):
    refused(lambda: world.in_session(SessionFactory(), at(9)))


def test_a_speaker_is_in_one_place_at_a_time(world):
    there = world.in_session(world.other, at(9, 10))
    refused(lambda: PresentationSpeaker.objects.create(presentation=there, speaker=world.speaker))
    refused(lambda: there.speakers.add(world.speaker))
    later = world.in_session(world.other, at(9, 30), speaker=world.speaker)
    begins, ends = at(9, 5), at(9, 25)
    Presentation.objects.filter(pk=there.pk).update(session=None, starts_at=None, ends_at=None)
    slot = Presentation.objects.filter(pk=later.pk)
    refused(lambda: slot.update(starts_at=begins, ends_at=ends))


def test_what_changes_nothing_of_the_slot_is_saved(world):
    world.talk.minutes = 20
    world.talk.save()
    world.session.moderator = "Anna"
    world.session.save()
    assert Presentation.objects.get().minutes == 20


def test_they_are_installed_and_once_more_changes_nothing():
    names = GUARDS.names(connection.vendor)
    assert set(GUARDS.installed(connection)) == names
    GUARDS.install(connection)
    assert set(GUARDS.installed(connection)) == names


def test_morning_is_nine_in_bishkek():
    assert timezone.localtime(at(9)).hour == 9

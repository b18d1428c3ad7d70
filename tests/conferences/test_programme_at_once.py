"""Two people of the office on one programme: one waits for the other, and whoever comes second is told."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from conferences import programme, scheduling
from conferences.models import Presentation, PresentationSpeaker, Session
from tests.conferences.factories import PresentationFactory
from tests.conferences.test_programme import values
from tests.conferences.test_programme_triggers import World, at
from tests.factories import StaffFactory
from tests.reports.test_closing_at_once import Person

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("english"),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def world():
    return World()


def first(act):
    """Somebody who did it and has not finished: the transaction is open."""
    person = Person(act, hold=True)
    assert person.done.wait(20)
    return person


def scheduling_of(world, talk, session=None, starts_at=None):
    """In words of one person: put this talk there."""
    which = {"event_id": world.event.pk, "talk_id": talk.pk, "seen": "", "minutes": 15}
    session, by = session or world.session, StaffFactory()
    starts_at = starts_at or at(10)
    return lambda: scheduling.schedule(**which, session_id=session.pk, starts_at=starts_at, by=by)


def test_of_two_talks_into_one_slot_one_gets_it_and_the_other_is_told(world):
    one, two = [PresentationFactory(event=world.event, title=t) for t in ("First", "Second")]
    anna = first(scheduling_of(world, one))
    berta = Person(scheduling_of(world, two))
    assert berta.waits()
    assert anna.end().title == "First"
    said = berta.end()
    assert isinstance(said, ValidationError)
    assert said.messages[0].startswith("“First” takes place there from 10:00 to 10:15.")
    assert not Presentation.objects.get(pk=two.pk).is_scheduled
    scheduling_of(world, two, starts_at=at(10, 15))()


def test_of_two_places_for_one_talk_one_holds_and_the_other_person_is_told(world):
    talk = PresentationFactory(event=world.event)
    anna = first(scheduling_of(world, talk))
    berta = Person(scheduling_of(world, talk, session=world.other))
    assert berta.waits()
    anna.end()
    assert "meanwhile" in berta.end().messages[0]
    assert Presentation.objects.get(pk=talk.pk).session == world.session


def test_of_two_halls_for_one_speaker_one_holds(world):
    talks = [PresentationFactory(event=world.event, speaker=world.speaker) for _two in "12"]
    anna = first(scheduling_of(world, talks[0]))
    berta = Person(scheduling_of(world, talks[1], session=world.other))
    assert berta.waits()
    anna.end()
    assert "speaks from 10:00 to 10:15" in berta.end().messages[0]


def test_of_two_sessions_in_one_hall_one_is_added(world):
    by = StaffFactory()

    def added(name):
        typed = values(hall=world.hall, name_en=name)
        return lambda: programme.add_session(event_id=world.event.pk, by=by, **typed)

    anna = first(added("One"))
    berta = Person(added("Two"))
    assert berta.waits()
    anna.end()
    assert berta.end().messages == ["In this hall “One” takes place from 12:00 to 13:00."]


def test_without_the_verbs_the_database_lets_one_wait_for_the_other(world):
    def added(name):
        times = {"starts_at": at(12), "ends_at": at(13)}
        return lambda: Session.objects.create(
            event=world.event, hall=world.hall, name_en=name, **times
        )

    anna = first(added("One"))
    berta = Person(added("Two"))
    assert berta.waits()
    anna.end()
    assert "Two sessions cannot be in one hall" in berta.end().messages[0]


def test_a_speaker_is_added_to_no_talk_that_meanwhile_is_at_the_time_of_another(world):
    talk = PresentationFactory(event=world.event)

    def speaks():
        return PresentationSpeaker.objects.create(presentation=talk, speaker=world.speaker)

    scheduling_of(world, talk, session=world.other)()
    slot = {"starts_at": at(10), "ends_at": at(10, 15)}
    anna = first(lambda: Presentation.objects.filter(pk=world.talk.pk).update(**slot))
    berta = Person(speaks)
    assert berta.waits()
    anna.end()
    assert "speaks in another one at this time" in berta.end().messages[0]

"""Where and when a presentation takes place: no clash of hall, none of a speaker."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from conferences import scheduling
from conferences.models import Presentation, PresentationSpeaker
from tests.conferences.factories import PresentationFactory, SessionFactory
from tests.conferences.test_programme_triggers import World, at
from tests.factories import StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def world():
    return World()


@pytest.fixture
def talk(world):
    """Accepted, waiting; its speaker speaks from 9:00 to 9:15 in the first hall, too."""
    return PresentationFactory(event=world.event, title="New", speaker=world.speaker)


def put(world, talk, session=None, starts_at=None, **changed):
    which = {
        "event_id": world.event.pk,
        "talk_id": talk.pk,
        "session_id": (session or world.session).pk,
        "starts_at": starts_at or at(9, 15),
        "minutes": 15,
        "seen": scheduling.seen_of(talk),
        "by": StaffFactory(),
    }
    return scheduling.schedule(**which | changed)


def refused(act):
    with pytest.raises(ValidationError) as refusal:
        act()
    return " ".join(refusal.value.messages)


def test_a_presentation_gets_its_slot_and_the_length_given(world, talk):
    put(world, talk, minutes=20)
    talk.refresh_from_db()
    found = (talk.session, talk.starts_at, talk.ends_at, talk.minutes)
    assert found == (world.session, at(9, 15), at(9, 35), 20)
    world.event.refresh_from_db()
    assert world.event.revision == 2


def test_talks_of_a_session_never_overlap_and_the_other_one_is_named(world, talk):
    said = refused(lambda: put(world, talk, starts_at=at(9, 10)))
    assert said.startswith("“Topic” takes place there from 09:00 to 09:15.")
    assert not Presentation.objects.get(pk=talk.pk).is_scheduled


def test_a_speaker_does_not_speak_in_two_halls_at_once(world, talk):
    said = refused(lambda: put(world, talk, session=world.other, starts_at=at(9, 10)))
    assert said.startswith("Head of the municipality speaks from 09:00 to 09:15 in “Topic”.")
    put(world, talk, session=world.other, starts_at=at(9, 15))


@pytest.mark.parametrize(
    ("starts_at", "minutes", "said"),
    [
        (at(8, 45), 15, "begin within this time"),
        (at(11), 15, "begin within this time"),
        (at(10, 50), 15, "would go on after the end of “Session” at 11:00"),
    ],
)
def test_a_talk_lies_within_its_session(world, talk, starts_at, minutes, said):
    assert said in refused(lambda: put(world, talk, starts_at=starts_at, minutes=minutes))


def test_a_break_has_no_presentations(world, talk):
    coffee = SessionFactory(event=world.event, kind="break", starts_at=at(11), ends_at=at(12))
    said = refused(lambda: put(world, talk, session=coffee, starts_at=at(11)))
    assert said == "A break has no presentations."


@pytest.mark.parametrize("status", ["draft", "proposed", "declined", "withdrawn"])
def test_only_what_was_accepted_is_scheduled(world, status):
    talk = PresentationFactory(event=world.event, status=status)
    assert "Only an accepted presentation" in refused(lambda: put(world, talk))


def test_a_session_of_another_event_is_none(world, talk):
    elsewhere = SessionFactory()
    assert "removed this session" in refused(lambda: put(world, talk, session=elsewhere))


def test_a_talk_moves_over_its_own_old_place(world, talk):
    put(world, world.talk, starts_at=at(9, 5))
    world.talk.refresh_from_db()
    assert world.talk.starts_at == at(9, 5)


def test_the_same_form_sent_twice_is_one_change(world, talk):
    put(world, talk)
    put(world, talk)  # with what was seen before the first
    world.event.refresh_from_db()
    assert world.event.revision == 2


def test_who_did_not_see_that_it_was_scheduled_is_told(world, talk):
    seen = scheduling.seen_of(talk)
    put(world, talk)
    talk.refresh_from_db()
    said = refused(lambda: put(world, talk, starts_at=at(10), seen=seen))
    assert said.startswith("Somebody put this presentation into “Session” at 09:15 meanwhile.")
    put(world, talk, starts_at=at(10))


def test_out_of_the_programme_it_stays_accepted(world):
    which = {"event_id": world.event.pk, "talk_id": world.talk.pk, "by": StaffFactory()}
    for _twice in "12":
        talk = scheduling.unschedule(**which)
    assert (talk.status, talk.is_scheduled) == ("accepted", False)
    world.event.refresh_from_db()
    assert world.event.revision == 2


@pytest.mark.parametrize(
    ("minutes", "begins"), [(15, (9, 15)), (25, (9, 15)), (26, (9, 45)), (75, (9, 45)), (76, None)]
)
def test_the_next_free_time_is_the_first_that_is_long_enough(world, minutes, begins):
    world.in_session(world.session, at(9, 40), minutes=5)
    talk = PresentationFactory(event=world.event)
    found = scheduling.next_free(world.session, talk, minutes, scheduling.busy(world.event))
    assert found == (begins and at(*begins))


def test_the_next_free_time_is_one_at_which_the_speakers_are_free(world, talk):
    taken = scheduling.busy(world.event)
    assert scheduling.next_free(world.other, talk, 15, taken) == at(9, 15)
    stranger = PresentationFactory(event=world.event)
    assert scheduling.next_free(world.other, stranger, 15, taken) == at(9)


def test_what_is_free_is_asked_in_two_queries(world, django_assert_num_queries):
    for minute in range(0, 60, 10):
        talk = world.in_session(world.other, at(10, minute), minutes=10)
        PresentationSpeaker.objects.create(presentation=talk, speaker=world.speaker)
    with django_assert_num_queries(2):
        assert len(scheduling.busy(world.event)) == 7


def test_all_of_a_day_fits_one_after_the_other(world):
    for _eight in range(7):
        talk = PresentationFactory(event=world.event)
        begins = scheduling.next_free(world.session, talk, 15, scheduling.busy(world.event))
        put(world, talk, starts_at=begins)
    full = PresentationFactory(event=world.event)
    assert scheduling.next_free(world.session, full, 15, scheduling.busy(world.event)) is None
    assert world.session.ends_at - world.session.starts_at == 8 * dt.timedelta(minutes=15)

"""What is on now: for the screen in the hall and for phones."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from conferences import programme
from conferences.now import now_at
from tests.conferences.factories import EventFactory, PresentationFactory, SessionFactory
from tests.conferences.test_programme_triggers import World, at
from tests.factories import MunicipalityFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def world():
    """9:00–11:00 talks in two halls, in the first at 9:00 and 9:30; then lunch for everybody until 12:00."""
    world = World()
    world.in_session(world.session, at(9, 30), title="Second")
    SessionFactory(
        event=world.event, name_en="Lunch", kind="break", starts_at=at(11), ends_at=at(12)
    )
    return world


@pytest.fixture
def clock(monkeypatch):
    def stands_at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return stands_at


def board(world, moment, hall=None):
    """(what is on now, what comes next) of the first hall."""
    found = now_at(world.event, at=moment, hall=hall)
    first = found.boards[0]
    names = [str(item.talk or item.session) for item in first.later]
    return first.now and str(first.now.talk or first.now.session), names


@pytest.mark.parametrize(
    ("moment", "now", "later"),
    [
        (at(8, 30), None, ["Topic", "Second", "Lunch"]),
        (at(9), "Topic", ["Second", "Lunch"]),
        (at(9, 14), "Topic", ["Second", "Lunch"]),
        (at(9, 15), "Session", ["Second", "Lunch"]),
        (at(9, 30), "Second", ["Lunch"]),
        (at(10), "Session", ["Lunch"]),
        (at(11), "Lunch", []),
    ],
)
def test_now_and_next_of_a_hall(world, moment, now, later):
    assert board(world, moment) == (now, later)


def test_each_hall_has_its_board_and_a_session_for_everybody_is_on_all(world):
    found = now_at(world.event, at=at(11, 30))
    assert [one.hall for one in found.boards] == [world.hall, world.other_hall]
    assert {one.now.session.name_en for one in found.boards} == {"Lunch"}
    alone = now_at(world.event, at=at(9), hall=world.other_hall)
    assert [one.hall for one in alone.boards] == [world.other_hall]


def test_an_event_without_halls_has_one_board(world):
    session = SessionFactory(starts_at=at(9))
    found = now_at(session.event, at=at(9))
    assert [(one.hall, one.now.session) for one in found.boards] == [(None, session)]


@pytest.mark.parametrize(
    ("moment", "state", "day"),
    [
        (at(8), "before", "Friday, 30 Nov 2018"),
        (at(9 - 24), "before", "Friday, 30 Nov 2018"),
        (at(10), "running", "Friday, 30 Nov 2018"),
        (at(12), "over", ""),
        (at(12 + 240), "over", ""),
    ],
)
def test_before_and_after_the_programme(world, moment, state, day):
    found = now_at(world.event, at=moment)
    assert (found.state, found.day) == (state, day)


def test_between_two_days_it_says_when_it_goes_on():
    event = EventFactory(ends_on=dt.date(2018, 12, 1))
    for hours in (9, 33):
        SessionFactory(event=event, starts_at=at(hours))
    found = now_at(event, at=at(20))
    assert (found.state, found.day, found.boards) == ("pause", "Saturday, 1 Dec 2018", [])


@pytest.mark.parametrize(("hours", "state"), [(-24, "before"), (9, "empty"), (33, "over")])
def test_an_event_without_a_programme_has_its_days(hours, state):
    assert now_at(EventFactory(), at=at(hours)).state == state


# --- The page ---------------------------------------------------------------------------------------


def address(event, **query):
    return reverse("conferences:now", args=[event.slug], query=query)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (at(9 - 24), "The event begins: Friday, 30 Nov 2018, 09:00"),
        (at(8), "The event begins today at 09:00."),
        (at(9, 5), "09:05"),
        (at(12, 30), "The event is over."),
    ],
)
def test_anybody_reads_it_and_the_time(client, world, clock, moment, words):
    clock(moment)
    text = re.sub(r"<[^>]*>", "", client.get(address(world.event)).content.decode())
    assert words in re.sub(r"\s+", " ", text)


def test_an_empty_programme_is_said(client, clock):
    clock(at(9))
    answer = client.get(address(EventFactory())).content.decode()
    assert "The programme is not known yet." in answer


def test_the_screen_of_one_hall(client, world, clock):
    clock(at(9))
    answer = client.get(address(world.event, hall=world.other_hall.pk)).content.decode()
    assert f'id="hall-{world.other_hall.pk}"' in answer
    assert f'id="hall-{world.hall.pk}"' not in answer


@pytest.mark.parametrize("hall", ["0", "x", "9" * 30, "-1", "٣"])
def test_a_hall_that_is_no_more_shows_all(client, world, clock, hall):
    clock(at(9))
    answer = client.get(address(world.event, hall=hall)).content.decode()
    assert f'id="hall-{world.hall.pk}"' in answer


def test_htmx_gets_the_board_alone_and_not_twice(client, world, clock):
    clock(at(9, 5))
    path, headers = address(world.event), {"HX-Request": "true"}
    first = client.get(path, headers=headers)
    assert first.content.strip().startswith(b'<div class="now-board"')
    assert first["Cache-Control"] == "private, max-age=5"
    again = client.get(path, headers=headers | {"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_phones_ask_one_query_until_the_board_is_drawn_anew(
    client, world, clock, django_assert_num_queries
):
    clock(at(9, 5))
    world.talk.municipalities.add(MunicipalityFactory())
    headers = {"HX-Request": "true"}
    with django_assert_num_queries(
        7
    ):  # event, text; sessions; talks, texts, municipalities, speakers
        client.get(address(world.event), headers=headers)
    with django_assert_num_queries(2):
        client.get(address(world.event), headers=headers)


def test_what_the_office_changes_is_on_the_screen_at_once(client, world, clock):
    clock(at(9, 5))
    client.get(address(world.event))
    names = {"name_ky": "", "name_ru": "", "name_en": "Blue hall"}
    seen, by = programme.seen_of(world.hall), StaffFactory()
    which = {"event_id": world.event.pk, "hall_id": world.hall.pk}
    programme.change_hall(**which, seen=seen, by=by, **names)
    assert "Blue hall" in client.get(address(world.event)).content.decode()


def test_the_language_of_the_address_is_that_of_the_screen(client, world, clock):
    clock(at(9))
    world.hall.name_ky = "Чоң зал"
    world.hall.save()
    answer = client.get(address(world.event, language="ky")).content.decode()
    assert "Чоң зал" in answer
    assert "language=ky" in answer.partition("hx-get=")[2][:80]
    assert "Чоң зал" not in client.get(address(world.event, language="xx")).content.decode()


def test_the_office_tries_the_screen_before_the_day(client, world, clock):
    clock(at(9 - 240))
    path = address(world.event, at="2018-11-30T09:05")
    assert "Topic" not in client.get(path).content.decode()
    client.force_login(StaffFactory())
    assert "Topic" in client.get(path).content.decode()
    for wrong in ("2018-99-30T09:05", "soon", "0001-01-01T00:00", "9999-12-31T23:59:59-12:00"):
        assert client.get(address(world.event, at=wrong)).status_code == 200


def test_a_name_that_nobody_gave_free_is_on_no_screen(client, world, clock):
    clock(at(9))
    world.speaker.name, world.speaker.agrees = "Aibek Jumaev", False
    world.speaker.save()
    answer = client.get(address(world.event)).content.decode()
    assert "Jumaev" not in answer
    assert "Head of the municipality" in answer


def test_what_was_not_accepted_is_on_no_screen(client, world, clock):
    clock(at(9))
    PresentationFactory(event=world.event, status="proposed", title="Hidden")
    assert "Hidden" not in client.get(address(world.event)).content.decode()

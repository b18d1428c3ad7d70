"""The event in people's calendars."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from icalendar import Calendar

from conferences import programme
from conferences.models import EventText
from tests.conferences.factories import EventFactory, PresentationFactory
from tests.conferences.test_programme_triggers import World, at
from tests.factories import MunicipalityFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
BISHKEK = ZoneInfo("Asia/Bishkek")


@pytest.fixture
def world():
    return World()


def read(client, event, **query):
    response = client.get(reverse("conferences:event_ics", args=[event.slug], query=query))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content)


def test_the_days_of_the_event_are_one_entry(client):
    event = EventFactory(ends_on=dt.date(2018, 12, 1))
    (entry,) = read(client, event).events
    assert (entry["dtstart"].dt, entry["dtend"].dt) == (dt.date(2018, 11, 30), dt.date(2018, 12, 2))
    assert (entry["transp"], entry["status"]) == ("TRANSPARENT", "CONFIRMED")
    assert entry["url"] == f"http://testserver{event.get_absolute_url()}"


def test_each_session_is_an_entry_in_local_time_with_its_hall(client, world):
    _days, first, second = read(client, world.event).events
    assert first["dtstart"].dt == dt.datetime(2018, 11, 30, 9, tzinfo=BISHKEK)
    assert first["dtstart"].params["tzid"] == "Asia/Bishkek"
    assert first["dtend"].dt == at(11)
    assert (first["location"], second["location"]) == (world.hall.name, world.other_hall.name)


def test_the_zone_is_described(client, world):
    (zone,) = read(client, world.event).timezones
    assert zone.tz_name == "Asia/Bishkek"
    assert zone.standard[0]["tzoffsetto"].td == dt.timedelta(hours=6)


def test_entries_keep_their_names_and_count_the_changes(client, world):
    before = read(client, world.event).events
    by, which = StaffFactory(), {"event_id": world.event.pk, "hall_id": world.hall.pk}
    programme.move_hall(**which, up=False, by=by)
    after = read(client, world.event).events
    assert {entry["uid"] for entry in before} == {entry["uid"] for entry in after}
    assert {(a["sequence"], b["sequence"]) for a, b in zip(before, after, strict=True)} == {(1, 2)}


def test_texts_are_in_the_language_of_the_address_and_say_so(client):
    event = EventFactory(title="Conference")
    EventText.objects.create(event=event, language="ky", title="Жыйын, өткөн; жаңы\\сы")
    (entry,) = read(client, event, language="ky").events
    assert entry["summary"] == "Жыйын, өткөн; жаңы\\сы"
    assert entry["summary"].params["language"] == "ky"
    (entry,) = read(client, event, language="ru").events
    assert entry["summary"].params["language"] == "en"


def test_the_talks_of_a_session_are_told_with_who_gives_them(client, world):
    world.talk.municipalities.add(MunicipalityFactory(name_en="Kum-Bel"))
    world.speaker.name, world.speaker.agrees = "Aibek", False
    world.speaker.save()
    _days, session, _other = read(client, world.event).events
    assert session["description"] == "Conference\n09:00 Topic (Kum-Bel; Head of the municipality)"


@pytest.mark.parametrize("line", ["\r\n", "\n", "\r"], ids=repr)
def test_typed_lines_make_no_lines_of_the_calendar(client, line):
    title = f"A{line}END:VEVENT{line}BEGIN:VALARM"
    (entry,) = read(client, EventFactory(title=title)).events
    assert entry.subcomponents == []


@pytest.mark.parametrize("precision", ["month", "year"])
def test_what_is_not_known_to_the_day_is_no_entry(client, precision):
    event = EventFactory(starts_precision=precision)
    assert client.get(reverse("conferences:event_ics", args=[event.slug])).status_code == 404


@pytest.mark.parametrize("talks", [1, 4])
def test_it_asks_the_same_number_of_queries_for_any_length(
    client, world, talks, django_assert_num_queries
):
    for number in range(1, talks):
        world.in_session(world.session, at(9, 15 * number), municipality=MunicipalityFactory())
    PresentationFactory(event=world.event, municipality=MunicipalityFactory())
    with django_assert_num_queries(
        7
    ):  # event, text; sessions; talks, texts, municipalities, speakers
        read(client, world.event)

"""The office's pages of halls, sessions and slots; the programme that everybody reads on the event's page."""

import re

import pytest
from django.urls import reverse

from conferences import programme, scheduling
from conferences.models import Hall, Presentation, Session
from tests.conferences.factories import EventFactory, PresentationFactory, SessionFactory
from tests.conferences.test_event_form import edit
from tests.conferences.test_programme_triggers import World, at
from tests.factories import MunicipalityFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def world():
    return World()


@pytest.fixture
def office(client):
    client.force_login(StaffFactory(name="Anna"))
    return client


def path(name, event, *args):
    return reverse(f"conferences:{name}", args=[event.slug, *args])


def typed(event, **changed):
    form = {"name_en": "Talks", "kind": "talks", "hall": "", "day": event.starts_on.isoformat()}
    return form | {"begins": "12:00", "ends": "13.00", "moderator": ""} | changed


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


# --- Halls and sessions -----------------------------------------------------------------------------


def test_the_office_adds_a_hall_and_a_session_in_local_time(office):
    event = EventFactory()
    office.post(path("hall_add", event), {"name_ru": "Зал"})
    hall = Hall.objects.get()
    answer = office.post(path("session_add", event), typed(event, hall=hall.pk), follow=True)
    session = Session.objects.get()
    assert (session.hall, session.starts_at, session.ends_at) == (hall, at(12), at(13))
    assert "The session “Talks” was added." in text_of(answer)


def test_the_next_session_is_proposed_after_the_one_before(office, world):
    answer = office.post(
        path("session_add", world.event),
        typed(world.event, hall=world.hall.pk, another="1"),
        follow=True,
    )
    initial = answer.context["form"].initial
    assert (initial["begins"].hour, initial["ends"].hour, initial["hall"]) == (
        13,
        14,
        world.hall.pk,
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"begins": "noon"}, "This is not a time. Write it like 09:30."),
        ({"ends": "11:00"}, "The session ends before it begins."),
        ({"name_en": ""}, "Write the name in at least one language."),
        ({"day": "2018-12-01"}, "Select a valid choice."),
        ({"hall": "999999999"}, "Select a valid choice."),
        ({"hall": "9" * 40}, "Select a valid choice."),
        ({"begins": "10:00"}, "“Session” takes place from 09:00 to 11:00. Choose another time"),
        ({"name_en": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(office, world, changed, said):
    form = typed(world.event, moderator="Kept") | changed
    answer = office.post(path("session_add", world.event), form)
    assert answer.status_code == 200
    assert said in text_of(answer)
    assert 'value="Kept"' in answer.content.decode()


def test_of_two_people_at_one_session_the_second_sees_what_the_first_saved(office, world):
    session = world.session
    seen, by = programme.seen_of(session), StaffFactory(name="Berta")
    names = ["name_ky", "name_ru", "name_en", "kind", "hall", "starts_at", "ends_at"]
    stored = {name: getattr(session, name) for name in names} | {"moderator": "Stored"}
    which = {"event_id": world.event.pk, "session_id": session.pk, "seen": seen, "by": by}
    programme.change_session(**which, **stored)
    form = typed(
        world.event, hall=world.hall.pk, begins="9", ends="11", moderator="Mine", seen=seen
    )
    answer = office.post(path("session_edit", world.event, session.pk), form)
    said = text_of(answer)
    assert "Somebody else saved this while you were working on it" in said
    assert "Saved by Berta" in said
    assert ("Stored" in said, 'value="Mine"' in answer.content.decode()) == (True, True)
    form["seen"] = answer.context["form"]["seen"].value()
    office.post(path("session_edit", world.event, session.pk), form)
    session.refresh_from_db()
    assert session.moderator == "Mine"


def test_removing_a_session_asks_what_becomes_of_its_talks(office, world):
    where = path("session_remove", world.event, world.session.pk)
    assert "Topic" in text_of(office.get(where))
    assert "Tick that they go back" in text_of(office.post(where))
    office.post(where, {"unschedule": "1"})
    assert Presentation.objects.get().session is None


def test_a_hall_that_is_in_use_is_not_removed(office, world):
    where = path("hall_remove", world.event, world.hall.pk)
    assert "sessions in it: 1" in text_of(office.post(where, follow=True))
    assert Hall.objects.filter(pk=world.hall.pk).exists()


def test_the_programme_is_moved_when_it_runs_late(office, world):
    form = {"delay-day": "2018-11-30", "delay-begins": "09:00", "delay-minutes": "15"}
    office.post(path("programme_delay", world.event), form)
    assert Presentation.objects.get().starts_at == at(9, 15)
    answer = office.post(path("programme_delay", world.event), form | {"delay-minutes": "x"})
    assert "Enter a whole number." in text_of(answer)


def test_the_event_is_moved_to_another_day(office, world):
    office.post(path("programme_days", world.event), {"days-first_on": "07.12.2018"})
    assert Presentation.objects.get().starts_at == at(9 + 7 * 24)


def test_the_form_of_the_event_does_not_leave_the_programme_behind(office, world):
    answer = edit(office, world.event, starts_on="07.12.2018")
    assert "Sessions of the programme would lie outside of these days: 2." in text_of(answer)
    assert answer.context["form"]["starts_on"].value() == "07.12.2018"
    world.event.refresh_from_db()
    assert (world.event.starts_on.day, world.event.revision) == (30, 1)


# --- Scheduling -------------------------------------------------------------------------------------


def test_a_talk_goes_to_the_next_free_time_when_no_time_is_typed(office, world):
    talk = PresentationFactory(event=world.event, title="New")
    where = path("schedule_talk", world.event, talk.pk)
    form = {"session": world.session.pk, "begins": "", "minutes": "20", "seen": ""}
    answer = office.post(where, form, follow=True)
    assert "“New” is in the programme: Session, 09:15–09:35." in text_of(answer)


def test_the_first_session_with_a_free_time_is_proposed(office, world):
    talk = PresentationFactory(event=world.event, minutes=110)
    answer = office.get(path("schedule_talk", world.event, talk.pk))
    chosen = {each["session"]: each["is_chosen"] for each in answer.context["choices"]}
    assert chosen == {world.session: False, world.other: True}
    assert "no free time of this length" in text_of(answer)


def test_who_comes_second_into_a_slot_is_told_and_loses_nothing(office, world):
    talk = PresentationFactory(event=world.event, title="New")
    form = {"session": world.session.pk, "begins": "09:10", "minutes": "33", "seen": ""}
    answer = office.post(path("schedule_talk", world.event, talk.pk), form)
    assert "“Topic” takes place there from 09:00 to 09:15." in text_of(answer)
    page = answer.content.decode()
    assert ('value="09:10"' in page, 'value="33"' in page) == (True, True)
    assert re.search(rf'value="{world.session.pk}" id="session-\d+" checked', page)


@pytest.mark.parametrize(
    "changed",
    [
        {"session": ""},
        {"session": "9" * 40},
        {"minutes": "0"},
        {"minutes": "9" * 40},
        {"minutes": "²"},
        {"begins": "25:00"},
    ],
)
def test_what_is_no_slot_is_refused_on_the_page(office, world, changed):
    talk = PresentationFactory(event=world.event)
    form = {"session": world.session.pk, "begins": "10:00", "minutes": "15", "seen": ""} | changed
    answer = office.post(path("schedule_talk", world.event, talk.pk), form)
    assert (answer.status_code, bool(answer.context["form"].errors)) == (200, True)


def test_a_talk_is_moved_and_taken_out(office, world):
    where = path("schedule_talk", world.event, world.talk.pk)
    seen = scheduling.seen_of(world.talk)
    form = {"session": world.other.pk, "begins": "10:00", "minutes": "15", "seen": seen}
    office.post(where, form)
    assert Presentation.objects.get().session == world.other
    office.post(path("unschedule", world.event, world.talk.pk))
    assert Presentation.objects.get().session is None


def test_a_talk_of_another_event_has_no_page_here(office, world):
    elsewhere = EventFactory()
    for name, send in [("schedule_talk", office.get), ("unschedule", office.post)]:
        assert send(path(name, elsewhere, world.talk.pk)).status_code == 404


@pytest.mark.parametrize(
    "name", ["hall_edit", "session_edit", "session_remove", "schedule_talk", "unschedule"]
)
def test_what_there_is_not_has_no_page(office, world, name):
    for pk in (0, 2**31, 10**30):
        assert office.post(path(name, world.event, pk)).status_code == 404
    for name_of_hall in ("hall_move", "hall_remove"):
        answer = office.post(path(name_of_hall, world.event, 10**30), follow=True)
        assert "Somebody removed this hall meanwhile." in text_of(answer)


@pytest.mark.parametrize("name", ["programme", "schedule"])
@pytest.mark.parametrize("talks", [1, 6])
def test_pages_ask_the_same_number_of_queries_for_any_length(
    office, world, talks, name, django_assert_num_queries
):
    for number in range(1, talks):
        world.in_session(world.session, at(9, 15 * number), municipality=MunicipalityFactory())
        PresentationFactory(event=world.event, municipality=MunicipalityFactory())
    world.talk.municipalities.add(MunicipalityFactory())
    # session, user, what waits; event, text; talks, texts, municipalities, speakers; sessions; halls or proposals
    with django_assert_num_queries(11):
        office.get(path(name, world.event))


# --- What everybody reads ---------------------------------------------------------------------------


def test_everybody_reads_the_programme_on_the_page_of_the_event(client, world):
    world.talk.municipalities.add(MunicipalityFactory(name_en="Kum-Bel"))
    SessionFactory(event=world.event, name_en="Lunch", starts_at=at(11), ends_at=at(12))
    page = client.get(world.event.get_absolute_url()).content.decode()
    programme_of = page.partition('id="programme"')[2].partition("</section>")[0]
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", programme_of))
    expected = ["Friday, 30 Nov 2018", "09:00 – 11:00", world.hall.name, "09:00 Topic", "Lunch"]
    assert [words for words in [*expected, "Kum-Bel; Head of"] if words not in text] == []
    assert "Change" not in text


def test_halls_at_the_same_time_stand_side_by_side(client, world):
    SessionFactory(event=world.event, name_en="Lunch", starts_at=at(11), ends_at=at(12))
    page = client.get(world.event.get_absolute_url()).content.decode()
    assert page.count('class="prog-block prog-parallel"') == 1
    assert page.count('class="prog-block"') == 1


def test_an_event_without_sessions_has_no_empty_programme(client):
    talk = PresentationFactory()
    page = client.get(talk.event.get_absolute_url()).content.decode()
    assert 'id="programme"' not in page


@pytest.mark.parametrize(
    ("precision", "talks", "links"),
    [("day", 0, {".ics"}), ("year", 0, set()), ("year", 1, {".pdf"}), ("day", 1, {".ics", ".pdf"})],
)
def test_the_page_links_only_files_in_which_something_stands(client, precision, talks, links):
    event = EventFactory(starts_precision=precision)
    PresentationFactory.create_batch(talks, event=event)
    page = client.get(event.get_absolute_url()).content.decode()
    assert set(re.findall(rf'href="/conferences/{event.slug}[^"?]*(\.\w+)', page)) == links

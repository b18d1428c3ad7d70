import datetime as dt

import pytest

from conferences.models import Document
from tests.conferences import factories
from tests.factories import HeadFactory, MunicipalityFactory, ServiceAreaFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(english):
    pass


def page(client, event):
    return client.get(event.get_absolute_url()).content.decode()


def test_everybody_reads_a_published_event_and_nobody_else_a_draft(client):
    event = factories.EventFactory(title="Forum of water")
    assert "Forum of water" in page(client, event)
    hidden = factories.EventFactory(published=False)
    assert client.get(hidden.get_absolute_url()).status_code == 404
    client.force_login(StaffFactory())
    assert client.get(hidden.get_absolute_url()).status_code == 200


def test_only_accepted_presentations_are_shown(client):
    event = factories.EventFactory()
    for status in ["draft", "proposed", "accepted", "declined", "withdrawn"]:
        factories.PresentationFactory(event=event, title=f"Talk {status}", status=status)
    client.force_login(StaffFactory())
    shown = client.get(event.get_absolute_url()).context["presentations"]
    assert [str(talk) for talk in shown] == ["Talk accepted"]


def test_a_name_that_was_not_given_free_is_nowhere_on_the_page(client):
    event = factories.EventFactory()
    silent = factories.SpeakerFactory(event=event, name="Aibek Jumaev", role="Head")
    factories.PresentationFactory(event=event, speaker=silent)
    client.force_login(StaffFactory())
    text = page(client, event)
    assert "Head" in text
    assert "Jumaev" not in text


def test_a_municipality_that_the_source_does_not_name_is_said_to_be_so(client):
    event = factories.EventFactory()
    factories.PresentationFactory(event=event, source="News")
    assert "Municipality not named in the source" in page(client, event)


def test_places_are_links_for_who_is_signed_in(client):
    place = MunicipalityFactory()
    event = factories.EventFactory()
    factories.PresentationFactory(event=event, municipality=place)
    assert place.get_absolute_url() not in page(client, event)
    client.force_login(HeadFactory())
    assert place.get_absolute_url() in page(client, event)


def test_results_count_people_talks_practices_and_what_was_done(client):
    event = factories.EventFactory(starts_on=dt.date(2018, 11, 30))
    factories.AttendanceFactory(event=event, women=30, men=10, total=40)
    factories.AttendanceFactory(event=event, municipality=None, institution="Agency", total=5)
    practice = factories.PublishedFactory().practice
    factories.PresentationFactory(
        event=event, practice=practice, municipality=practice.municipality
    )
    factories.RecommendationFactory(event=event, state="done", done_on=dt.date(2019, 1, 1))
    factories.RecommendationFactory(event=event)
    context = client.get(event.get_absolute_url()).context
    assert context["people"] == (45, 30, 10)
    assert (context["people"].women_share, context["people"].men_share) == (75, 25)
    assert context["figures"] == (2, 1, 1, 2, 1, 50)


def test_what_nobody_counted_is_not_nought(client):
    event = factories.EventFactory(starts_on=dt.date(2018, 11, 30))
    factories.AttendanceFactory(event=event, total=3)
    people = client.get(event.get_absolute_url()).context["people"]
    assert (people, people.women_share) == ((3, None, None), None)


def test_a_talk_with_a_time_stands_in_the_programme_only(client):
    event = factories.EventFactory()
    session = factories.SessionFactory(event=event)
    factories.PresentationFactory(
        event=event,
        title="With a time",
        area=ServiceAreaFactory(name_en="Drinking water"),
        session=session,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
    )
    text = page(client, event)
    assert text.count("With a time") == text.count("Drinking water") == 1
    assert '<span class="quiet num">1</span>' in text
    factories.PresentationFactory(event=event, title="Without one")
    response = client.get(event.get_absolute_url())
    assert [row.title for row in response.context["talks"]] == ["Without one"]
    assert '<span class="quiet num">2</span>' in response.content.decode()


def test_a_break_that_is_called_break_says_so_once():
    session = factories.SessionFactory.build(kind="break", name_en="Break", name_ru="", name_ky="")
    assert session.kind_in_words == ""
    session.name_en = "Lunch"
    assert session.kind_in_words == "Break"


def test_a_page_in_another_language_says_so(client):
    client.cookies["django_language"] = "ru"
    event = factories.EventFactory(title="Forum")
    text = page(client, event)
    assert '<h1 lang="en">Forum</h1>' in text
    assert "not-translated" in text


def test_sources_are_links_of_the_web_only(client):
    event = factories.EventFactory(source="https://dpi.kg/a ; javascript:alert(1) <b>")
    text = page(client, event)
    assert 'href="https://dpi.kg/a"' in text
    assert "javascript:alert(1) &lt;b&gt;" in text


def full_event(talks):
    event = factories.EventFactory()
    event.hosts.add(MunicipalityFactory())
    session = factories.SessionFactory(event=event, hall=factories.HallFactory(event=event))
    for number in range(talks):
        start = session.starts_at + dt.timedelta(seconds=number)
        factories.PresentationFactory(
            event=event,
            municipality=MunicipalityFactory(),
            speaker=factories.SpeakerFactory(event=event, municipality=MunicipalityFactory()),
            area=ServiceAreaFactory(),
            practice=factories.PublishedFactory().practice,
            session=session,
            starts_at=start,
            ends_at=start + dt.timedelta(seconds=1),
        )
        factories.AttendanceFactory(event=event)
        factories.RecommendationFactory(event=event)
    return event


@pytest.mark.parametrize("talks", [1, 5])
def test_the_page_asks_the_same_number_of_queries_for_any_programme(
    client, django_assert_num_queries, talks
):
    event = full_event(talks)
    client.force_login(HeadFactory())
    with django_assert_num_queries(20):
        response = client.get(event.get_absolute_url())
    assert len(response.context["presentations"]) == talks


def test_evidence_of_a_recommendation_is_not_public(client):
    event = factories.EventFactory()
    Document.objects.create(
        event=event,
        kind="evidence",
        title="Letter",
        filename="a.pdf",
        size=1,
        sha256="0" * 64,
        uploaded_at=event.published_at,
        file="shared/x",
    )
    assert "Letter" not in page(client, event)
    client.force_login(HeadFactory())
    assert "Letter" in page(client, event)

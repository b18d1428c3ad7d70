import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from conferences.event_search import fill_search_key
from conferences.models import EventText
from tests.conferences import factories
from tests.factories import HeadFactory, MunicipalityFactory, StaffFactory

pytestmark = pytest.mark.django_db
LIST = "/conferences/"


def titles(client, query=""):
    return [str(event) for event in client.get(LIST + query).context["page"]]


def make(title, **fields):
    event = factories.EventFactory(title=title, **fields)
    fill_search_key(event)
    return event


def test_everybody_reads_the_list_without_signing_in(client):
    assert reverse("conferences:event_list") == LIST
    make("Forum")
    assert titles(client) == ["Forum"]


def test_what_comes_stands_before_what_is_over(client):
    today = timezone.localdate()
    make("Over", starts_on=dt.date(2018, 11, 30))
    make("Soon", starts_on=today + dt.timedelta(days=3))
    assert titles(client) == ["Soon", "Over"]
    assert titles(client, "?time=coming") == ["Soon"]
    assert titles(client, "?time=over") == ["Over"]


@pytest.mark.parametrize(("person", "seen"), [(StaffFactory, ["Draft"]), (HeadFactory, [])])
def test_drafts_are_for_the_office(client, person, seen):
    make("Draft", published=False)
    client.force_login(person())
    assert titles(client) == seen


def test_who_is_not_of_the_office_cannot_ask_for_drafts(client):
    make("Forum")
    assert titles(client, "?state=draft") == ["Forum"]


@pytest.mark.parametrize("words", ["токтогул", "Toktogul", "ТОКТОГУЛ форум", "toqtogul"])
def test_words_find_every_language_and_spelling(client, english, words):
    event = make("Forum of waste")
    EventText.objects.create(
        event=event, language="ru", title="Форум по отходам", place="г. Токтогул"
    )
    fill_search_key(event)
    make("Another")
    assert titles(client, f"?q={words}") == ["Forum of waste"]


@pytest.mark.parametrize("words", ["x" * 10_000, '"', "«»", "…"])
def test_words_that_cannot_be_looked_for_get_a_clear_answer(client, words):
    make("Forum")
    response = client.get(LIST, {"q": words})
    assert (response.status_code, list(response.context["page"])) == (200, [])
    assert len(response.context["filter"].problems) == 1


def test_kind_year_and_organiser_narrow_the_list(client):
    make("A", kind="fair", starts_on=dt.date(2017, 5, 1))
    make("B", kind="forum", starts_on=dt.date(2018, 5, 1), of_programme=False)
    assert titles(client, "?kind=fair") == ["A"]
    assert titles(client, "?year=2018") == ["B"]
    assert titles(client, "?of=others") == ["B"]
    assert titles(client, "?kind=fair&year=2018") == []


def test_a_place_finds_where_it_was_host_came_or_presented(client):
    place = MunicipalityFactory()
    host, came = make("Host"), make("Came")
    make("Elsewhere")
    host.hosts.add(place)
    factories.AttendanceFactory(event=came, municipality=place)
    for query in (f"?municipality={place.code}", f"?region={place.region.iso}"):
        assert sorted(titles(client, query)) == ["Came", "Host"]


@pytest.mark.parametrize("query", ["?kind=x", "?year=1", "?region=x", "?municipality=x", "?of=%00"])
def test_a_filter_that_is_not_known_is_told(client, query):
    make("Forum")
    response = client.get(LIST + query)
    assert (response.status_code, list(response.context["page"])) == (200, [])
    assert response.context["filter"].problems


def test_an_empty_field_leaves_the_address(client):
    response = client.get(LIST + "?q=&kind=fair&year=")
    assert response.url == "/conferences/?kind=fair"


@pytest.mark.parametrize("events", [1, 4])
def test_the_list_asks_the_same_number_of_queries_for_any_length(
    client, django_assert_num_queries, events
):
    for event in factories.EventFactory.create_batch(events):
        event.hosts.add(MunicipalityFactory())
    with django_assert_num_queries(6):  # regions, years, count, events, texts, hosts
        response = client.get(LIST)
    assert len(response.context["page"].object_list) == events

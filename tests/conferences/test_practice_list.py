import datetime as dt

import pytest
from django.urls import reverse

from conferences.models import PracticeVersion
from conferences.practice_filters import PracticeFilter
from conferences.practice_search import fill_search_key
from tests.conferences.factories import (
    EventFactory,
    PresentationFactory,
    PublishedFactory,
    TakeOverFactory,
    VersionFactory,
)
from tests.factories import (
    DonorFactory,
    MunicipalityFactory,
    PlanFactory,
    ServiceAreaFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LIST = "/practices/"


def published(title="Practice", *, cost=None, place=None, area=None, population=None, **fields):
    place = place or MunicipalityFactory(population=population)
    version = PublishedFactory(title=title, **fields)
    practice = version.practice
    practice.municipality, practice.area = place, area
    if cost is not None:
        practice.plan = PlanFactory(lead=place, cost_kgs=cost, own=100, status="approved")
    practice.save()
    fill_search_key(version)
    return version


def found(**query):
    return PracticeFilter(query).keys()


def titles(client, **query):
    return [card.version.title for card in client.get(LIST, query).context["cards"]]


def test_anybody_reads_the_list_and_drafts_are_not_in_it(client):
    published("Water in pipes")
    VersionFactory(title="Draft")
    assert titles(client) == ["Water in pipes"]


@pytest.mark.parametrize(
    "words",
    ["питьевая", "Питьевая ВОДА", "taza suu", "таза суу", "Kum-Bel", "Кумбель", "kumbel вода"],
)
def test_a_practice_is_found_in_every_language_and_spelling(words):
    area = ServiceAreaFactory(name_ru="Питьевая вода", name_ky="Таза суу", name_en="Drinking water")
    place = MunicipalityFactory(name_ru="Кум-Бельский айылный аймак", name_en="Kum-Bel")
    version = published("Трубы", area=area, place=place)
    published("Свет")
    assert found(q=words) == [version.pk]


def test_problem_solution_and_region_are_searched():
    version = VersionFactory()
    version.texts.update(problem="Сель размыл каптаж", solution="Новая насосная станция")
    version.practice.municipality.region.name_ru = "Нарынская область"
    fill_search_key(version)
    for words in ["каптаж", "nasosnaya", "Нарын"]:
        assert PracticeVersion.objects.search(words).get() == version


@pytest.mark.parametrize("words", ["x" * 10_000, '"""', "“”", "'", "я " * 5000])
def test_a_search_that_cannot_be_answered_says_so(client, words):
    published()
    response = client.get(LIST, {"q": words})
    assert response.status_code == 200
    assert response.context["cards"] == []
    assert "the filter cannot be read" in response.content.decode()
    assert len(response.content) < 60_000


@pytest.mark.parametrize(
    "name", ["area", "region", "district", "municipality", "size", "cost", "year", "sort"]
)
def test_what_is_not_known_shows_nothing_and_says_so(client, name):
    published()
    response = client.get(LIST, {name: "atlantis"})
    assert response.context["cards"] == []
    assert "atlantis" in response.content.decode()


def test_a_top_area_includes_its_parts():
    top = ServiceAreaFactory()
    part = ServiceAreaFactory(parent=top)
    one, other = published(area=top), published(area=part)
    published(area=ServiceAreaFactory())
    assert set(found(area=top.code)) == {one.pk, other.pk}
    assert found(area=part.code) == [other.pk]


@pytest.mark.parametrize(
    ("people", "size"),
    [
        (4_999, "0-5"),
        (5_000, "5-10"),
        (9_999, "5-10"),
        (10_000, "10-20"),
        (20_000, "20-"),
        (None, "unknown"),
    ],
)
def test_size_of_the_municipality(people, size):
    version = published(population=people)
    sizes = ["0-5", "5-10", "10-20", "20-", "unknown"]
    assert [s for s in sizes if found(size=s) == [version.pk]] == [size]


@pytest.mark.parametrize(
    ("cost", "chosen"), [(499_999, "0-05"), (500_000, "05-1"), (5_000_000, "5-"), (None, "unknown")]
)
def test_cost_of_the_plan(cost, chosen):
    version = published(cost=cost)
    costs = ["0-05", "05-1", "1-3", "3-5", "5-", "unknown"]
    assert [c for c in costs if found(cost=c) == [version.pk]] == [chosen]


def test_the_years_are_those_of_published_events_at_which_something_was_presented():
    for day in ["2016-02-29", "2018-01-01", "2018-12-31", "2024-06-01"]:
        PresentationFactory(event=EventFactory(starts_on=day))
    PresentationFactory(event=EventFactory(starts_on="2019-05-01"), status="proposed")
    PresentationFactory(event=EventFactory(starts_on="2026-05-01", published_at=None))
    EventFactory(starts_on="2020-05-01")
    assert PracticeFilter({}).years == [2024, 2018, 2016]


def test_nothing_presented_leaves_no_year_to_choose():
    assert PracticeFilter({}).years == []


def test_year_of_the_event_at_which_it_or_its_plan_was_shown():
    by_practice, by_plan = published("A"), published("B", cost=1)
    event = EventFactory(starts_on=dt.date(2018, 11, 30))
    PresentationFactory(event=event, practice=by_practice.practice)
    PresentationFactory(event=event, plan=by_plan.practice.plan)
    PresentationFactory(event=EventFactory(starts_on=dt.date(2019, 5, 1)))
    PresentationFactory(event=event, practice=published("C").practice, status="declined")
    assert set(found(year="2018")) == {by_practice.pk, by_plan.pk}
    assert found(year="2019") == []


def test_interest_alone_is_not_taking_over():
    taken, interesting = published(), published()
    TakeOverFactory(practice=taken.practice, state="running", started_on=dt.date(2020, 1, 1))
    TakeOverFactory(practice=interesting.practice)
    assert found(taken_over="1") == [taken.pk]
    assert found(taken_over="0") == [interesting.pk]


def test_orders():
    cheap = published(cost=100)
    dear = published(cost=900)
    unknown = published()
    TakeOverFactory(practice=dear.practice, state="planning", plan=PlanFactory())
    assert found() == [unknown.pk, dear.pk, cheap.pk]
    assert found(sort="cost") == [cheap.pk, dear.pk, unknown.pk]
    assert found(sort="-cost") == [dear.pk, cheap.pk, unknown.pk]
    assert found(sort="taken_over")[0] == dear.pk


@pytest.mark.parametrize("sort", ["newest", "taken_over", "cost"])
def test_outdated_practices_come_last_and_are_marked(client, sort):
    old = published("Old", cost=1, status="outdated", outdated_reason="New law")
    TakeOverFactory(practice=old.practice, state="planning", plan=PlanFactory())
    valid = published("Valid", cost=2)
    assert found(sort=sort) == [valid.pk, old.pk]
    assert found(state="outdated") == [old.pk]
    assert "Outdated" in client.get(LIST).content.decode()


def test_an_empty_form_leads_to_the_short_address(client):
    response = client.get(LIST, {"q": "вода", "area": "", "sort": ""})
    assert response.url == f"{LIST}?q=%D0%B2%D0%BE%D0%B4%D0%B0"


def test_a_card_shows_cost_own_share_and_followers(client):
    version = published("Water", cost=1_000)
    for _ in range(2):
        TakeOverFactory(practice=version.practice, state="planning", plan=PlanFactory())
    text = client.get(LIST).content.decode()
    assert "10.0%" in text
    assert "by 2 municipalities" in text


def test_an_empty_portal_says_what_to_do(client):
    assert "No practice has been published yet" in client.get(LIST).content.decode()


@pytest.mark.parametrize("number", [1, 4])
@pytest.mark.parametrize(("person", "queries"), [(None, 9), (DonorFactory, 11)])
def test_the_list_asks_the_same_for_any_length(
    client, django_assert_num_queries, person, queries, number
):
    for n in range(number):
        version = published(f"P{n}", cost=1_000, area=ServiceAreaFactory())
        TakeOverFactory(practice=version.practice)
        PresentationFactory(practice=version.practice)
    if person:
        client.force_login(person())
    with django_assert_num_queries(queries):
        response = client.get(reverse("conferences:practice_list"))
    assert len(response.context["cards"]) == number

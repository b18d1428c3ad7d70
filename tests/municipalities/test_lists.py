"""Lists and pages of places: filter, search, counts of plans, names in the reader's language."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import (
    DistrictFactory,
    DonorFactory,
    MunicipalityFactory,
    OfficerFactory,
    PlanFactory,
    RegionFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db
LIST = reverse("municipalities:list")


def found(response):
    return [place.code for place in response.context["page"].object_list]


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("page", ["list", "regions", "search"])
def test_a_list_of_places_is_only_read(client, page):
    client.force_login(DonorFactory())
    assert client.post(reverse(f"municipalities:{page}")).status_code == 405


@pytest.mark.parametrize("person", [StaffFactory, OfficerFactory, DonorFactory])
@pytest.mark.parametrize("page", ["list", "regions", "region", "district", "detail", "search"])
def test_every_list_asks_the_same_number_of_queries_for_any_length(client, person, page):
    first = PlanFactory(status="approved").lead
    client.force_login(person())
    address = {
        "list": LIST,
        "regions": reverse("municipalities:regions"),
        "region": first.region.get_absolute_url(),
        "district": first.district.get_absolute_url(),
        "detail": first.get_absolute_url(),
        "search": reverse("municipalities:search") + "?q=айылный",
    }[page]
    grow_around(first)
    short = queries_of(client, address)
    grow_around(first)
    grow_around(first)
    assert queries_of(client, address) == short <= 20


def grow_around(place):
    """One more of everything that a page can show: a row of each kind, and its relations."""
    PlanFactory(status="approved", lead=MunicipalityFactory(district=place.district))
    PlanFactory(status="approved", lead__district__region=place.region)
    PlanFactory(status="approved", lead__district=None, lead__region=place.region)
    old = PlanFactory(status="approved", lead__name_ru=place.name_ru).lead
    old.successions.create(successor=place, kind="merged")
    place.successions.create(successor=MunicipalityFactory(), kind="split")


def test_a_list_counts_the_plans_this_person_may_see(client):
    place = MunicipalityFactory()
    PlanFactory(lead=place, status="approved")
    PlanFactory(lead=place, status="draft")
    for person, plans in [(DonorFactory(), 1), (StaffFactory(), 2), (OfficerFactory(), 1)]:
        client.force_login(person)
        assert (
            client.get(LIST, {"q": place.code}).context["page"].object_list[0].plan_count == plans
        )
        assert client.get(place.get_absolute_url()).context["plan_count"] == plans
        assert client.get(place.region.get_absolute_url()).context["plan_count"] == plans
        assert client.get(place.district.get_absolute_url()).context["plan_count"] == plans


def test_municipalities_with_plans_are_those_whose_plans_this_person_may_see(client):
    PlanFactory(status="draft")
    approved = PlanFactory(status="approved").lead
    client.force_login(DonorFactory())
    assert found(client.get(LIST, {"plans": "1"})) == [approved.code]


def test_words_for_the_kind_of_place_neither_find_nor_hinder(client):
    aimak = MunicipalityFactory(name_ru="Улаколский айылный аймак", name_ky="Улакол айыл аймагы")
    town = MunicipalityFactory(name_ru="г. Токтогул", name_ky="Токтогул шаары")
    client.force_login(DonorFactory())
    finds = {
        "ай": [],
        "аймак": [],
        "Улакол айыл аймагы": [aimak.code],
        "город Токтогул": [town.code],
        "г. Токтогул": [town.code],
        "toktogul city": [town.code],
    }
    assert {words: found(client.get(LIST, {"q": words})) for words in finds} == finds


def test_a_list_shows_first_what_begins_with_the_words(client):
    for name in ["Кара-Суу", "Суу-Баш", "Ак-Суу"]:
        MunicipalityFactory(name_ru=name)
    client.force_login(DonorFactory())
    client.cookies["django_language"] = "ru"
    page = client.get(LIST, {"q": "суу"}).context["page"]
    assert [place.name for place in page.object_list] == ["Суу-Баш", "Ак-Суу", "Кара-Суу"]


def test_a_list_is_filtered_by_region_district_and_kind(client):
    district = DistrictFactory()
    town = MunicipalityFactory(district=district, kind="district_city")
    aimak = MunicipalityFactory(district=district)
    other = MunicipalityFactory()
    client.force_login(DonorFactory())
    assert set(found(client.get(LIST, {"region": district.region.iso}))) == {town.code, aimak.code}
    assert set(found(client.get(LIST, {"district": other.district.code}))) == {other.code}
    assert found(client.get(LIST, {"district": district.code, "kind": "district_city"})) == [
        town.code
    ]


def test_a_filter_can_be_taken_away_again(client):
    region = RegionFactory(name_ru="Чуйская область")
    client.force_login(DonorFactory())
    response = client.get(
        LIST, {"region": region.iso, "kind": "aiyl_aimak", "q": "ак", "page": "1"}
    )
    chips = {chip.query for chip in response.context["filter"].chips}
    assert chips == {"q=%D0%B0%D0%BA&kind=aiyl_aimak", f"q=%D0%B0%D0%BA&region={region.iso}"}


@pytest.mark.parametrize("name", ["region", "district", "kind", "plans"])
def test_an_unknown_filter_value_shows_no_places_and_says_so(client, name):
    MunicipalityFactory()
    client.force_login(DonorFactory())
    client.cookies["django_language"] = "en"
    response = client.get(LIST, {name: "<nowhere>"})
    assert (response.status_code, found(response)) == (200, [])
    assert "“&lt;nowhere&gt;” is not known here." in response.content.decode()


@pytest.mark.parametrize(
    "words",
    [
        "'",
        '"',
        "%",
        "%%%_",
        "\\",
        "\x00",
        "' OR 1=1 --",
        "東京",
        "щ" * 10_000,
        "%d0%b0 " * 1_000,
        "🏔",
    ],
)
@pytest.mark.parametrize("page", ["list", "search"])
def test_a_strange_search_is_answered_calmly_and_finds_nothing(client, page, words):
    MunicipalityFactory()
    client.force_login(DonorFactory())
    response = client.get(reverse(f"municipalities:{page}"), {"q": words})
    assert response.status_code == 200
    assert not (found(response) if page == "list" else response.context["places"])


@pytest.mark.parametrize("page", ["0", "-1", "999999", "x", "1e9"])
def test_a_strange_page_number_shows_a_page(client, page):
    place = MunicipalityFactory()
    client.force_login(DonorFactory())
    assert found(client.get(LIST, {"page": page})) == [place.code]


@pytest.mark.parametrize("name", ["detail", "region", "district"])
@pytest.mark.parametrize("code", ["41700000000000", "KG-XX", "nothing"])
def test_an_unknown_code_is_not_found(client, name, code):
    client.force_login(DonorFactory())
    assert client.get(reverse(f"municipalities:{name}", args=[code])).status_code == 404


def test_an_address_with_a_zero_byte_is_not_found(client):
    client.force_login(DonorFactory())
    assert client.get("/municipalities/%00/").status_code == 404


def test_kyrgyz_letters_sort_by_the_alphabet(client):
    names = ["Тоң", "Он", "Өзгөн", "Үч-Терек", "Оң", "Тон", "Узун"]
    for name in names:
        MunicipalityFactory(name_ky=name)
    client.force_login(DonorFactory())
    client.cookies["django_language"] = "ky"
    shown = [place.name for place in client.get(LIST).context["page"].object_list]
    assert shown == ["Он", "Оң", "Өзгөн", "Тон", "Тоң", "Узун", "Үч-Терек"]


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("ky", 'lang="ru">Улаколский</a> <span class="fine fw-normal text-nowrap">('),
        ("ru", ">Улаколский</a>\n"),
        ("en", ">Ulakol</a>\n"),
    ],
)
def test_a_borrowed_name_is_marked_with_its_language(client, language, shown):
    place = MunicipalityFactory(name_ru="Улаколский", name_en="Ulakol")
    client.force_login(DonorFactory())
    client.cookies["django_language"] = language
    assert shown in client.get(LIST).content.decode()
    heading = client.get(place.get_absolute_url()).content.decode()
    assert ('<h1><span lang="ru">Улаколский</span>' in heading) == (language == "ky")


def test_htmx_gets_the_results_only(client):
    MunicipalityFactory()
    client.force_login(DonorFactory())
    part = client.get(LIST, {"q": "", "kind": "aiyl_aimak"}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part.headers["Vary"]
    assert part.headers["HX-Push-Url"] == f"{LIST}?kind=aiyl_aimak"


def test_pages_have_fifty_places_and_keep_the_filter(client):
    region = RegionFactory()
    MunicipalityFactory.create_batch(51, district=None, region=region)
    client.force_login(DonorFactory())
    response = client.get(LIST, {"region": region.iso, "page": 2})
    assert len(found(response)) == 1
    assert f"?region={region.iso}&amp;page=1" in response.content.decode()


def test_without_places_the_page_says_how_they_come(client):
    client.force_login(DonorFactory())
    assert "manage.py load_registry" in client.get(LIST).content.decode()


def test_the_search_links_to_the_plans_with_the_same_words(client):
    client.force_login(DonorFactory())
    page = client.get(reverse("municipalities:search"), {"q": "ак суу"}).content.decode()
    assert reverse("action_plans:list") + "?q=%D0%B0%D0%BA%20%D1%81%D1%83%D1%83" in page

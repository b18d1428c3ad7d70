"""The register of the whole country as it is delivered: what it holds, what search finds in it."""

import csv
from collections import Counter
from io import StringIO

import pytest
from django.urls import reverse

from municipalities.models import District, Municipality, Region, Succession
from municipalities.pages import search_places
from tests.factories import StaffFactory

from .conftest import REGISTRY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registry")]


def test_the_register_has_the_whole_country():
    assert Counter(Region.objects.values_list("kind", flat=True)) == {"region": 7, "city": 2}
    assert Counter(District.objects.values_list("kind", flat=True)) == {
        "district": 40,
        "city_district": 4,
    }
    assert Counter(Municipality.objects.values_list("kind", flat=True)) == {
        "aiyl_aimak": 455,  # 453 of the classifier and two of the reform
        "regional_city": 12,
        "district_city": 17,
        "republican_city": 2,
    }


def test_places_without_a_soate_code_have_one_of_ours():
    ours = Municipality.objects.filter(code__startswith="X").order_by("code")
    assert [(p.name_en, p.code, p.has_soate_code) for p in ours] == [
        ("Khan-Teniri", "X4170220500001", False),
        ("Kydyr-Ake", "X4170220500002", False),
    ]


def test_every_row_names_its_source_and_no_year_is_invented():
    rows = list(csv.DictReader(StringIO(REGISTRY.read_text(encoding="utf-8"))))
    assert all(row["source"] for row in rows)
    assert not [row["code"] for row in rows if row["population_year"] and not row["population"]]
    toktogul = next(row for row in rows if row["code"] == "41703225600010")
    assert (toktogul["population"], toktogul["population_year"]) == ("20577", "")


def test_bishkek_is_a_region_and_a_municipality():
    bishkek = Municipality.objects.get(code="41711000000000")
    assert (bishkek.kind, bishkek.region.iso, bishkek.district) == (
        "republican_city",
        "KG-GB",
        None,
    )
    assert bishkek.region.districts.count() == 4


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Ulahol", "41702220825000"),
        ("Ulakhol", "41702220825000"),
        ("Улахол", "41702220825000"),
        ("озгон", "41706255600010"),
        ("Өзгөн", "41706255600010"),
        ("узген", "41706255600010"),
        ("ketmen dobo", "41703225825000"),
        ("Кетмен-Дөбө", "41703225825000"),
        ("кетмен добо", "41703225825000"),
        ("Кумбель", "41702215820000"),
        ("kum-bel", "41702215820000"),
        ("Zhany-Zhol", "41703211813000"),
        ("bostery", "41702215808000"),
        ("массы", "41703215836000"),
        ("41703225600010", "41703225600010"),
    ],
)
def test_every_spelling_finds_its_place(client, words, code):
    client.force_login(StaffFactory())
    response = client.get(reverse("municipalities:list"), {"q": words})
    assert code in [place.code for place in response.context["page"].object_list]
    assert code in [place.code for place in search_places(words)]


def test_places_of_one_name_are_shown_with_their_districts(client):
    client.force_login(StaffFactory())
    client.cookies["django_language"] = "en"
    response = client.get(reverse("municipalities:list"), {"q": "Джаны-Джольский"})
    found = [(place.district.name_en, place.code) for place in response.context["page"].object_list]
    assert sorted(found) == [
        ("Aksy District", "41703211813000"),
        ("Toktogul District", "41703225815000"),
    ]
    aksy = client.get(reverse("municipalities:detail", args=["41703211813000"]))
    assert [place.code for place in aksy.context["namesakes"]] == ["41703225815000"]
    assert "Toktogul District" in aksy.content.decode()


def test_a_search_names_first_what_begins_with_the_words():
    assert [place.code for place in search_places("токтогул")][:2] == [
        "41703225000000",  # the district
        "41703225600010",  # the town
    ]


def test_ala_buka_lists_what_was_joined_to_it(client):
    client.force_login(StaffFactory())
    page = client.get(reverse("municipalities:detail", args=["41703204808000"]))
    assert [s.predecessor.name_en for s in page.context["predecessors"]] == [
        "Oruktu",
        "Torogeldi Baltagulov",
    ]
    oruktu = client.get(reverse("municipalities:detail", args=["41703204847000"]))
    assert [s.successor.code for s in oruktu.context["became"]] == ["41703204808000"]
    assert Succession.objects.count() == 2


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_every_place_has_a_page_in_every_language(client, language):
    client.force_login(StaffFactory())
    client.cookies["django_language"] = language
    addresses = [
        *(region.get_absolute_url() for region in Region.objects.all()),
        *(district.get_absolute_url() for district in District.objects.all()[::7]),
        *(place.get_absolute_url() for place in Municipality.objects.order_by("?")[:12]),
        reverse("municipalities:regions"),
        reverse("municipalities:search") + "?q=ош",
    ]
    assert {client.get(address).status_code for address in addresses} == {200}

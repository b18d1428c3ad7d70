import pytest

from conferences.models import Practice
from conferences.slugs import create_with_slug, slug_of
from tests.conferences.factories import PracticeFactory
from tests.factories import MunicipalityFactory

CASES = [
    ("Чистая питьевая вода в Кум-Беле", "chistaia-pitevaia-voda-v-kum-bele"),
    ("Жаңы-Жол көчөсү, 2018", "jangy-jol-kochosu-2018"),
    ("Wäste & more", "waste-more"),
    ("水", "practice"),
    ("«»", "practice"),
    ("New", "new-1"),
    ("2018", "2018-1"),
]


@pytest.mark.parametrize(("title", "slug"), CASES)
def test_an_address_is_written_in_latin_letters(title, slug):
    assert slug_of(title, otherwise="practice") == slug


def test_a_long_title_is_cut_between_words():
    slug = slug_of("вода " * 30, otherwise="practice")
    assert slug == "-".join(["voda"] * 12)
    assert slug_of("в" * 100, otherwise="practice") == "v" * 60


@pytest.mark.django_db
def test_a_second_practice_of_the_same_title_has_a_number():
    PracticeFactory(slug="voda")
    PracticeFactory(slug="voda-2")
    place = MunicipalityFactory()
    made = create_with_slug(Practice, "Вода", otherwise="practice", municipality=place)
    assert made.slug == "voda-3"

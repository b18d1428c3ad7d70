import pytest

from conferences.models import EventText
from conferences.text_forms import Texts
from tests.conferences import factories

pytestmark = pytest.mark.django_db


def typed(original="ru", **texts):
    """ru={"title": …}: what a person types."""
    data = {"original": original}
    for language, fields in texts.items():
        data |= {f"{language}-{name}": value for name, value in fields.items()}
    return data


def texts_of(event, data):
    return Texts(EventText, "event", event, data)


def save(event, **kwargs):
    texts = texts_of(event, typed(**kwargs))
    assert texts.is_valid(), texts.problems
    texts.save(event)
    return {row.language: row for row in event.texts.all()}


@pytest.fixture
def event():
    return factories.EventFactory(title="")


def test_the_original_and_its_translations_are_rows(event):
    rows = save(event, ru={"title": "Форум"}, en={"title": "Forum", "checked": "on"})
    assert {code: row.state for code, row in rows.items()} == {"ru": "original", "en": "checked"}


def test_an_emptied_translation_is_removed(event):
    save(event, ru={"title": "Форум"}, en={"title": "Forum"})
    assert set(save(event, ru={"title": "Форум"}, en={"title": " "})) == {"ru"}


def test_a_changed_original_makes_checked_translations_drafts_again(event):
    ticked = {"title": "Forum", "checked": "on"}
    save(event, ru={"title": "Форум"}, en=ticked)
    assert save(event, ru={"title": "Форум"}, en=ticked)["en"].state == "checked"
    assert save(event, ru={"title": "Съезд"}, en=ticked)["en"].state == "draft"
    assert save(event, ru={"title": "Съезд"}, en=ticked)["en"].state == "checked"


def test_a_translation_that_is_mended_with_its_original_stays_checked(event):
    save(event, ru={"title": "Форум"}, en={"title": "Forum", "checked": "on"})
    rows = save(event, ru={"title": "Съезд"}, en={"title": "Congress", "checked": "on"})
    assert rows["en"].state == "checked"


def test_another_language_may_become_the_original(event):
    save(event, ru={"title": "Форум"}, ky={"title": "Жыйын"})
    rows = save(event, original="ky", ru={"title": "Форум"}, ky={"title": "Жыйын"})
    assert {code: row.state for code, row in rows.items()} == {"ky": "original", "ru": "draft"}


def test_the_original_needs_its_title(event, english):
    texts = texts_of(event, typed(ru={"about": "О чём"}))
    assert not texts.is_valid()
    assert texts.problems == [
        ("id_ru-title", "Title (Русский)", "Write this in the language of the original: Title.")
    ]


def test_who_writes_in_another_box_than_the_original_is_told(event, english):
    texts = texts_of(event, typed(original="ky", ru={"title": "Форум"}))
    assert not texts.is_valid()
    assert ("id_ky-title", "Title (Кыргызча)") in {problem[:2] for problem in texts.problems}


def test_a_translation_without_title_is_refused_and_kept(event):
    texts = texts_of(event, typed(ru={"title": "Форум"}, en={"about": "About"}))
    assert not texts.is_valid()
    assert next(f for f in texts.forms if f.language == "en")["about"].value() == "About"


@pytest.mark.parametrize("language", ["xx", "", "\x00"])
def test_an_original_in_no_language_of_ours_is_refused(event, language):
    assert not texts_of(event, typed(original=language, ru={"title": "Форум"})).is_valid()


def test_too_long_and_null_letters_are_refused(event):
    assert not texts_of(event, typed(ru={"title": "a" * 251})).is_valid()
    assert not texts_of(event, typed(ru={"title": "a", "about": "b" * 20_001})).is_valid()
    assert not texts_of(event, typed(ru={"title": "a\x00b"})).is_valid()

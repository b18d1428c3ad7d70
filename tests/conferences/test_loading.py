import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import translation

from action_plans.loading import load_reference
from conferences.loading import load_events
from conferences.models import Event, EventText, Presentation, Recommendation

pytestmark = pytest.mark.django_db
CONFERENCE = "2018-national-conference"


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Places and sourced events, once for the module; taken away at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_registry", "fixtures/registry.csv", yes=True, verbosity=0)
        load_reference()
        load_events()
        yield
        transaction.set_rollback(True)


def test_the_conference_of_2018_shows_six_topics_of_municipalities(loaded):
    talks = Presentation.objects.filter(event__slug=CONFERENCE, by_municipality=True)
    assert talks.count() == 6
    assert sum(talk.municipality_is_unnamed for talk in talks) == 4


def test_every_event_and_talk_says_where_it_was_published(loaded):
    assert (Event.objects.count(), Presentation.objects.count()) == (23, 17)
    assert not Event.objects.filter(source="").exists()
    assert not Presentation.objects.filter(source="").exists()


def test_loading_again_changes_nothing_that_somebody_edited(loaded):
    EventText.objects.filter(event__slug=CONFERENCE, language="en").update(title="Edited")
    done = load_events()
    assert {model: counts["new"] for model, counts in done.items()} == {
        Event: 0,
        Presentation: 0,
        Recommendation: 0,
    }
    assert EventText.objects.get(event__slug=CONFERENCE, language="en").title == "Edited"


def test_events_are_found_in_three_languages(loaded):
    for words in ["Токтогул тажрыйба", "toktogul exchange", "обмен опытом ТБО"]:
        assert Event.objects.search(words).filter(slug="2018-exchange-toktogul").exists()


def test_a_speaker_whom_the_source_does_not_name_is_a_role_in_the_readers_language(loaded):
    talk = Presentation.objects.get(event__slug=CONFERENCE, texts__title="Preschool education")
    with translation.override("ky"):
        assert talk.speakers.get().shown == "Муниципалитеттин өкүлдөрү"

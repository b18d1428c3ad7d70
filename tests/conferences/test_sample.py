import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from conferences.models import Event, PracticeVersion, Presentation, Recommendation, TakeOver
from conferences.sample import load_sample
from reports.management.commands.load_first_run import Command

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def first_run(django_db_setup, django_db_blocker, tmp_path_factory):
    """What `make run` loads, once for the module; taken away at its end."""
    patch = pytest.MonkeyPatch()
    patch.setattr("django.conf.settings.TRIAL", True)
    patch.setattr("django.conf.settings.DATA_DIR", tmp_path_factory.mktemp("first-run"))
    with django_db_blocker.unblock(), transaction.atomic():
        call_command(Command())
        yield
        transaction.set_rollback(True)
    patch.undo()


def test_the_first_run_has_published_practices_and_one_in_review(first_run):
    statuses = sorted(PracticeVersion.objects.values_list("status", flat=True))
    assert statuses == ["published", "published", "published", "review"]
    assert not PracticeVersion.objects.filter(practice__is_sample=False).exists()


def test_one_practice_is_to_be_checked_again(first_run):
    assert PracticeVersion.objects.to_check(on=timezone.localdate()).count() == 1


def test_an_event_to_come_takes_proposals_and_has_a_programme(first_run):
    event = Event.objects.with_open_call(at=timezone.now()).get()
    assert event.is_sample
    assert event.sessions.count() == 6
    assert Presentation.objects.filter(event=event).scheduled().count() == 3


def test_recommendations_are_done_overdue_and_open(first_run):
    assert Recommendation.objects.filter(is_sample=True).done_share()[:2] == (1, 3)
    assert Recommendation.objects.overdue(on=timezone.localdate()).count() == 1


def test_samples_are_loaded_once(first_run):
    assert TakeOver.objects.count() == 6
    assert load_sample() is False

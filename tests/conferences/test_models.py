import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from conferences.models import PracticeVersion, Presentation
from tests.conferences import factories

pytestmark = pytest.mark.django_db


def test_nobody_publishes_a_practice_without_two_reviews():
    version = factories.VersionFactory()
    rows = PracticeVersion.objects.filter(pk=version.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(status="published")


def test_the_author_is_no_reviewer():
    version = factories.VersionFactory(status="review")
    with pytest.raises(IntegrityError), transaction.atomic():
        PracticeVersion.objects.filter(pk=version.pk).update(first_reviewer=version.author)


def test_a_practice_has_one_published_and_one_open_version():
    first = factories.PublishedFactory()
    factories.VersionFactory(practice=first.practice, number=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.VersionFactory(practice=first.practice, number=3)


def test_an_event_that_is_not_published_is_for_the_office_only():
    event = factories.EventFactory(published=False)
    talk = factories.PresentationFactory(event=event)
    assert not type(event).objects.visible_to(AnonymousUser()).exists()
    assert not Presentation.objects.visible_to(AnonymousUser()).filter(pk=talk.pk).exists()


def test_a_speaker_is_found_under_another_spelling():
    speaker = factories.SpeakerFactory(name="Айбек Жумаев")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.SpeakerFactory(event=speaker.event, name="Aibek Jumaev")

"""What the database refuses, whatever way somebody tries."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from conferences.models import Document, PracticeStep, PracticeText, PracticeVersion
from lib.triggers import RefusedError
from tests.conferences.factories import PublishedFactory, VersionFactory
from tests.factories import HeadFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def published():
    """As a version stands after it was published in the portal: with a step and its log."""
    version = PublishedFactory()
    PracticeStep.objects.create(version=version, text_en="Survey", first_week=1)
    version.log.create(action="published", done_at=version.published_at)
    return version


def refused(change):
    with pytest.raises(RefusedError) as error, transaction.atomic():
        change()
    assert isinstance(error.value, ValidationError)
    assert isinstance(error.value, IntegrityError)


@pytest.mark.parametrize("model", [PracticeText, PracticeStep])
def test_the_words_of_a_published_version_do_not_change(published, model):
    rows = model.objects.filter(version=published)
    assert rows.exists()
    words = {"title": "Other"} if model is PracticeText else {"text_en": "Other"}
    refused(lambda: rows.update(**words))
    refused(lambda: rows._raw_delete("default"))


def test_nothing_is_added_to_a_published_version(published):
    refused(
        lambda: PracticeStep.objects.bulk_create([PracticeStep(version=published, text_en="x")])
    )
    refused(lambda: PracticeText.objects.create(version=published, language="ky", title="x"))


def test_a_photo_of_a_published_version_is_not_exchanged(published):
    photo = {"kind": "photo", "title": "Opening", "size": 1, "uploaded_at": published.published_at}
    refused(lambda: Document.objects.create(version=published, sha256="a", **photo))
    draft = VersionFactory()
    shown = Document.objects.create(version=draft, sha256="b", **photo)
    rows = Document.objects.filter(pk=shown.pk)
    refused(lambda: rows.update(version=published))
    rows.update(title="The school")


def test_words_are_not_moved_into_or_out_of_a_published_version(published):
    draft = VersionFactory()
    refused(lambda: PracticeStep.objects.filter(version=published).update(version=draft))
    row = PracticeStep.objects.create(version=draft, text_en="x")
    refused(lambda: PracticeStep.objects.filter(pk=row.pk).update(version=published))


def test_a_published_version_is_no_draft_again_and_is_not_deleted(published):
    rows = PracticeVersion.objects.filter(pk=published.pk)
    refused(lambda: rows.update(status="draft"))
    refused(lambda: rows.update(first_reviewer=StaffFactory()))
    refused(lambda: rows._raw_delete("default"))


def test_a_draft_is_not_published_without_a_review():
    version = VersionFactory()
    rows = PracticeVersion.objects.filter(pk=version.pk)
    rows.update(first_reviewer=StaffFactory(), second_reviewer=StaffFactory())
    refused(
        lambda: rows.update(
            status="published", published_at=version.created_at, check_on=version.created_at
        )
    )


def test_who_saved_a_version_does_not_approve_it_and_no_municipality_does():
    version, writer = VersionFactory(status="review"), StaffFactory()
    version.writers.add(writer)
    rows = PracticeVersion.objects.filter(pk=version.pk)
    refused(lambda: rows.update(first_reviewer=writer))
    refused(lambda: rows.update(second_reviewer=HeadFactory()))
    rows.update(first_reviewer=StaffFactory())
    refused(lambda: version.writers.add(rows.get().first_reviewer))

"""What waits for whom, as lists and as counts."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from conferences.models import PracticeText, PracticeVersion
from conferences.waiting import lists_for, practices_waiting
from tests.conferences.factories import PresentationFactory, PublishedFactory, VersionFactory
from tests.factories import DonorFactory, HeadFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TODAY = dt.date(2026, 11, 23)
WORK = reverse("conferences:practice_work")


def note(version, *, settled=False):
    now = timezone.now()
    return version.remarks.create(text="x", written_at=now, settled_at=now if settled else None)


def test_each_list_holds_what_waits_for_the_office():
    user = StaffFactory()
    draft, review = VersionFactory(author=user), VersionFactory(status="review")
    people = {"first_reviewer": StaffFactory(), "second_reviewer": StaffFactory()}
    ready = VersionFactory(status="review", **people, author=user)
    noted = VersionFactory(status="review", **people, author=user)
    note(noted), note(ready, settled=True)
    due = PublishedFactory(check_on=TODAY)
    later = PublishedFactory(check_on=TODAY + dt.timedelta(1))
    PresentationFactory(status="proposed"), PresentationFactory(status="draft")
    lists = {name: set(rows) for name, rows in lists_for(user, on=TODAY).items()}
    assert lists == {
        "review": {review},
        "publish": {ready},
        "remarks": {noted},
        "drafts": {draft},
        "check": {due},
        "translations": {draft, review, ready, noted, due, later},
    }
    assert practices_waiting(user, on=TODAY) == (1, 1, 1, 1, 1, 6, 1)


def test_a_municipality_sees_its_own_and_a_donor_nothing():
    head = HeadFactory()
    own = VersionFactory(practice__municipality=head.municipality)
    note(own)
    VersionFactory(), VersionFactory(status="review"), PublishedFactory(check_on=TODAY)
    assert practices_waiting(head, on=TODAY) == (0, 0, 1, 1, 0, 1, 0)
    assert practices_waiting(DonorFactory(), on=TODAY) == (0, 0, 0, 0, 0, 0, 0)


def test_the_counts_are_asked_in_one_query(django_assert_num_queries):
    user = StaffFactory()
    with django_assert_num_queries(1):
        assert practices_waiting(user, on=TODAY).urgent == 0


def test_a_practice_whose_languages_are_done_waits_for_no_translation():
    user, version = StaffFactory(), VersionFactory()
    PracticeText.objects.create(version=version, language="ru", title="x", state="checked")
    ky = PracticeText.objects.create(version=version, language="ky", title="x")
    assert practices_waiting(user, on=TODAY).translations == 1
    PracticeText.objects.filter(pk=ky.pk).update(state="checked")
    assert practices_waiting(user, on=TODAY).translations == 0


def test_of_a_practice_with_a_draft_the_translations_of_the_draft_wait():
    user, old = StaffFactory(), PublishedFactory()
    new = VersionFactory(practice=old.practice, number=2)
    assert list(lists_for(user, on=TODAY)["translations"]) == [new]


@pytest.mark.parametrize("status", ["published", "outdated"])
def test_what_is_to_be_checked_is_the_same_in_sql_and_in_python(status):
    version = PublishedFactory(check_on=TODAY, status=status, outdated_reason="x")
    listed = PracticeVersion.objects.to_check(on=TODAY).exists()
    assert listed == version.is_to_check(on=TODAY) == (status == "published")


@pytest.mark.parametrize(
    "name", ["review", "publish", "remarks", "drafts", "in_review", "check", "translations", "x"]
)
def test_every_list_has_its_page(client, name):
    VersionFactory(), VersionFactory(status="review"), PublishedFactory(check_on=TODAY)
    client.force_login(StaffFactory())
    assert client.get(WORK, {"list": name, "page": "x"}).status_code == 200


@pytest.mark.parametrize("rows", [1, 4])
def test_the_list_asks_the_same_number_of_queries(client, django_assert_num_queries, rows):
    for _number in range(rows):
        VersionFactory(status="review", first_reviewer=StaffFactory())
    client.force_login(StaffFactory())
    with django_assert_num_queries(8):
        client.get(WORK, {"list": "review"})


def test_a_donor_has_no_work_on_practices(client):
    client.force_login(DonorFactory())
    assert client.get(WORK).status_code == 404


def test_the_overview_and_the_own_municipality_lead_to_what_waits(client):
    head = HeadFactory()
    version = VersionFactory(practice__municipality=head.municipality, status="review")
    link = f"{WORK}?list=review"
    client.force_login(StaffFactory())
    assert link in client.get(reverse("home")).text
    client.force_login(head)
    assert "list=remarks" not in client.get(reverse("home")).text
    note(version)
    assert f"{WORK}?list=remarks" in client.get(reverse("home")).text
    client.force_login(DonorFactory())
    assert "list=" not in client.get(reverse("home")).text

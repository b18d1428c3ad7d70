"""Draft → review by two people who did not write it → published → looked at again."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from conferences import practice_log, reviewing, writing
from conferences.models import PracticeStep, PracticeText, PracticeVersion
from tests.conferences.factories import PublishedFactory, VersionFactory
from tests.factories import AdministratorFactory, DonorFactory, HeadFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TODAY = dt.date(2026, 11, 23)


def written(**fields):
    """A draft in which nothing needed is missing."""
    version = VersionFactory(**fields)
    sections = {name: name.title() for name in PracticeText.SECTIONS}
    version.texts.update(**sections)
    PracticeStep.objects.create(version=version, position=1, text_en="Survey", first_week=1)
    return version


def in_review(**fields):
    version = written(**fields)
    return reviewing.submit(version_id=version.pk, by=version.author)


def approved(**fields):
    """By Anna and Boris."""
    version = in_review(**fields)
    for name in ["Anna", "Boris"]:
        version = approve(version, StaffFactory(name=name))
    return version


def approve(version, by):
    return reviewing.approve(version_id=version.pk, revision=version.revision, by=by)


def published(**fields):
    return reviewing.publish(version_id=approved(**fields).pk, by=StaffFactory())


def fresh(version):
    return PracticeVersion.objects.get(pk=version.pk)


def post(client, name, version, user=None, **data):
    if user:
        client.force_login(user)
    address = reverse(f"conferences:{name}", args=[version.practice.slug])
    return client.post(address, {"number": version.number, **data}, follow=True)


def log_of(version):
    return list(version.log.order_by("pk").values_list("action", flat=True))


# --- To the review --------------------------------------------------------------------------------


@pytest.mark.parametrize("empty", ["problem", "solution", "results", "upkeep", "contact"])
def test_a_draft_without_what_others_need_is_not_sent_to_review(empty):
    version = written()
    version.texts.update(**{empty: ""})
    with pytest.raises(ValidationError) as refusal:
        reviewing.submit(version_id=version.pk, by=version.author)
    assert refusal.value.code == "missing"
    assert fresh(version).status == "draft"


def test_steps_in_another_language_than_the_original_are_no_steps():
    version = written()
    version.steps.update(text_en="", text_ru="Обследование")
    with pytest.raises(ValidationError, match="Steps to repeat it"):
        reviewing.submit(version_id=version.pk, by=version.author)


def test_the_municipality_and_the_office_send_to_review_and_nobody_else(client):
    version = written()
    for stranger in [HeadFactory(), DonorFactory()]:
        assert post(client, "practice_submit", version, stranger).status_code == 404
    post(
        client, "practice_submit", version, HeadFactory(municipality=version.practice.municipality)
    )
    assert fresh(version).status == "review"
    assert log_of(version) == ["submitted"]


def test_what_is_in_review_is_not_sent_again():
    version = in_review()
    with pytest.raises(ValidationError, match="Only a draft is sent to review"):
        reviewing.submit(version_id=version.pk, by=version.author)


# --- Approving --------------------------------------------------------------------------------------


def test_two_people_who_did_not_write_it_approve():
    version = approved()
    assert [person.name for person in version.approvals] == ["Anna", "Boris"]
    assert log_of(version) == ["submitted", "approved", "approved"]


def test_neither_the_author_nor_a_writer_nor_the_same_person_twice_approves():
    version, writer, first = in_review(), StaffFactory(), StaffFactory()
    version.writers.add(writer)
    approve(version, first)
    for person in [version.author, writer, first, HeadFactory(), DonorFactory()]:
        assert person not in PracticeVersion.objects.reviewable_by(person)
        with pytest.raises(ValidationError):
            approve(version, person)
    assert fresh(version).second_reviewer is None


def test_who_read_an_older_state_does_not_approve_a_newer_one(client):
    version = in_review()
    practice_log.edited(version, by=version.author)
    page = post(client, "practice_approve", version, StaffFactory(), revision=1)
    assert "Read it again before you approve." in page.text
    assert fresh(version).approvals == []


def test_an_edit_during_the_review_takes_approvals_away_and_is_logged():
    version, writer = approved(), StaffFactory()
    practice_log.edited(version, by=writer, what="Problem")
    version = fresh(version)
    assert (version.approvals, version.status) == ([], "review")
    step = version.log.first()
    assert (step.action, step.done_by) == ("edited", writer)
    assert step.reason == "Changed: Problem. What was approved before has to be approved again."
    with pytest.raises(ValidationError):
        approve(version, writer)


def test_who_approved_may_edit_and_then_approves_no_more(client):
    version = in_review()
    reviewer = StaffFactory()
    approve(version, reviewer)
    client.force_login(reviewer)
    practice_log.edited(fresh(version), by=reviewer)
    version = fresh(version)
    assert version.approvals == []
    assert version not in PracticeVersion.objects.reviewable_by(reviewer)


def test_a_returned_version_is_a_draft_again_with_its_reason(client):
    version, reviewer = in_review(), StaffFactory()
    approve(version, StaffFactory())
    page = post(client, "practice_return", version, reviewer, reason="")
    assert "Give a reason. It is kept with the practice." in page.text
    post(client, "practice_return", version, reviewer, reason="Say who pays.")
    version = fresh(version)
    assert (version.status, version.approvals) == ("draft", [])
    assert version.log.first().reason == "Say who pays."
    page = client.get(reverse("conferences:practice_review", args=[version.practice.slug]))
    assert "Say who pays." in page.text


def test_the_author_does_not_return_the_own_version():
    version = in_review()
    with pytest.raises(ValidationError):
        reviewing.return_to_authors(version_id=version.pk, reason="x", by=version.author)


# --- Remarks ----------------------------------------------------------------------------------------


def remark(version, **fields):
    fields = {"section": "problem", "text": "How many?", "by": StaffFactory(name="Anna")} | fields
    return reviewing.remark(version_id=version.pk, **fields)


def test_a_remark_stands_with_its_section_and_is_answered_and_settled_by_the_writers(client):
    version = in_review()
    post(
        client,
        "practice_remark",
        version,
        StaffFactory(name="Anna"),
        section="problem",
        text="Who?",
    )
    note = version.remarks.get()
    client.force_login(HeadFactory(municipality=version.practice.municipality))
    address = reverse("conferences:practice_answer", args=[version.practice.slug, note.pk])
    client.post(address, {"answer": "All of us."})
    note.refresh_from_db()
    assert (note.answer, note.settled_at) == ("All of us.", None)
    client.post(address, {"answer": "", "settle": "1"})
    note.refresh_from_db()
    assert (note.answer, note.settled_at is None) == ("All of us.", False)


def test_an_empty_remark_comes_back_and_one_about_nothing_is_refused(client):
    version = in_review()
    page = post(client, "practice_remark", version, StaffFactory(), section="problem", text=" ")
    assert "Write the remark." in page.text
    page = post(client, "practice_remark", version, section="cost", text="x")
    assert page.status_code == 200
    assert not version.remarks.exists()


def test_a_remark_of_another_practice_is_not_answered(client):
    note = remark(in_review())
    head = HeadFactory()
    client.force_login(head)
    own = written(practice__municipality=head.municipality)
    for slug in [note.version.practice.slug, own.practice.slug]:
        address = reverse("conferences:practice_answer", args=[slug, note.pk])
        assert client.post(address, {"answer": "x"}).status_code == 404


def test_writers_write_no_remarks_on_their_own_version():
    version = in_review()
    with pytest.raises(ValidationError):
        remark(version, by=version.author)


def test_an_open_remark_keeps_a_version_from_being_published():
    version = approved()
    note = remark(version, by=StaffFactory())
    with pytest.raises(ValidationError, match="remarks that nobody has settled"):
        reviewing.publish(version_id=version.pk, by=StaffFactory())
    reviewing.answer(remark_id=note.pk, text="", settle=True, by=version.author)
    assert reviewing.publish(version_id=version.pk, by=StaffFactory()).status == "published"


# --- Publishing -------------------------------------------------------------------------------------


def test_a_forged_request_to_publish_without_review_is_answered_and_changes_nothing(client):
    for version, words in [
        (written(), "Only a version in review is published."),
        (in_review(), "Two people of the office who did not write it have to approve it first."),
    ]:
        page = post(client, "practice_publish", version, AdministratorFactory(), status="published")
        assert words in page.text
        assert fresh(version).published_at is None
        assert "published" not in log_of(version)


def test_a_municipality_does_not_publish_or_approve(client):
    version = approved()
    head = HeadFactory(municipality=version.practice.municipality)
    for name in ["practice_publish", "practice_approve", "practice_return", "practice_remark"]:
        assert post(client, name, version, head).status_code == 404
    assert fresh(version).status == "review"


def test_what_two_approved_is_published_for_two_years(client):
    version = approved()
    post(client, "practice_publish", version, StaffFactory())
    version = fresh(version)
    assert version.status == "published"
    assert version.check_on == reviewing.in_years(timezone.localdate(), 2)
    client.logout()
    assert client.get(version.practice.get_absolute_url()).status_code == 200


def test_a_new_version_replaces_the_published_one_which_stays_as_it_was():
    old = published(title="Old")
    by = StaffFactory()
    new, _is_new = writing.begin_version(practice_id=old.practice_id, by=by)
    new.texts.update(title="New")
    reviewing.submit(version_id=new.pk, by=by)
    assert fresh(old).status == "published"
    for _number in range(2):
        approve(new, StaffFactory())
    reviewing.publish(version_id=new.pk, by=by)
    assert (fresh(old).status, fresh(new).status) == ("replaced", "published")
    assert (fresh(old).title, log_of(old)[-1]) == ("Old", "replaced")


def test_a_second_publication_of_the_same_version_is_told_so():
    version = published()
    with pytest.raises(ValidationError, match="This version is now: Published"):
        reviewing.publish(version_id=version.pk, by=StaffFactory())
    assert log_of(version).count("published") == 1


# --- The page of the review -------------------------------------------------------------------------


def test_reviewers_see_what_changed_word_by_word(client):
    old = published()
    by = StaffFactory()
    new, _is_new = writing.begin_version(practice_id=old.practice_id, by=by)
    new.texts.update(problem="No clean water", results="Results")
    new.steps.update(first_week=3)
    client.force_login(StaffFactory())
    page = client.get(reverse("conferences:practice_review", args=[old.practice.slug]))
    changes = {change.section: change for change in page.context["review"].changes}
    assert set(changes) == {"problem", "steps"}
    assert (changes["problem"].was, changes["problem"].now) == ("Problem", "No clean water")
    assert changes["steps"].parts[-2:] == [("new", "3)"), ("same", " Survey")]


def test_the_page_offers_what_this_person_can_do(client):
    version = in_review()
    address = reverse("conferences:practice_review", args=[version.practice.slug])

    def offered(user):
        client.force_login(user)
        review = client.get(address).context["review"]
        return review.may_approve, review.may_return, review.may_publish

    assert offered(version.author) == (False, False, False)
    assert offered(HeadFactory(municipality=version.practice.municipality)) == (False, False, False)
    assert offered(StaffFactory()) == (True, True, False)
    first = StaffFactory()
    approve(version, first)
    assert offered(first) == (False, True, False)
    approve(version, StaffFactory())
    assert offered(version.author) == (False, False, True)


@pytest.mark.parametrize("rows", [1, 4])
def test_the_review_asks_the_same_number_of_queries(client, django_assert_num_queries, rows):
    old = published()
    new, _is_new = writing.begin_version(practice_id=old.practice_id, by=StaffFactory())
    reviewing.submit(version_id=new.pk, by=new.author)
    for _number in range(rows):
        remark(new, by=StaffFactory())
        PracticeStep.objects.create(version=new, text_en="x")
    client.force_login(StaffFactory())
    with django_assert_num_queries(15):
        client.get(reverse("conferences:practice_review", args=[old.practice.slug]))


# --- Two years later ----------------------------------------------------------------------------------


def test_what_is_still_valid_is_looked_at_in_two_more_years(client):
    version = PublishedFactory(check_on=TODAY)
    post(client, "practice_check", version, StaffFactory(), seen="2026-11-23", valid="1")
    assert fresh(version).check_on == reviewing.in_years(timezone.localdate(), 2)
    page = post(client, "practice_check", version, seen="2026-11-23", valid="1")
    assert "Somebody else has checked this practice already." in page.text
    assert log_of(version) == ["checked"]


def test_an_outdated_practice_says_why_stays_readable_and_becomes_valid_again(client):
    version = PublishedFactory()
    page = post(client, "practice_check", version, StaffFactory(), outdated="1", reason=" ")
    assert "Give a reason. It is kept with the practice." in page.text
    post(client, "practice_check", version, outdated="1", reason="The tariff law changed.")
    assert fresh(version).status == "outdated"
    client.logout()
    assert "The tariff law changed." in client.get(version.practice.get_absolute_url()).text
    post(client, "practice_check", version, StaffFactory(), again="1")
    assert (fresh(version).status, fresh(version).outdated_reason) == ("published", "")
    assert log_of(version) == ["outdated", "restored"]


@pytest.mark.parametrize("data", [{"valid": "1", "seen": "x"}, {"again": "1"}, {"valid": "1"}])
def test_a_check_that_does_not_fit_is_answered_and_changes_nothing(client, data):
    version = PublishedFactory()
    page = post(client, "practice_check", version, StaffFactory(), **data)
    assert page.redirect_chain
    assert fresh(version).check_on == version.check_on
    assert log_of(version) == []


def test_of_a_leap_day_the_next_check_is_on_the_28th():
    assert reviewing.in_years(dt.date(2028, 2, 29), 2) == dt.date(2030, 2, 28)

"""Two people on one practice at the same moment: of two, one waits and is told; nothing is half done."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from conferences import practice_log, reviewing, writing
from conferences.models import Practice, PracticeVersion
from tests.conferences.factories import PublishedFactory
from tests.conferences.test_reviewing import approve, approved, fresh, in_review, log_of, written
from tests.factories import PlanFactory, StaffFactory
from tests.reports.test_closing_at_once import Person

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("english"),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def at_once(first, second):
    """What both answer; the second waits for the first."""
    one = Person(first, hold=True)
    assert not one.waits()
    other = Person(second)
    assert other.waits()
    return one.end(), other.end()


def test_of_two_who_publish_at_once_one_does():
    version, by = approved(), StaffFactory.create_batch(2)
    acts = [lambda who=who: reviewing.publish(version_id=version.pk, by=who) for who in by]
    done, refusal = at_once(*acts)
    assert done.status == "published"
    assert isinstance(refusal, ValidationError)
    assert log_of(version).count("published") == 1


def test_three_who_approve_at_once_are_two():
    version, by = in_review(), StaffFactory.create_batch(3)
    first, second = at_once(*[lambda who=who: approve(version, who) for who in by[:2]])
    assert (first.approvals, second.approvals) == (by[:1], by[:2])
    assert fresh(version).approvals == by[:2]


def test_the_same_person_approves_once_however_often_the_button_is_pressed():
    version, by = in_review(), StaffFactory()
    _first, refusal = at_once(lambda: approve(version, by), lambda: approve(version, by))
    assert "You have approved this version already." in refusal.messages
    assert fresh(version).approvals == [by]


def test_what_is_edited_while_somebody_approves_is_not_approved():
    version, writer = in_review(), StaffFactory()

    def edit():
        practice_log.edited(writing.lock_open(version.pk, writer), by=writer)

    _edited, refusal = at_once(edit, lambda: approve(version, StaffFactory()))
    assert "Read it again before you approve." in refusal.messages[0]
    assert fresh(version).approvals == []


def test_who_edits_and_approves_at_once_is_a_writer():
    version, person = in_review(), StaffFactory()

    def edit():
        practice_log.edited(writing.lock_open(version.pk, person), by=person)

    approval, _edit = at_once(lambda: approve(version, person), edit)
    assert approval.approvals == [person]
    assert (fresh(version).approvals, fresh(version).revision) == ([], 2)


def test_what_is_returned_while_somebody_publishes_is_not_published():
    version, by = approved(), StaffFactory.create_batch(2)

    def give_back():
        return reviewing.return_to_authors(version_id=version.pk, reason="x", by=by[0])

    _back, refusal = at_once(give_back, lambda: reviewing.publish(version_id=version.pk, by=by[1]))
    assert "Only a version in review is published." in refusal.messages[0]
    assert fresh(version).status == "draft"


def test_of_two_who_begin_the_next_version_both_have_the_same_one():
    old, by = PublishedFactory(), StaffFactory.create_batch(2)

    def begin(who):
        return lambda: writing.begin_version(practice_id=old.practice_id, by=who)

    (first, is_new), (second, is_second_new) = at_once(begin(by[0]), begin(by[1]))
    assert (first, is_new, is_second_new) == (second, True, False)


def test_two_clicks_on_a_plan_make_one_practice():
    plan, by = PlanFactory(status="approved"), StaffFactory()

    def begin():
        return writing.begin_from_plan(plan_id=plan.pk, by=by)

    (first, _new), (second, is_new) = at_once(begin, begin)
    assert (first, is_new) == (second, False)
    assert Practice.objects.count() == 1


def test_a_draft_is_not_thrown_away_while_it_is_sent_to_review():
    version = written()

    def discard():
        return writing.discard(version_id=version.pk, revision=1, by=version.author)

    def submit():
        return reviewing.submit(version_id=version.pk, by=version.author)

    _sent, refusal = at_once(submit, discard)
    assert "Only a draft is thrown away." in refusal.messages[0]


def test_a_person_who_writes_into_the_table_at_the_same_moment_is_refused():
    version = approved()
    rows = PracticeVersion.objects.filter(pk=version.pk)

    def forge():
        try:
            return rows.update(status="draft")
        except IntegrityError as error:
            raise ValidationError(str(error)) from None

    done, refusal = at_once(
        lambda: reviewing.publish(version_id=version.pk, by=StaffFactory()), forge
    )
    assert done.status == "published"
    assert isinstance(refusal, ValidationError)
    assert fresh(version).status == "published"

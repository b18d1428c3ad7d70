"""Two people of one municipality at once: one note, and nobody overwrites the other."""

import threading

import pytest
from django.db import connection

from conferences import taking_over
from conferences.conflict import Conflict
from conferences.models import TakeOver
from tests.conferences.factories import PublishedFactory
from tests.factories import HeadFactory, OfficerFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("english"),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def at_once(practice, people, **typed):
    """What each got: a row, or who was asked."""
    ready, answers = threading.Barrier(len(people)), []

    def act(person, result):
        ready.wait(20)
        try:
            answers.append(
                taking_over.note(
                    practice=practice,
                    municipality=person.municipality,
                    revision=0,
                    by=person,
                    state="interested",
                    result=result,
                )
            )
        except Conflict as conflict:
            answers.append(conflict)
        finally:
            connection.close()

    results = typed["results"]
    threads = [
        threading.Thread(target=act, args=pair) for pair in zip(people, results, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


@pytest.fixture
def practice():
    return PublishedFactory().practice


@pytest.fixture
def people():
    head = HeadFactory()
    return [head, OfficerFactory(municipality=head.municipality)]


def test_the_same_note_of_two_people_is_one(practice, people):
    answers = at_once(practice, people, results=["Same", "Same"])
    assert {answer.pk for answer in answers} == {TakeOver.objects.get().pk}


def test_of_two_different_notes_the_second_person_is_asked(practice, people):
    answers = at_once(practice, people, results=["One", "Other"])
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "TakeOver"]
    row = next(answer for answer in answers if isinstance(answer, TakeOver))
    assert TakeOver.objects.get().result == row.result

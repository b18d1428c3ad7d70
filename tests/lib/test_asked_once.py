"""Where the same is read several times, the database answers once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from lib.asked_once import asked_once

pytestmark = pytest.mark.django_db


def emails():
    return sorted(User.objects.values_list("email", flat=True))


def add(email):
    User.objects.create_user(email, role=Role.STAFF)


def test_a_question_that_comes_again_has_the_answer_that_it_had():
    add("a@example.org")
    with asked_once():
        assert emails() == ["a@example.org"]
        add("b@example.org")
        assert emails() == ["a@example.org"]
        assert User.objects.get(email="b@example.org").email == "b@example.org"
    assert emails() == ["a@example.org", "b@example.org"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda users: users.count(),
        lambda users: users.exists(),
        lambda users: users.first().email,
        lambda users: [user.email for user in users.order_by("email").iterator(chunk_size=1)],
        lambda users: sorted(
            users.order_by().values_list("email").union(users.order_by().values_list("name"))
        ),
        lambda users: list(users.filter(email="nobody")),
    ],
)
def test_whatever_is_asked_is_answered_the_same_way_again(ask):
    add("a@example.org")
    add("b@example.org")
    expected = ask(User.objects.all())
    with asked_once():
        assert [ask(User.objects.all()) for _n in range(3)] == [expected] * 3


def test_other_parameters_are_another_question():
    add("a@example.org")
    with asked_once():
        found = [User.objects.filter(email=f"{x}@example.org").exists() for x in "aba"]
    assert found == [True, False, True]


def test_queries_can_be_looked_at_meanwhile():
    with CaptureQueriesContext(connection), asked_once():
        assert emails() == emails() == []

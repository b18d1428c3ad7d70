"""What people see when something does not work: in their language, and nothing of it leans on what broke."""

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.translation import gettext as _

from psi_portal import errors
from tests.factories import StaffFactory


def no_database(execute, sql, params, many, context):
    raise OperationalError("gone")


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ky", "ru", "en"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_page_that_is_not_there_says_so_in_the_language(client, language, signed_in):
    if signed_in:
        client.force_login(StaffFactory())
    response = client.get("/nothing/", headers={"accept-language": language})
    assert (response.status_code, response.headers["Content-Language"]) == (404, language)
    with translation.override(language):
        assert _("There is nothing at this address") in response.content.decode()


@pytest.mark.django_db
def test_forbidden_page_says_whom_to_ask(client):
    client.force_login(StaffFactory())
    response = client.get("/admin/login/")
    assert (response.status_code, response.templates[0].name) == (403, "403.html")


def test_broken_server_still_answers_in_three_languages():
    # No database is allowed in this test, and none is asked.
    page = errors.server_error(RequestFactory().get("/")).content.decode()
    assert [page.count(f'lang="{language}"') for language in ("ky", "en")] == [1, 1]


@pytest.mark.django_db
def test_page_is_shown_when_the_database_is_gone(client):
    client.force_login(StaffFactory())
    client.raise_request_exception = False
    with connection.execute_wrapper(no_database):
        response = client.get("/plans/")
    assert (response.status_code, response.content.decode()) == (500, errors.PLAIN[500])


@pytest.mark.django_db
def test_page_that_was_open_too_long_says_that_nothing_is_lost():
    client = Client(enforce_csrf_checks=True)
    response = client.post("/accounts/login/", {"login": "aida@example.org"})
    assert (response.status_code, response.templates[0].name) == (403, "403_csrf.html")


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"origin": "null"}])
def test_forged_request_gets_no_words(headers):
    client = Client(enforce_csrf_checks=True)
    response = client.post("/look/", {"theme": "dark"}, headers=headers)
    assert (response.status_code, response.content) == (403, b"")


def test_wrong_host_gets_a_plain_page(client):
    response = client.get("/", headers={"host": "evil.example"})
    assert (response.status_code, response.content.decode()) == (400, errors.PLAIN[400])


@pytest.mark.django_db
def test_too_many_fields_get_a_plain_page(client):
    response = client.post("/accounts/login/", {str(n): "" for n in range(2001)})
    assert response.status_code == 400

"""Headers, cookies, addresses: what keeps strangers out."""

import json
import os
import subprocess
import sys

import pytest
from django.contrib import admin
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse

from psi_portal import health
from tests.factories import AdministratorFactory, OfficerFactory, StaffFactory
from tests.test_access import ACCESS, LINE, pages_to_check
from tests.test_conventions import FORBIDDEN, ROOT
from tests.world import World

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    # The hash of nothing: plotly writes one empty style element.
    "style-src": "'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def policy_of(response):
    parts = response.headers["Content-Security-Policy"].split("; ")
    return dict(part.split(" ", 1) for part in parts)


def gone(execute, sql, params, many, context):
    raise OperationalError("gone")


# --- Headers ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_page_has_the_same_strict_content_policy(client):
    world = World()
    visits = {path: person for person, path in pages_to_check(world)}  # one person a page
    wrong = []
    for path, person in visits.items():
        client.logout()
        if person:
            client.force_login(person)
        if policy_of(client.get(path)) != POLICY:
            wrong.append(path)
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing/", 404),
        ("/plans/", 302),
        ("/healthz", 200),
        ("/language/", 405),
        ("/admin/", 302),
    ],
)
def test_other_answers_have_it_too(client, path, status):
    response = client.get(path)
    assert (response.status_code, policy_of(response)) == (status, POLICY)


def test_broken_pages_have_it_too(client):
    assert policy_of(client.get("/", headers={"host": "evil.example"})) == POLICY


@pytest.mark.django_db
def test_answers_tell_browsers_not_to_guess_frame_or_tell(client):
    headers = client.get("/accounts/login/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_pages_of_a_person_are_not_kept_by_shared_caches(client):
    client.force_login(StaffFactory())
    assert "Cookie" in client.get("/people/").headers["Vary"]


# --- Methods ----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["head", "options", "put"])
def test_no_method_breaks_a_page_or_changes_anything(client, method):
    world = World()
    person = world.people["administrator"]
    client.force_login(person)
    paths = {}
    for line in ACCESS:
        name, state = LINE.fullmatch(line).group("name", "state")
        if name != "account_logout":
            paths[name] = world.path(name, state or "")
    answers = {name: getattr(client, method)(path) for name, path in paths.items()}
    bodies = [b"".join(answer) for answer in answers.values()]
    assert {name: a.status_code for name, a in answers.items() if a.status_code >= 500} == {}
    if method == "head":
        assert set(bodies) == {b""}


# --- Django's admin ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_admin_is_entered_by_the_log_in_page_of_the_portal(client):
    response = client.get("/admin/login/", follow=True)
    assert response.redirect_chain == [("/accounts/login/?next=%2Fadmin%2Flogin%2F", 302)]
    response = client.post("/admin/login/", {"username": "a@example.org", "password": "x"})
    assert response.url.startswith("/accounts/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("factory", [StaffFactory, OfficerFactory])
def test_admin_is_for_administrators_only(client, factory):
    client.force_login(factory())
    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.django_db
def test_admin_needs_nothing_that_the_content_policy_forbids(client):
    World().plan("approved")
    client.force_login(AdministratorFactory())
    pages = [reverse("admin:index")]
    for model, options in admin.site._registry.items():
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages.append(reverse(f"{base}_changelist"))
        if first := model._default_manager.first():
            pages.append(reverse(f"{base}_change", args=[first.pk]))
        if options.has_add_permission(client.get("/admin/").wsgi_request):
            pages.append(reverse(f"{base}_add"))
    found = {}
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        found[page] = [n for n, p in FORBIDDEN.items() if p.search(response.content.decode())]
    assert {page: names for page, names in found.items() if names} == {}


# --- Health -----------------------------------------------------------------------------------


def healthz(client):
    response = client.get("/healthz")
    return response.status_code, response.content


@pytest.mark.django_db
def test_healthy_portal_says_ok_cheaply(client, django_assert_max_num_queries):
    health.needed_migrations()
    with django_assert_max_num_queries(3):
        assert healthz(client) == (200, b"ok")


@pytest.mark.django_db
def test_database_that_does_not_answer_is_unhealthy(client):
    with connection.execute_wrapper(gone):
        assert healthz(client) == (503, b"database")


@pytest.mark.django_db
@pytest.mark.parametrize("app", ["action_plans", "sessions"])
def test_missing_migration_is_unhealthy(client, app):
    MigrationRecorder.Migration.objects.filter(app=app).delete()
    assert healthz(client) == (503, b"migrations")


# --- A production start -----------------------------------------------------------------------

SECRET = "test-" + "0123456789abcdefghij" * 3
ASK = """
import json, sys
import django
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
secure = {"secure": True, "headers": {"host": "portal.example.org"}}
client, answers = Client(), {}
page = client.get("/accounts/login/", **secure)
answers["headers"] = dict(page.headers)
client.post("/language/", {"language": "ky"}, **secure)
client.post("/look/", {"theme": "dark"}, **secure)
answers["cookies"] = {name: {k: morsel[k] for k in ("secure", "httponly", "samesite")} for name, morsel in client.cookies.items()}
plain = client.get("/accounts/login/", headers={"host": "portal.example.org"})
answers["plain"] = [plain.status_code, plain.headers.get("Location")]
answers["healthz"] = client.get("/healthz", headers={"host": "portal.example.org"}).status_code
answers["debug"] = settings.DEBUG
print(json.dumps(answers))
"""


def in_production(arguments, folder, **environment):
    ours = (
        "DEBUG",
        "TRIAL",
        "HTTPS",
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "DATABASE_URL",
        "BEHIND_PROXY",
        "DJANGO_ALLOW_ASYNC_UNSAFE",  # the browser stories' own
    )
    others = {key: value for key, value in os.environ.items() if key not in ours}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=others
        | {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "psi_portal.settings"}
        | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    folder = tmp_path_factory.mktemp("production")
    arguments = ["-W", "ignore", "-c", ASK]
    done = in_production(arguments, folder, SECRET_KEY=SECRET, ALLOWED_HOSTS="portal.example.org")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_production_cookies_are_secure_and_out_of_reach_of_scripts(production):
    strict = {"secure": True, "httponly": True, "samesite": "Lax"}
    csrf = production["cookies"].pop("csrftoken")
    assert production["cookies"] == dict.fromkeys(["sessionid", "django_language", "theme"], strict)
    assert (csrf["secure"], csrf["samesite"]) == (True, "Lax")


def test_production_is_https_only_for_a_year(production):
    assert production["headers"]["Strict-Transport-Security"] == (
        "max-age=31536000; includeSubDomains; preload"
    )
    assert production["plain"] == [301, "https://portal.example.org/accounts/login/"]
    assert not production["debug"]


def test_production_health_is_asked_without_https(production):
    assert production["healthz"] == 200


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "SECRET_KEY and ALLOWED_HOSTS"),
        ({"SECRET_KEY": SECRET}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "portal.example.org"}, "SECRET_KEY"),
    ],
)
def test_production_refuses_to_start_and_says_what_to_set(tmp_path, given, missing):
    done = in_production(["tools/serve.py"], tmp_path, **given)
    assert done.returncode != 0
    assert f"Set {missing} before starting in production" in done.stderr
    assert "Traceback" not in done.stderr


def test_production_settings_pass_the_deployment_check(tmp_path):
    check = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = in_production(check, tmp_path, SECRET_KEY=SECRET, ALLOWED_HOSTS="portal.example.org")
    assert done.returncode == 0, done.stderr

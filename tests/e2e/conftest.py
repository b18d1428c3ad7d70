"""A real browser on the running portal: Chromium from $CHROMIUM or the PATH."""

import io
import json
import os
import shutil

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None
)
# Playwright's own loop runs in this thread, and Django would think that it is asked from async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items):
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium found; name one in CHROMIUM"))


@pytest.fixture(scope="session", autouse=True)
def static_root(tmp_path_factory):
    """Before the live server starts: WhiteNoise warns where the folder is missing, as in a fresh clone."""
    before, settings.STATIC_ROOT = settings.STATIC_ROOT, tmp_path_factory.mktemp("static")
    yield
    settings.STATIC_ROOT = before


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, live_server):
    """page(user, language="ru", **options of a Playwright context): a new page, signed in as the user.

    Errors of scripts and refusals of the Content-Security-Policy fail the test.
    """
    contexts, complaints = [], []

    def new_page(user=None, *, language="ru", width=1440, **options):
        size = {"width": width, "height": 900}
        context = browser.new_context(
            base_url=live_server.url, viewport=size, locale=language, **options
        )
        contexts.append(context)
        sign_in(context, user, live_server.url, language)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda line: complaints.append(line.text) if line.type == "error" else None
        )
        return page

    yield new_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def programme(settings, transactional_db):
    """The portal as `make run` shows it first; {name of the sample person: password}."""
    settings.TRIAL = True
    call_command("load_first_run", stdout=io.StringIO())
    people = json.loads((settings.DATA_DIR / "sample-users.json").read_text(encoding="utf-8"))
    return {person["email"].partition("@")[0]: person["password"] for person in people}


def sign_in(context, user, url, language="ru"):
    """Put the session of a signed-in person into the browser, without the log-in page."""
    client = Client()
    if user:
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": url}])

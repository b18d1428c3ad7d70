import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import translation

from action_plans.triggers import GUARDS as CLOSED
from conferences.triggers import GUARDS as PUBLISHED
from reports.triggers import GUARDS as SIGNED


@pytest.fixture(autouse=True)
def nothing_outside_the_test(settings, tmp_path):
    """Files go to a folder of this test, passwords are hashed fast, counted attempts are forgotten."""
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.STATIC_ROOT = tmp_path  # WhiteNoise warns where it is missing
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item):
    """A test with real transactions empties the tables at its end, which triggers refuse of closed periods.

    Emptying installs the triggers again (post_migrate).
    """
    marker = item.get_closest_marker("django_db")
    fixtures = {"transactional_db", "live_server"} & {*getattr(item, "fixturenames", ())}
    real = fixtures or (marker and marker.kwargs.get("transaction"))
    was_set_up = "_django_db_marker" in getattr(item, "funcargs", ())  # it was not skipped
    if real and was_set_up:
        for guards in (CLOSED, SIGNED, PUBLISHED):
            guards.drop(connection)


@pytest.fixture
def english(settings):
    """Pages and messages in English, for tests that read them."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield

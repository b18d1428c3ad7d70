import pytest
from django.core.cache import cache
from django.utils import translation


@pytest.fixture(autouse=True)
def nothing_outside_the_test(settings, tmp_path):
    """Files go to a folder of this test, passwords are hashed fast, counted attempts are forgotten."""
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.STATIC_ROOT = tmp_path  # WhiteNoise warns where it is missing
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def english(settings):
    """Pages and messages in English, for tests that read them."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield

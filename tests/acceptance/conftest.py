import pytest

from tests.factories import StaffFactory


@pytest.fixture
def staff(client):
    """Signed in, reading English."""
    client.force_login(StaffFactory())
    client.cookies["django_language"] = "en"
    return client

from pathlib import Path

import pytest
from django.core.management import call_command

REGISTRY = Path(__file__).resolve().parents[2] / "fixtures" / "registry.csv"


@pytest.fixture(scope="module")
def registry(django_db_setup, django_db_blocker):
    """The real register, loaded once for all tests of a file; removed afterwards."""
    with django_db_blocker.unblock():
        call_command("load_registry", REGISTRY, yes=True, verbosity=0)
        yield
        call_command("flush", interactive=False, verbosity=0)

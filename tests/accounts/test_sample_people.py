import json
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.models import User
from accounts.sample_people import KUM_BEL, TOKTOGUL, make_sample_people
from tests.factories import MunicipalityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def trying_out(settings):
    settings.TRIAL = True
    MunicipalityFactory(code=KUM_BEL, name_ru="Кум-Бель")
    MunicipalityFactory(code=TOKTOGUL, name_ru="Токтогул")


def test_each_sample_person_signs_in_with_the_password_of_the_file(client, settings):
    make_sample_people()
    people = json.loads((settings.DATA_DIR / "sample-users.json").read_text())
    assert [(person["role"], person["municipality"]) for person in people] == [
        ("administrator", ""),
        ("staff", ""),
        ("approver", ""),
        ("head", "Кум-Бель"),
        ("officer", "Кум-Бель"),
        ("head", "Токтогул"),
        ("donor", ""),
    ]
    assert all(client.login(email=p["email"], password=p["password"]) for p in people)


def test_only_the_owner_reads_the_file(settings):
    make_sample_people()
    mode = (settings.DATA_DIR / "sample-users.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_second_call_changes_nothing():
    first = make_sample_people()
    hashes = set(User.objects.values_list("password", flat=True))
    assert make_sample_people() == first
    assert set(User.objects.values_list("password", flat=True)) == hashes


def test_lost_file_means_new_passwords(settings):
    first = make_sample_people()
    (settings.DATA_DIR / "sample-users.json").unlink()
    second = make_sample_people()
    assert not {p["password"] for p in first} & {p["password"] for p in second}
    assert User.objects.count() == 7


def test_production_never_gets_them(settings):
    settings.TRIAL = False
    with pytest.raises(ImproperlyConfigured):
        make_sample_people()
    assert User.objects.count() == 0

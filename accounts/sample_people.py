"""People to try the portal out with; their random passwords stand only in var/sample-users.json."""

import json
import os
import secrets

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from municipalities.models import Municipality

from .models import Role, User

KUM_BEL, TOKTOGUL = "41702215820000", "41703225600010"
# Without names: the address says the role in every language.
SAMPLES = {
    "administrator": {"role": Role.ADMINISTRATOR, "may_reopen": True},
    "staff": {"role": Role.STAFF},
    "approver": {"role": Role.STAFF, "may_sign": True},
    "head": {"role": Role.HEAD, "municipality": KUM_BEL},
    "officer": {"role": Role.OFFICER, "municipality": KUM_BEL},
    "head.toktogul": {"role": Role.HEAD, "municipality": TOKTOGUL},
    "donor": {"role": Role.DONOR},
}


def make_sample_people():
    """Create who is missing; all of them as in the file: [{"email", "password", "role", "municipality"}]."""
    if not settings.TRIAL:
        raise ImproperlyConfigured(
            "Sample people are made only where TRIAL is set, never in production."
        )
    known = {person["email"]: person for person in _read()}
    with transaction.atomic():
        people = [_sample(name, known, **fields) for name, fields in SAMPLES.items()]
        _write(people)
    return people


def _sample(name, known, *, role, municipality=None, **rights):
    email = f"{name}@example.org"
    if email in known and User.objects.filter(email=email).exists():
        return known[email]
    place = Municipality.objects.get(code=municipality) if municipality else None
    person, _created = User.objects.get_or_create(
        email=email, defaults={"role": role, "municipality": place} | rights
    )
    password = secrets.token_urlsafe(9)
    person.set_password(password)
    person.save()
    return {
        "email": email,
        "password": password,
        "role": "approver" if rights.get("may_sign") else str(role),
        "municipality": place.name if place else "",
    }


def _path():
    return settings.DATA_DIR / "sample-users.json"


def _read():
    return json.loads(_path().read_text()) if _path().exists() else []


def _write(people):
    # Created for nobody else to read, not narrowed afterwards.
    new = os.open(_path(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(new, "w") as file:
        json.dump(people, file, ensure_ascii=False, indent=2)

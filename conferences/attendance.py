"""How many came to an event: all rows are saved together, and nobody overwrites a newer state unseen."""

import hashlib

from django.db import transaction

from .conflict import Conflict
from .models import Attendance, Event

FIELDS = ["municipality_id", "institution", "role", "women", "men", "total"]


def rows_of(event):
    return list(event.attendance.select_related("municipality__district", "municipality__region"))


def fingerprint(rows):
    """Two states that say the same have the same one."""
    values = sorted("|".join(str(getattr(row, name)) for name in FIELDS) for row in rows)
    return hashlib.sha256("\n".join(values).encode()).hexdigest()[:16]


@transaction.atomic
def save(*, event_id, rows, seen, by):
    """`rows` take the place of what is stored, which must be what this person has `seen`."""
    event = Event.objects.select_for_update(of=("self",)).get(pk=event_id)
    stored = rows_of(event)
    if fingerprint(rows) == fingerprint(stored):
        return event  # a double click: it is saved already
    if fingerprint(stored) != seen:
        raise Conflict(event)
    event.attendance.all().delete()
    for row in rows:
        row.event = event
    Attendance.objects.bulk_create(rows)
    event.revision += 1
    event._history_user = by
    event.save(update_fields=["revision"])
    return event

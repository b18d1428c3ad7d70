"""The files in fixtures/, and bringing reference rows in line with them."""

import json
from collections import Counter

from django.conf import settings
from django.db import transaction

FOLDER = settings.BASE_DIR / "fixtures"


def read(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


@transaction.atomic
def upsert(model, rows, *, key):
    """Create or update the rows found by their key; never deletes. Counter of new, changed, unchanged."""
    done = Counter()
    for row in rows:
        values = {name: _value(model, name, value) for name, value in row.items()}
        done[_put(model, values, key)] += 1
    return done


def _value(model, name, value):
    field = model._meta.get_field(name)
    return value if field.is_relation else field.to_python(value)


def _put(model, values, key):
    found = model.objects.filter(**{name: values[name] for name in key}).first()
    if found is None:
        model.objects.create(**values)
        return "new"
    changed = [name for name, value in values.items() if getattr(found, name) != value]
    if not changed:
        return "unchanged"
    for name in changed:
        setattr(found, name, values[name])
    found.save(update_fields=changed)
    return "changed"

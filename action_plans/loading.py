"""The reference data every portal starts with: programme, phases, service areas."""

from django.db import transaction

from lib.fixtures import read, upsert

from . import areas
from .models import Phase, Programme, ServiceArea


@transaction.atomic
def load_reference():
    """Bring them in line with fixtures/. {model: Counter of new, changed, unchanged}"""
    file = read("programme.json")
    done = {Programme: upsert(Programme, [file["programme"]], key=["code"])}
    programme = Programme.objects.get(code=file["programme"]["code"])
    phases = [{**row, "programme": programme} for row in file["phases"]]
    done[Phase] = upsert(Phase, phases, key=["code"])
    before = areas.order()
    done[ServiceArea] = _load_areas(read("service_areas.json"))
    areas.keep_order(before)
    return done


def _load_areas(rows):
    # What each area is classified by stays in the file; top areas come before their parts.
    rows = [{name: row[name] for name in row if name != "source"} for row in rows]
    tops = [row for row in rows if row["parent"] is None]
    done = upsert(ServiceArea, tops, key=["code"])
    by_code = {area.code: area for area in ServiceArea.objects.filter(parent=None)}
    parts = [{**row, "parent": by_code[row["parent"]]} for row in rows if row["parent"]]
    return done + upsert(ServiceArea, parts, key=["code"])

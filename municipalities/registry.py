"""Brings the places in line with a file of the register: compare, show, apply. Nothing is ever deleted.

An empty cell says nothing: what the portal knows already stays, so a name added by hand survives the
next file. A place with a code of ours (X…) that the file does not name is left alone.
"""

from dataclasses import dataclass

from django.db import transaction

from .models import District, Municipality, Region, Succession
from .registry_file import LEVELS, NAMES, TEXTS, RegistryError
from .succession import succeed

FACTS = ["kind", "iso", "population", "population_year", "latitude", "longitude", *TEXTS]
PARENTS = {"region": [], "district": ["region"], "municipality": ["region", "district"]}
WRITTEN = [*NAMES, *FACTS, "other_names", "gone_on", "search_key", "sort_ky", "sort_ru", "sort_en"]


@dataclass(frozen=True)
class Change:
    what: str  # new, renamed, moved, changed, gone, back or succession
    key: tuple  # level and code
    text: str


def compare(rows, successions=()):
    """What loading would change, without changing anything."""
    places = _places()
    _refuse_taken_iso(rows, places)
    regions = {row.code: row.parent_code for row in rows if row.level == "district"}
    changes = []
    for row in rows:
        region = regions.get(row.parent_code, row.parent_code)
        changes += _changes(row, places[row.level].get(row.code), region)
    changes += _gone(rows, places)
    return changes + [_joining(row) for row in _new_successions(rows, successions, places)]


@transaction.atomic
def apply(rows, successions=(), *, confirmed, on):
    """Do what was confirmed. Returns the ids of municipalities that are in another region now."""
    if compare(rows, successions) != confirmed:
        raise RegistryError(
            ["The places in the portal changed in the meantime. Nothing was loaded; start again."]
        )
    new_successions = _new_successions(rows, successions, _places())
    regions = dict(Municipality.objects.values_list("pk", "region"))
    touched = {change.key for change in confirmed}
    for level in LEVELS:
        _write(level, [row for row in rows if row.level == level and row.key in touched])
    for level, model in LEVELS.items():
        codes = [
            change.key[1]
            for change in confirmed
            if change.what == "gone" and change.key[0] == level
        ]
        model.objects.filter(code__in=codes).update(gone_on=on)
    _succeed(new_successions)
    now = Municipality.objects.values_list("pk", "region")
    return {pk for pk, region in now if regions.get(pk, region) != region}


# --- Comparing --------------------------------------------------------------------------------


def _places():
    """{level: {code: place}}: three queries."""
    return {
        level: {place.code: place for place in model.objects.select_related(*PARENTS[level])}
        for level, model in LEVELS.items()
    }


def _refuse_taken_iso(rows, places):
    codes = {region.iso: region.code for region in places["region"].values()}
    for row in rows:
        if row.level == "region" and codes.get(row.values["iso"], row.code) != row.code:
            words = f"the portal knows {row.values['iso']} as the region {codes[row.values['iso']]}"
            raise RegistryError([f"Line {row.line}: {words}. Correct the code, here or there."])


def _changes(row, place, region):
    if place is None:
        return [Change("new", row.key, row.label)]
    found = [
        ("back", "is in the register again" if place.gone_on else ""),
        ("renamed", _differences(row, place, NAMES)),
        ("moved", _move(row, place, region)),
        ("changed", _differences(row, place, FACTS) + _new_spellings(row, place)),
    ]
    return [Change(what, row.key, f"{row.label}: {text}") for what, text in found if text]


def _differences(row, place, names):
    pairs = [(name, getattr(place, name), row.values[name]) for name in names if name in row.values]
    return "; ".join(
        f"{n} “{_shown(old)}” → “{_shown(new)}”" for n, old, new in pairs if old != new
    )


def _shown(value):
    return "" if value is None else value


def _new_spellings(row, place):
    added = _added_spellings(row, place)
    return f" other_names + “{'; '.join(added)}”" if added else ""


def _added_spellings(row, place):
    """Spellings are only ever added: those from earlier files and old names stay searchable."""
    known = {
        *place.other_names.splitlines(),
        *(row.values.get(n, getattr(place, n)) for n in NAMES),
    }
    old_names = [
        getattr(place, n) for n in NAMES if n in row.values and getattr(place, n) != row.values[n]
    ]
    candidates = [*row.values["other_names"], *old_names]
    return [name for name in dict.fromkeys(candidates) if name and name not in known]


def _move(row, place, region):
    """Also when only the region is another one, because the whole district moved."""
    if row.level == "region":
        return ""
    parent = getattr(place, "district", None) or place.region
    if (parent.code, place.region.code) == (row.parent_code, region):
        return ""
    return f"{parent.code} {parent} → {row.parent_code} in the region {region}"


def _gone(rows, places):
    named = {row.key for row in rows}
    for level, by_code in places.items():
        for code, place in by_code.items():
            if place.has_soate_code and not place.gone_on and (level, code) not in named:
                yield Change("gone", (level, code), f"{level} {code} {place}")


def _new_successions(rows, successions, places):
    codes = {row.code for row in rows if row.level == "municipality"} | set(places["municipality"])
    unknown = [code for succession in successions for code in succession[:2] if code not in codes]
    if unknown:
        raise RegistryError(
            [f"No municipality has the code “{code}” of a succession." for code in unknown]
        )
    known = set(Succession.objects.values_list("predecessor__code", "successor__code", "kind"))
    return [row for row in successions if (row[0], row[1], row[3]) not in known]


def _joining(row):
    predecessor, successor, on, kind, _source = row
    day = f" on {on}" if on else ""
    return Change(
        "succession", ("succession", predecessor), f"{predecessor} → {successor} {kind}{day}"
    )


# --- Writing ----------------------------------------------------------------------------------


def _write(level, rows):
    model = LEVELS[level]
    existing = {
        place.code: place for place in model.objects.filter(code__in=[r.code for r in rows])
    }
    regions = {region.code: region for region in Region.objects.all()}
    districts = {district.code: district for district in District.objects.all()}
    places = [existing.get(row.code) or model(code=row.code) for row in rows]
    for place, row in zip(places, rows, strict=True):
        _fill(place, row)
        _put(place, row.parent_code, regions, districts)
    changed = [place for place in places if place.pk]
    model.objects.bulk_create([place for place in places if not place.pk])
    fields = [f.name for f in model._meta.concrete_fields if f.name in [*WRITTEN, *PARENTS[level]]]
    model.objects.bulk_update(changed, fields, batch_size=200)


def _fill(place, row):
    spellings = [*place.other_names.splitlines(), *_added_spellings(row, place)]
    for name, value in row.values.items():
        setattr(place, name, value)
    place.other_names = "\n".join(spellings)
    place.gone_on = None
    place.fill_keys()


def _put(place, parent_code, regions, districts):
    if isinstance(place, Municipality):
        place.district = districts.get(parent_code)
        place.region_id = place.district.region_id if place.district else regions[parent_code].pk
    elif isinstance(place, District):
        place.region = regions[parent_code]


def _succeed(successions):
    places = {place.code: place for place in Municipality.objects.all()} if successions else {}
    for predecessor, successor, on, kind, source in successions:
        succeed(
            predecessor=places[predecessor],
            successor=places[successor],
            on=on,
            kind=kind,
            source=source,
        )

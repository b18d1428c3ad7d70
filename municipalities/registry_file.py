"""Reads the CSV files of the register: every row is checked, or the whole file is refused."""

import csv
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from .models import District, Municipality, Region, Succession

LEVELS = {"region": Region, "district": District, "municipality": Municipality}
NAMES = ["name_ky", "name_ru", "name_en"]
TEXTS = ["note", "source"]
COLUMNS = [
    *["level", "code", "iso", *NAMES, "other_names", "parent_code", "kind"],
    *["population", "population_year", "latitude", "longitude", *TEXTS],
]
SUCCESSION_COLUMNS = ["predecessor", "successor", "on", "kind", "source"]
CODE = re.compile(r"[0-9]{14}|X[0-9]{1,13}")
ISO = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
MAX_POPULATION, YEARS = 2_147_483_647, range(1900, 2101)
SHOWN_PROBLEMS = 20


class RegistryError(Exception):
    """Why nothing was loaded: one problem a line."""

    def __init__(self, problems):
        more = len(problems) - SHOWN_PROBLEMS
        shown = [*problems[:SHOWN_PROBLEMS], *([f"… and {more} more."] if more > 0 else [])]
        super().__init__("\n".join(shown))
        self.problems = problems


@dataclass(frozen=True)
class Row:
    line: int
    level: str
    code: str
    parent_code: str
    values: dict  # what the file says of the place; what it leaves empty is not in here

    @property
    def key(self):
        return self.level, self.code

    @property
    def label(self):
        shown = [
            self.values[name] for name in ["name_ru", "name_ky", "name_en"] if name in self.values
        ]
        return f"{self.level} {self.code} {shown[0]}"


def read_places(path):
    rows = _checked_rows(path, COLUMNS, _place)
    problems = [*_duplicates(rows), *_missing_parents(rows)]
    if problems:
        raise RegistryError(problems)
    if not rows:
        raise RegistryError([f"{path} has no places."])
    return rows


def read_successions(path):
    """[(predecessor code, successor code, day or None, kind, source)]"""
    return _checked_rows(path, SUCCESSION_COLUMNS, _succession)


# --- Lines and cells --------------------------------------------------------------------------


def _checked_rows(path, columns, parse):
    rows, problems = [], []
    try:
        for line, cells in _lines(path, columns):
            try:
                rows.append(parse(line, _cells(cells)))
            except ValueError as error:
                problems.append(f"Line {line}: {error}")
    except OSError as error:
        raise RegistryError([f"{path} cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise RegistryError([f"{path} is not text in UTF-8."]) from error
    except csv.Error as error:
        raise RegistryError([f"{path} is not a CSV file with commas: {error}."]) from error
    if problems:
        raise RegistryError(problems)
    return rows


def _lines(path, columns):
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        found = reader.fieldnames or []
        problems = [
            f"Line 1: the column “{name}” is missing." for name in columns if name not in found
        ]
        problems += [
            f"Line 1: “{name}” is not a column of this file."
            for name in found
            if name not in columns
        ]
        problems += [
            f"Line 1: the column “{name}” comes twice."
            for name in {n for n in found if found.count(n) > 1}
        ]
        if problems:
            raise RegistryError(problems)
        for cells in reader:
            yield reader.line_num, cells


def _cells(cells):
    if None in cells:
        raise ValueError("more cells than columns. Put a text with a comma between quotes.")
    if None in cells.values():
        raise ValueError("fewer cells than columns.")
    for name, text in cells.items():
        if CONTROL.search(text):
            raise ValueError(f"{name} holds a character that cannot be printed.")
    return {name: text.strip() for name, text in cells.items()}


# --- A place ----------------------------------------------------------------------------------


def _place(line, cells):
    level, model = cells["level"], LEVELS.get(cells["level"])
    if not model:
        raise ValueError(f"“{level}” is not a level. Levels are {', '.join(LEVELS)}.")
    code = _code(cells["code"], "code")
    if cells["kind"] not in model.Kind.values:
        kinds = ", ".join(model.Kind.values)
        raise ValueError(f"“{cells['kind']}” is not a kind of {level}. Kinds are {kinds}.")
    if bool(cells["iso"]) != (level == "region") or (
        cells["iso"] and not ISO.fullmatch(cells["iso"])
    ):
        raise ValueError(
            f"“{cells['iso']}”: a region, and no other place, has an iso code like KG-J."
        )
    if bool(cells["parent_code"]) == (level == "region"):
        raise ValueError("every place but a region has a parent_code.")
    values = {"kind": cells["kind"], **_texts(cells), **_population(cells), **_position(cells)}
    if cells["iso"]:
        values["iso"] = cells["iso"]
    return Row(line, level, code, cells["parent_code"], values)


def _code(text, column):
    if not CODE.fullmatch(text):
        raise ValueError(
            f"“{text}” in {column} is not a code: 14 digits, or X and up to 13 digits for a place without one."
        )
    return text


def _texts(cells):
    texts = {name: cells[name] for name in [*NAMES, *TEXTS] if cells[name]}
    if not any(name in texts for name in NAMES):
        raise ValueError("the place has no name.")
    for name in NAMES:
        if len(texts.get(name, "")) > 200:
            raise ValueError(f"{name} is longer than 200 characters.")
    others = [name.strip() for name in cells["other_names"].split(";")]
    return texts | {"other_names": [name for name in others if name]}


def _population(cells):
    """The number and its year belong together: a new number never keeps an old year."""
    number, year = cells["population"], cells["population_year"]
    if not number:
        if year:
            raise ValueError("population_year stands without population.")
        return {}
    return {
        "population": _whole(number, "population", range(MAX_POPULATION + 1)),
        "population_year": _whole(year, "population_year", YEARS) if year else None,
    }


def _whole(text, column, allowed):
    if not re.fullmatch(r"[0-9]{1,12}", text) or int(text) not in allowed:
        raise ValueError(
            f"“{text}” in {column} is not a whole number from {allowed.start} to {allowed.stop - 1}."
        )
    return int(text)


def _position(cells):
    if bool(cells["latitude"]) != bool(cells["longitude"]):
        raise ValueError("latitude and longitude stand together or not at all.")
    if not cells["latitude"]:
        return {}
    return {
        "latitude": _degrees(cells["latitude"], "latitude", 90),
        "longitude": _degrees(cells["longitude"], "longitude", 180),
    }


def _degrees(text, column, limit):
    try:
        value = Decimal(text).quantize(Decimal("0.00001"))
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite() or abs(value) > limit:
        raise ValueError(
            f"“{text}” in {column} is not a number of degrees from −{limit} to {limit}."
        )
    return value


def _succession(line, cells):
    if cells["kind"] not in Succession.Kind.values:
        kinds = ", ".join(Succession.Kind.values)
        raise ValueError(f"“{cells['kind']}” is not a kind of succession. Kinds are {kinds}.")
    try:
        on = date.fromisoformat(cells["on"]) if cells["on"] else None
    except ValueError:
        raise ValueError(f"“{cells['on']}” is not a day like 2024-08-01.") from None
    codes = [_code(cells[name], name) for name in ["predecessor", "successor"]]
    return *codes, on, cells["kind"], cells["source"]


# --- Rows together ----------------------------------------------------------------------------


def _duplicates(rows):
    first = {}
    for row in rows:
        keys = [(*row.key, f"the code {row.code} of a {row.level}")]
        if row.level == "region":
            keys.append(("iso", row.values["iso"], f"the iso code {row.values['iso']}"))
        for *key, words in keys:
            line = first.setdefault(tuple(key), row.line)
            if line != row.line:
                yield f"Line {row.line}: {words} stands already in line {line}."


def _missing_parents(rows):
    """A district is in a region; a municipality in a district, or directly in a region."""
    known = {row.key for row in rows}
    for row in rows:
        parents = ["region"] if row.level == "district" else ["district", "region"]
        if row.level != "region" and not any((p, row.parent_code) in known for p in parents):
            yield f"Line {row.line}: no {' or '.join(parents)} in the file has the code “{row.parent_code}”."

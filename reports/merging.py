"""One table in three languages, cell by cell: what differs is {"ky": …, "ru": …, "en": …}; and back again."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.utils.functional import Promise

from lib.money import round_kgs

from .canonical import canonical, plain_decimal
from .column import Column
from .report_table import ReportTable

LANGUAGES = [code for code, _name in settings.LANGUAGES]
MONEY, NUMBERS = {"kgs", "amount"}, {"kgs", "amount", "rate", "pct"}
# An address on a page of this portal is no fact.
LEFT_OUT = {"link"}


def merged(tables, *, order_of):
    """What is kept of one table; tables: {language: spoken() ReportTable}. order_of: its rows are sorted in it."""
    first = tables[order_of]
    return {
        "slug": first.slug,
        "code": first.code,
        "title": _words(tables, lambda table: table.title),
        "columns": [_column(tables, place) for place in range(len(first.columns))],
        "rows": _rows(tables, order_of),
        "total": _total(tables),
        "notes": [
            _words(tables, lambda table, place=place: table.notes[place])
            for place in range(len(first.notes))
        ],
        "empty": _words(tables, lambda table: table.empty),
        "keys": list(first.keys),
    }


def read(kept, language):
    """The ReportTable again, in a language."""
    columns = [
        Column(
            each["name"],
            word(each["label"], language),
            each["kind"],
            word(each["meaning"], language),
            each["width"],
            tuple(map(tuple, each["sums"])),
            tuple(each["ratio"]),
        )
        for each in kept["columns"]
    ]
    kinds = Kinds({column.name: column.kind for column in columns if column.kind})
    return ReportTable(
        slug=kept["slug"],
        code=kept["code"],
        title=word(kept["title"], language),
        columns=columns,
        rows=[_read_row(row, kinds, language) for row in kept["rows"]],
        total=kept["total"] and _read_row(kept["total"], kinds, language),
        notes=[word(note, language) for note in kept["notes"]],
        empty=word(kept["empty"], language),
        keys=kept["keys"],
    )


def word(kept, language):
    return kept[language] if isinstance(kept, dict) else kept


def together(words):
    """{language: text} → one text when all say the same."""
    values = list(words.values())
    return values[0] if all(value == values[0] for value in values) else words


def spoken(table):
    """The table in the active language: whatever would be translated or read only later is a word now."""
    columns = [
        column._replace(label=str(column.label), meaning=str(column.meaning))
        for column in table.columns
    ]
    return replace(
        table,
        title=str(table.title),
        columns=columns,
        rows=[_said(row) for row in table.rows],
        total=table.total and _said(table.total),
        notes=[str(note) for note in table.notes],
        empty=str(table.empty or ""),
    )


def _said(row):
    return {
        name: str(value) if isinstance(value, Promise) else value for name, value in row.items()
    }


def _words(tables, of):
    return together({language: of(table) for language, table in tables.items()})


def _column(tables, place):
    column = next(iter(tables.values())).columns[place]
    return {
        "name": column.name,
        "kind": column.kind,
        "label": _words(tables, lambda table: table.columns[place].label),
        "meaning": _words(tables, lambda table: table.columns[place].meaning),
        "width": column.width,
        "sums": [list(part) for part in column.sums],
        "ratio": list(column.ratio),
    }


class _OtherRowError(ValueError):
    """Of two languages not the same row."""


def _rows(tables, order_of):
    """In the order of one language; the same row is found in the others, where names may sort differently."""
    kinds, words = _kinds(tables[order_of]), _words_among(tables[order_of])
    try:
        rows = zip(*(table.rows for table in tables.values()), strict=True)
        return [_merged_row(dict(zip(tables, each, strict=True)), kinds, words) for each in rows]
    except _OtherRowError:
        rows = _aligned(tables, order_of, words)
    return [_merged_row(each, kinds, words) for each in rows]


def _aligned(tables, order_of, words):
    """[{language: its row}]"""
    orders = {}
    for language, table in tables.items():
        names = [_name(row, table, words) for row in table.rows]
        orders[language] = sorted(range(len(names)), key=names.__getitem__)
    found = [None] * len(tables[order_of].rows)
    for places in zip(*orders.values(), strict=True):
        at = dict(zip(orders, places, strict=True))
        found[at[order_of]] = {lang: tables[lang].rows[place] for lang, place in at.items()}
    return found


def _name(row, table, words):
    """What the row is in every language: its codes, numbers and days, without its words."""
    kinds = _kinds(table)
    return canonical(
        {
            name: cell(value, kinds[name])
            for name, value in row.items()
            if name not in LEFT_OUT and not _is_word(name, words)
        }
    )


def _words_among(table):
    return {column.name for column in table.columns if column.kind == "text"} - set(table.keys)


def _is_word(name, words):
    return name in words or name.endswith("_reason")


def _total(tables):
    if any(table.total is None for table in tables.values()):
        return None
    totals = {lang: table.total for lang, table in tables.items()}
    table = next(iter(tables.values()))
    return _merged_row(totals, _kinds(table), _words_among(table))


def _merged_row(rows, kinds, words):
    first, *others = rows.values()
    is_same, found = all(row == first for row in others), {}
    for name, value in first.items():
        if name in LEFT_OUT:
            continue
        kind = kinds[name]
        if is_same or all(row.get(name) == value for row in others):
            found[name] = cell(value, kind)
        elif _is_word(name, words):
            found[name] = {lang: cell(row.get(name), kind) for lang, row in rows.items()}
        else:
            raise _OtherRowError(f"{name} is not the same in every language")
    return found


class Kinds(dict):
    """{name: kind}, of columns and of what no column shows: amounts there are amounts, too."""

    def __missing__(self, name):
        self[name] = "kgs" if name.endswith("_kgs") else ""
        return self[name]


def _kinds(table):
    return Kinds({column.name: column.kind for column in table.columns if column.kind})


def cell(value, kind):
    """As it stands in the JSON: amounts to the tyiyn, other decimals without idle zeros, all as text."""
    if value is None or type(value) is str:
        return value
    if kind == "count" and isinstance(value, Decimal):
        return int(value)
    if isinstance(value, Decimal):
        return plain_decimal(round_kgs(value) if kind in MONEY else _without_zeros(value))
    if isinstance(value, int) and kind in NUMBERS:
        return cell(Decimal(value), kind)
    if isinstance(value, bool | int | datetime | date):
        return value
    if isinstance(value, list | tuple):
        return [cell(each, "") for each in value]
    return str(value)


def _without_zeros(value):
    text = plain_decimal(value)
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def _read_row(row, kinds, language):
    return {name: _read(value, kinds[name], language) for name, value in row.items()}


def _read(value, kind, language):
    value = word(value, language)
    if value is None or value == "":
        return value
    if kind in NUMBERS:
        return Decimal(value)
    if kind == "date":
        return _day(value)
    return datetime.fromisoformat(value) if kind == "moment" else value


def _day(text):
    """A day that is known to the month only stays text."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text

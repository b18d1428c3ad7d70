"""One table in three languages, cell by cell: what differs is {"ky": …, "ru": …, "en": …}; and back again."""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings

from lib.money import round_kgs

from .canonical import canonical, plain_decimal
from .column import Column
from .report_table import ReportTable

LANGUAGES = [code for code, _name in settings.LANGUAGES]
MONEY, NUMBERS = {"kgs", "amount"}, {"kgs", "amount", "rate", "pct"}
# An address on a page of this portal is no fact.
LEFT_OUT = {"link"}


def merged(tables, *, order_of):
    """What is kept of one table; tables: {language: ReportTable}. order_of: the language its rows are sorted in."""
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
    kinds = {column.name: column.kind for column in columns}
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


def _words(tables, of):
    return together({language: str(of(table) or "") for language, table in tables.items()})


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


def _rows(tables, order_of):
    """In the order of one language; the same row is found in the others, where names may sort differently."""
    rows = {lang: _plain_rows(table.rows, table) for lang, table in tables.items()}
    names = {lang: _names(rows[lang], table) for lang, table in tables.items()}
    orders = {lang: sorted(range(len(rows[lang])), key=names[lang].__getitem__) for lang in tables}
    found = [None] * len(rows[order_of])
    for places in zip(*orders.values(), strict=True):
        at = dict(zip(orders, places, strict=True))
        if len({names[lang][place] for lang, place in at.items()}) > 1:
            raise ValueError(f"a row of {tables[order_of].slug} is not the same in every language")
        found[at[order_of]] = _merged_row({lang: rows[lang][at[lang]] for lang in at})
    return found


def _names(rows, table):
    """What each row is in every language: its codes, numbers and days, without its words."""
    words = {column.name for column in table.columns if column.kind == "text"} - set(table.keys)
    return [
        canonical(
            {
                name: value
                for name, value in row.items()
                if name not in words and not name.endswith("_reason")
            }
        )
        for row in rows
    ]


def _total(tables):
    if any(table.total is None for table in tables.values()):
        return None
    plain = {lang: _plain_rows([table.total], table) for lang, table in tables.items()}
    return _merged_row({lang: row for lang, [row] in plain.items()})


def _merged_row(rows):
    names = next(iter(rows.values()))
    return {name: together({lang: row.get(name) for lang, row in rows.items()}) for name in names}


def _plain_rows(rows, table):
    kinds = _kinds(table)
    return [
        {
            name: cell(value, kinds.get(name) or _kind(name))
            for name, value in row.items()
            if name not in LEFT_OUT
        }
        for row in rows
    ]


def _kinds(table):
    return {column.name: column.kind for column in table.columns}


def _kind(name):
    """Amounts that no column shows are amounts, too."""
    return "kgs" if name.endswith("_kgs") else ""


def cell(value, kind):
    """As it stands in the JSON: amounts to the tyiyn, other decimals without idle zeros, all as text."""
    if kind == "count" and isinstance(value, Decimal):
        return int(value)
    if isinstance(value, Decimal):
        return plain_decimal(round_kgs(value) if kind in MONEY else _without_zeros(value))
    if isinstance(value, int) and kind in NUMBERS:
        return cell(Decimal(value), kind)
    if value is None or isinstance(value, bool | int | datetime | date):
        return value
    if isinstance(value, list | tuple):
        return [cell(each, "") for each in value]
    return str(value)


def _without_zeros(value):
    text = plain_decimal(value)
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def _read_row(row, kinds, language):
    return {
        name: _read(value, kinds.get(name) or _kind(name), language) for name, value in row.items()
    }


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

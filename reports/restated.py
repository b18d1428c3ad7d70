"""What a later version says otherwise than the one before: amount by amount, as a table of its own."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lib.money import total

from .canonical import canonical
from .column import Column
from .merging import LANGUAGES, merged, read, spoken
from .report_table import ReportTable

SLUG = "restated"
AS_SIGNED, RESTATED = "as_signed_kgs", "restated_kgs"


def tables(before, after):
    """[the kept table], compared with the version before; data as read from their JSON."""
    made = {}
    for language in LANGUAGES:
        with translation.override(language):
            made[language] = spoken(_table(before, after, language))
    return [merged(made, order_of=after["template"]["language"]) | {"rows_are": ""}]


def _table(before, after, language):
    rows = [row for old, new in _pairs(before, after) for row in _differences(old, new, language)]
    return ReportTable(
        slug=SLUG,
        code="R",
        title=_("Restated since version %(version)s") % {"version": before["version"]},
        columns=_columns(before["version"], after["version"]),
        rows=rows,
        notes=[
            _(
                "Version %(version)s stays as it was signed; here is every amount that this version says otherwise."
            )
            % {"version": before["version"]}
        ],
        empty=_("No amount differs from the version before."),
        keys=["table_slug", "row_key", "column_name"],
    )


def _columns(old, new):
    return [
        Column("table", pgettext("column", "Table"), "text"),
        Column("row", pgettext("column", "Row"), "text"),
        Column("column", pgettext("column", "Figure"), "text"),
        Column("before_kgs", _("Version %(number)s") % {"number": old}, "kgs"),
        Column("after_kgs", _("Version %(number)s, restated") % {"number": new}, "kgs"),
        Column(
            "difference_kgs",
            pgettext("column", "Difference"),
            "kgs",
            sums=(("+", "after_kgs"), ("-", "before_kgs")),
        ),
    ]


def _pairs(before, after):
    """The same tables of both versions; what changed since the last one is another thing in each."""
    known = {(table["slug"], table["rows_are"]): table for table in before["tables"]}
    for table in after["tables"]:
        old = known.get((table["slug"], table["rows_are"]))
        if old and table["slug"] != "changes":
            yield old, table


def _differences(old, new, language):
    table = read(new, language)
    names = [column["name"] for column in old["columns"]]
    known = dict(_by_key(old, language))
    for key, row in _by_key(new, language):
        yield from _of_row(table, names, key, known.pop(key, {}), row)
    for key, row in known.items():
        yield from _of_row(table, names, key, row, {})


def _by_key(kept, language):
    """[(what the row is about, in no language, row)], the row of totals last."""
    table = read(kept, language)
    for plain, row in zip(kept["rows"], table.rows, strict=True):
        yield _key(plain, kept), row
    if table.total is not None:
        yield "", table.total


def _key(plain, kept):
    """Its codes, or the words of its first column."""
    names = [column["name"] for column in kept["columns"]]
    codes = {
        name: value
        for name, value in plain.items()
        if (name in kept["keys"] or name not in names) and isinstance(value, str) and value
    }
    return canonical(codes or {"first": plain.get(names[0])})


def _of_row(table, names, key, earlier, row):
    for column, before, after in _compared(table, names, earlier, row):
        if before != after:
            yield {
                "table": f"{table.code} {table.title}",
                "row": _label(table, row or earlier, key),
                "column": column.label,
                "before_kgs": before,
                "after_kgs": after,
                "difference_kgs": total([after, -(before or 0)]),
                "table_slug": table.slug,
                "row_key": key,
                "column_name": column.name,
            }


def _compared(table, names, earlier, row):
    """(column, before, after). A table that restates its actual figure says both itself."""
    restates = RESTATED in [column.name for column in table.columns]
    said = {AS_SIGNED, RESTATED, "actual_kgs"} if restates else {}
    for column in table.columns:
        if restates and column.name == RESTATED:
            yield column, row.get(AS_SIGNED), row.get(RESTATED)
        elif column.kind == "kgs" and column.name in names and column.name not in said:
            yield column, earlier.get(column.name), row.get(column.name)


def _label(table, row, key):
    return str(row.get(table.columns[0].name) or "") if key else _("Total")

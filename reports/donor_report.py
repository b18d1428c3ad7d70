"""A donor's report: the tables of a template in its order, with its rows and columns.

Page, files and signing read the same list.
"""

from dataclasses import replace

from django.utils.translation import gettext as _

from lib.currencies import KGS

from . import equivalents
from .donor_tables.registry import TABLES
from .facts import facts_of


def tables_of(template, scope, facts=None):
    """[ReportTable]; basis, currency and its rate are those of the template, facts those of the scope."""
    scope = of_template(scope, template)
    facts = facts or facts_of(scope)
    return [_table(entry, scope, facts) for entry in template.tables if entry["table"] in TABLES]


def of_template(scope, template):
    return scope.with_(
        basis=template.basis, currency=template.currency, rate_basis=template.rate_basis
    )


def _table(entry, scope, facts):
    donor_table = TABLES[entry["table"]]
    rows = entry.get("rows") or donor_table.default_rows
    made = donor_table.make(scope.with_(rows=rows), facts)
    made = only_columns(made, entry.get("columns", []))
    return _as_equivalents(made, scope) if entry.get("equivalents") else made


def _as_equivalents(table, scope):
    """Stands beside the table in som, never in its place, so it has a name of its own."""
    if scope.currency == KGS or table.slug in equivalents.IN_THEIR_OWN_CURRENCIES:
        return table
    words = {"title": table.title, "currency": scope.currency}
    title = _("%(title)s: equivalents in %(currency)s") % words
    shown = equivalents.in_currency(table, scope)
    return replace(shown, slug=f"{table.slug}-equivalents", title=title)


def only_columns(table, names):
    """With these columns only; codes and the name of a row stay. No names: all of them."""
    if not names:
        return table
    free = choosable(table)
    kept = [column for column in table.columns if column not in free or column.name in names]
    known = {column.name for column in kept}
    return replace(table, columns=[_without_lost_parts(column, known) for column in kept])


def choosable(table):
    """Columns that may be left out: all but codes and the first one, which says what a row is."""
    return [column for column in table.columns if column.name not in table.keys][1:]


def _without_lost_parts(column, known):
    """A workbook cannot compute a column from others that are not there; its value stands alone then."""
    parts = {name for _sign, name in column.sums} | set(column.ratio)
    return column if parts <= known else column._replace(sums=(), ratio=())

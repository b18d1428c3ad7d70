"""What a page or a file shows: what was signed where a signed period is asked for, else what is computed."""

import json

from django.utils.translation import get_language

from . import equivalents, snapshots
from .donor_report import tables_of
from .facts import facts_of


def shown_tables(template, scope, signed=None):
    """Of a whole report. signed: the SignedReport that answers, or None."""
    if signed and signed.template_id == template.pk and not scope.is_filtered:
        return snapshots.tables_from(json.loads(signed.snapshot), get_language())
    return tables_of(template, scope)


def shown_table(donor_table, scope, signed=None):
    """One table of the registry by itself, in the currency that was asked for."""
    scope = scope.with_(rows=donor_table.rows_of(scope))
    table = _signed_table(donor_table, scope, signed) or donor_table.make(scope, facts_of(scope))
    return equivalents.in_currency(table, scope)


def _signed_table(donor_table, scope, signed):
    """None where the report has no such table: then its figures are computed from what was signed."""
    if not signed or scope.is_filtered or signed.template.basis != scope.basis:
        return None
    data = json.loads(signed.snapshot)
    return snapshots.table_from(data, donor_table.slug, get_language(), rows=scope.rows)

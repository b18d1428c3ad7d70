"""docs/reports-csv.md tells of exactly the columns that the tables have."""

import re
from pathlib import Path

import pytest
from django.http import QueryDict

from reports import closing
from reports.donor_tables.registry import ALL
from reports.exports.tables_csv import REASONS, column_names
from reports.facts import facts_of
from reports.scope_form import scope_of
from tests.reports import signing_data

DOCUMENT = Path(__file__).parents[2] / "docs" / "reports-csv.md"
pytestmark = pytest.mark.django_db


def made_columns():
    """{slug: {column}} of every table with all its rows, for a day and for a period that was signed before."""
    user = signing_data.preparer()
    found = {table.slug: set() for table in ALL}
    for query in ["", f"period={signed_and_opened_again(user).pk}"]:
        for table in ALL:
            for rows in table.row_choices or [""]:
                scope = scope_of(QueryDict(query), user=user).with_(rows=rows)
                found[table.slug].update(column_names(table.make(scope, facts_of(scope))))
    return found


def signed_and_opened_again(user):
    """So that T2 has the columns of what was signed and what is restated."""
    signing_data.plan_with_money()
    period = signing_data.closed_year(user)
    signing_data.sign(period)
    period.refresh_from_db()
    closing.reopen(period=period, reason="A refund was found.", by=user)
    period.refresh_from_db()
    return period


def told():
    """{slug: {column: meaning}} of the document; a line may tell of several columns."""
    found = {}
    for part in re.split(r"^## ", DOCUMENT.read_text(), flags=re.MULTILINE)[1:]:
        slug = re.match(r"T\d+ `([a-z-]+)`\n", part)[1]
        found[slug] = {}
        for names, meaning in re.findall(r"^\| (`.*?`) \| (.*) \|$", part, re.MULTILINE):
            found[slug] |= dict.fromkeys(re.findall("`([a-z_]+)`", names), meaning)
    return found


def test_every_column_of_every_table_is_told_and_no_other():
    made, written = made_columns(), told()
    assert list(written) == list(made)
    assert {slug: sorted(columns) for slug, columns in written.items()} == {
        slug: sorted(columns) for slug, columns in made.items()
    }
    assert all(meaning for columns in written.values() for meaning in columns.values())
    assert f"`{REASONS}`" in DOCUMENT.read_text()

"""A table in three languages is kept once, and read again in each."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from reports.canonical import canonical
from reports.column import Column
from reports.merging import merged, read, spoken
from reports.report_table import ReportTable

COLUMNS = [
    ("name", "text"),
    ("plans", "count"),
    ("received_kgs", "kgs"),
    ("execution_pct", "pct"),
    ("on", "date"),
]
NAMES = {"ky": ("Талас", "Ош"), "ru": ("Талас", "Ош"), "en": ("Talas", "Osh")}


def table(language, rows):
    return ReportTable(
        slug="budget",
        code="T2",
        title=f"title {language}",
        columns=[Column(name, f"{name} {language}", kind) for name, kind in COLUMNS],
        rows=rows,
        total=row("Total", None, "3.00", None),
        notes=["The same", f"note {language}"],
    )


def row(name, region, received, execution, **more):
    return {
        "name": name,
        "region": region,
        "plans": 2,
        "received_kgs": Decimal(received),
        "execution_pct": execution,
        "on": dt.date(2018, 1, 31),
        "link": "/there/",
    } | more


def in_three(order=lambda rows, language: rows):
    talas, osh = Decimal(200) / 3, None
    return {
        lang: table(
            lang,
            order(
                [row(a, "KG-T", "1", talas), row(b, "KG-O", "2.0", osh, execution_pct_reason=lang)],
                lang,
            ),
        )
        for lang, (a, b) in NAMES.items()
    }


def test_what_is_the_same_is_kept_once():
    kept = merged(in_three(), order_of="en")
    assert kept["rows"][0] == {
        "name": {"ky": "Талас", "ru": "Талас", "en": "Talas"},
        "region": "KG-T",
        "plans": 2,
        "received_kgs": "1.00",
        "execution_pct": "66.66666666666666666666666667",
        "on": dt.date(2018, 1, 31),
    }
    assert kept["notes"] == ["The same", {lang: f"note {lang}" for lang in NAMES}]


@pytest.mark.parametrize("language", NAMES)
def test_it_is_read_as_it_was(language):
    tables = in_three()
    found = read(_written(merged(tables, order_of="en")), language)
    for each in tables[language].rows:
        del each["link"]
    del tables[language].total["link"]
    assert found == tables[language]


def test_rows_may_stand_in_another_order_in_each_language():
    kept = merged(in_three(lambda rows, lang: sorted(rows, key=lambda r: r["name"])), order_of="ru")
    assert [row["name"]["ru"] for row in kept["rows"]] == ["Ош", "Талас"]
    assert [row["name"]["en"] for row in kept["rows"]] == ["Osh", "Talas"]


def test_words_that_are_translated_late_are_said_in_their_language():
    late = {}
    for language in NAMES:
        with translation.override(language):
            table = in_three()[language]
            table.title = table.rows[0]["name"] = gettext_lazy("Plans")
            late[language] = spoken(table)
    kept = merged(late, order_of="en")
    assert kept["title"] == kept["rows"][0]["name"]
    assert kept["title"]["en"] == "Plans" != kept["title"]["ru"]


def test_other_figures_in_another_language_are_refused():
    tables = in_three()
    tables["ky"].rows[0]["received_kgs"] = Decimal("1.01")
    with pytest.raises(ValueError, match="not the same in every language"):
        merged(tables, order_of="en")


def _written(kept):
    return json.loads(canonical(kept))

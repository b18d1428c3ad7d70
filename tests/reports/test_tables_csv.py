import csv
import datetime as dt
import io
from decimal import Decimal

import pytest

from reports.column import Column
from reports.exports.tables_csv import figures_csv, to_csv
from reports.report_table import ReportTable
from tests.reports.test_tables_xlsx import a_table, row

COLUMNS = [
    Column("plan", "Plan code", "text"),
    Column("title", "Title", "text"),
    Column("plans", "Plans", "count"),
    Column("cost_kgs", "Planned cost", "kgs"),
    Column("rate", "Rate", "rate"),
    Column("own_share_pct", "Own share", "pct"),
    Column("on", "Day", "date"),
    Column("at", "At", "moment"),
]
ROW = {
    "plan": "J-2018-001",
    "title": "Вода, 2-я очередь",
    "plans": 2018,
    "cost_kgs": Decimal("97123456.78"),
    "rate": Decimal("70.12340000"),
    "own_share_pct": Decimal(100) / 3,
    "on": dt.date(2018, 8, 16),
    "at": dt.datetime(2018, 8, 16, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=6))),
    "region": "KG-J",
    "link": "/plans/J-2018-001/",
}


def table(*rows, **fields):
    fields = {"slug": "status", "code": "T9", "title": "Status", "columns": COLUMNS} | fields
    return ReportTable(rows=list(rows), **fields)


def content(file):
    with file:
        return file.read()


def rows(file):
    text = content(file).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_row_is_raw_numbers_iso_dates_and_ids_of_columns_codes_first():
    assert (
        content(to_csv(table(ROW, keys=["region", "plan"])))
        == (
            "\ufeffregion,plan,title,plans,cost_kgs,rate,own_share_pct,on,at,reasons\n"
            'KG-J,J-2018-001,"Вода, 2-я очередь",2018,97123456.78,70.1234,33.333333,2018-08-16,'
            "2018-08-16T17:30:00+00:00,\n"
        ).encode()
    )


def test_what_is_not_known_is_empty_and_the_last_column_says_why():
    unbudgeted = row("a", "0.00", "5.00", execution_pct_reason="unbudgeted")
    _head, *found = rows(to_csv(a_table([unbudgeted, row("b", None, "-5.00")])))
    assert found == [
        ["a", "0.00", "5.00", "5.00", "", "execution_pct: unbudgeted"],
        ["b", "", "-5.00", "", "", ""],
    ]


def test_there_is_no_row_of_totals_and_no_row_of_no_rows():
    assert len(rows(to_csv(a_table()))) == 1 + 2
    assert rows(to_csv(table(empty="No plans."))) == [[c.name for c in COLUMNS] + ["reasons"]]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_run_is_kept_as_text(sign):
    typed = f'{sign}HYPERLINK("x")'
    found = rows(to_csv(a_table([row(typed, "1.00", "1.00", budget_kgs_reason=typed)])))[1]
    assert (found[0], found[-1]) == (f"'{typed}", f"budget_kgs: {typed}")
    found = rows(figures_csv([a_table([row(typed, None, None, budget_kgs_reason=typed)])]))
    assert [line[3] for line in found[1:3]] == [f"'{typed}"] * 2


def test_figures_are_every_cell_of_every_table_with_its_totals():
    unbudgeted = row("Ош", "0.00", "5.50", execution_pct_reason="unbudgeted")
    tables = [a_table([unbudgeted]), table(ROW | {"at": None}, keys=["region"])]
    assert rows(figures_csv(tables)) == [
        ["table", "row", "column", "value"],
        ["budget", "1", "name", "Ош"],
        ["budget", "1", "budget_kgs", "0.00"],
        ["budget", "1", "actual_kgs", "5.50"],
        ["budget", "1", "variance_kgs", "5.50"],
        ["budget", "1", "execution_pct_reason", "unbudgeted"],
        ["budget", "total", "budget_kgs", "0.00"],
        ["budget", "total", "actual_kgs", "5.50"],
        ["budget", "total", "variance_kgs", "5.50"],
        ["status", "1", "region", "KG-J"],
        ["status", "1", "plan", "J-2018-001"],
        ["status", "1", "title", "Вода, 2-я очередь"],
        ["status", "1", "plans", "2018"],
        ["status", "1", "cost_kgs", "97123456.78"],
        ["status", "1", "rate", "70.1234"],
        ["status", "1", "own_share_pct", "33.333333"],
        ["status", "1", "on", "2018-08-16"],
    ]


def test_the_same_tables_make_the_same_bytes():
    assert content(figures_csv([a_table()])) == content(figures_csv([a_table()]))

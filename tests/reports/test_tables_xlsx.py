import datetime as dt
import io
import re
import zipfile
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from django.utils.translation import override

from lib.money import share
from reports.about import About
from reports.column import Column
from reports.exports import workbook
from reports.exports.cells import shortened
from reports.exports.tables_xlsx import to_xlsx
from reports.report_table import ReportTable

NAME = Column("name", "Place", "text", "Where the plan is.")
BUDGET = Column("budget_kgs", "Budget", "kgs", "What was decided.")
ACTUAL = Column("actual_kgs", "Actual", "kgs")
VARIANCE = Column(
    "variance_kgs", "Variance", "kgs", sums=(("+", "actual_kgs"), ("-", "budget_kgs"))
)
EXECUTION = Column("execution_pct", "Execution", "pct", ratio=("actual_kgs", "budget_kgs"))
COLUMNS = [NAME, BUDGET, ACTUAL, VARIANCE, EXECUTION]
ABOUT = About(title="Half-year report", period="1 Jan 2018 – 30 Jun 2018")
MADE = dt.datetime(2018, 7, 1, 8, 30, tzinfo=dt.UTC)
INJECTED = '<r><t>x</t></r></is></c><c r="Z9"><f>1+1</f></c><c><is><r><t>y</t></r>'


def row(name, budget, actual, **others):
    budget, actual = (value and Decimal(value) for value in (budget, actual))
    known = budget is not None and actual is not None
    return {
        "name": name,
        "budget_kgs": budget,
        "actual_kgs": actual,
        "variance_kgs": actual - budget if known else None,
        "execution_pct": share(actual, budget),
    } | others


def a_table(rows=None, total="added", columns=COLUMNS, **fields):
    if rows is None:
        rows = [row("Өзгөн", "500000.00", "575000.00"), row("Ош", "0.00", "40000.10")]
    if total == "added":
        total = row(None, str(added(rows, "budget_kgs")), str(added(rows, "actual_kgs")))
    fields = {"slug": "budget", "code": "T2", "title": "Budget against actual"} | fields
    return ReportTable(columns=columns, rows=rows, total=total, **fields)


def added(rows, name):
    return sum((row[name] or 0 for row in rows), Decimal("0.00"))


def content(*tables, about=ABOUT, **options):
    with to_xlsx(tables, about, **options) as file:
        return file.read()


def opened(*tables, about=ABOUT, data_only=True):
    return openpyxl.load_workbook(io.BytesIO(content(*tables, about=about)), data_only=data_only)


def values(sheet):
    return [list(cells) for cells in sheet.iter_rows(values_only=True)]


def noted(book):
    return {label: text for label, text in values(book.worksheets[-2]) if label}


def at(text):
    return dt.datetime.fromisoformat(text)


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


# Figures and formulas


def test_each_table_is_a_sheet_before_the_notes_and_the_hidden_one():
    book = opened(a_table(), a_table(code="T3", title="Sources"))
    assert book.sheetnames == ["T2 Budget against actual", "T3 Sources", "Notes", "control"]
    assert [sheet.sheet_state for sheet in book] == ["visible"] * 3 + ["hidden"]


def test_sums_ratios_and_totals_are_formulas_with_the_stored_figures_beside_them():
    formulas = values(opened(a_table(), data_only=False).worksheets[0])
    assert formulas[1][3:] == ["=N(C2)-N(B2)", '=IF(N(B2)<=0,"—",N(C2)/B2)']
    assert formulas[3] == ["Total", "=SUM(B2:B3)", "=SUM(C2:C3)", "=SUM(D2:D3)",
                           '=IF(N(B4)<=0,"—",N(C4)/B4)']  # fmt: skip
    shown = values(opened(a_table()).worksheets[0])
    assert shown[1] == ["Өзгөн", 500000, 575000, 75000, 1.15]
    assert shown[3] == ["Total", 500000, 615000.1, 115000.1, pytest.approx(1.2300002)]


def test_a_denominator_of_nothing_is_a_dash_or_says_why():
    rows = [
        row("a", "0.00", "40000.00", execution_pct_reason="unbudgeted"),
        row("b", "0.00", "0.00"),
        row("c", "-5.00", "1.00"),
        row("d", None, "1.00"),
        row("e", "500000.00", None, execution_pct_reason="not reported"),
    ]
    table = a_table(rows)
    assert [cells[4] for cells in values(opened(table).worksheets[0])[1:6]] == [
        *("unbudgeted", "—", "—", "—", "not reported")
    ]
    formulas = [cells[4] for cells in values(opened(table, data_only=False).worksheets[0])[1:6]]
    assert formulas[0] == '=IF(N(B2)<=0,"unbudgeted",N(C2)/B2)'
    assert formulas[4] == "not reported"  # a formula would come to 0


def test_what_is_not_known_is_an_empty_cell_never_0():
    cells = values(opened(a_table([row("a", None, None)], total=None)).worksheets[0])[1]
    assert cells == ["a", None, None, None, "—"]


def test_a_formula_stands_only_where_it_gives_the_stored_figure():
    wrong = row("a", "100.00", "90.00", variance_kgs=Decimal("7.00"), execution_pct=Decimal(12))
    total = row(None, "100.00", "91.00", variance_kgs=Decimal("8.00"))
    cells = values(opened(a_table([wrong], total), data_only=False).worksheets[0])
    assert cells[1] == ["a", 100, 90, 7, 0.12]
    assert cells[2][1:4] == ["=SUM(B2:B2)", 91, 8]  # a plan may stand in two rows


def test_a_column_whose_parts_were_left_out_has_figures_without_formulas():
    table = a_table(columns=[NAME, VARIANCE, EXECUTION])
    cells = values(opened(table, data_only=False).worksheets[0])
    assert cells[1] == ["Өзгөн", 75000, 1.15]


def test_dates_and_moments_are_real_ones_in_local_time():
    columns = [NAME, Column("on", "Day", "date"), Column("at", "At", "moment")]
    rows = [{"name": "a", "on": dt.date(2018, 8, 16), "at": MADE}, {"name": "b", "on": "May 2018"}]
    sheet = opened(a_table(rows, None, columns)).worksheets[0]
    assert values(sheet)[1:] == [
        ["a", at("2018-08-16"), at("2018-07-01T14:30")],
        ["b", "May 2018", None],
    ]
    assert (sheet["B2"].number_format, sheet["C2"].number_format) == (
        "dd.mm.yyyy",
        "dd.mm.yyyy hh:mm",
    )


def test_parts_of_a_whole_add_up_other_percentages_do_not():
    columns = [NAME, Column("part_pct", "Part", "pct")]
    rows = [{"name": "a", "part_pct": Decimal("33.4")}, {"name": "b", "part_pct": Decimal("66.6")}]
    book = opened(a_table(rows, {"part_pct": Decimal(100)}, columns), data_only=False)
    assert book.worksheets[0]["B4"].value == "=SUM(B2:B3)"
    book = opened(a_table(rows[:1], {"part_pct": Decimal("33.4")}, columns), data_only=False)
    assert book.worksheets[0]["B3"].value == 0.334


def test_codes_for_programs_are_not_shown():
    columns = [Column("plan", "Plan code", "text"), NAME]
    table = a_table([{"plan": "J-2018-001", "name": "Ош"}], {}, columns, keys=["plan"])
    assert values(opened(table).worksheets[0]) == [["Place"], ["Ош"], ["Total"]]


def test_a_table_without_rows_says_so():
    book = opened(a_table([], None, empty="No plan was cancelled."))
    assert values(book.worksheets[0])[1][0] == "No plan was cancelled."
    assert noted(book)["Agrees with what was written"] == "yes"


# What people typed


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("x")', "@SUM", "+1", "-1", "\t=1", "http://example.org", "a & b < c > d", " a ",
     INJECTED, "_x0041_", "two\nlines"],
)  # fmt: skip
def test_what_somebody_typed_arrives_as_the_same_text(text):
    table = a_table([row(text, "1.00", "1.00")], title=text, notes=[text])
    about = replace(ABOUT, title=text, made_by=text, filters=((text, text),))
    book = opened(table, about=about, data_only=False)
    cell = book.worksheets[0]["A2"]
    assert (unescaped(cell.value), cell.data_type, cell.hyperlink) == (text, "s", None)
    found = [c for c in book["Notes"]["B"] if c.value and c.value.startswith("=")]
    assert [c.row for c in found if c.data_type == "f"] == [2]
    assert max(sheet.max_column for sheet in book) == 6


def unescaped(text):
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1f", "\ufffe", "\ud800"])
def test_a_sign_that_a_file_cannot_hold_breaks_nothing(sign):
    cell = opened(a_table([row(f"a{sign}b", "1.00", "1.00")])).worksheets[0]["A2"]
    assert (cell.value[0], cell.value[-1]) == ("a", "b")


def test_a_text_longer_than_a_cell_is_cut_and_the_notes_say_so():
    table = a_table([row("Ө" * 40_000, "1.00", "1.00")])
    book = opened(table)
    assert book.worksheets[0]["A2"].value == "Ө" * 32_766 + "…"
    assert noted(book)["T2 Budget against actual"].startswith("1 text is longer than a cell holds")
    assert shortened("😀" * 20_000) == "😀" * 16_383 + "…"


def test_more_rows_than_a_sheet_holds_are_counted_out(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    rows = [row(str(n), "1.00", "1.00") for n in range(5)]
    book = opened(a_table(rows), data_only=False)
    cells = values(book.worksheets[0])
    assert [line[0] for line in cells] == ["Place", "0", "1", cells[3][0], "Total"]
    assert cells[3][0].startswith("A sheet holds 2 rows; 3 more are only in the CSV file.")
    assert cells[4][1] == 5  # of all rows, so no formula
    assert noted(book)["T2 Budget against actual"] == cells[3][0]


# The file


def test_the_same_tables_make_the_same_bytes():
    assert content(a_table()) == content(a_table())
    signed = replace(ABOUT, made_at=MADE)
    assert content(a_table(), about=signed) == content(a_table(), about=signed)
    other = a_table([row("Өзгөн", "500000.00", "575000.01")])
    assert content(other) != content(a_table())


def test_no_file_has_an_error_in_a_cell():
    rows = [row("a", "0.00", "0.00"), row("b", None, None)]
    archive = zipfile.ZipFile(io.BytesIO(content(a_table(rows))))
    xml = b"".join(archive.read(name) for name in archive.namelist() if "sheet" in name)
    assert not re.search(rb"NaN|inf\b|#DIV|#VALUE|None", xml)


def test_a_sheet_is_ready_for_reading_and_printing():
    sheet = opened(a_table()).worksheets[0]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:E3")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.print_title_rows) == (True, "$1:$1")
    assert sheet.oddHeader.left.text == "T2 Budget against actual"
    assert sheet.oddFooter.right.text == "&P / &N"
    assert sheet.column_dimensions["B"].width >= len("500,000.00")


def test_the_footer_of_a_signed_file_has_its_code_and_the_beginning_of_its_hash():
    about = replace(ABOUT, snapshot="PSI-12-v2", sha256="3f2a9c0d81b4" + "0" * 52)
    book = opened(a_table(), about=about)
    assert book.worksheets[0].oddFooter.left.text == (
        "PSI-12-v2 · 3f2a9c0d81b4 · Half-year report · 1 Jan 2018 – 30 Jun 2018"
    )
    assert noted(book)["SHA-256"] == about.sha256
    control = {label: text for label, text, *_others in values(book["control"])}
    assert (control["snapshot"], control["sha256"]) == ("PSI-12-v2", about.sha256)


def test_sample_data_are_named_above_each_page():
    book = opened(a_table(), about=replace(ABOUT, has_sample=True))
    assert [sheet.oddHeader.right.text for sheet in book] == ["Contains sample data."] * 3


def test_a_long_title_is_cut_in_the_footer_and_only_there():
    about = replace(ABOUT, title="Ө&" * 200)
    book = opened(a_table(title="Ж" * 300), about=about)
    assert book.sheetnames[0] == ("T2 " + "Ж" * 40)[:31]
    assert noted(book)["Report"] == about.title


def test_two_tables_with_one_name_are_two_sheets():
    tables = [a_table(code="T2", title="O'sh " + letter * 40) for letter in "жЖж"]
    names = opened(*tables).sheetnames[:3]
    assert len({name.casefold() for name in names}) == 3
    assert max(map(len, names)) <= 31


def test_formulas_are_held_and_figures_are_not_without_a_password():
    sheet = opened(a_table(), data_only=False).worksheets[0]
    assert (sheet.protection.sheet, sheet.protection.password) == (True, None)
    allowed = [sheet.protection.sort, sheet.protection.autoFilter, sheet.protection.formatCells]
    assert allowed == [False] * 3  # what is True there is held
    locked = {cell.value: cell.protection.locked for line in sheet.iter_rows() for cell in line}
    assert all(locked[text] for text in locked if str(text).startswith("="))
    assert (locked["Place"], locked["Өзгөн"], locked[575000]) == (True, False, False)


def test_the_hidden_sheet_has_every_sum_total_and_number_of_rows():
    lines = values(opened(a_table())["control"])[1:]
    assert {what: stored for _name, what, stored, *_others in lines} == {
        "budget_kgs": 500000,
        "actual_kgs": 615000.1,
        "variance_kgs": 115000.1,
        "execution_pct": 1.15,
        "rows": 2,
        "budget_kgs, total": 500000,
        "actual_kgs, total": 615000.1,
        "variance_kgs, total": 115000.1,
        "execution_pct, total": pytest.approx(1.2300002),
    }
    assert {differs for *_others, differs in lines} == {0}


def test_notes_say_what_the_report_is_what_is_missing_and_what_columns_mean():
    about = replace(ABOUT, gaps=("1 plan has no area.", "2 promises have no document."))
    lines = values(opened(a_table(notes=["Variance = actual − budget."]), about=about)["Notes"])
    assert lines == [
        ["Report", "Half-year report"],
        ["Agrees with what was written", "yes"],
        ["Period", "1 Jan 2018 – 30 Jun 2018"],
        ["What is missing", "1 plan has no area."],
        [None, "2 promises have no document."],
        ["T2 Budget against actual", "Variance = actual − budget."],
        [None, None],
        ["What the columns mean", None],
        ["Place", "Where the plan is."],
        ["Budget", "What was decided."],
    ]


def test_who_waits_is_told_how_many_rows_are_written():
    told = []
    rows = [row(str(n), "1.00", "1.00") for n in range(2500)]
    content(a_table(rows), progress=told.append)
    assert told == [1000, 2000]


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_a_workbook_is_made_in_every_language(language):
    with override(language):
        book = opened(a_table(), about=replace(ABOUT, made_at=MADE, made_by="Айгүл", period=""))
    assert len(book.sheetnames) == 3
    assert set(noted(book).values()) > {"Half-year report", "Айгүл"}

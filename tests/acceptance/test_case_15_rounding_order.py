"""Every row is rounded once; every total is the sum of the rows, on the page and in the files."""

import io
from decimal import Decimal

import pypdf
import pytest

from tests.acceptance.steps import (
    content,
    csv_rows,
    enter_plan,
    enter_rate,
    pay,
    sheet_rows,
    table,
    words,
    workbook,
)
from tests.reports.test_libreoffice import needs_libreoffice, recalculated, spoil

pytestmark = pytest.mark.django_db
ROW, TOTAL, NEVER = "86,571.54", "259,714.62", "259,714.63"


@pytest.fixture
def plan(staff):
    plan = enter_plan(staff)
    enter_rate(staff, "CHF", "70,1234", "01.02.2018")
    for _i in range(3):
        pay(staff, plan, "1 234,56", currency="CHF", paid_on="01.02.2018")
    return plan


def test_case_15_the_pages_add_up_the_rows(staff, plan):
    address = f"{plan.get_absolute_url()}money/"
    response = staff.get(address)
    rows = [row for row in table(response, "Date") if row["What happened"].startswith("received")]
    assert [row["Som"] for row in rows] == [ROW] * 3
    for path in [address, plan.get_absolute_url(), "/reports/funding/", "/programme/"]:
        page = words(staff.get(path))
        assert TOTAL in page
        assert NEVER not in page


def test_case_15_the_csv_has_the_rows_and_the_report_their_sum(staff, plan):
    rows = csv_rows(staff.get(f"{plan.get_absolute_url()}money.csv"))
    assert [row["amount_kgs"] for row in rows] == ["86571.54"] * 3
    assert sum(Decimal(row["amount_kgs"]) for row in rows) == Decimal("259714.62")
    assert {(row["amount"], row["currency"], row["rate_value"]) for row in rows} == {
        ("1234.56", "CHF", "70.1234")
    }
    [row] = csv_rows(staff.get("/reports/funding.csv"))
    assert row["received_kgs"] == "259714.62"


def test_case_15_the_workbook_sums_by_a_formula_with_that_value(staff, plan):
    path = f"{plan.get_absolute_url()}money.xlsx"
    values, formulas = (workbook(staff.get(path), data_only=only) for only in (True, False))
    last = sheet_rows(values["Ledger"])[-1]
    assert (last["Date"], last["Received, som"]) == ("Total", 259714.62)
    assert sheet_rows(formulas["Ledger"])[-1]["Received, som"] == "=SUM(J2:J4)"
    assert sheet_rows(values["By contribution"])[-1]["Received, net"] == 259714.62
    francs, total = sheet_rows(values["By currency"])
    assert (francs["Currency"], francs["Received"]) == ("CHF", 3703.68)
    assert (total["Received"], total["Received, som"]) == (None, 259714.62)


@needs_libreoffice
def test_case_15_libreoffice_comes_to_the_same_sum(staff, plan, tmp_path):
    path = tmp_path / "money.xlsx"
    path.write_bytes(content(staff.get(f"{plan.get_absolute_url()}money.xlsx")))
    assert sheet_rows(spoil(path)["Ledger"])[-1]["Received, som"] == -7
    book = recalculated(tmp_path, "money.xlsx")
    assert sheet_rows(book["Ledger"])[-1]["Received, som"] == pytest.approx(259714.62, abs=1e-9)
    assert sheet_rows(book["By contribution"])[-1]["Received, net"] == pytest.approx(259714.62)


def test_case_15_the_pdf_of_a_report_has_that_sum(staff, plan):
    pdf = pypdf.PdfReader(io.BytesIO(content(staff.get("/reports/sources.pdf"))))
    text = "\n".join(page.extract_text() for page in pdf.pages).replace("\xa0", " ")
    assert TOTAL in text
    assert NEVER not in text

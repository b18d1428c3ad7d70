"""A plan that costs nothing has no share; it is counted and changes no total."""

import json

import pytest

from tests.acceptance.steps import (
    column,
    content,
    csv_rows,
    enter_plan,
    sheet_rows,
    table,
    words,
    workbook,
)
from tests.action_plans.form_data import money

pytestmark = pytest.mark.django_db
CHARTS = ["areas", "share-by-area", "regions", "municipalities", "years", "sources"]


@pytest.fixture
def plans(staff):
    half = money(("municipality", "cash", "4 000 000"), ("grant", "cash", "4 000 000"))
    enter_plan(staff, cost_kgs="8 000 000", **half)
    key = "5f0c1f5e-0000-4000-8000-000000000002"
    return enter_plan(staff, cost_kgs="0", key=key, **money())


def test_case_04_the_page_says_why_there_is_no_share(staff, plans):
    rows = table(staff.get("/reports/funding/"), "Plan")
    assert column(rows, "Own share") == (["50.0%", "— the cost is zero"], "50.0%")
    assert column(rows, "Planned cost")[1] == "8,000,000.00"
    assert "2" in column(table(staff.get("/reports/funding/"), "Service area"), "Plans")
    assert "0.0%" not in [row["Own share"] for row in rows]
    assert "The cost is zero" in words(staff.get(plans.get_absolute_url()))


def test_case_04_files_have_an_empty_cell_and_a_reason(staff, plans):
    half, nothing = csv_rows(staff.get("/reports/funding.csv"))
    assert (half["own_share_pct"], half["own_share_reason"]) == ("50.000000", "")
    assert (nothing["own_share_pct"], nothing["own_share_reason"]) == ("", "cost-zero")
    rows = sheet_rows(workbook(staff.get("/reports/funding.xlsx"))["Plans"])
    assert (rows[1]["Own share"], rows[1]["Why there is no own share"]) == ("—", "the cost is zero")
    assert rows[-1]["Own share"] == 0.5


def test_case_04_nothing_is_not_a_number(staff, plans):
    cells = content(staff.get("/reports/funding.csv")).decode().lower().split(",")
    assert not {"nan", "inf", "-inf"} & set(cells)
    for sheet in workbook(staff.get("/reports/funding.xlsx")):
        values = [str(value) for row in sheet.iter_rows(values_only=True) for value in row]
        assert not {"nan", "inf", "#DIV/0!"} & set(values)
    for slug in CHARTS:
        json.loads(staff.get(f"/charts/{slug}.json").content, parse_constant=pytest.fail)

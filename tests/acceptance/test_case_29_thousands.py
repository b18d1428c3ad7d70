"""Tables in thousands are rounded from the stored amounts; files keep these."""

import pytest

from tests.acceptance.steps import column, csv_rows, enter_plan, sheet_rows, table, words, workbook
from tests.action_plans.form_data import money

pytestmark = pytest.mark.django_db
COSTS = ["1 234 500", "2 345 500", "3 456 500"]
NOTE = "Figures may not add up because of rounding."


@pytest.fixture
def plans(staff):
    for number, cost in enumerate(COSTS):
        key = f"5f0c1f5e-0000-4000-8000-00000000000{number}"
        enter_plan(staff, cost_kgs=cost, key=key, **money(("municipality", "cash", cost)))


def test_case_29_the_total_is_not_the_sum_of_what_is_shown(staff, plans):
    response = staff.get("/reports/funding/?units=thousand")
    rows = table(response, "Plan")
    assert column(rows, "Planned cost") == (["1,235", "2,346", "3,457"], "7,037")
    assert NOTE in words(response)
    assert "amounts in thousand som" in words(response)
    assert NOTE not in words(staff.get("/reports/funding/"))


def test_case_29_in_russian_the_figures_are_grouped_by_no_break_spaces(staff, plans):
    staff.cookies["django_language"] = "ru"
    html = staff.get("/reports/funding/?units=thousand").content.decode()
    assert all(f"{figure}</td>" in html for figure in ["1\xa0235", "2\xa0346", "3\xa0457"])
    assert "7\xa0037</td>" in html


def test_case_29_the_files_of_that_page_keep_full_amounts(staff, plans):
    full = [1_234_500, 2_345_500, 3_456_500, 7_036_500]
    query = "?units=thousand"
    rows = sheet_rows(workbook(staff.get(f"/reports/funding.xlsx{query}"))["Plans"])
    assert [row["Planned cost"] for row in rows] == full
    rows = csv_rows(staff.get(f"/reports/funding.csv{query}"))
    assert [row["cost_kgs"] for row in rows] == ["1234500.00", "2345500.00", "3456500.00"]


def test_case_29_an_unknown_unit_is_told(staff, plans):
    response = staff.get("/reports/funding/?units=dozens")
    assert "units that are not known here. Amounts are shown in som." in words(response)
    assert column(table(response, "Plan"), "Planned cost")[1] == "7,036,500.00"

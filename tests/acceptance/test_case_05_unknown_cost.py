"""A contribution to a plan of unknown cost is in the amount, not in the share, and the table says so."""

import pytest

from tests.acceptance.steps import (
    column,
    csv_rows,
    enter_plan,
    sheet_rows,
    table,
    words,
    workbook,
)
from tests.action_plans.form_data import money

pytestmark = pytest.mark.django_db
FOOTNOTE = "1 plan excluded: cost unknown"
PLANS = [("8 000 000", "4 000 000"), ("2 000 000", "200 000"), ("", "120 000")]


@pytest.fixture
def plans(staff):
    for number, (cost, own) in enumerate(PLANS):
        key = f"5f0c1f5e-0000-4000-8000-00000000000{number}"
        promised = money(("municipality", "cash", own))
        enter_plan(staff, cost_kgs=cost, key=key, **promised)


def test_case_05_it_is_in_the_total_but_not_in_the_share(staff, plans):
    response = staff.get("/reports/funding/")
    rows = table(response, "Plan")
    assert column(rows, "Own share") == (["50.0%", "10.0%", "—"], "42.0%")
    assert column(rows, "Own contribution")[1] == "4,320,000.00"
    areas = table(response, "Service area")[-1]
    assert (areas["Own contribution"], areas["Own share"]) == ("4,320,000.00", "42.0%")
    assert FOOTNOTE in words(response)


def test_case_05_files_say_it_too(staff, plans):
    row = csv_rows(staff.get("/reports/funding.csv"))[-1]
    assert (row["cost_kgs"], row["own_share_pct"]) == ("", "")
    assert (row["own_cash_kgs"], row["own_share_reason"]) == ("120000.00", "cost-unknown")
    book = workbook(staff.get("/reports/funding.xlsx"))
    *_others, unknown, total = sheet_rows(book["Plans"])
    assert (unknown["Own share"], total["Own contribution"]) == ("—", 4_320_000)
    assert total["Own share"] == pytest.approx(0.42)
    assert ("Own share", FOOTNOTE) in set(book["Notes"].iter_rows(values_only=True))

"""Amounts, shares and years as each language writes them; files always the same."""

import datetime as dt

import pytest

from tests.acceptance.steps import csv_rows, words
from tests.factories import PlanFactory

pytestmark = pytest.mark.django_db
WRITTEN = {
    "ru": ("97\xa0123\xa0456,78\xa0сом", "32,0\xa0%"),
    "ky": ("97\xa0123\xa0456,78\xa0сом", "32,0%"),
    "en": ("KGS\xa097,123,456.78", "32.0%"),
}


@pytest.fixture
def plan():
    return PlanFactory(
        status="approved",
        cost_kgs="97123456.78",
        own="31079506.17",
        starts_on=dt.date(2018, 1, 1),
        starts_precision="year",
    )


@pytest.mark.parametrize("language", WRITTEN)
def test_case_31_pages_write_amounts_as_the_reader_does(staff, plan, language):
    staff.cookies["django_language"] = language
    amount, share = WRITTEN[language]
    for path in ["/reports/funding/", plan.get_absolute_url()]:
        html = staff.get(path).content.decode()
        assert amount in html
        assert share in html
    for path in ["/", "/reports/funding/", "/plans/?year=2018", plan.get_absolute_url()]:
        page = words(staff.get(path))
        assert "2018" in page
        assert "2 018" not in page
        assert "2,018" not in page


@pytest.mark.parametrize("language", WRITTEN)
def test_case_31_the_csv_is_raw_in_every_language(staff, plan, language):
    staff.cookies["django_language"] = language
    [row] = csv_rows(staff.get("/reports/funding.csv"))
    assert (row["cost_kgs"], row["starts_on"]) == ("97123456.78", "2018")

"""38 plans, 37 with an area: the one without is a row of its own, counted and never assigned."""

import pytest

from tests.acceptance.steps import column, csv_rows, sheet_rows, table, words, workbook
from tests.factories import MunicipalityFactory, PlanFactory, ServiceAreaFactory

pytestmark = pytest.mark.django_db
PLANS = {"water": 9, "education": 11, "culture": 9, "public-areas": 8}
PARTS = ["23.7%", "28.9%", "23.7%", "21.1%", "2.6%"]
KNOWN = ["24.3%", "29.8%", "24.3%", "21.6%"]


@pytest.fixture
def programme():
    place = MunicipalityFactory()
    for position, (code, number) in enumerate(PLANS.items()):
        area = ServiceAreaFactory(code=code, name_en=code, position=position)
        PlanFactory.create_batch(number, area=area, lead=place, cost_kgs=1000, status="approved")
    return PlanFactory(lead=place, cost_kgs=1000, status="approved")


def test_case_01_the_table_of_areas_has_a_row_not_specified(staff, programme):
    rows = table(staff.get("/reports/funding/"), "Service area")
    assert column(rows, "Plans") == (["9", "11", "9", "8", "1"], "38")
    assert column(rows, "Part of plans") == (PARTS, "100.0%")
    assert rows[-2]["Service area"] == "Not specified"


def test_case_01_the_filter_area_known_leaves_37(staff, programme):
    response = staff.get("/reports/funding/?area=known")
    rows = table(response, "Service area")
    assert column(rows, "Plans") == (["9", "11", "9", "8"], "37")
    assert column(rows, "Part of plans") == (KNOWN, "100.0%")
    assert "29.7%" not in words(response)
    assert "Service area: specified" in words(response)
    assert len(csv_rows(staff.get("/reports/funding.csv?area=known"))) == 37
    assert "Plans 1–25 of 37" in words(staff.get("/plans/?area=known"))


def test_case_01_the_workbook_has_the_same_parts(staff, programme):
    book = workbook(staff.get("/reports/funding.xlsx"))
    found = [row["Part of plans"] for row in sheet_rows(book["By service area"])]
    assert found == pytest.approx([0.237, 0.289, 0.237, 0.211, 0.026, 1])
    assert len(sheet_rows(book["Plans"])) == 38 + 1


def test_case_01_the_plan_is_named_and_nobody_gives_it_an_area(staff, programme):
    assert programme.reference in words(staff.get("/reports/funding/?area=none"))
    assert programme.reference in words(staff.get("/data-quality/"))
    assert not programme.areas.exists()


def test_case_01_the_cover_and_t11_of_the_donor_report_say_it(staff, programme):
    cover = table(staff.get("/reports/cover/"), "What")
    [line] = [row["This report"] for row in cover if row["What"] == "How complete it is"]
    assert "37 of 38 have a service area; the others are “not specified”." in line
    rows = table(staff.get("/reports/unallocated/"), "What")
    [row] = [row for row in rows if row["What"] == "Plans without a service area"]
    assert (row["Number"], row["Which"]) == ("1", programme.reference)
    status = table(staff.get("/reports/plan-status/"), "Service area")
    assert column(status, "All plans") == (["9", "11", "9", "8", "1"], "38")

"""A plan of two municipalities stands in both rows with its part; the total has it once."""

from decimal import Decimal

import pytest

from action_plans.models import ActionPlan
from tests.acceptance.steps import column, enter_plan, sheet_rows, table, words, workbook
from tests.action_plans.form_data import money, new_plan
from tests.factories import MunicipalityFactory, PlanFactory

pytestmark = pytest.mark.django_db


def joint(first, second, shares):
    return {
        "cost_kgs": "3 000 000",
        "places-TOTAL_FORMS": "2",
        "places-0-municipality": str(first.pk),
        "places-0-share": shares[0],
        "places-1-municipality": str(second.pk),
        "places-1-share": shares[1],
        **money(("municipality", "cash", "1 000 000"), ("grant", "cash", "2 000 000")),
    }


@pytest.fixture
def places():
    return [MunicipalityFactory(name_en=name) for name in ("Ak-Suu", "Barpy")]


def test_case_10_its_money_is_divided_and_it_is_counted_once(staff, places):
    enter_plan(staff, **joint(*places, ("60", "40")))
    PlanFactory.create_batch(37, lead=places[0], cost_kgs=1000, status="approved")
    rows = table(staff.get("/reports/funding/"), "Municipality")
    assert column(rows, "Plans") == (["38", "1"], "38")
    costs, total = column(rows, "Planned cost")
    assert costs == ["1,837,000.00", "1,200,000.00"]
    assert total == "3,037,000.00"
    sheet = sheet_rows(workbook(staff.get("/reports/funding.xlsx"))["By municipality"])
    assert sum(row["Plans"] for row in sheet[:-1]) == 39
    assert (sheet[-1]["Plans"], sheet[-1]["Planned cost"]) == (38, 3_037_000)


def test_case_10_each_place_has_its_part(staff, places):
    plan = enter_plan(staff, **joint(*places, ("60", "40")))
    parts = dict(plan.slices.values_list("municipality", "cost_kgs"))
    assert [parts[place.pk] for place in places] == [Decimal("1800000.00"), Decimal("1200000.00")]


def test_case_10_shares_that_are_not_100_are_refused(staff, places):
    response = staff.post("/plans/new/", new_plan(**joint(*places, ("60", "30"))))
    assert "10.0%" in words(response)
    assert not ActionPlan.objects.exists()

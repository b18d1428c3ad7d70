"""Parts of one whole show exactly 100.0 %, the same in every run and for any order of the rows."""

import pytest

from tests.acceptance.steps import column, sheet_rows, table, workbook
from tests.factories import MunicipalityFactory, PlanFactory, ServiceAreaFactory

pytestmark = pytest.mark.django_db
THREE = [1, 1, 1], ["33.4%", "33.3%", "33.3%"]
SIX = [1665] * 5 + [1675], ["16.7%", "16.7%", "16.6%", "16.6%", "16.6%", "16.8%"]


@pytest.mark.parametrize(("costs", "parts"), [THREE, SIX])
@pytest.mark.parametrize("backwards", [False, True])
def test_case_09_composition_of_equal_parts(staff, costs, parts, backwards):
    place = MunicipalityFactory()
    plans = list(zip("abcdef", costs, strict=False))
    for code, cost in reversed(plans) if backwards else plans:
        area = ServiceAreaFactory(code=code, name_en=code, position=0)
        PlanFactory(area=area, cost_kgs=cost, lead=place, status="approved")
    for _run in range(2):
        rows = table(staff.get("/reports/funding/"), "Service area")
        assert column(rows, "Part of cost") == (parts, "100.0%")
    sheet = sheet_rows(workbook(staff.get("/reports/funding.xlsx"))["By service area"])
    shown = [float(part.removesuffix("%")) / 100 for part in parts]
    assert [row["Part of cost"] for row in sheet] == pytest.approx([*shown, 1])

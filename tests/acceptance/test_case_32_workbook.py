"""Workbooks: real figures, formulas with the stored totals beside them, texts that stay texts, every plan."""

import io
import re
import zipfile
from decimal import Decimal

import pytest

from tests.acceptance.steps import content, sheet_rows, table, workbook
from tests.factories import MunicipalityFactory, PaymentFactory, PlanFactory, ServiceAreaFactory
from tests.reports.test_libreoffice import needs_libreoffice, recalculated, spoil

pytestmark = pytest.mark.django_db
FUNDING, BUDGET = "/reports/funding.xlsx", "/reports/budget.xlsx?rows=plan"
AREAS = {"water": 9, "education": 11, "culture": 9, "public-areas": 8}
NAMES = ['=HYPERLINK("x")', "@SUM"]
COST, OWN = Decimal("97123456.78"), Decimal("31037654.32")
EACH = Decimal("2624958.29")  # 36 plans with a cost beside the last one


@pytest.fixture
def programme():
    """38 plans of the two municipalities: one without an area, one that costs nothing."""
    places = [MunicipalityFactory(name_ru=name, name_ky="", name_en="") for name in NAMES]
    for position, (code, number) in enumerate(AREAS.items()):
        area = ServiceAreaFactory(code=code, name_en=code, position=position)
        for n in range(number):
            place = places[n % 2]
            is_first = (position, n) == (0, 0)
            cost = {"cost_kgs": 0} if is_first else {"cost_kgs": EACH, "own": 800_000}
            counted(area=area, lead=place, title=NAMES[n % 2], **cost)
    last = counted(lead=places[0], cost_kgs=COST - 36 * EACH, own=OWN - 36 * 800_000)
    PaymentFactory(contribution=last.contributions.first(), amount_kgs="259714.62")
    return last


def counted(**fields):
    return PlanFactory(status="approved", **fields)


def test_case_32_amounts_are_numbers_and_all_38_plans_are_rows(staff, programme):
    cells = workbook(staff.get(FUNDING))["Plans"]
    *rows, total = sheet_rows(cells)
    assert len(rows) == 38
    [without] = [row for row in rows if row["Service area"] is None]
    assert without["Plan"] == programme.reference
    assert {type(row["Planned cost"]) for row in rows} <= {int, float}
    assert (total["Planned cost"], total["Own contribution"]) == (float(COST), float(OWN))


def test_case_32_totals_are_formulas_whose_values_are_the_stored_totals(staff, programme):
    page = staff.get("/reports/funding/").context["report"].total
    formulas = sheet_rows(workbook(staff.get(FUNDING), data_only=False)["Plans"])[-1]
    shown = sheet_rows(workbook(staff.get(FUNDING))["Plans"])[-1]
    assert formulas["Planned cost"] == "=SUM(J2:J39)"
    assert Decimal(str(shown["Planned cost"])) == page["cost_kgs"] == COST
    assert shown["Own share"] == pytest.approx(float(page["own_share_pct"]) / 100)


def test_case_32_a_ratio_of_nothing_is_a_dash(staff, programme):
    rows = sheet_rows(workbook(staff.get(FUNDING))["Plans"])
    assert [row["Own share"] for row in rows if row["Planned cost"] == 0] == ["—"]
    for path in [FUNDING, BUDGET]:
        assert not re.search(rb"#DIV|#VALUE|NaN|\binf\b", content_of(staff.get(path)))


def content_of(response):
    with zipfile.ZipFile(io.BytesIO(content(response))) as archive:
        return b"".join(archive.read(name) for name in archive.namelist() if "sheet" in name)


@pytest.mark.parametrize("path", [FUNDING, BUDGET])
def test_case_32_names_that_look_like_formulas_arrive_as_text(staff, programme, path):
    book = workbook(staff.get(path), data_only=False)
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    typed = [cell for cell in cells if cell.value in NAMES]
    assert len(typed) >= 37
    assert {(cell.data_type, cell.hyperlink) for cell in typed} == {("s", None)}


def test_case_32_the_donor_table_has_the_same_plans_and_the_totals_of_its_page(staff, programme):
    page = table(staff.get("/reports/budget/?rows=plan"), "Plan")
    *rows, total = sheet_rows(workbook(staff.get(BUDGET)).worksheets[0])
    assert [row["Plan"] for row in rows] == [row["Plan"] for row in page[:-1]]
    assert len(rows) == 38
    assert programme.reference in {row["Plan"] for row in rows}
    assert total["Budget now"] == float(OWN)
    assert page[-1]["Budget now"] == "31,037,654.32"
    formulas = sheet_rows(workbook(staff.get(BUDGET), data_only=False).worksheets[0])[-1]
    assert formulas["Budget now"] == "=SUM(D2:D39)"


@needs_libreoffice
@pytest.mark.parametrize(("path", "name"), [(FUNDING, "Planned cost"), (BUDGET, "Budget now")])
def test_case_32_libreoffice_comes_to_the_same_totals(staff, programme, tmp_path, path, name):
    file = tmp_path / "report.xlsx"
    file.write_bytes(content(staff.get(path)))
    shown = sheet_rows(workbook(staff.get(path)).worksheets[0])
    assert sheet_rows(spoil(file).worksheets[0])[-1][name] == -7
    book = recalculated(tmp_path, file.name)
    assert [close(row) for row in sheet_rows(book.worksheets[0])] == shown
    assert shown[-1][name] in (float(COST), float(OWN))


def close(row):
    return {name: pytest.approx(x) if type(x) is float else x for name, x in row.items()}

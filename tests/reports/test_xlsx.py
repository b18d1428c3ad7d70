import datetime as dt
import io
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from action_plans.models import PlanMunicipality, PlanStatus
from action_plans.sample import plan_rows
from action_plans.totals import keep_totals
from reports.exports.workbook import sheet_name
from reports.exports.xlsx import sample_labels
from tests.factories import (
    ContributionFactory,
    DonorFactory,
    MunicipalityFactory,
    PlanFactory,
    ServiceAreaFactory,
)

pytestmark = pytest.mark.django_db
FILE = "/reports/funding.xlsx"
PLANS, AREAS, REGIONS, MUNICIPALITIES, YEARS, SOURCES, NOTES = range(7)


@pytest.fixture
def donor(client):
    client.force_login(DonorFactory())
    client.cookies["django_language"] = "en"
    return client


def counted(**fields):
    return PlanFactory(status="approved", **fields)


def opened(response, *, data_only=True):
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only)


def records(sheet):
    """[{heading: value}] of all rows, the total last."""
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_there_is_a_sheet_per_table_one_of_notes_and_a_hidden_one(donor):
    counted(cost_kgs=100)
    assert opened(donor.get(FILE)).sheetnames == [
        "Plans",
        "By service area",
        "By region",
        "By municipality",
        "By year of the start",
        "By source of money",
        "Notes",
        "control",
    ]


def test_amounts_are_numbers_and_dates_are_dates_as_far_as_they_are_known(donor):
    counted(
        cost_kgs=Decimal("1234567.89"),
        own=1000,
        starts_on=dt.date(2018, 8, 1),
        starts_precision="month",
        ends_on=dt.date(2018, 12, 24),
    )
    row = records(opened(donor.get(FILE)).worksheets[PLANS])[0]
    assert row["Planned cost"] == pytest.approx(1234567.89, abs=0.001)
    assert (row["Start"], row["End"].date()) == ("August 2018", dt.date(2018, 12, 24))


def test_totals_are_formulas_whose_values_are_the_pages_totals(donor):
    counted(cost_kgs=1_000_000, own=200_000, grant=700_000)
    counted(cost_kgs=2_483_253, own=400_000, grant=3_083_253)
    page = donor.get("/reports/funding/").context["report"].total
    sheet = opened(donor.get(FILE), data_only=False).worksheets[PLANS]
    assert sheet["J4"].value == "=SUM(J2:J3)"
    for sheet in opened(donor.get(FILE)).worksheets[PLANS:SOURCES]:
        total = records(sheet)[-1]
        assert total["Planned cost"] == page["cost_kgs"]
        assert total["Surplus"] == page["surplus_kgs"] == 1_000_000
        assert total["Not covered"] == page["gap_kgs"] == 100_000
        assert total["Own share"] == pytest.approx(float(page["own_share_pct"]) / 100)


def test_a_share_of_nothing_is_a_dash_and_an_unknown_cost_an_empty_cell(donor):
    counted(reference="J-2018-001", own=120_000)
    counted(reference="J-2018-002", cost_kgs=0)
    book = opened(donor.get(FILE))
    unknown, zero, total = records(book.worksheets[PLANS])
    assert (unknown["Planned cost"], unknown["Own share"]) == (None, "—")
    assert (zero["Planned cost"], zero["Own share"]) == (0, "—")
    assert total["Own share"] == "—"
    formula = opened(donor.get(FILE), data_only=False).worksheets[PLANS]["S2"].value
    assert formula == '=IF(N(J2)<=0,"—",N(N2)/J2)'


@pytest.mark.parametrize("text", ['=HYPERLINK("x")', "@SUM", "+1", "-1", "http://example.org"])
def test_what_somebody_typed_arrives_as_text(donor, text):
    counted(title=text, lead=MunicipalityFactory(name_ru=text), cost_kgs=1)
    book = opened(donor.get(FILE), data_only=False)
    for cell in [book.worksheets[PLANS]["B2"], book.worksheets[MUNICIPALITIES]["A2"]]:
        assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_a_joint_plan_is_in_two_rows_and_once_in_the_total(donor):
    plan = counted(cost_kgs=3_000_000)
    PlanMunicipality.objects.filter(plan=plan).update(share=60)
    PlanMunicipality.objects.create(plan=plan, municipality=MunicipalityFactory(), share=40)
    keep_totals(plan.pk)
    *rows, total = records(opened(donor.get(FILE)).worksheets[MUNICIPALITIES])
    assert [row["Plans"] for row in rows] == [1, 1]
    assert (total["Plans"], total["Planned cost"]) == (1, 3_000_000)


def test_a_plan_without_an_area_is_among_the_rows_and_the_areas(donor):
    counted(cost_kgs=100, area=ServiceAreaFactory(name_ru="Вода"))
    counted(cost_kgs=100)
    book = opened(donor.get(FILE))
    assert [row["Service area"] for row in records(book.worksheets[AREAS])] == [
        "Вода",
        "Not specified",
        "All plans",
    ]
    assert [row["Service area"] for row in records(book.worksheets[PLANS])][:2] == ["Вода", None]


def test_sources_show_what_is_outstanding(donor):
    plan = counted(cost_kgs=1_000_000, own=300_000)
    ContributionFactory(plan=plan, source="community", amount_kgs=700_000)
    keep_totals(plan.pk)
    rows = records(opened(donor.get(FILE)).worksheets[SOURCES])
    assert [(row["Source"], row["Outstanding"]) for row in rows if row["Promised"]] == [
        ("Municipality, in cash", 300_000),
        ("Residents (community)", 700_000),
        ("All plans", 1_000_000),
    ]


def test_the_notes_say_when_who_which_filter_and_what_is_missing(donor):
    counted(cost_kgs=100, own=5, sample_fields=["cost_kgs"])
    sheet = opened(donor.get(FILE, {"phase": "i"})).worksheets[NOTES]
    notes = {label: text for label, text in sheet.iter_rows(values_only=True) if label}
    assert notes["Filter"] == "Status: approved and later; Phase: Фаза I"
    assert notes["Address"] == "http://testserver/reports/funding/?phase=i&status=counted"
    assert re.match(r"\d+ \w+ \d{4}, \d\d:\d\d$", notes["As of"])
    assert "sample data" in notes["Sample data"]
    assert notes["What is missing"].startswith("1 plan has less money promised")
    assert notes["How it adds up"] == (
        "Planned cost 100.00 = promised 5.00 − promised to plans whose cost is not known 0.00"
        " + not covered 95.00 − surplus 0.00"
    )


def test_a_sheet_is_ready_for_reading_and_printing(donor):
    counted(cost_kgs=100)
    sheet = opened(donor.get(FILE)).worksheets[PLANS]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:Y2")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.print_title_rows) == (True, "$1:$1")


def test_an_empty_report_is_a_workbook_without_errors(donor):
    PlanFactory(status=PlanStatus.DRAFT, cost_kgs=5)
    response = donor.get(FILE)
    content = b"".join(response.streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [sheet.max_row for sheet in book.worksheets[:SOURCES]] == [2] * 5
    xml = b"".join(
        zipfile.ZipFile(io.BytesIO(content)).read(f"xl/worksheets/sheet{i}.xml")
        for i in range(1, 8)
    )
    assert not re.search(rb"NaN|inf\b|#DIV|#VALUE", xml)


@pytest.mark.parametrize(
    ("title", "name"),
    [("A/B: [x]?*\\", "A B   x"), ("'quoted'", "quoted"), ("Ө" * 40, "Ө" * 31)],
)
def test_a_sheets_name_is_one_that_a_workbook_takes(title, name):
    assert sheet_name(title) == name


def test_every_sample_field_has_a_name(english):
    labels = sample_labels()
    names = {name for row in plan_rows() for name in row["sample"]}
    assert names - labels.keys() == set()
    assert labels["starts_precision"] == labels["starts_on"]
    assert not [label for label in labels.values() if "_" in label]

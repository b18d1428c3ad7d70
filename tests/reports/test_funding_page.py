import csv
import io
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from action_plans.models import PlanMunicipality, PlanStatus
from action_plans.totals import keep_totals
from reports import funding
from tests.factories import (
    DonorFactory,
    MunicipalityFactory,
    OfficerFactory,
    PaymentFactory,
    PhaseFactory,
    PlanFactory,
    RegionFactory,
    ServiceAreaFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db
PAGE = "/reports/funding/"


def counted(**fields):
    return PlanFactory(**{"status": "approved"} | fields)


@pytest.fixture
def donor(client):
    client.force_login(DonorFactory())
    client.cookies["django_language"] = "en"
    return client


def report_at(client, query=""):
    response = client.get(f"{PAGE}?{query}")
    assert response.status_code == 200
    return response.context["report"]


def text_of(response):
    return " ".join(response.content.decode().split())


def joint_plan(first, second):
    plan = counted(cost_kgs=Decimal("3000000.01"), own=1_000_000, lead=first)
    PlanMunicipality.objects.filter(plan=plan).update(share=60)
    PlanMunicipality.objects.create(plan=plan, municipality=second, share=40)
    keep_totals(plan.pk)


@pytest.fixture
def programme():
    """Plans with a gap, a surplus, no cost, no area; one joint, one draft, one cancelled with money."""
    one, two = MunicipalityFactory(), MunicipalityFactory(region=RegionFactory())
    water, school = ServiceAreaFactory(code="water"), ServiceAreaFactory(code="school")
    counted(cost_kgs=1_000_000, own=319_300, grant=600_000, area=water, lead=one)
    counted(cost_kgs=2_483_253, own=400_000, grant=3_083_253, area=school, lead=two)
    counted(own=120_000, lead=one)
    joint_plan(one, two)
    PlanFactory(cost_kgs=5_000_000, lead=one)
    cancelled = counted(cost_kgs=700_000, own=70_000, lead=one, status=PlanStatus.CANCELLED)
    PaymentFactory(contribution=cancelled.contributions.get(), amount_kgs=50_000)
    keep_totals(cancelled.pk)
    return {"one": one, "two": two}


MONEY = ["cost_kgs", "own_cash_kgs", "grant_kgs", "other_kgs", "gap_kgs", "surplus_kgs"]
QUERIES = [
    "",
    "municipality={one}",
    "municipality={two}",
    "area=water",
    "area=none",
    "gap=surplus",
    "status=",
]


@pytest.mark.parametrize("query", QUERIES)
def test_page_list_csv_and_workbook_have_the_same_totals(donor, programme, query):
    query = query.format(**{name: place.code for name, place in programme.items()})
    report = report_at(donor, query)
    content = b"".join(donor.get(f"/reports/funding.csv?{query}").streaming_content)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    for name in MONEY:
        assert sum(Decimal(row[name] or 0) for row in rows) == (report.total[name] or 0), name
        for table in [*report.tables, report.years]:
            assert sum(row[name] or 0 for row in table.rows) == (report.total[name] or 0), (
                table.of.slug
            )
    assert len(rows) == len(report.shown_plans) == report.total["plans"]
    totals = report.filter.totals(report.plans)
    assert (totals["plans"], totals["cost_kgs"]) == (len(rows), report.total["cost_kgs"] or 0)
    book = b"".join(donor.get(f"/reports/funding.xlsx?{query}").streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(book), data_only=True).worksheets[0]
    cost = [cell.value for cell in sheet[1]].index("Planned cost")
    assert Decimal(str(sheet.cell(sheet.max_row, cost + 1).value)) == (
        report.total["cost_kgs"] or 0
    )


@pytest.mark.parametrize("query", ["", "area=none", "status="])
def test_cost_is_promises_plus_gap_minus_surplus(donor, programme, query):
    total = report_at(donor, query).total
    assert (total["cost_kgs"] or 0) + total["promised_without_cost_kgs"] == (
        total["promised_kgs"] + (total["gap_kgs"] or 0) - (total["surplus_kgs"] or 0)
    )


def test_approved_and_later_plans_are_counted_until_that_filter_is_taken_away(donor, programme):
    report = report_at(donor)
    assert report.total["plans"] == 4
    [chip] = report.chips
    assert (chip.words, chip.query) == ("approved and later", "status=")
    assert report_at(donor, chip.query).total["plans"] == 5  # the cancelled one, never the draft


def test_drafts_are_shown_to_staff_who_ask_for_them_only(client, programme):
    client.force_login(StaffFactory())
    assert report_at(client).total["plans"] == 4
    assert report_at(client, "status=draft").total["cost_kgs"] == 5_000_000


def test_an_officer_sees_no_draft_of_another_municipality(client, programme):
    client.force_login(OfficerFactory())
    assert report_at(client, "status=draft").total["plans"] == 0


def test_a_row_links_to_the_plans_that_make_it(donor, programme):
    report = report_at(donor)
    for table in [*report.tables, report.years]:
        for row, line in zip(table.rows, table.lines, strict=True):
            listed = donor.get(f"{reverse('action_plans:list')}?{line.plans}").context["totals"]
            assert (listed["plans"], listed["cost_kgs"]) == (row["plans"], row["cost_kgs"] or 0)


def test_what_is_missing_is_named_with_its_plans(donor, programme):
    gaps = {gap.kind: gap for gap in report_at(donor).gaps}
    assert list(gaps) == ["surplus", "gap", "no_area", "no_cost", "no_decision", "cancelled"]
    assert [plan.cost_kgs for plan in gaps["surplus"].plans] == [2_483_253]
    assert gaps["gap"].number == 2
    assert "KGS 50,000.00" in gaps["cancelled"].text.replace("\u00a0", " ")


@pytest.mark.parametrize("narrower", ["", "phase=i"])
def test_the_link_of_a_gap_leads_to_data_quality_with_the_same_number(donor, programme, narrower):
    *gaps, cancelled = report_at(donor, narrower).gaps
    assert donor.get(cancelled.link).context["totals"]["plans"] == cancelled.number
    for gap in gaps:
        [section] = donor.get(gap.link).context["sections"]
        assert (section["check"], section["number"]) == (gap.kind, gap.number)


def test_of_what_data_quality_has_no_filter_for_the_link_leads_to_the_list(donor, programme):
    gaps = report_at(donor, "year=unknown").gaps
    assert gaps
    for gap in gaps:
        if gap.link:
            assert donor.get(gap.link).context["totals"]["plans"] == gap.number


@pytest.mark.parametrize(
    "path", [PAGE, "/reports/", "/reports/funding.csv", "/reports/funding.xlsx"]
)
def test_a_report_is_only_read(donor, path):
    assert donor.post(path).status_code == 405


def test_a_share_that_rounds_up_to_the_minimum_is_shown_as_under_it(donor):
    counted(cost_kgs=100_000, own=9_960)
    text = text_of(donor.get(PAGE))
    assert "9.96%" in text
    assert "under the minimum" in text


def test_the_minimum_is_marked_only_when_one_rule_holds(donor):
    counted(cost_kgs=100)
    assert report_at(donor).minimum == 10
    PhaseFactory(code="ii", minimum_own_share=20)
    assert report_at(donor).minimum is None
    assert report_at(donor, "phase=i").minimum == 10


def test_amounts_and_years_are_written_as_the_reader_writes_them(donor):
    counted(cost_kgs=Decimal("97123456.78"), own=Decimal("97123456.78") * 32 / 100)
    for language, amount in [("en", "KGS 97,123,456.78"), ("ky", "97 123 456,78 сом")]:
        donor.cookies["django_language"] = language
        assert amount in donor.get(PAGE).content.decode().replace("\u00a0", " ")


def test_an_unknown_filter_is_named_and_shows_no_rows(donor):
    counted(cost_kgs=100)
    response = donor.get(PAGE, {"region": "KG-none"})
    assert "“KG-none” is not known here." in text_of(response)
    assert response.context["report"].total["plans"] == 0


def test_an_empty_form_leads_to_the_clean_address(donor):
    response = donor.get(PAGE, {"q": "", "status": ["", "completed"], "phase": "i"})
    query = parse_qs(urlsplit(response.url).query, keep_blank_values=True)
    assert query == {"status": ["completed"], "phase": ["i"]}
    assert donor.get(PAGE, {"q": "", "status": ""}).url == f"{PAGE}?status="


def test_a_long_report_shows_the_most_expensive_plans_and_the_total_of_all(donor, monkeypatch):
    monkeypatch.setattr(funding, "ALL_ROWS_UP_TO", 2)
    monkeypatch.setattr(funding, "FIRST_ROWS", 2)
    for cost in [100, None, 300, 200]:
        counted(cost_kgs=cost)
    report = report_at(donor)
    assert [plan.cost_kgs for plan in report.shown_plans] == [300, 200]
    assert report.total["plans"] == 4


def asked_by(client, query):
    with CaptureQueriesContext(connection) as asked:
        assert report_at(client, query).total["plans"] > 0
    return len(asked)


@pytest.mark.parametrize("person", [DonorFactory, StaffFactory, OfficerFactory])
@pytest.mark.parametrize("query", ["", "region={iso}"])
def test_the_page_asks_few_queries_and_as_many_for_any_length(client, person, query):
    client.force_login(person())
    place = MunicipalityFactory()
    query = query.format(iso=place.region.iso)
    asked = []
    for _number in range(3):
        for cost in [100, None]:
            counted(cost_kgs=cost, own=5, lead=place, area=ServiceAreaFactory())
        asked.append(asked_by(client, query))
    assert asked[0] == asked[2]
    assert asked[0] <= 20


def test_the_catalogue_leads_to_the_report_its_files_and_its_presets(donor):
    plan = counted(cost_kgs=100)
    text = text_of(donor.get("/reports/"))
    for address in ["/reports/funding/", "/reports/funding.csv", "/reports/funding.xlsx"]:
        assert f'href="{address}"' in text
    assert f'href="{PAGE}?region={plan.lead.region.iso}"' in text
    assert f'href="{PAGE}?phase=i"' in text

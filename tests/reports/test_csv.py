import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.utils.translation import override

from action_plans.models import ActionPlan, PlanArea, PlanMunicipality, PlanText
from action_plans.totals import keep_totals
from reports.exports import csv as csv_export
from reports.plan_rows import with_money
from tests.factories import (
    DonorFactory,
    MunicipalityFactory,
    PlanFactory,
    ServiceAreaFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db
FILE = "/reports/funding.csv"
HEADER = (
    "plan,title,municipality,soate,region,district,area,phase,status,cost_kgs,own_cash_kgs,"
    "own_in_kind_kgs,grant_kgs,other_kgs,gap_kgs,surplus_kgs,own_share_pct,own_share_reason,"
    "received_kgs,starts_on,ends_on,sample_fields"
)


@pytest.fixture
def donor(client):
    client.force_login(DonorFactory())
    return client


def counted(**fields):
    return PlanFactory(status="approved", **fields)


def content(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def rows(response):
    return list(csv.DictReader(io.StringIO(content(response).decode("utf-8-sig"), newline="")))


def test_the_columns_are_the_agreed_ones_after_a_byte_order_mark(donor):
    assert content(donor.get(FILE)) == b"\xef\xbb\xbf" + HEADER.encode() + b"\n"


def test_a_plan_is_a_row_of_raw_numbers_iso_dates_and_codes(donor):
    plan = counted(
        reference="J-2018-007",
        title="Вода, 2-я очередь",
        cost_kgs=Decimal("1234567.80"),
        own=Decimal("400000.00"),
        in_kind=Decimal("12.34"),
        grant=Decimal("800000.00"),
        area=ServiceAreaFactory(code="water"),
        starts_on=dt.date(2018, 8, 1),
        starts_precision="month",
        ends_on=dt.date(2018, 12, 24),
        sample_fields=["ends_on", "title"],
    )
    [row] = rows(donor.get(FILE))
    assert row == {
        "plan": "J-2018-007",
        "title": "Вода, 2-я очередь",
        "municipality": plan.lead.name_ru,
        "soate": plan.lead.code,
        "region": plan.lead.region.name_ru,
        "district": plan.lead.district.name_ru,
        "area": "water",
        "phase": "i",
        "status": "approved",
        "cost_kgs": "1234567.80",
        "own_cash_kgs": "400000.00",
        "own_in_kind_kgs": "12.34",
        "grant_kgs": "800000.00",
        "other_kgs": "0.00",
        "gap_kgs": "34555.46",
        "surplus_kgs": "0.00",
        "own_share_pct": "32.401002",
        "own_share_reason": "",
        "received_kgs": "0.00",
        "starts_on": "2018-08",
        "ends_on": "2018-12-24",
        "sample_fields": "ends_on title",
    }


def test_what_is_not_known_is_empty(donor):
    counted(own=120_000)
    [row] = rows(donor.get(FILE))
    names = ["area", "cost_kgs", "gap_kgs", "surplus_kgs", "own_share_pct", "starts_on", "ends_on"]
    assert [row[name] for name in names] == [""] * 7
    assert (row["own_cash_kgs"], row["own_share_reason"]) == ("120000.00", "cost-unknown")


def test_a_plan_that_costs_nothing_has_no_share(donor):
    counted(cost_kgs=0)
    [row] = rows(donor.get(FILE))
    assert (row["cost_kgs"], row["own_share_pct"]) == ("0.00", "")
    assert row["own_share_reason"] == "cost-zero"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_run_is_kept_as_text(donor, sign):
    place = MunicipalityFactory(name_ru="")
    MunicipalityFactory._meta.model.objects.filter(pk=place.pk).update(name_ru=f"{sign}SUM(1)")
    counted(title=f'{sign}HYPERLINK("x")', lead=place)
    [row] = rows(donor.get(FILE))
    assert (row["title"], row["municipality"]) == (f'\'{sign}HYPERLINK("x")', f"'{sign}SUM(1)")


def test_the_title_is_in_the_readers_language_or_the_original(donor):
    plan = counted(reference="J-2018-001", title="Вода")
    PlanText.objects.create(plan=plan, language="ky", title="Суу", state="draft")
    counted(reference="J-2018-002", title="Школа")
    for language, titles in [("ky", ["Суу", "Школа"]), ("en", ["Вода", "Школа"])]:
        donor.cookies["django_language"] = language
        assert [row["title"] for row in rows(donor.get(FILE))] == titles


@pytest.mark.parametrize("languages", [["ky"], []])
def test_a_plan_without_an_original_text_still_has_a_title(donor, languages):
    plan = counted()
    plan.texts.all().delete()
    for language in languages:
        PlanText.objects.create(plan=plan, language=language, title="Суу", state="draft")
    with override("ru"):
        assert rows(donor.get(FILE))[0]["title"] == ActionPlan.objects.get().title


def test_several_areas_stand_in_one_cell_in_order_of_their_codes(donor):
    plan = counted()
    for code in ["water", "education", "roads"]:
        PlanArea.objects.create(plan=plan, area=ServiceAreaFactory(code=code))
    assert rows(donor.get(FILE))[0]["area"] == "education roads water"


def test_of_a_joint_plan_only_the_part_in_the_chosen_place_is_counted(donor):
    first, second = MunicipalityFactory(), MunicipalityFactory()
    plan = counted(cost_kgs=3_000_000, own=1_000_000, lead=first)
    PlanMunicipality.objects.filter(plan=plan).update(share=60)
    PlanMunicipality.objects.create(plan=plan, municipality=second, share=40)
    keep_totals(plan.pk)
    [row] = rows(donor.get(FILE, {"municipality": second.code}))
    assert (row["cost_kgs"], row["own_cash_kgs"]) == ("1200000.00", "400000.00")


def test_rows_are_in_order_of_their_reference(donor):
    for number in ["003", "001", "002"]:
        counted(reference=f"J-2018-{number}")
    assert [row["plan"][-3:] for row in rows(donor.get(FILE))] == ["001", "002", "003"]


def test_drafts_are_in_no_file_of_a_donor(donor):
    PlanFactory(cost_kgs=100)
    counted(reference="Z-2018-900")
    for query in [{}, {"status": "draft"}, {"status": ""}]:
        assert all(row["plan"] == "Z-2018-900" for row in rows(donor.get(FILE, query)))


def test_an_unknown_filter_leads_to_the_page_that_says_so(client):
    client.force_login(StaffFactory())
    response = client.get(FILE, {"region": "KG-none", "status": "counted"})
    assert response.status_code == 302
    assert response.url.startswith("/reports/funding/?region=KG-none")


def test_the_file_has_a_name_with_its_day_and_is_kept_by_nobody(donor):
    response = donor.get(FILE)
    content(response)
    assert response["Content-Disposition"].startswith('attachment; filename="funding-20')
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="COPY is PostgreSQL's")
def test_copy_and_the_row_by_row_writer_make_the_same_bytes():
    for title in ["Вода, «2»", 'в "кавычках"', " с пробелом", "две\nстроки", "=1", "\\.", "\r"]:
        counted(title=title, cost_kgs=Decimal("0.10"), own=Decimal("0.03"))
    plan = counted(
        sample_fields=["cost_kgs"], starts_on=dt.date(2018, 1, 1), starts_precision="year"
    )
    for code in ["b-area", "a-area"]:
        PlanArea.objects.create(plan=plan, area=ServiceAreaFactory(code=code))
    written = []
    for write in [csv_export._copy, csv_export._iterate]:
        file = io.BytesIO()
        write(with_money(ActionPlan.objects.all()), file)
        written.append(file.getvalue())
    assert written[0] == written[1]
    assert written[0].count(b"J-") == 8

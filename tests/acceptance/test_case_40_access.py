"""What is no figure yet is in no report; what somebody may not see is not found by guessing addresses.

Without its clauses on IATI and the interface for programs.
"""

import csv
import hashlib
import io

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from tests.acceptance import signing
from tests.acceptance.steps import claim_in_kind, content, csv_rows, enter_draft, enter_plan, pay
from tests.action_plans.form_data import money
from tests.factories import HeadFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(staff):
    promises = money(("grant", "cash", "2 400 000"), ("municipality", "in_kind", "300 000"))
    plan = enter_plan(staff, cost_kgs="2 700 000", **promises)
    signing.approved_on(plan, 2017, 1, 10)
    pay(staff, plan, "1 000 000", currency="KGS", paid_on="01.03.2017")
    claim_in_kind(staff, plan, "Sand", "30", "m3", "1 200", given_on="10.05.2017")
    return plan


@pytest.fixture
def draft(staff):
    return enter_draft(staff, key="5f0c1f5e-0000-4000-8000-000000000002")


@pytest.fixture
def report(plan, draft):
    signing.template()
    preparer = signing.person()
    period = signing.add_period(preparer, plan, "01.01.2017", "31.12.2017")
    signing.close(preparer, period, following=("01.01.2018", "31.12.2018"))
    return signing.signed(signing.person(may_sign=True), period)


@pytest.fixture
def head():
    """Of a municipality that has nothing to do with these plans."""
    client = Client()
    client.force_login(HeadFactory(municipality=MunicipalityFactory()))
    return client


def test_case_40_a_draft_plan_is_in_no_table(staff, plan, draft):
    rows = csv_rows(staff.get("/reports/budget.csv", {"rows": "plan"}))
    assert [row["name"] for row in rows] == [plan.reference]
    assert [row["plan"] for row in csv_rows(staff.get("/reports/funding.csv"))] == [plan.reference]
    for name in ["sources", "burn", "plan-status", "in-kind", "unallocated"]:
        assert draft.reference not in content(staff.get(f"/reports/{name}.csv")).decode()


def test_case_40_what_is_not_verified_is_no_income(staff, plan):
    rows = {row["code"]: row for row in csv_rows(staff.get("/reports/sources.csv"))}
    assert rows["own_in_kind"]["received_kgs"] == "0.00"
    assert rows["grant"]["received_kgs"] == "1000000.00"


def test_case_40_an_unsigned_correction_is_not_in_the_signed_csv(staff, plan, report):
    pay(staff, plan, "50 000", currency="KGS", paid_on="15.11.2017", kind="returned")
    text = signing.file_of(staff, report, "csv").decode("utf-8-sig")
    values = {row["value"] for row in csv.DictReader(io.StringIO(text))}
    assert "1000000.00" in values
    assert not values & {"-50000.00", "950000.00"}
    rows = csv_rows(staff.get("/reports/budget.csv", {"period": report.period_id, "rows": "plan"}))
    assert [row["actual_kgs"] for row in rows] == ["1000000.00"]


def test_case_40_a_municipality_reaches_nothing_of_others_by_guessing(head, draft, report):
    signed, period = report.get_absolute_url(), report.period.get_absolute_url()
    for address in [
        draft.get_absolute_url(),
        f"{draft.get_absolute_url()}edit/",
        f"{draft.get_absolute_url()}money/",
        f"{draft.get_absolute_url()}money.csv",
        signed,
        *[f"{signed}{name}/" for name in ["json", "csv", "xlsx", "pdf"]],
        "/reports/signed/999/",
        period,
        f"{period}sign/",
        "/periods/",
        "/reports/donor/",
        "/reports/donor.pdf",
        "/reports/fund-flow/",
        "/reports/changes.csv",
    ]:
        assert head.get(address).status_code == 404, address


def test_case_40_nobody_finds_the_file_without_signing_in(report):
    for address in [report.get_absolute_url(), f"{report.get_absolute_url()}pdf/"]:
        assert Client().get(address).url.startswith("/accounts/login/")
    for kept in report.files.all():
        for address in [
            f"/{kept.file.name}",
            f"/files/{kept.file.name}",
            f"/media/{kept.file.name}",
        ]:
            assert Client().get(address).status_code == 404


def test_case_40_the_link_of_the_signed_report_stays_valid(staff, plan, report):
    before = signing.file_of(staff, report, "pdf")
    pay(staff, plan, "50 000", currency="KGS", paid_on="15.11.2017", kind="returned")
    staff.post(f"{plan.get_absolute_url()}cancel/", {"reason": "Stopped."})
    after = signing.file_of(staff, report, "pdf")
    assert after == before
    assert hashlib.sha256(after).hexdigest() == report.files.get(format="pdf").sha256
    page = Client().post("/reports/verify/", {"file": ContentFile(after, "a.pdf")})
    assert report.code in page.content.decode()

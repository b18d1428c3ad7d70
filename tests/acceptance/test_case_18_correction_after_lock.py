"""What is found after the signing changes nothing that was signed; it is a correction in the open period."""

import csv
import hashlib
import io
import json

import pytest
from django.core.files.base import ContentFile

from action_plans.models import Payment
from reports.models import SignedReport
from reports.snapshots import table_from
from tests.acceptance import signing
from tests.acceptance.steps import enter_plan, pay, table, words
from tests.action_plans.form_data import money

pytestmark = pytest.mark.django_db
FORMATS = ["json", "csv", "xlsx", "pdf"]


@pytest.fixture
def plan(staff):
    promises = money(("grant", "cash", "2 400 000"), ("municipality", "cash", "300 000"))
    plan = enter_plan(staff, cost_kgs="2 700 000", **promises)
    signing.approved_on(plan, 2017, 1, 10)
    pay(staff, plan, "1 000 000", currency="KGS", paid_on="01.03.2017")
    pay(staff, plan, "1 400 000", currency="KGS", paid_on="01.06.2017")
    return plan


@pytest.fixture
def preparer(staff):
    return signing.person(may_reopen=True, may_sign=True)


@pytest.fixture
def approver():
    return signing.person(may_sign=True)


@pytest.fixture
def period(plan, preparer):
    signing.template()
    period = signing.add_period(preparer, plan, "01.01.2017", "31.12.2017")
    signing.close(preparer, period, following=("01.01.2018", "31.12.2018"))
    return period


@pytest.fixture
def first(period, approver):
    return signing.signed(approver, period)


@pytest.fixture
def correction(staff, plan, first):
    row, _page = pay(staff, plan, "50 000", currency="KGS", paid_on="15.11.2017", kind="returned")
    return row


def figure(report, name, rows="plan"):
    """Of the total of T2 in the signed snapshot."""
    return table_from(json.loads(report.snapshot), "budget", "en", rows=rows).total[name]


def test_case_18_the_signed_report_shows_2_400_000(approver, first):
    assert figure(first, "actual_kgs") == 2_400_000
    assert "2,400,000.00" in words(approver.get(first.get_absolute_url()))


def test_case_18_the_correction_is_counted_in_2018_and_names_2017(period, correction):
    assert (correction.late_for, str(correction.accounted_on)) == (period, "2018-01-01")


def test_case_18_file_and_hash_of_version_1_stay(approver, first, plan, staff):
    before = {name: signing.file_of(approver, first, name) for name in FORMATS}
    pay(staff, plan, "50 000", currency="KGS", paid_on="15.11.2017", kind="returned")
    after = {name: signing.file_of(approver, first, name) for name in FORMATS}
    assert after == before
    now = SignedReport.objects.get(pk=first.pk)
    assert (now.sha256, now.snapshot) == (first.sha256, first.snapshot)
    assert hashlib.sha256(after["json"]).hexdigest() == first.sha256
    assert figure(now, "actual_kgs") == 2_400_000


def test_case_18_the_page_of_version_1_says_what_came_after(approver, first, correction):
    text = words(approver.get(first.get_absolute_url()))
    assert "differs today: -KGS 50,000.00" in text.replace("−", "-")
    assert "2,400,000.00" in text


def test_case_18_the_period_still_answers_with_what_was_signed(approver, period, correction):
    page = approver.get("/reports/budget/", {"period": period.pk, "rows": "plan"})
    [row, total] = table(page, "Plan")
    assert total["Actual in the period"] == row["Actual in the period"] == "2,400,000.00"
    assert "Signed figures, version 1" in words(page)


def test_case_18_the_report_of_2018_has_the_correction_and_2_350_000(
    preparer, approver, plan, correction
):
    following = plan.phase.periods.latest("starts_on")
    signing.close(preparer, following)
    report = signing.signed(approver, following)
    assert figure(report, "before_kgs") == 2_400_000
    assert figure(report, "corrections_kgs") == -50_000
    assert figure(report, "actual_kgs") in (0, None)
    assert figure(report, "cumulative_kgs") == 2_350_000
    rows = csv.DictReader(io.StringIO(signing.file_of(approver, report, "csv").decode("utf-8-sig")))
    figures = {(row["table"], row["row"], row["column"]): row["value"] for row in rows}
    assert figures["budget", "total", "corrections_kgs"] == "-50000.00"
    assert figures["budget", "total", "cumulative_kgs"] == "2350000.00"


def test_case_18_version_2_is_marked_restated_and_version_1_superseded(
    preparer, approver, period, first, correction
):
    signing.open_again(preparer, period, "A refund of November was found.")
    signing.close(preparer, period)
    second = signing.signed(approver, period)
    assert (second.version, figure(second, "as_signed_kgs")) == (2, 2_400_000)
    assert figure(second, "restated_kgs") == 2_350_000
    page = words(approver.get(second.get_absolute_url()))
    assert "Restated since version 1" in page
    assert "2,350,000.00" in page
    content = signing.file_of(approver, first, "pdf")
    answer = words(approver.post("/reports/verify/", {"file": ContentFile(content, "a.pdf")}))
    assert f"signed version 1 of report {first.code}" in answer
    assert "superseded by version 2" in answer


def test_case_18_the_preparer_does_not_approve(preparer, period):
    assert signing.sign(preparer, period).url == period.get_absolute_url()
    assert "another approver signs" in words(preparer.get(period.get_absolute_url()))
    assert not SignedReport.objects.exists()
    assert Payment.objects.count() == 2

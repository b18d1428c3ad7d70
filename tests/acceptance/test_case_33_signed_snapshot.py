"""Same figures, same hash; one tyiyn more, another one; the public page tells them apart."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.test import Client

from reports import signing as verbs
from reports import snapshots
from reports.models import SignedReport
from tests.acceptance import signing
from tests.acceptance.steps import enter_plan, pay, words
from tests.action_plans.form_data import money
from tests.factories import SignedReportFactory

pytestmark = pytest.mark.django_db
PAID = "1 200 000,01"


@pytest.fixture
def plan(staff):
    promises = money(("grant", "cash", "2 400 000"), ("municipality", "cash", "300 000"))
    plan = enter_plan(staff, cost_kgs="2 700 000", **promises)
    signing.approved_on(plan, 2017, 1, 10)
    return plan


@pytest.fixture
def preparer():
    return signing.person(may_reopen=True, may_sign=True)


@pytest.fixture
def period(staff, plan, preparer):
    pay(staff, plan, "1 200 000,00", currency="KGS", paid_on="01.03.2017")
    signing.template()
    period = signing.add_period(preparer, plan, "01.01.2017", "31.12.2017")
    signing.close(preparer, period)
    return period


@pytest.fixture
def report(period):
    return signing.signed(signing.person(may_sign=True), period)


def hash_of(period):
    data = snapshots.build(period, signing.template(), 1)
    return snapshots.sha256_of(snapshots.canonical(data))


def answer(content, name="report.json"):
    """Of the public page, to somebody who is not signed in and reads English."""
    stranger = Client(headers={"accept-language": "en"})
    return words(stranger.post("/reports/verify/", {"file": ContentFile(content, name)}))


def test_case_33_two_runs_give_the_same_hash(period):
    assert hash_of(period) == hash_of(period)
    assert signing.signed(signing.person(may_sign=True), period).sha256 == hash_of_signed(period)


def hash_of_signed(period):
    return snapshots.sha256_of(SignedReport.objects.get(period=period).snapshot)


def test_case_33_one_tyiyn_more_is_another_hash(staff, plan, preparer, period):
    before = snapshots.build(period, signing.template(), 1)
    signing.open_again(preparer, period, "A tyiyn was forgotten.")
    pay(staff, plan, "0,01", currency="KGS", paid_on="02.03.2017")
    signing.close(preparer, period)
    after = snapshots.build(period, signing.template(), 1)
    for data in (before, after):
        del data["period"]["closed_at"]  # which is another one, too
    assert snapshots.canonical(before["facts"]) != snapshots.canonical(after["facts"])
    assert snapshots.canonical(before) != snapshots.canonical(after)


@pytest.mark.parametrize("format", ["json", "csv", "xlsx", "pdf"])
def test_case_33_the_verify_page_tells_signed_from_altered(staff, report, format):
    content = signing.file_of(staff, report, format)
    assert f"signed version 1 of report {report.code}" in answer(content, f"a.{format}")
    middle = len(content) // 2
    altered = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    assert "Unknown or altered" in answer(altered, f"a.{format}")


def test_case_33_one_tyiyn_in_the_file_is_altered(staff, report):
    content = signing.file_of(staff, report, "json")
    assert b'"1200000.00"' in content
    assert "Unknown or altered" in answer(content.replace(b'"1200000.00"', b'"1200000.01"', 1))


def test_case_33_the_preparer_is_refused_in_words(preparer, period):
    assert signing.sign(preparer, period).url == period.get_absolute_url()
    text = words(preparer.get(period.get_absolute_url()))
    assert "Two persons answer for it: another approver signs." in text
    assert not SignedReport.objects.exists()


def test_case_33_the_preparer_is_refused_by_the_verb(period):
    person = {"by": period.closed_by, "name": "A", "role": "B"}
    with pytest.raises(ValidationError, match="Two persons"):
        verbs.sign(period=period, template=signing.template(), **person)


def test_case_33_the_preparer_is_refused_by_the_constraint(period):
    person = period.closed_by
    with pytest.raises(IntegrityError), transaction.atomic():
        SignedReportFactory(period=period, prepared_by=person, approved_by=person)
    report = SignedReportFactory(period=period)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignedReport.objects.filter(pk=report.pk).update(prepared_by=report.approved_by)

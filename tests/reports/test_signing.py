"""Signing: whole or not at all, by a second person, and nothing changes any more."""

import hashlib
import json
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from action_plans.models import PeriodStep
from reports import closing, signing, snapshots
from reports.models import SignedFile, SignedReport
from tests import factories
from tests.reports import signing_data as given

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def period():
    given.plan_with_money()
    return given.closed_year()


def bytes_of(kept):
    with kept.file.open("rb") as file:
        return file.read()


def files_on_disk(settings):
    folder = Path(settings.MEDIA_ROOT) / "signed"
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def test_a_signed_report_has_its_figures_its_files_and_two_persons(period, settings):
    report = given.sign(period)
    period.refresh_from_db()
    assert period.status == "signed"
    assert snapshots.sha256_of(report.snapshot) == report.sha256
    assert (report.prepared_name, report.approved_name) == ("Preparer", "Approving Person")
    assert (report.prepared_role, report.approved_role) == (
        "Project staff",
        "Head of the programme",
    )
    assert report.certificate == "We certify that these figures are true."
    kept = {file.format: file for file in report.files.all()}
    assert set(kept) == {"json", "csv", "xlsx", "pdf"}
    for file in kept.values():
        content = bytes_of(file)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)
    assert kept["json"].sha256 == report.sha256
    assert files_on_disk(settings) == sorted(f"{report.code}.{name}" for name in kept)


def test_the_step_says_who_when_and_in_which_role(period):
    report = given.sign(period)
    step = PeriodStep.objects.get(period=period, after="signed")
    assert (step.taken_by, step.taken_at) == (report.approved_by, report.approved_at)
    assert step.role == "Head of the programme"


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_certificate_is_in_the_language_of_the_template(period, language):
    report = given.sign(period, of=given.template(language=language))
    texts = {"ky": "Ырастайбыз.", "ru": "Подтверждаем."}
    assert report.certificate == texts.get(language, "We certify that these figures are true.")


# Who and when


def test_the_preparer_cannot_sign(period):
    preparer = period.closed_by
    preparer.may_sign = True
    preparer.save()
    with pytest.raises(ValidationError, match="Two persons answer for it"):
        given.sign(period, by=preparer)
    assert not SignedReport.objects.exists()


def test_the_database_refuses_the_preparer_too(period):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.SignedReportFactory(
            period=period, prepared_by=period.closed_by, approved_by=period.closed_by
        )


def test_who_is_no_approver_cannot_sign(period):
    with pytest.raises(ValidationError, match="Only an approver"):
        given.sign(period, by=factories.StaffFactory())


def test_an_open_period_is_closed_first():
    with pytest.raises(ValidationError, match="still open"):
        given.sign(factories.PeriodFactory())


def test_a_signed_period_is_signed_once(period):
    given.sign(period)
    with pytest.raises(ValidationError, match="signed already"):
        given.sign(period)
    assert SignedReport.objects.count() == 1


def test_without_a_certificate_nothing_is_signed(period):
    empty = given.template(certificate_ky="", certificate_ru="", certificate_en="")
    with pytest.raises(ValidationError, match="no certificate"):
        given.sign(period, of=empty)


def test_other_figures_than_those_on_the_page_are_not_signed(period):
    with pytest.raises(ValidationError, match="changed since you opened the page"):
        given.sign(period, seen="0" * 64)
    report_template = given.template()
    _data, sha256 = signing.proposed(period, report_template)
    assert given.sign(period, of=report_template, seen=sha256).sha256 == sha256


# Whole or not at all


@pytest.mark.parametrize("part", ["to_pdf", "to_xlsx", "figures_csv"])
def test_what_fails_leaves_nothing_behind(period, settings, monkeypatch, part):
    monkeypatch.setattr(signing, part, lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        given.sign(period)
    assert_nothing_was_signed(period, settings)


def test_a_step_that_fails_leaves_nothing_behind(period, settings, monkeypatch):
    monkeypatch.setattr(closing, "step", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        given.sign(period)
    assert_nothing_was_signed(period, settings)


def assert_nothing_was_signed(period, settings):
    period.refresh_from_db()
    assert period.status == "closed"
    assert not SignedReport.objects.exists()
    assert not SignedFile.objects.exists()
    assert files_on_disk(settings) == []


def test_a_file_that_a_crash_left_behind_is_not_taken_for_signed(period, settings):
    folder = Path(settings.MEDIA_ROOT) / "signed"
    folder.mkdir(parents=True)
    left = folder / f"PSI-{period.pk}-v1.pdf"
    left.write_bytes(b"half")
    report = given.sign(period)
    assert left.read_bytes() == b"half"
    assert bytes_of(report.files.get(format="pdf")).startswith(b"%PDF")


# Again


@pytest.fixture
def second(period):
    """Signed, opened again, one payment more, closed and signed once more."""
    first = given.sign(period)
    closing.reopen(period=period, reason="A payment was forgotten.", by=period.closed_by)
    period.refresh_from_db()
    given.plan_with_money(100_000)
    given.close(period, first.prepared_by)
    return given.sign(period, by=first.approved_by)


def test_signing_again_makes_the_next_version_and_the_first_stays(second):
    first = SignedReport.objects.get(version=1)
    assert second.version == 2
    assert json.loads(second.snapshot)["previous_sha256"] == first.sha256
    assert snapshots.sha256_of(first.snapshot) == first.sha256
    for file in first.files.all():
        assert hashlib.sha256(bytes_of(file)).hexdigest() == file.sha256


def test_the_next_version_says_what_was_restated(second):
    table = snapshots.table_from(json.loads(second.snapshot), "restated", "en")
    [total] = [
        row
        for row in table.rows
        if row["column_name"] == "restated_kgs"
        and row["row_key"] == ""
        and "budget" in row["table_slug"]
    ]
    assert (total["before_kgs"], total["after_kgs"]) == (2_400_000, 2_500_000)
    assert total["difference_kgs"] == 100_000
    assert table.columns[4].label == "Version 2, restated"


@pytest.mark.parametrize("model", [SignedReport, SignedFile])
def test_nothing_of_it_is_changed_or_deleted(period, model):
    given.sign(period)
    for change in [
        lambda: model.objects.update(sha256="0" * 64),
        lambda: model.objects.all().delete(),
    ]:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()

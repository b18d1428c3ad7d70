"""The CSV and XLSX of many rows are made in a process of their own: the same bytes, or nothing at all."""

import json

import pytest
from django.utils import translation

from reports import signing, snapshots
from reports.exports import beside
from reports.exports.tables_csv import figures_csv
from reports.exports.tables_xlsx import to_xlsx
from reports.models import SignedFile, SignedReport

from . import signing_data as given

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setenv("TRIAL", "1")
    monkeypatch.setattr(signing, "SOON_MADE", -1)
    given.plan_with_money()
    return given.closed_year()


def bytes_of(file):
    with file:
        return file.read()


def test_they_are_the_bytes_that_are_made_here(period):
    report = given.sign(period)
    with translation.override(report.language):
        tables = snapshots.tables_from(json.loads(report.snapshot), report.language)
        about = signing.EarlyFiles(report).about(report.get_absolute_url())
        made = {"csv": bytes_of(figures_csv(tables)), "xlsx": bytes_of(to_xlsx(tables, about))}
    for format, content in made.items():
        assert bytes_of(report.files.get(format=format).file.open("rb")) == content


@pytest.mark.parametrize("command", ["1 / 0", "import sys; sys.stdin.buffer.read(); sys.exit(3)"])
def test_what_fails_there_leaves_nothing_behind(period, monkeypatch, command, tmp_path):
    monkeypatch.setattr(beside, "COMMAND", command)
    with pytest.raises(RuntimeError):
        given.sign(period)
    period.refresh_from_db()
    assert period.status == "closed"
    assert not SignedReport.objects.exists()
    assert not SignedFile.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

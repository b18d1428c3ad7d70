"""The CSV and XLSX of many rows are made in a process of their own: the same bytes, whatever happens there."""

import json
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
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


def agree(report):
    with translation.override(report.language):
        tables = snapshots.tables_from(json.loads(report.snapshot), report.language)
        about = signing.EarlyFiles(report).about(report.get_absolute_url())
        made = {"csv": bytes_of(figures_csv(tables)), "xlsx": bytes_of(to_xlsx(tables, about))}
    kept = {name: bytes_of(report.files.get(format=name).file.open("rb")) for name in made}
    return kept == made


def test_they_are_the_bytes_that_are_made_here(period, caplog):
    assert agree(given.sign(period))
    assert not caplog.records


@pytest.mark.parametrize(
    "command",
    [
        "1 / 0",
        "import sys; sys.stdin.buffer.read(); sys.exit(3)",
        "import sys; sys.stderr.write('x' * 200_000); sys.stdin.buffer.read(); print('x')",
        "import time; time.sleep(60)",
    ],
)
def test_what_goes_wrong_there_is_made_here_and_told_in_the_log(
    period, monkeypatch, command, caplog
):
    monkeypatch.setattr(beside, "COMMAND", command)
    monkeypatch.setattr(beside, "SECONDS", 2)
    assert agree(given.sign(period))
    assert "are not made beside" in caplog.text


def test_what_is_printed_there_is_not_in_the_files(period, monkeypatch):
    monkeypatch.setattr(beside, "COMMAND", beside.COMMAND.replace("answer(", "print(1); answer("))
    assert agree(given.sign(period))


def test_a_full_disk_leaves_nothing_behind(period, monkeypatch, tmp_path):
    monkeypatch.setattr(FileSystemStorage, "_save", half)
    with pytest.raises(OSError, match="full"):
        given.sign(period)
    period.refresh_from_db()
    assert period.status == "closed"
    assert not SignedReport.objects.exists()
    assert not SignedFile.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def half(storage, name, content):
    path = Path(storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.read(10))
    raise OSError("full")

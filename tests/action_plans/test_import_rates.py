import datetime as dt
import io
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from action_plans import rate_files
from action_plans.models import ExchangeRate, Payment
from tests.action_plans.rate_data import currency, daily_xml, rates_xml, weekly_xml
from tests.action_plans.test_rate_pages import waiting_payment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
CHF = rates_xml(currency("CHF", "55,4393"))


class Bank(BaseHTTPRequestHandler):
    pages = {}

    def do_GET(self):
        status, body = self.pages.get(self.path, (404, b"none"))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def bank(monkeypatch):
    """The National Bank's site on this machine: {path: (status, body)}."""
    server = HTTPServer(("127.0.0.1", 0), Bank)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_port}/XML"
    addresses = {name: f"{site}/{name}.xml" for name in ("daily", "weekly")}
    monkeypatch.setattr(rate_files, "ADDRESSES", addresses)
    monkeypatch.setattr("action_plans.management.commands.import_rates.ADDRESSES", addresses)
    monkeypatch.setattr(Bank, "pages", {})
    yield Bank.pages
    server.shutdown()
    server.server_close()


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_rates", *map(str, arguments), stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), err.getvalue() + str(error)
    return out.getvalue(), err.getvalue()


def kept(folder, data, name="weekly.xml"):
    path = Path(folder) / name
    path.write_bytes(data)
    return path


def test_files_are_imported_and_what_happened_is_said(tmp_path):
    row = waiting_payment(paid_on=dt.date(2013, 12, 20))
    file = kept(tmp_path, CHF)
    out, err = run(file)
    assert f"{file}: National Bank, weekly, 14.12.2013: 1 new, 0 stored already." in out
    assert f"booked: {row.contribution.plan.reference}, 10000.00 CHF" in out
    assert err == ""
    rate = ExchangeRate.objects.get()
    assert (rate.entered_by, rate.evidence.filename) == (None, "weekly.xml")
    assert Payment.objects.get(pk=row.pk).booked_by is None
    assert "0 new, 1 stored already." in run(file)[0]


def test_versions_jumps_and_what_is_left_out_are_named(tmp_path):
    run(kept(tmp_path, weekly_xml("07.12.2013", CHF="50,0000")), kept(tmp_path, CHF, "b.xml"))
    out, _err = run(kept(tmp_path, weekly_xml("14.12.2013", CHF="56,0000", QQQ="1,0000"), "c.xml"))
    assert "new version: 1 CHF = 56.0000 som, before 1 CHF = 55.4393 som" in out
    assert "CHECK: 1 CHF = 56.0000 som is +12.0 % from the rate before" in out
    assert "left out, not known: QQQ" in out


def test_a_refused_file_fails_the_command_and_the_others_are_imported(tmp_path):
    bad, good = kept(tmp_path, b"<html>", "bad.xml"), kept(tmp_path, CHF)
    out, err = run(bad, good, tmp_path / "none.xml")
    assert "This is a web page" in err
    assert "The file cannot be read: No such file or directory." in err
    assert f"Not imported: {bad}, {tmp_path / 'none.xml'}" in err
    assert "1 new" in out


def test_the_bank_is_asked_for_both_files(bank):
    bank["/XML/daily.xml"] = (200, daily_xml("14.12.2013", USD="49,2000"))
    bank["/XML/weekly.xml"] = (200, CHF)
    out, err = run("--daily", "--weekly")
    assert (out.count("1 new"), err) == (2, "")
    assert sorted(ExchangeRate.objects.values_list("currency", "source")) == [
        ("CHF", "nbkr-weekly"),
        ("USD", "nbkr-daily"),
    ]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((503, b""), "The address cannot be read (Service Unavailable)"),
        ((200, b""), "The file is empty."),
        ((200, b"<html>Maintenance</html>"), "This is a web page"),
        ((200, b" " * (rate_files.MAX_BYTES + 10)), "The file is larger than"),
        ((302, b""), "The address cannot be read"),
    ],
)
def test_what_the_bank_answers_instead_is_refused(bank, answer, words):
    bank["/XML/daily.xml"] = answer
    assert words in run("--daily")[1]
    assert not ExchangeRate.objects.exists()


def test_without_a_network_the_command_says_what_to_do(bank, monkeypatch):
    addresses = {"daily": "http://127.0.0.1:1/daily.xml"}
    monkeypatch.setattr("action_plans.management.commands.import_rates.ADDRESSES", addresses)
    assert "download the file elsewhere and name it here" in run("--daily")[1]


def test_without_anything_to_import_it_says_so():
    assert "Name a file, or --daily, or --weekly." in run()[1]

"""The public page: a file or a hash, and whether it is a signed report."""

import hashlib
import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reports import hashed_upload
from reports.canonical import canonical, sha256_of
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SNAPSHOT = canonical({"format": "psi-signed-report/1", "total": "2400000.00", "слово": "Ң"})
PAGE = "/reports/verify/"


@pytest.fixture
def report():
    return factories.SignedReportFactory(snapshot=SNAPSHOT)


def signed_file(report, content, format="pdf"):
    return report.files.create(
        format=format,
        file=ContentFile(content, f"x.{format}"),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def upload(client, content, name="report.pdf"):
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize(
    "way", [str, str.upper, lambda h: f" {h[:32]} {h[32:]}\n", "{}  a.pdf".format]
)
def test_a_hash_is_found_as_people_copy_it(client, report, way):
    page = client.post(PAGE, {"sha256": way(report.sha256)})
    assert f"signed version 1 of report {report.code}" in text(page)


@pytest.mark.parametrize("format", ["pdf", "xlsx", "csv"])
def test_each_file_of_a_signed_report_is_found(client, report, format):
    signed_file(report, b"the file", format)
    assert f"signed version 1 of report {report.code}" in text(upload(client, b"the file"))
    assert "Unknown or altered" in text(upload(client, b"the fils"))


def test_an_address_with_a_hash_answers(client, report):
    assert "signed version 1" in text(client.get(PAGE, {"sha256": report.sha256}))


def test_a_json_that_was_only_indented_is_found(client, report):
    signed_file(report, SNAPSHOT.encode(), "json")
    indented = json.dumps(json.loads(SNAPSHOT), indent=2, ensure_ascii=True)
    for content in [SNAPSHOT.encode(), indented.encode(), b"\xef\xbb\xbf" + indented.encode()]:
        assert "signed version 1" in text(upload(client, content, "a.json"))
    for content in [indented.encode("utf-16"), indented.replace("24", "25").encode()]:
        assert "Unknown or altered" in text(upload(client, content, "a.json"))


@pytest.mark.parametrize(
    "content",
    [
        SNAPSHOT.replace(
            "{", '{"total":"1.00",', 1
        ).encode(),  # people read the first, programs the last
        SNAPSHOT.replace('"2400000.00"', "2400000.00").encode(),
        b"{" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":' + b"9" * 10_000 + b"}",
        b'{"a":"\\ud800"}',
        b'{"a": NaN}',
        b"{\xff\xfe}",
        b"<html><body>no</body></html>",
    ],
)
def test_what_is_no_signed_json_is_unknown(client, report, content):
    assert "Unknown or altered" in text(upload(client, content, "a.json"))


def test_a_superseded_version_says_so_with_both_days(client, report):
    later = factories.SignedReportFactory(
        period=report.period, version=2, snapshot=SNAPSHOT.replace("24", "23")
    )
    page = text(client.post(PAGE, {"sha256": report.sha256}))
    assert "signed version 1" in page
    assert "superseded by version 2, signed on" in page
    assert "superseded" not in text(client.post(PAGE, {"sha256": later.sha256}))


def test_no_name_of_a_person_is_told(client, report):
    page = client.post(PAGE, {"sha256": report.sha256}).content.decode()
    assert "signed version 1" in page
    for told in [
        report.approved_name,
        report.prepared_name,
        report.approved_role,
        report.certificate,
    ]:
        assert told not in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Choose a file, or paste"),
        ("xyz", "A SHA-256 hash has 64 characters"),
        ("12ab34cd56ef", "only the beginning of a hash"),
        ("g" * 64, "A SHA-256 hash has 64 characters"),
        ("a" * 500, "A SHA-256 hash has 64 characters"),
        ("a" * 64, "Unknown or altered"),
    ],
)
def test_what_cannot_be_a_hash_is_told(client, typed, said):
    assert said in text(client.post(PAGE, {"sha256": typed}))


def test_an_empty_file_is_told(client):
    assert "The file is empty" in text(upload(client, b""))


class Unread:
    """A body that must not be read, but by who throws it away."""

    def read(self, size=-1):
        raise AssertionError("read")

    readline = read


def test_200_mb_are_refused_before_they_are_read(client, monkeypatch):
    monkeypatch.setattr(hashed_upload, "hear_out", lambda request: None)
    response = client.generic(
        "POST",
        PAGE,
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=200 * 1024 * 1024,
        **{"wsgi.input": Unread()},
    )
    assert response.status_code == 413
    assert "no signed report is so large" in text(response)


def test_nothing_is_written_to_the_disk(client, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "none"  # would fail where it is used
    assert "Unknown or altered" in text(upload(client, b"x" * 5_000_000))


def test_it_needs_neither_cookie_nor_token(report):
    stranger = Client(enforce_csrf_checks=True)
    assert "signed version 1" in text(stranger.post(PAGE, {"sha256": report.sha256}))


def test_who_asks_too_often_waits(client):
    answers = [client.post(PAGE, {"sha256": "a" * 64}).status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]
    assert client.get(PAGE).status_code == 200


def test_the_log_in_page_links_here(client):
    assert PAGE in client.get("/accounts/login/").content.decode()


def test_the_hash_is_that_of_the_bytes():
    assert sha256_of(SNAPSHOT) == hashlib.sha256(SNAPSHOT.encode()).hexdigest()


def test_what_was_found_later_is_named_without_an_amount(client, report):
    at_signing = text(client.post(PAGE, {"sha256": report.sha256}))
    factories.PaymentFactory(
        contribution=factories.PlanFactory(own=100).contributions.get(),
        amount_kgs=Decimal("51.25"),
        paid_on=report.period.ends_on,
        accounted_on=report.period.ends_on + timedelta(days=1),
        late_for=report.period,
    )
    later = text(client.post(PAGE, {"sha256": report.sha256}))
    assert "What came after" not in at_signing
    assert "signed version 1" in later
    assert "that was booked later" in later
    assert "51.25" not in later


def test_only_who_may_open_the_report_gets_its_link(client, report):
    for user, links in [(factories.DonorFactory(), 1), (factories.HeadFactory(), 0)]:
        client.force_login(user)
        page = client.post(PAGE, {"sha256": report.sha256}).content.decode()
        assert page.count(f'href="{report.get_absolute_url()}"') == links

"""The pages of signing and of signed reports, through the browser's doors."""

import re

import pytest
from django.core.files.base import ContentFile

from action_plans.models import Payment
from reports import closing, signing
from reports.models import SignedReport
from tests import factories
from tests.reports import signing_data as given

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PERSON = {"name": "Aigul Asanova", "role": "Head of the programme"}


def text(response):
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def period():
    given.template()
    given.plan_with_money()
    return given.closed_year()


@pytest.fixture
def approver(client):
    user = given.approver()
    client.force_login(user)
    return client


def address(period):
    return f"/periods/{period.pk}/sign/"


def form_of(page):
    """What the page would send back besides what is typed."""
    return {
        name: re.search(rf'name="{name}" value="([^"]+)"', page.content.decode())[1]
        for name in ["template", "seen"]
    }


def test_the_page_shows_what_will_be_signed_and_who_prepared_it(approver, period):
    page = text(approver.get(address(period)))
    assert "Prepared by Preparer, who closed the period on" in page
    assert "We certify that these figures are true." in page
    assert "2,400,000.00" in page


def test_typing_name_and_role_signs(approver, period):
    page = approver.get(address(period))
    response = approver.post(address(period), form_of(page) | PERSON, follow=True)
    report = SignedReport.objects.get()
    assert response.redirect_chain[0][0] == report.get_absolute_url()
    assert "Aigul Asanova, Head of the programme" in text(response)
    assert (report.approved_name, report.sha256) == (PERSON["name"], form_of(page)["seen"])


def test_the_second_click_leads_to_what_the_first_signed(approver, period):
    page = approver.get(address(period))
    sent = form_of(page) | PERSON
    approver.post(address(period), sent)
    response = approver.post(address(period), sent, follow=True)
    assert response.redirect_chain[-1][0] == SignedReport.objects.get().get_absolute_url()
    assert "signed already" in text(response)


@pytest.mark.parametrize(
    ("left_out", "said"), [("name", "Type your name"), ("role", "Type the role")]
)
def test_what_is_missing_is_asked_for_and_what_was_typed_stays(approver, period, left_out, said):
    page = approver.get(address(period))
    response = approver.post(address(period), form_of(page) | PERSON | {left_out: " "})
    assert said in text(response)
    [kept] = [value for name, value in PERSON.items() if name != left_out]
    assert f'value="{kept}"' in response.content.decode()
    assert not SignedReport.objects.exists()


@pytest.mark.parametrize("name", ["\u200b\u200e", "\u00ad", "—", "1."])
def test_a_name_without_a_letter_that_anybody_sees_is_no_name(approver, period, name):
    response = approver.post(
        address(period), form_of(approver.get(address(period))) | PERSON | {"name": name}
    )
    assert "Type your name" in text(response)
    assert not SignedReport.objects.exists()


def test_a_name_is_kept_without_signs_that_turn_the_line_around(approver, period):
    form = form_of(approver.get(address(period))) | PERSON | {"name": "Aigul\u202e Asanova\u200b"}
    approver.post(address(period), form)
    assert SignedReport.objects.get().approved_name == "Aigul Asanova"


def test_figures_that_changed_meanwhile_are_shown_anew(approver, period):
    page = approver.get(address(period))
    template = given.template()
    template.tables = template.tables[:1]
    template.save()
    response = approver.post(address(period), form_of(page) | PERSON)
    assert "The figures changed since you opened the page" in text(response)
    again = form_of(response)
    assert again["seen"] != form_of(page)["seen"]
    approver.post(address(period), again | PERSON)
    assert SignedReport.objects.get().sha256 == again["seen"]


def test_the_preparer_is_told_that_another_person_signs(client, period):
    preparer = period.closed_by
    preparer.may_sign = True
    preparer.save()
    client.force_login(preparer)
    for response in [client.get(address(period)), client.post(address(period), PERSON)]:
        assert response.status_code == 302
    assert "another approver signs" in text(client.get("/"))
    assert not SignedReport.objects.exists()


def test_an_open_period_is_not_signed(approver):
    period = factories.PeriodFactory()
    approver.get(address(period))
    assert "still open" in text(approver.get("/"))


def test_an_unknown_template_is_not_found(approver, period):
    assert approver.get(address(period), {"template": "none"}).status_code == 404


# The signed report


@pytest.fixture
def report(period):
    return given.sign(period)


@pytest.fixture
def donor(client):
    client.force_login(factories.DonorFactory())
    return client


@pytest.mark.parametrize(
    ("language", "said"), [("ky", "2 400 000,00"), ("ru", "2 400 000,00"), ("en", "2,400,000.00")]
)
def test_the_figures_are_in_the_readers_language(donor, report, language, said):
    donor.cookies["django_language"] = language
    page = donor.get(report.get_absolute_url()).content.decode().replace("\u00a0", " ")
    assert said in page


def test_the_donor_reads_persons_certificate_hash_and_figures(donor, report):
    page = text(donor.get(report.get_absolute_url()))
    for said in [
        "Approving Person, Head of the programme",
        "Preparer, Project staff",
        "We certify that these figures are true.",
        report.sha256,
        "2,400,000.00",
        "Nothing has been booked for this period since it was closed.",
    ]:
        assert said in page


@pytest.mark.parametrize("format", ["json", "csv", "xlsx", "pdf"])
def test_a_file_is_handed_out_as_it_was_signed(donor, report, format):
    response = donor.get(f"{report.get_absolute_url()}{format}/")
    content = b"".join(response.streaming_content)
    kept = report.files.get(format=format)
    assert len(content) == kept.size
    assert response["Content-Disposition"] == f'attachment; filename="{report.code}-year.{format}"'
    assert f"signed version 1 of report {report.code}" in text(
        donor.post("/reports/verify/", {"file": ContentFile(content, f"x.{format}")})
    )


def test_an_unknown_format_is_not_found(donor, report):
    assert donor.get(f"{report.get_absolute_url()}docx/").status_code == 404


@pytest.mark.parametrize("damage", ["other", "shorter", "gone"])
def test_a_damaged_file_is_said_to_be_damaged(donor, report, damage):
    kept = report.files.get(format="pdf").file
    if damage == "gone":
        kept.storage.delete(kept.name)
    else:
        with open(kept.path, "r+b") as file:  # noqa: PTH123
            file.write(b"x") if damage == "other" else file.truncate(100)
    response = donor.get(f"{report.get_absolute_url()}pdf/", follow=True)
    assert "This PDF file is damaged" in text(response)
    assert response.redirect_chain[-1][0] == report.get_absolute_url()


def test_damaged_figures_are_said_to_be_damaged(donor, report, monkeypatch):
    monkeypatch.setattr(signing.snapshots, "sha256_of", lambda text: "0" * 64)
    page = text(donor.get(report.get_absolute_url()))
    assert "The figures are damaged" in page
    assert "2,400,000.00" not in page


def test_a_period_that_was_opened_again_is_said_with_its_reason(donor, report, period):
    assert "Opened again" not in text(donor.get(report.get_absolute_url()))
    closing.reopen(period=period, reason="A bill was lost.", by=given.preparer())
    page = text(donor.get(report.get_absolute_url()))
    assert "Opened again. Reason: A bill was lost." in page
    given.close(period, given.preparer())
    assert "Opened again" in text(donor.get(report.get_absolute_url()))
    given.sign(period, of=report.template)
    assert "Opened again" not in text(donor.get(report.get_absolute_url()))


def test_what_came_after_stands_on_its_page(donor, report, period):
    grant = Payment.objects.get().contribution
    factories.PaymentFactory(
        contribution=grant,
        kind="returned",
        paid_on="2017-11-01",
        amount_kgs=50_000,
        accounted_on="2018-01-01",
        late_for=period,
        reason="Found in the audit",
    )
    page = text(donor.get(report.get_absolute_url()))
    assert "differs today: −KGS 50,000.00" in page or "differs today: -KGS 50,000.00" in page
    assert "Found in the audit" in page


def test_a_signed_report_keeps_the_name_that_its_template_had(approver, period):
    page = approver.get(address(period))
    approver.post(address(period), form_of(page) | PERSON)
    report = SignedReport.objects.get()
    name = report.template.name_en
    type(report.template).objects.update(name_en="Renamed")
    page, answer = (
        approver.get(report.get_absolute_url()),
        approver.post("/reports/verify/", {"sha256": report.sha256}),
    )
    assert name in text(page)
    assert "Renamed" not in text(page)
    assert name in text(answer)

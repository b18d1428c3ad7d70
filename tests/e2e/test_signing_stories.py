"""A half-year is closed, signed, verified and corrected by the people whose work that is: in ru, in ky on a phone, in en."""

import datetime as dt
import hashlib
import io
import re

import openpyxl
import pytest
from playwright.sync_api import expect

from action_plans.models import Payment, PeriodStep, ReportingPeriod
from reports.models import FileJob, SignedReport
from tests.action_plans.ledger import book, new_payment, source_of
from tests.e2e.test_axe import look
from tests.e2e.test_stories import words
from tests.factories import (
    DonorFactory,
    OfficerFactory,
    PeriodFactory,
    PlanFactory,
    ReportTemplateFactory,
    StaffFactory,
)
from tests.reports.test_jobs import work

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = {"starts_on": dt.date(2018, 1, 1), "ends_on": dt.date(2018, 6, 30)}
TABLES = [{"table": "cover"}, {"table": "sources"}, {"table": "changes"}, {"table": "unallocated"}]
SEND = "main form .btn-primary"


@pytest.fixture
def plan():
    approved = dt.datetime(2018, 1, 10, 12, tzinfo=dt.UTC)
    plan = PlanFactory(
        cost_kgs=1000, own=200, grant=800, status="approved", approved_at=approved, title="Мост"
    )
    book(plan, "800.00", document_number="1")
    return plan


@pytest.fixture
def period(plan):
    words = {"certificate_en": "We certify.", "certificate_ru": "Подтверждаем."}
    ReportTemplateFactory(
        name_ru="Полугодовой отчёт",
        name_ky="Жарым жылдык отчет",
        tables=TABLES,
        language="en",
        **words,
    )
    return PeriodFactory(**FIRST, phase=plan.phase)


@pytest.fixture
def preparer():
    """May do all, but not both for the same period."""
    return StaffFactory(name="Бакыт Даярдоочу", may_sign=True, may_reopen=True)


@pytest.fixture
def approver():
    return StaffFactory(name="Асан Директор", may_sign=True)


@pytest.fixture
def staff(page, preparer):
    return page(preparer, language="ru")


@pytest.fixture
def director(page, approver):
    return page(approver, language="ru")


@pytest.fixture
def donor(page):
    return page(DonorFactory(), language="en")


def page_of(period, step=""):
    return f"{period.get_absolute_url()}{step}"


def close(tab, period):
    tab.goto(page_of(period))
    tab.click(f"main a[href='{page_of(period, 'close/')}']")
    tab.check("#id_read")
    tab.click(SEND)
    expect(tab.locator(".notice-ok")).to_contain_text("Период закрыт")


def fill_signature(tab, period):
    tab.goto(page_of(period))
    tab.click(f"main a[href='{page_of(period, 'sign/')}']")
    tab.fill("#id_name", "Асан Асанов")
    tab.fill("#id_role", "Руководитель программы")


def sign(tab, period):
    """The newest version."""
    fill_signature(tab, period)
    tab.click(SEND)
    expect(tab.locator(".notice-ok").first).to_contain_text("Отчёт подписан")
    return SignedReport.objects.filter(period=period).latest("version")


@pytest.fixture
def first(period, staff, director):
    close(staff, period)
    return sign(director, period)


def fetch(tab, selector, folder):
    with tab.expect_download() as download:
        tab.click(selector)
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def signed_file(tab, report, format, folder):
    """As the donor comes to it: by the period."""
    tab.goto(page_of(report.period))
    tab.get_by_role("link", name=f"Version {report.version}").click()
    return fetch(tab, f"main a[href='{report.get_absolute_url()}{format}/']", folder)


def verified(tab, file):
    """The answer to this file on the public page, and what was sent for it."""
    tab.goto("/reports/verify/")
    tab.set_input_files("#id_file", file)
    with tab.expect_request(lambda request: request.method == "POST") as sent:
        tab.click(SEND)
    expect(tab.locator("#answer .notice")).to_be_visible()
    return words(tab.locator("#answer")), sent.value


# The story


def test_staff_close_the_half_year_once_the_gaps_are_read(staff, period):
    staff.goto("/periods/")
    staff.click(f"main a[href='{page_of(period)}']")
    staff.click(f"main a[href='{page_of(period, 'close/')}']")
    assert look(staff, staff.url, "ru") == []
    gaps = staff.locator("section:has(#gaps)")
    expect(gaps.locator("li").first).to_be_visible()
    expect(staff.locator("#id_ends_on")).to_have_value("31.12.2018")
    staff.click(SEND)
    expect(staff.get_by_role("alert")).to_contain_text("Прочитайте")
    staff.check("#id_read")
    staff.click(SEND)
    expect(staff.locator(".notice-ok")).to_contain_text("Период закрыт")
    assert str(ReportingPeriod.objects.latest("starts_on").ends_on) == "2018-12-31"
    assert look(staff, page_of(period), "ru") == []


def test_another_person_signs_with_name_and_role(staff, director, period):
    close(staff, period)
    expect(staff.locator(".notice-info")).to_contain_text("Период закрыли вы")
    expect(staff.locator(f"a[href='{page_of(period, 'sign/')}']")).to_have_count(0)
    staff.goto(page_of(period, "sign/"))
    expect(staff.locator(".notice-bad")).to_contain_text("утвержда")
    director.goto(page_of(period, "sign/"))
    assert look(director, director.url, "ru") == []
    expect(director.locator("blockquote")).to_have_text("We certify.")  # as in the files
    director.fill("#id_name", "")
    director.click(SEND)
    expect(director.locator("#id_name")).to_have_attribute("aria-invalid", "true")
    expect(director.locator("#id_role")).to_have_attribute("aria-invalid", "true")
    report = sign(director, period)
    assert look(director, report.get_absolute_url(), "ru") == []
    signatures = words(director.locator("section:has(#signatures)"))
    assert "Бакыт Даярдоочу" in signatures
    assert "Асан Асанов, Руководитель программы" in signatures


def test_a_donor_fetches_the_files_and_anybody_verifies_them(page, donor, first, tmp_path):
    book_file = signed_file(donor, first, "xlsx", tmp_path)
    figures = [
        cell for sheet in openpyxl.load_workbook(book_file) for row in sheet.values for cell in row
    ]
    assert 800 in figures
    pdf = signed_file(donor, first, "pdf", tmp_path)
    anybody = page(language="en", width=360)
    for file in [pdf, book_file]:
        answer, sent = verified(anybody, file)
        assert f"This is signed version 1 of report {first.code}, unchanged." in answer
        assert "What came after" not in answer
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        assert sha256 in sent.post_data
        assert "%PDF" not in sent.post_data  # only the hash left the browser
    anybody.goto("/reports/verify/")
    anybody.fill("#id_sha256", f" {first.sha256.upper()} ")
    anybody.click(SEND)
    expect(anybody.locator("#answer .notice-ok")).to_contain_text("the figures (JSON)")
    pdf.write_bytes(pdf.read_bytes() + b" ")
    answer, _sent = verified(anybody, pdf)
    assert "Unknown or altered" in answer
    assert look(anybody, f"/reports/verify/?sha256={first.sha256}", "en") == []


def test_the_file_verifies_without_javascript(page, first, tmp_path):
    file = tmp_path / "report.pdf"
    with first.files.get(format="pdf").file as kept:
        file.write_bytes(kept.read())
    tab = page(language="ky", java_script_enabled=False)
    tab.goto("/reports/verify/")
    tab.set_input_files("#id_file", file)
    tab.click(SEND)
    expect(tab.locator("#answer .notice-ok")).to_contain_text(first.code)


def refund(page, plan):
    """Found by the accountant, on a phone."""
    tab = page(OfficerFactory(municipality=plan.lead), language="ky", width=360)
    tab.goto(new_payment(plan))
    tab.select_option("#id_kind", "returned")
    tab.fill("#id_paid_on", "15.06.2018")
    tab.fill("#id_document_number", "2")
    tab.fill(f"#id_amount_{source_of(plan).pk}", "50")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    tab.click(SEND)
    expect(tab.locator(".notice-ok")).to_be_visible()
    return tab


def test_a_refund_found_later_is_a_correction_in_the_next_half_year(
    page, donor, plan, period, first, tmp_path
):
    pdf = signed_file(donor, first, "pdf", tmp_path)
    phone = refund(page, plan)
    row = Payment.objects.latest("pk")
    assert (row.accounted_on, row.late_for) == (dt.date(2018, 7, 1), period)
    assert look(phone, f"{plan.get_absolute_url()}money/", "ky") == []
    answer, _sent = verified(page(language="en"), pdf)
    assert f"This is signed version 1 of report {first.code}, unchanged." in answer
    assert "Money of the days of this period that was booked later" in answer
    donor.goto(first.get_absolute_url())
    expect(donor.locator("section:has(#later)")).to_contain_text("−KGS 50.00")
    expect(donor.locator("section:has(#later) tbody")).to_contain_text("−50.00")
    donor.goto(page_of(ReportingPeriod.objects.latest("starts_on")))
    corrections = donor.get_by_role("table").filter(has_text=plan.reference)
    expect(corrections).to_contain_text("returned, Programme grant")
    expect(corrections).to_contain_text("−50.00")
    small = page(DonorFactory(), language="ky", width=360)
    for path in [first.get_absolute_url(), page_of(period), donor.url]:
        assert look(small, path, "ky") == []


def test_a_period_that_is_opened_again_becomes_version_2(
    page, staff, director, donor, plan, period, first, tmp_path
):
    pdf = signed_file(donor, first, "pdf", tmp_path)
    refund(page, plan)
    director.goto(page_of(period))
    expect(director.locator(f"a[href='{page_of(period, 'reopen/')}']")).to_have_count(0)
    staff.goto(page_of(period))
    staff.click(f"a[href='{page_of(period, 'reopen/')}']")
    staff.click("main form button")
    expect(staff.locator("#id_reason")).to_have_attribute("aria-invalid", "true")
    assert look(staff, staff.url, "ru") == []
    staff.fill("#id_reason", "Найден возврат за июнь")
    staff.click("main form button")
    expect(staff.locator(".notice-ok")).to_be_visible()
    close(staff, period)
    second = sign(director, period)
    assert second.version == 2
    answer, _sent = verified(page(language="en"), pdf)
    assert f"This is signed version 1 of report {first.code}, unchanged." in answer
    assert "It was superseded by version 2" in answer
    donor.goto(first.get_absolute_url())
    expect(donor.locator(".notice-warn").first).to_contain_text("superseded by version 2")
    newer = signed_file(donor, second, "pdf", tmp_path)
    answer, _sent = verified(page(language="en"), newer)
    assert "superseded" not in answer
    donor.goto(page_of(period))
    expect(donor.locator("ol.timeline")).to_contain_text("Найден возврат за июнь")


# Haste


def test_two_tabs_close_and_the_second_reads_that_it_is_done(page, preparer, staff, period):
    other = page(StaffFactory(), language="ru")
    for tab in [staff, other]:
        tab.goto(page_of(period, "close/"))
        tab.check("#id_read")
    staff.locator(SEND).dblclick()
    expect(staff.locator(".notice-ok")).to_contain_text("Период закрыт")
    other.click(SEND)
    expect(other.locator(".notice-info").first).to_contain_text("закрыт")
    assert PeriodStep.objects.count() == 1
    assert ReportingPeriod.objects.count() == 2
    staff.go_back()
    expect(staff.locator(SEND)).to_have_count(0)
    expect(staff).to_have_url(re.compile(f"{page_of(period)}$"))


def test_two_clicks_two_tabs_and_back_sign_once(page, staff, director, period):
    close(staff, period)
    other = page(StaffFactory(may_sign=True), language="ru")
    for tab in [director, other]:
        fill_signature(tab, period)
    director.locator(SEND).dblclick()
    expect(director.locator(".notice-ok").first).to_contain_text("Отчёт подписан")
    report = SignedReport.objects.get()
    other.click(SEND)
    expect(other.locator(".notice-bad")).to_contain_text("уже подписан")
    director.go_back()
    director.wait_for_load_state()
    if director.locator(SEND).count():
        director.click(SEND)
    expect(director.locator("#signatures")).to_be_visible()
    assert SignedReport.objects.get() == report
    assert PeriodStep.objects.filter(after="signed").count() == 1


# Long files


def test_a_long_workbook_is_asked_for_left_and_fetched_later(page, plan, settings, tmp_path):
    settings.LONG_FILE_ROWS = 0
    tab = page(StaffFactory(), language="ru", width=360)
    tab.goto("/reports/sources/")
    tab.click("main a[href*='sources.xlsx']")
    expect(tab.locator("#state-head")).to_contain_text("ждёт")
    assert look(tab, tab.url, "ru") == []
    tab.goto("/")
    work()
    tab.goto("/reports/")
    tab.click("main a[href='/reports/files/']")
    tab.click("tbody th a")
    for path in ["/reports/files/", tab.url]:
        assert look(tab, path, "ru") == []
    tab.reload()
    file = fetch(tab, f"a[href$='{FileJob.objects.get().pk}/file/']", tmp_path)
    sheets = openpyxl.load_workbook(io.BytesIO(file.read_bytes()))
    assert any(800 in row for sheet in sheets for row in sheet.values)


def test_the_page_of_a_long_file_says_by_itself_when_it_is_ready(page, plan, settings):
    settings.LONG_FILE_ROWS = 0
    tab = page(StaffFactory(), language="en")
    tab.goto("/reports/sources/")
    tab.click("main a[href*='sources.xlsx']")
    expect(tab.locator("#state-head")).to_have_text("The file waits for its turn")
    work()
    expect(tab.locator("#state-head")).to_have_text("The file is ready")

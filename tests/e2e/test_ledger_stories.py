"""Money as people keep it: an invoice with a mistake in it, goods in kind, a promise that changes, haste."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import F
from playwright.sync_api import expect

from action_plans.models import InKindItem, Payment
from tests.action_plans.ledger import book
from tests.e2e.test_stories import words
from tests.factories import DonorFactory, OfficerFactory, PlanFactory, StaffFactory

pytestmark = pytest.mark.django_db(transaction=True)
SCAN = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Root 1 0 R/Size 4>>\n%%EOF\n"
)
DAY = dt.timedelta(days=1)


@pytest.fixture
def plan():
    approved = dt.datetime(2018, 1, 10, 12, tzinfo=dt.UTC)
    promised = {"own": 200_000, "in_kind": 100_000, "grant": 700_000}
    return PlanFactory(
        title="Мост", cost_kgs=1_000_000, status="approved", approved_at=approved, **promised
    )


@pytest.fixture
def officer(plan):
    return OfficerFactory(municipality=plan.lead, name="Айгүл Бухгалтер")


@pytest.fixture
def scan(tmp_path):
    file = tmp_path / "счёт 7.pdf"
    file.write_bytes(SCAN)
    return file


def money(plan):
    return f"{plan.get_absolute_url()}money/"


def amount_of(plan, source):
    """The field for what this source paid."""
    return f"#id_amount_{plan.contributions.get(source=source, form='cash').pk}"


def fill_invoice(tab, plan, scan=None, *, number="счёт № 7", **amounts):
    """From the plan, as the person finds the form."""
    tab.goto(plan.get_absolute_url())
    tab.click(f'main a[href="{money(plan)}"] >> visible=true >> nth=0')
    tab.click(".pagehead .btn-primary")
    tab.fill("#id_paid_on", "01.06.2018")
    tab.fill("#id_document_number", number)
    if scan:
        tab.set_input_files("#id_evidence", scan)
    for source, amount in amounts.items():
        tab.fill(amount_of(plan, source), amount)


def send(tab):
    tab.click("main form .btn-primary")
    tab.wait_for_load_state()


def row(tab, payment):
    return tab.locator(f"#row-{payment.pk}")


def narrow(tab):
    return tab.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("language", ["ru", "ky"])
def test_an_accountant_corrects_a_row_of_an_invoice_the_day_after(
    page, plan, officer, scan, language
):
    tab = page(officer, language=language, width=360)
    fill_invoice(tab, plan, scan, grant="540 300", municipality="100000,00")
    assert narrow(tab)
    send(tab)
    expect(tab.locator(".notice-ok")).to_contain_text("640 300,00")
    wrong, own = Payment.objects.order_by("-amount_kgs")
    for payment in [wrong, own]:
        expect(row(tab, payment)).to_contain_text("счёт № 7")
        expect(row(tab, payment).locator("a[href*=documents]")).to_have_count(1)
    Payment.objects.update(booked_at=F("booked_at") - DAY, entered_at=F("entered_at") - DAY)

    tab.goto(money(plan))
    row(tab, wrong).locator("a[href$=correct\\/]").click()
    tab.fill("#id_amount", "450 300")
    tab.fill("#id_reason", "Цифры переставлены")
    assert narrow(tab)
    send(tab)
    taken, right = Payment.objects.order_by("pk")[2:]
    assert (taken.reverses, right.corrects) == (wrong, wrong)
    expect(row(tab, wrong)).to_contain_text("540 300,00")
    expect(row(tab, taken)).to_contain_text("−540 300,00")
    expect(row(tab, right)).to_contain_text("450 300,00")
    for payment in [taken, right]:
        expect(row(tab, payment)).to_contain_text("Цифры переставлены")
        expect(row(tab, payment)).to_contain_text("Айгүл Бухгалтер")
    expect(row(tab, right).locator("a[href*=documents]")).to_have_count(1)
    for path in [money(plan), plan.get_absolute_url(), "/", plan.lead.get_absolute_url()]:
        tab.goto(path)
        assert "550 300,00" in words(tab.locator("main")), path
        assert narrow(tab), path


def test_what_is_given_in_kind_counts_once_staff_verified_it(page, plan, officer, scan):
    tab = page(officer, language="ru", width=360)
    tab.goto(money(plan))
    tab.click("section:has(#in-kind) header .btn")
    tab.fill("#id_given_on", "10.05.2018")
    tab.fill("#id_what", "Песок")
    tab.fill("#id_quantity", "30")
    tab.fill("#id_unit", "м³")
    tab.fill("#id_unit_value", "1 200")
    tab.select_option("#id_valuation", "market")
    tab.set_input_files("#id_evidence", scan)
    send(tab)
    item = InKindItem.objects.get()
    register = "section:has(#in-kind) tbody tr"
    expect(tab.locator(register)).to_contain_text("36 000,00")
    expect(tab.locator("a[href$=verify\\/]")).to_have_count(0)
    figures = tab.locator(".figures .figure").nth(1)
    assert "36 000,00" not in words(figures)

    staff, donor = page(StaffFactory(), language="ru"), page(DonorFactory(), language="en")
    donor.goto(money(plan))
    expect(donor.locator(register)).to_contain_text("not verified yet")
    staff.goto(money(plan))
    staff.click(f"a[href$='in-kind/{item.pk}/verify/']")
    staff.fill("#id_accepted", "30 000")
    send(staff)  # less than was claimed, without a word why
    expect(staff.locator("#id_note")).to_have_attribute("aria-invalid", "true")
    staff.fill("#id_note", "Принято по накладной")
    send(staff)
    assert "30 000,00" in words(staff.locator(".figures .figure").nth(1))
    donor.reload()
    assert "30,000.00" in words(donor.locator(".figures .figure").nth(1))
    expect(donor.locator(register)).to_contain_text("accepted in part")
    donor.goto("/")
    assert "30,000.00" in words(donor.locator("main"))


def test_a_revised_promise_leaves_the_days_before_as_they_were(page, plan):
    own = plan.contributions.get(source="municipality", form="cash")
    tab = page(StaffFactory(), language="en")
    tab.goto(money(plan))
    tab.click(f"a[href$='promises/{own.pk}/revise/']")
    tab.fill("#id_amount", "250 000")
    tab.fill("#id_effective_on", "01.03.2018")
    tab.fill("#id_reason", "Бюджет уточнён")
    tab.fill("#id_decision", "№ 7 от 28.02.2018")
    send(tab)
    promised = tab.locator("section:has(#promises)")
    expect(promised.locator("tbody")).to_contain_text("250,000.00")
    for day, amount in [("28.02.2018", "200,000.00"), ("01.03.2018", "250,000.00")]:
        tab.fill("#id_on", day)
        tab.click(".as-of button")
        cells = promised.locator(f"tbody tr:has-text('{amount}') >> td[data-label=Promised]")
        expect(cells.first).to_contain_text(amount)
        total = "1,000,000.00" if day == "28.02.2018" else "1,050,000.00"
        expect(promised.locator("tfoot")).to_contain_text(total)


def test_the_payment_is_booked_once_however_often_it_is_sent(page, plan, officer, scan):
    tab = page(officer, language="en", width=360)
    fill_invoice(tab, plan, scan, grant="540 300")
    key = tab.input_value("[name=booking_key]")
    tab.locator("main form .btn-primary").dblclick()
    expect(tab.locator(".notice-ok")).to_contain_text("1 row was booked")
    tab.go_back()
    send(tab)  # this browser asks for the form anew, and the amounts are empty
    expect(tab.locator("main [role=alert]").first).to_be_visible()
    # Others show the very page that was left.
    tab.evaluate("key => document.querySelector('[name=booking_key]').value = key", key)
    tab.fill("#id_paid_on", "01.06.2018")
    tab.fill("#id_document_number", "счёт № 7")
    tab.fill(amount_of(plan, "grant"), "540 300")
    send(tab)
    expect(tab.locator("#ledger tbody tr")).to_have_count(1)
    assert Payment.objects.count() == 1


def test_two_tabs_correct_the_same_row_and_the_second_reads_who_was_first(page, plan, officer):
    payment = book(plan, "540300.00", by=officer)
    first, second = page(officer, language="en"), page(StaffFactory(), language="en")
    for tab, amount in [(first, "450 300"), (second, "430 500")]:
        tab.goto(f"{plan.get_absolute_url()}payments/{payment.pk}/correct/")
        tab.fill("#id_amount", amount)
        tab.fill("#id_reason", "Typed wrongly")
    first.locator("main form .btn-primary").dblclick()
    expect(first.locator(".notice-ok")).to_contain_text("The row was corrected.")
    send(second)
    expect(second.locator(".notice-bad")).to_contain_text("Айгүл Бухгалтер took this row back")
    assert Payment.objects.count() == 3
    plan.refresh_from_db()
    assert plan.received_kgs == Decimal("450300.00")
    second.go_back()
    expect(second.locator(".notice-bad")).to_contain_text("took this row back")
    expect(second.locator("#id_amount")).to_have_count(0)

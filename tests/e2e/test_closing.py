"""Staff close a half-year in a browser; a refund that is found later is counted in the next one."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from action_plans.models import Payment, ReportingPeriod
from tests.action_plans.ledger import book, new_payment, paid_plan
from tests.factories import PeriodFactory, StaffFactory

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = {"starts_on": dt.date(2018, 1, 1), "ends_on": dt.date(2018, 6, 30)}


def test_a_refund_found_after_the_closing_is_counted_in_the_next_half_year(page):
    plan = paid_plan()
    book(plan, document_number="1")
    period = PeriodFactory(**FIRST)
    browser = page(StaffFactory(), language="en")
    browser.goto(period.get_absolute_url())
    browser.get_by_role("link", name="Close the period").click()
    expect(browser.get_by_label("Last day of the next period")).to_have_value("31.12.2018")
    browser.get_by_role("button", name="Close the period").click()
    expect(browser.get_by_role("alert")).to_contain_text("Read the list and tick")
    browser.get_by_label("I have read this list").check()
    browser.get_by_role("button", name="Close the period").click()
    expect(browser.get_by_role("status")).to_contain_text("The period was closed.")
    browser.goto(new_payment(plan))
    browser.select_option("#id_kind", "returned")
    browser.fill("#id_paid_on", "15.06.2018")
    browser.fill("#id_document_number", "2")
    browser.fill(f"#id_amount_{plan.contributions.get(source='grant').pk}", "50")
    browser.click("main form .btn-primary")
    expect(browser.locator(".notice-ok")).to_contain_text("is closed and stays as it is")
    row = Payment.objects.latest("pk")
    assert (row.accounted_on, row.late_for) == (dt.date(2018, 7, 1), period)
    browser.goto(ReportingPeriod.objects.latest("starts_on").get_absolute_url())
    corrections = browser.get_by_role("table").filter(has_text=plan.reference)
    expect(corrections).to_contain_text("returned, Programme grant")
    expect(corrections).to_contain_text("−50.00")

"""Staff import the bank's file, and what waited for a rate is booked; a rate is typed, asked about, confirmed."""

import datetime as dt
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from action_plans.models import Check, ExchangeRate, Payment
from tests.action_plans.ledger import book, paid_plan
from tests.action_plans.rate_data import PDF, weekly_xml
from tests.factories import ExchangeRateFactory, StaffFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_staff_import_the_weekly_file_and_a_waiting_row_gets_its_rate(page, tmp_path):
    plan = paid_plan()
    waiting = book(plan, "1000.00", currency="CHF", paid_on=dt.date(2018, 2, 5))
    assert not waiting.is_booked
    file = tmp_path / "weekly.xml"
    file.write_bytes(weekly_xml("03.02.2018", CHF="70,1234"))
    tab = page(StaffFactory(), language="en")
    tab.goto(f"{plan.get_absolute_url()}money/")
    expect(tab.locator(f"#row-{waiting.pk}")).to_contain_text("Waits, in no total")
    expect(tab.locator(f"#row-{waiting.pk}")).to_contain_text("CHF")
    tab.goto("/data-quality/")
    expect(tab.locator(f"#{Check.NO_RATE.value}")).to_contain_text(plan.reference)
    tab.goto("/rates/")
    expect(tab.locator("main")).to_contain_text("CHF: 1 payment")
    tab.click("text=Import a file")
    tab.set_input_files("#id_file", file)
    tab.click("main form button")
    expect(tab.locator("main")).to_contain_text("New: 1.")
    tab.click(f".notice >> text={plan.reference}")
    expect(tab.locator("#ledger").locator("xpath=ancestor-or-self::section")).to_contain_text(
        "70,123.40"
    )
    expect(tab.locator(f"#row-{waiting.pk}")).to_contain_text("1 CHF = 70.1234 som")
    assert Payment.objects.get().amount_kgs == Decimal("70123.40")
    tab.goto("/data-quality/")
    expect(tab.locator(f"#{Check.NO_RATE.value}")).to_have_count(0)


def test_a_rate_that_is_far_from_the_last_one_is_confirmed_and_not_offered_again(page, tmp_path):
    ExchangeRateFactory(applies_on=dt.date(2018, 1, 25))
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(PDF)
    tab = page(StaffFactory(), language="en", width=360)
    tab.goto("/rates/new/")
    tab.select_option("#id_currency", "CHF")
    tab.fill("#id_value", "80,5")
    tab.fill("#id_applies_on", "01.02.2018")
    tab.set_input_files("#id_evidence", paper)
    tab.click("main form button:has-text('Store')")
    expect(tab.locator("main")).to_contain_text("this one differs by +14.8%")
    tab.set_input_files("#id_evidence", paper)
    tab.check("#id_sure")
    tab.click("main form button:has-text('Store')")
    expect(tab.locator("main")).to_contain_text("the rate is stored")
    assert ExchangeRate.objects.count() == 2
    tab.goto("/rates/new/")
    expect(tab.locator("main .notice [value=take]")).to_have_count(0)

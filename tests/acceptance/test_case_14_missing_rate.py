"""A rate holds over a holiday, and no longer; a bad file changes nothing."""

import datetime as dt
from decimal import Decimal as D

import pytest

from action_plans.models import Evidence, ExchangeRate
from tests.acceptance import signing
from tests.acceptance.steps import enter_plan, import_rates, pay, words
from tests.action_plans.rate_data import daily_xml, weekly_xml

pytestmark = pytest.mark.django_db
FRIDAY, SATURDAY, SUNDAY = (dt.date(2018, 2, day) for day in (2, 3, 4))


@pytest.mark.parametrize("days", [[FRIDAY], [FRIDAY, SATURDAY]])
def test_case_14_a_row_on_a_sunday_uses_the_last_daily_rate(staff, days):
    plan = enter_plan(staff)
    for day in days:
        import_rates(staff, daily_xml(f"{day:%d.%m.%Y}", USD="68,8403"), "daily.xml")
    row, _page = pay(staff, plan, "1 000,00", currency="USD", paid_on=f"{SUNDAY:%d.%m.%Y}")
    assert (row.amount_kgs, row.rate_on) == (D("68840.30"), days[-1])


def test_case_14_a_row_nine_days_after_the_weekly_rate_stays_a_draft(staff):
    plan = enter_plan(staff)
    import_rates(staff, weekly_xml("03.02.2018", CHF="70,1234"))
    row, page = pay(staff, plan, "10 000,00", currency="CHF", paid_on="12.02.2018")
    assert (row.is_booked, row.amount_kgs) == (False, None)
    assert "There is no exchange rate of CHF for 12 Feb 2018 yet." in words(page)
    plan.refresh_from_db()
    assert plan.received_kgs == 0
    # The next file has its rate, and the row is booked by itself.
    page = import_rates(staff, weekly_xml("10.02.2018", CHF="70,5000"))
    assert "1 payment waited for this and is booked now" in words(page)
    plan.refresh_from_db()
    assert plan.received_kgs == D("705000.00")


@pytest.mark.parametrize(
    "data",
    [
        weekly_xml("03.02.2018", USD="69,0000", CHF="0,0000"),
        weekly_xml("03.02.2018", USD="69,0000", CHF="-70,1234"),
        b"<!DOCTYPE html><html><head><title>503</title></head><body>Service</body></html>",
    ],
)
def test_case_14_a_bad_file_is_refused_and_old_rates_are_untouched(staff, data):
    import_rates(staff, weekly_xml("03.02.2018", CHF="70,1234"))
    before = list(ExchangeRate.objects.values())
    page = import_rates(staff, data)
    assert page.redirect_chain == []
    assert page.context["form"].errors
    assert list(ExchangeRate.objects.values()) == before
    assert Evidence.objects.count() == 1


def test_case_14_a_period_with_a_row_that_waits_cannot_be_closed(staff):
    plan = enter_plan(staff)
    import_rates(staff, weekly_xml("03.02.2018", CHF="70,1234"))
    pay(staff, plan, "10 000,00", currency="CHF", paid_on="12.02.2018")
    period = signing.add_period(staff, plan, "01.01.2018", "30.06.2018")
    address = f"/periods/{period.pk}/close/"
    page = staff.get(address)
    assert plan.reference in words(page)
    response = staff.post(address, {"accepted": "x", "read": "on"}, follow=True)
    period.refresh_from_db()
    assert (response.status_code, period.is_open) == (200, True)
    import_rates(staff, weekly_xml("10.02.2018", CHF="70,5000"))
    signing.close(staff, period)

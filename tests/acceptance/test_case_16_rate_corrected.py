"""A typing error in a rate changes nothing that is booked, until a person books it anew."""

from decimal import Decimal as D

import pytest

from action_plans.models import ExchangeRate, Payment
from tests.acceptance import signing
from tests.acceptance.steps import enter_plan, enter_rate, pay, table, words
from tests.action_plans.ledger import row_page

pytestmark = pytest.mark.django_db


def received(plan):
    plan.refresh_from_db()
    return plan.received_kgs


def test_case_16_a_stored_row_keeps_its_rate_until_it_is_booked_anew(staff):
    plan = enter_plan(staff)
    enter_rate(staff, "CHF", "70,1234", "01.02.2018")
    row, _page = pay(staff, plan, "10 000,00", currency="CHF", paid_on="01.02.2018")
    enter_rate(staff, "CHF", "70,2134", "01.02.2018")
    assert ExchangeRate.objects.count() == 2
    row.refresh_from_db()
    assert (row.rate_value, row.amount_kgs, received(plan)) == (
        D("70.1234"),
        D("701234.00"),
        D("701234.00"),
    )
    page = staff.post(row_page("repost", row), {"reason": "Typing error"}, follow=True)
    assert "702,134.00" in words(page)
    amounts = [D("701234.00"), D("-701234.00"), D("702134.00")]
    assert list(Payment.objects.order_by("pk").values_list("amount_kgs", flat=True)) == amounts
    assert received(plan) - amounts[0] == sum(amounts[1:]) == D("900.00")
    # What is booked now is booked at the right rate already.
    again = Payment.objects.order_by("pk").last()
    staff.post(row_page("repost", again), {"reason": "Once more"})
    assert Payment.objects.count() == 3


def test_case_16_after_signing_only_an_adjustment_in_the_open_period(staff):
    plan = enter_plan(staff)
    signing.approved_on(plan, 2018, 1, 10)
    enter_rate(staff, "CHF", "70,1234", "01.02.2018")
    row, _page = pay(staff, plan, "10 000,00", currency="CHF", paid_on="01.02.2018")
    period = signing.add_period(staff, plan, "01.01.2018", "30.06.2018")
    signing.close(staff, period, following=("01.07.2018", "31.12.2018"))
    signing.template()
    report = signing.signed(signing.person(may_sign=True), period)
    enter_rate(staff, "CHF", "70,2134", "01.02.2018")
    staff.post(row_page("repost", row), {"reason": "Typing error"})
    adjusted = Payment.objects.filter(late_for=period)
    assert sum(adjusted.values_list("amount_kgs", flat=True)) == D("900.00")
    assert {str(day) for day in adjusted.values_list("accounted_on", flat=True)} == {"2018-07-01"}
    following = period.phase.periods.latest("starts_on")
    [total] = [
        row
        for row in table(staff.get(f"/reports/budget/?period={following.pk}"), "Service area")
        if row["Service area"] == "Total"
    ]
    assert total["Corrections to earlier periods"] == "900.00"
    then = table(staff.get(f"/reports/budget/?period={period.pk}"), "Service area")[-1]
    assert "701,234.00" in then.values()
    assert report.sha256 == type(report).objects.get(pk=report.pk).sha256

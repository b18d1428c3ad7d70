"""A typing error in a rate changes nothing that is booked, until a person books it anew."""

from decimal import Decimal as D

import pytest

from action_plans.models import ExchangeRate, Payment
from tests.acceptance.steps import enter_plan, enter_rate, pay, words
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

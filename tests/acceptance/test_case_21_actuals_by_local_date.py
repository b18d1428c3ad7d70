"""Money counts in the year of its day in Bishkek, never pro rata."""

import datetime as dt

import pytest
from django.utils import timezone

from tests.acceptance.steps import enter_plan, pay, table
from tests.action_plans.ledger import new_payment, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(monkeypatch):
    """at("2016-12-31 17:30"): that is the time now, in UTC."""

    def set_clock(moment):
        now = dt.datetime.fromisoformat(f"{moment}+00:00")
        monkeypatch.setattr(timezone, "now", lambda: now)

    return set_clock


def today_in(client, plan):
    """The day that the form of a payment offers."""
    return f"{client.get(new_payment(plan)).context['form']['paid_on'].value():%d.%m.%Y}"


def test_case_21_actuals_go_by_the_local_date(staff, at):
    plan = enter_plan(staff)
    at("2016-12-31 17:30")  # 23:30 in Bishkek
    assert today_in(staff, plan) == "31.12.2016"
    tomorrow = staff.post(new_payment(plan), typed(plan, "1", paid_on="01.01.2017"))
    assert "The date is in the future." in tomorrow.text
    pay(staff, plan, "100 000", currency="KGS", paid_on=today_in(staff, plan))
    at("2016-12-31 18:30")  # 00:30 in Bishkek
    assert today_in(staff, plan) == "01.01.2017"
    pay(staff, plan, "70 000", currency="KGS", paid_on=today_in(staff, plan))
    rows = table(staff.get(f"{plan.get_absolute_url()}money/"), "Year")
    received = {row["Year"]: row["Received"] for row in rows}
    assert received == {"2016": "100,000.00", "2017": "70,000.00", "Total": "170,000.00"}

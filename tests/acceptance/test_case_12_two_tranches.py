"""Two tranches at different rates: what the som that were spent are in francs is a policy of the phase."""

import uuid

import pytest

from tests.acceptance.steps import csv_rows, enter_plan, pay, table, words
from tests.action_plans.form_data import money
from tests.factories import AdministratorFactory, PhaseFactory, StaffFactory

pytestmark = pytest.mark.django_db
# The default of acceptance.md: amounts as donors send them, then 6 500 000 som go to a plan.
TRANCHES = [("60 000", "69,50", "10.01.2016"), ("40 000", "71,25", "10.06.2016")]


def spend(client, **choice):
    phase = PhaseFactory(budget_currency="CHF")
    client.force_login(AdministratorFactory())
    form = {"minimum_own_share": "10", "in_kind_counts": "on", "variance_pct": "10"}
    form |= {"variance_kgs": "50 000", "fx_policy": phase.fx_policy, "budget_rate": "68,00"}
    assert client.post("/phases/i/", form | choice).status_code == 302
    client.force_login(StaffFactory())
    for amount, rate, day in TRANCHES:
        form = {"phase": phase.pk, "donor": "SDC", "received_on": day, "currency": "CHF"}
        form |= {"amount": amount, "rate": rate, "nominal": "1", "booking_key": uuid.uuid4()}
        assert client.post("/tranches/new/", form).status_code == 302
    grant = money(("grant", "cash", "6 500 000"), ("municipality", "cash", "1 500 000"))
    plan = enter_plan(client, cost_kgs="8 000 000", **grant)
    pay(client, plan, "6 500 000", currency="KGS", paid_on="01.03.2017")
    return client.get("/tranches/?phase=i&currency=CHF")


def lines(page):
    """{line: (francs, som)}"""
    rows = [list(row.values()) for row in table(page, "Line of the statement")]
    return {row[0]: tuple(row[1:]) for row in rows}


@pytest.mark.parametrize(
    ("choice", "paid", "left"),
    [
        ({}, "92,592.59", "7,407.41"),  # the default: weighted average
        ({"fx_policy": "weighted"}, "92,592.59", "7,407.41"),
        ({"fx_policy": "fifo"}, "92,701.75", "7,298.25"),
    ],
)
def test_case_12_spent_and_left_are_what_was_received(staff, choice, paid, left):
    page = spend(staff, **choice)
    shown = lines(page)
    balance = next(name for name in shown if name.startswith("Closing balance"))
    assert shown["Paid to plans"] == (f"−{paid}", "−6,500,000.00")
    assert shown[balance] == (left, "520,000.00")
    text = words(page)
    assert "CHF 100,000.00 = KGS 7,020,000.00; weighted average: 1 CHF = 70.2000 som" in text


def test_case_12_the_exchange_result_is_a_line_of_its_own(staff):
    page = spend(staff)
    shown = lines(page)
    result = next(name for name in shown if name.startswith("Exchange result"))
    assert shown[result] == ("", "+220,000.00")
    assert "The bank gave KGS 7,020,000.00 for it." in result
    budget = "Received from donors, at the rate of the budget: 68.0000"
    assert shown[budget] == ("+100,000.00", "+6,800,000.00")
    plan = staff.get("/plans/").context["page"].object_list[0]
    assert "220,000.00" not in words(staff.get(f"{plan.get_absolute_url()}money/"))


def test_case_12_t4_has_the_line_and_t6_the_weighted_rate(staff):
    spend(staff)
    rows = csv_rows(staff.get("/reports/fund-flow.csv"))
    found = {row["line_code"]: row for row in rows if row["account_code"] == "i-CHF"}
    assert found["budget-result"]["amount_kgs"] == "220000.00"
    assert (found["closing"]["amount"], found["closing"]["amount_kgs"]) == ("7407.41", "520000.00")
    rates = csv_rows(staff.get("/reports/exchange-rates.csv"))
    [average] = rows_of_average(rates)
    assert (float(average["rate"]), average["amount"]) == (70.2, "100000.00")


def rows_of_average(rows):
    return [row for row in rows if row["used_for"] == "weighted average of these tranches"]

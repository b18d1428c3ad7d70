"""A council withdraws a part of its promise after the signing: what was signed stays, today counts the rest."""

import json
from decimal import Decimal

import pytest

from lib.money import round_share
from reports.models import SignedReport
from reports.snapshots import table_from
from tests.acceptance import signing
from tests.acceptance.steps import csv_rows, enter_plan, pay, table
from tests.action_plans.form_data import money

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(staff):
    promises = money(("municipality", "cash", "1 100 000"), ("grant", "cash", "2 400 000"))
    plan = enter_plan(staff, cost_kgs="3 500 000", **promises)
    signing.approved_on(plan, 2017, 1, 10)
    pay(staff, plan, "700 000", currency="KGS", paid_on="01.06.2017", source="municipality")
    return plan


@pytest.fixture
def report(staff, plan):
    signing.template()
    preparer = signing.person()
    period = signing.add_period(preparer, plan, "01.01.2017", "31.12.2017")
    signing.close(preparer, period, following=("01.01.2018", "31.12.2018"))
    return signing.signed(signing.person(may_sign=True), period)


@pytest.fixture
def withdrawn(staff, plan, report):
    own = plan.contributions.get(source="municipality")
    form = {
        "amount": "700 000",
        "effective_on": "01.03.2018",
        "reason": "The council revoked 400 000.",
        "decision": "No. 12 of 28.02.2018",
        "number": "1",
    }
    response = staff.post(f"{plan.get_absolute_url()}promises/{own.pk}/revise/", form)
    assert response.status_code == 302, response.context["form"].errors
    return own


def own_of(report):
    """The municipality's row of T3 in the signed snapshot."""
    rows = table_from(json.loads(report.snapshot), "sources", "en").rows
    return next(row for row in rows if row["code"] == "own_cash")


def shown(client, **query):
    """The municipality's row of T3 on its page."""
    rows = table(client.get("/reports/sources/", query), "Source")
    return next(row for row in rows if row["Source"].startswith("Municipality, in cash"))


def test_case_26_the_signed_report_showed_1_100_000(report):
    own = own_of(report)
    assert (own["planned_kgs"], own["net_kgs"]) == (1_100_000, 700_000)
    assert round_share(own["fulfilment_pct"]) == Decimal("63.6")


def test_case_26_the_old_report_is_unchanged(staff, report, withdrawn):
    now = SignedReport.objects.get(pk=report.pk)
    assert (now.sha256, own_of(now)) == (report.sha256, own_of(report))
    assert shown(staff, period=report.period_id)["Fulfilment"] == "63.6%"


def test_case_26_from_its_day_on_fulfilment_is_100_0(staff, plan, withdrawn):
    assert shown(staff)["Fulfilment"] == "100.0%"
    page = staff.get(f"{plan.get_absolute_url()}money/")
    [own] = [row for row in table(page, "Source") if row["Source"].startswith("Municipality")]
    assert own["Received of promised"] == "100.0%"


def test_case_26_until_today_nobody_knew_of_it(staff, withdrawn):
    rows = csv_rows(staff.get("/reports/sources.csv", {"as_of": "2018-03-01"}))
    assert [row["planned_kgs"] for row in rows if row["code"] == "own_cash"] == ["1100000.00"]


def test_case_26_the_next_report_has_the_new_promise(staff, plan, withdrawn):
    following = plan.phase.periods.latest("starts_on")
    signing.close(staff, following)
    own = own_of(signing.signed(signing.person(may_sign=True), following))
    assert (own["planned_kgs"], own["fulfilment_pct"]) == (700_000, 100)
    assert own["outstanding_kgs"] == 0

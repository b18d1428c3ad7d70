"""A signed period always answers with its signed figures, whatever was booked since."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from action_plans.totals import keep_totals
from reports import closing
from tests import factories
from tests.reports.signing_data import at, closed_year, plan_with_money, sign, template

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def plan(client):
    client.force_login(factories.StaffFactory())
    return plan_with_money()


@pytest.fixture
def signed(plan):
    """Then 50,000 more arrive that nobody knew of when the year was closed."""
    report = sign(closed_year())
    factories.PaymentFactory(
        contribution=plan.contributions.get(source="grant"),
        paid_on=dt.date(2017, 12, 1),
        amount_kgs=Decimal(50_000),
        booked_at=at(2018, 2, 1),
        accounted_on=dt.date(2018, 1, 1),
        late_for=report.period,
    )
    keep_totals(plan.pk)
    return report


def page(client, slug, **query):
    return client.get(reverse("reports:table", args=[slug]), query)


def received(response):
    return response.context["views"][0].table.total["cumulative_kgs"]


def test_its_page_shows_what_was_signed_and_leads_to_it(client, signed):
    response = page(client, "budget", period=signed.period_id, rows="plan")
    assert received(response) == Decimal("2400000.00")
    html = response.content.decode()
    assert "Signed figures, version 1 of" in html
    assert signed.get_absolute_url() in html


def test_rows_that_were_not_in_the_report_are_computed_from_it(client, signed):
    response = page(client, "budget", period=signed.period_id, rows="area")
    assert received(response) == Decimal("2400000.00")


def test_so_do_a_part_of_it_and_its_last_day(client, signed, plan):
    place = plan.lead.code
    response = page(client, "budget", period=signed.period_id, municipality=place)
    assert received(response) == Decimal("2400000.00")
    response = page(client, "budget", phase=signed.period.phase.code, as_of="2017-12-31")
    assert received(response) == Decimal("2400000.00")
    assert "is the last day of a signed period" in response.content.decode()


def test_today_has_what_came_later(client, signed):
    assert received(page(client, "budget")) == Decimal("2450000.00")


def test_municipal_people_read_the_figures_but_not_the_report(client, signed):
    client.force_login(factories.HeadFactory())
    html = page(client, "budget", period=signed.period_id).content.decode()
    assert "Signed figures, version 1 of" in html
    assert signed.get_absolute_url() not in html


@pytest.mark.parametrize("ending", ["csv", "xlsx", "pdf"])
def test_the_files_of_the_same_report_are_the_signed_ones(client, signed, ending):
    address = reverse(f"reports:table_{ending}", args=["donor"])
    query = {"period": signed.period_id, "template": signed.template.slug}
    response = client.get(address, query)
    assert response.url == reverse("reports:signed_file", args=[signed.pk, ending])


def test_a_part_of_it_is_a_file_that_says_it_is_not_the_signed_one(client, signed, plan):
    query = {"period": signed.period_id, "municipality": plan.lead.code}
    response = client.get(reverse("reports:table_xlsx", args=["donor"]), query)
    assert response.status_code == 200
    assert list(response)
    assert "PSI-" not in response["Content-Disposition"]


def test_the_whole_report_is_that_of_its_snapshot(client, signed):
    response = page(client, "donor", period=signed.period_id, template=signed.template.slug)
    assert [view.table.slug for view in response.context["views"]] == [
        entry["table"] for entry in template().tables
    ]
    assert received(response) == Decimal("2400000.00")


def test_opened_again_it_says_that_nobody_signed_these_figures(client, signed):
    boss = factories.StaffFactory(may_reopen=True)
    closing.reopen(period=signed.period, reason="A late refund", by=boss)
    html = page(client, "budget", period=signed.period_id).content.decode()
    assert "This period was opened again after version 1 had been signed." in html


def test_a_closed_period_says_that_it_is_not_signed_yet(client, plan):
    html = page(client, "budget", period=closed_year().pk).content.decode()
    assert "its figures do not change any more. They are not signed yet." in html


def test_an_open_period_says_so(client, plan):
    html = page(client, "budget", period=factories.PeriodFactory().pk).content.decode()
    assert "This period is open: its figures still change and are not signed yet." in html


def test_of_period_and_day_the_page_says_which_counts(client, plan):
    query = {"period": factories.PeriodFactory().pk, "as_of": "2018-02-01"}
    html = page(client, "budget", **query).content.decode()
    assert "A period was chosen, so the day 1 Feb 2018 does not count." in html

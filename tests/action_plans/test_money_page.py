import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from action_plans import corrections
from action_plans.models import ActionPlan
from tests.acceptance.steps import words
from tests.action_plans.ledger import book, paid_plan
from tests.factories import DonorFactory, OfficerFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    client.force_login(StaffFactory())
    client.cookies["django_language"] = "en"
    return client


def money(plan, query=""):
    return f"{plan.get_absolute_url()}money/{query}"


def approved_long_ago(**fields):
    return paid_plan(approved_at=dt.datetime(2017, 1, 1, tzinfo=dt.UTC), **fields)


def test_the_figures_are_those_of_the_plan(staff):
    plan = approved_long_ago()
    book(plan, "500.00")
    book(plan, "200.00", source="municipality")
    book(plan, "50.00", kind="returned")
    book(plan, "100.00", kind="spent")
    figures = staff.get(money(plan)).context["figures"]
    plan.refresh_from_db()
    assert (figures.promised_kgs, figures.received_kgs) == (plan.promised_kgs, plan.received_kgs)
    assert (figures.returned_kgs, figures.spent_kgs, figures.unspent_kgs) == (50, 100, 550)
    assert (figures.outstanding_kgs, figures.excess_kgs) == (350, 0)


def test_what_one_gives_beyond_its_promise_pays_no_others(staff):
    plan = approved_long_ago()
    book(plan, "300.00", source="municipality")
    figures = staff.get(money(plan)).context["figures"]
    assert (figures.outstanding_kgs, figures.excess_kgs) == (800, 100)


def test_a_past_day_shows_the_payments_up_to_it(staff):
    plan = approved_long_ago()
    book(plan, "500.00", paid_on=dt.date(2018, 6, 1))
    book(plan, "200.00", paid_on=dt.date(2018, 6, 2))
    for day, received in [("2018-05-31", 0), ("2018-06-01", 500), ("02.06.2018", 700)]:
        response = staff.get(money(plan, f"?on={day}"))
        assert response.context["figures"].received_kgs == received
        assert "As of" in words(response)
    assert staff.get(money(plan, "?on=1900-01-01")).context["figures"].promised_kgs == 0


@pytest.mark.parametrize("day", ["yesterday", "2018-02-30", "31.31.2018", "0000-00-00", "\x00"])
def test_a_day_that_is_none_is_told_and_today_is_shown(staff, day):
    plan = approved_long_ago()
    book(plan, "500.00")
    response = staff.get(money(plan), {"on": day})
    assert "is not a date. Write it like 16.08.2018." in words(response)
    assert response.context["figures"].received_kgs == 500


def test_a_day_to_come_is_told(staff):
    plan = approved_long_ago()
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    page = words(staff.get(money(plan, f"?on={tomorrow.isoformat()}")))
    assert "has not come yet. The page shows the money as it is today." in page


def test_rows_taken_back_are_not_counted_and_what_waits_is_named(staff):
    plan, by = approved_long_ago(), StaffFactory()
    corrections.reverse(payment=book(plan, "500.00"), reason="Twice", by=by)
    book(plan, "10.00", currency="CHF")
    figures = staff.get(money(plan)).context["figures"]
    assert (figures.received_kgs, figures.returned_kgs, figures.waiting) == (0, 0, 1)
    assert "1 payment waits for an exchange rate" in words(staff.get(money(plan)))


@pytest.mark.parametrize("person", [StaffFactory, OfficerFactory, DonorFactory])
def test_the_page_asks_as_many_queries_for_any_number_of_rows(client, person):
    user = person()
    client.force_login(user)
    plan = approved_long_ago(**({"lead": user.municipality} if user.municipality else {}))
    by, counts = StaffFactory(), []
    for _run in range(3):
        for source in ("grant", "municipality"):
            payment = book(plan, "20.00", source=source, by=by, document_number="1")
            book(plan, "1.00", currency="CHF", source=source, by=by)
        corrections.reverse(payment=payment, reason="Twice", by=by)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(money(plan)).status_code == 200
        counts.append(len(queries))
    assert counts[1] == counts[2], counts


def test_the_plan_leads_to_its_money_and_back(staff):
    plan = approved_long_ago()
    assert f'href="{money(plan)}"' in staff.get(plan.get_absolute_url()).content.decode()
    assert f'href="{plan.get_absolute_url()}"' in staff.get(money(plan)).content.decode()


def test_every_sample_plan_has_a_page_of_its_money(staff, settings):
    settings.TRIAL = True
    call_command("load_first_run", verbosity=0)
    for plan in ActionPlan.objects.all()[::7]:
        figures = staff.get(money(plan)).context["figures"]
        assert figures.received_kgs == plan.received_kgs
        assert figures.promised_kgs in (plan.promised_kgs, Decimal(0))

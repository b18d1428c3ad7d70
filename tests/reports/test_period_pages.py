"""The pages of reporting periods, as people use them."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from lxml import html

from action_plans import corrections, payments
from action_plans.models import ExchangeRate, Payment, PromiseRevision, ReportingPeriod
from tests.acceptance.steps import words
from tests.action_plans import ledger
from tests.action_plans.ledger import book, paid_plan
from tests.factories import (
    AdministratorFactory,
    DonorFactory,
    ExchangeRateFactory,
    PeriodFactory,
    PlanFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
JUNE_2017 = dt.date(2017, 6, 1)
NEXT = {"starts_on": "01.01.2018", "ends_on": "31.12.2018"}


@pytest.fixture
def staff(client):
    client.force_login(StaffFactory(name="Anna"))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def period():
    """2017, open."""
    return PeriodFactory()


def address(period, name=""):
    return reverse(f"reports:period{name}", args=[period.pk])


def close(client, period, **changes):
    """By the form, with the list as it is."""
    form = client.get(address(period, "_close")).context["form"]
    typed = {"accepted": form["accepted"].value(), "read": "on"} | NEXT | changes
    return client.post(address(period, "_close"), typed, follow=True)


# --- The list --------------------------------------------------------------------------------------------


def test_the_list_says_why_there_is_nothing(staff):
    page = words(staff.get(reverse("reports:periods")))
    assert "There is no phase yet" in page
    PlanFactory()
    page = words(staff.get(reverse("reports:periods")))
    assert "There is no period in this phase yet." in page


def test_the_list_shows_status_and_who_closed(staff, period):
    close(staff, period)
    page = words(staff.get(reverse("reports:periods")))
    assert "1 Jan 2018 – 31 Dec 2018 Open not yet not yet —" in page
    assert "1 Jan 2017 – 31 Dec 2017 Closed" in page
    assert "Anna" in page


@pytest.mark.parametrize("periods", [1, 4])
def test_the_list_asks_the_same_number_of_questions(staff, periods, django_assert_num_queries):
    for year in range(2014, 2014 + periods):
        PeriodFactory(starts_on=dt.date(year, 1, 1), ends_on=dt.date(year, 12, 31))
    address = reverse("reports:periods")
    with django_assert_num_queries(7):  # session, user, inbox, phases, periods, reports, signings
        staff.get(address)


def test_donors_look_and_are_offered_nothing_to_change(client, period):
    client.force_login(DonorFactory())
    client.cookies["django_language"] = "en"
    page = words(client.get(address(period)))
    for button in ("Close the period", "Change its days", "Remove the period", "Open it again"):
        assert button not in page


def test_reports_lead_to_the_periods(staff):
    assert (
        f'href="{reverse("reports:periods")}"'
        in staff.get(reverse("reports:list")).content.decode()
    )


# --- Adding ------------------------------------------------------------------------------------------------


def test_a_new_period_is_proposed_after_the_last_one(staff, period):
    form = staff.get(reverse("reports:period_add"), {"phase": "i"}).context["form"]
    assert form["starts_on"].value() == dt.date(2018, 1, 1)
    assert form["ends_on"].value() == dt.date(2018, 6, 30)
    typed = {"phase": period.phase_id, "starts_on": "01.01.2018", "ends_on": "31.03.2018"}
    for _time in range(2):  # a double click
        response = staff.post(reverse("reports:period_add"), typed)
    added = ReportingPeriod.objects.latest("starts_on")
    assert response.url == added.get_absolute_url()
    assert ReportingPeriod.objects.count() == 2


def test_days_that_overlap_come_back_with_what_was_typed(staff, period):
    typed = {"phase": period.phase_id, "starts_on": "31.12.2017", "ends_on": "31.03.2018"}
    response = staff.post(reverse("reports:period_add"), typed)
    assert response.status_code == 200
    assert response.context["form"].errors["starts_on"] == [
        "The period 1 Jan 2017 – 31 Dec 2017 has some of these days already."
    ]
    assert 'value="31.12.2017"' in response.content.decode()


@pytest.mark.parametrize("phase", ["nothing", "i'", "\x00"])
def test_a_phase_that_is_not_known_is_no_error(staff, period, phase):
    assert staff.get(reverse("reports:period_add"), {"phase": phase}).status_code == 200


def test_an_open_period_is_changed_and_removed(staff, period):
    typed = {"starts_on": "01.02.2017", "ends_on": "31.12.2017"}
    staff.post(address(period, "_change"), typed)
    period.refresh_from_db()
    assert period.starts_on == dt.date(2017, 2, 1)
    response = staff.post(address(period, "_remove"), follow=True)
    assert "The period 1 Feb 2017 – 31 Dec 2017 was removed." in words(response)
    assert staff.get(address(period)).status_code == 404


# --- Closing -----------------------------------------------------------------------------------------------


def test_closing_names_what_is_missing_with_links(staff, period):
    plan = paid_plan()
    book(plan, currency="CHF", paid_on=JUNE_2017)
    for page in (address(period), address(period, "_close")):
        response = staff.get(page)
        assert "waits for an exchange rate" in words(response)
        links = html.fromstring(response.content.decode()).xpath("//main//a/@href")
        assert f"/plans/{plan.reference}/money/#ledger" in links
    assert 'name="read"' not in staff.get(address(period, "_close")).content.decode()
    staff.post(address(period, "_close"), {"read": "on"})
    period.refresh_from_db()
    assert period.is_open


def test_the_list_has_to_be_read(staff, period):
    PlanFactory(status="approved", cost_kgs=None, own=5)
    page = words(staff.get(address(period, "_close")))
    assert "1 plan whose cost is not known" in page
    response = close(staff, period, read="")
    assert "Read the list and tick" in words(response)
    assert 'value="01.01.2018"' in response.content.decode()


def test_a_list_that_has_changed_is_read_again_and_the_days_stay(staff, period):
    read = staff.get(address(period, "_close")).context["form"]["accepted"].value()
    PlanFactory(status="approved", cost_kgs=None, own=5)
    typed = {"ends_on": "30.06.2018"}
    response = close(staff, period, accepted=read, **typed)
    page = words(response)
    assert "The list of what is missing has changed since you read it." in page
    assert "1 plan whose cost is not known" in page
    form = response.context["form"]
    assert (form["read"].value(), form["ends_on"].value()) == (False, "30.06.2018")
    period.refresh_from_db()
    assert period.is_open
    typed = {name: form[name].value() for name in ["accepted", "starts_on", "ends_on"]}
    staff.post(address(period, "_close"), typed | {"read": "on"})
    period.refresh_from_db()
    assert not period.is_open


def test_closing_twice_is_no_news(staff, period):
    form = staff.get(address(period, "_close")).context["form"]
    typed = {"accepted": form["accepted"].value(), "read": "on"} | NEXT
    staff.post(address(period, "_close"), typed)
    response = staff.post(address(period, "_close"), typed, follow=True)
    assert "This period is closed already." in words(response)
    assert period.steps.count() == 1
    assert ReportingPeriod.objects.count() == 2


def test_the_next_period_may_be_left_out(staff, period):
    close(staff, period, starts_on="", ends_on="")
    assert ReportingPeriod.objects.get().status == "closed"


def test_one_day_of_the_next_period_is_not_enough(staff, period):
    response = close(staff, period, ends_on="")
    assert "Give both days of the next period, or neither." in words(response)
    assert ReportingPeriod.objects.get().is_open


def test_who_closed_is_told_that_another_approver_signs(client, period):
    approver = StaffFactory(may_sign=True)
    client.force_login(approver)
    client.cookies["django_language"] = "en"
    page = words(close(client, period))
    assert "You closed this period, so another approver signs the report." in page
    client.force_login(StaffFactory(may_sign=True))
    response = client.get(address(period))
    assert address(period, "_sign") in response.content.decode()


# --- Opening again -------------------------------------------------------------------------------------------


@pytest.fixture
def administrator(client, staff, period):
    """Of a portal in which 2017 is closed."""
    close(staff, period)
    client.force_login(AdministratorFactory(name="Bakyt", may_reopen=True))
    return client


def test_opening_again_asks_for_a_reason_that_everybody_reads(administrator, period):
    response = administrator.post(address(period, "_reopen"), {"reason": " "})
    assert "Give a reason." in words(response)
    response = administrator.post(
        address(period, "_reopen"), {"reason": "Two payments were missing"}, follow=True
    )
    page = words(response)
    assert "Opened again Reason: Two payments were missing Bakyt, Administrator" in page
    assert "Closed Anna, Project staff" in page


def test_with_a_later_closed_period_the_way_out_is_said(administrator, period):
    later = ReportingPeriod.objects.latest("starts_on")
    close(administrator, later, starts_on="", ends_on="")
    page = words(administrator.get(address(period, "_reopen"), follow=True))
    assert (
        "Book what was found now: it is counted as a correction in the period that is open." in page
    )


# --- Late money ------------------------------------------------------------------------------------------------


@pytest.fixture
def late(staff, period):
    """A plan with 500 som of 2017, which is closed, 2018 open."""
    plan = paid_plan()
    row = book(plan, paid_on=JUNE_2017, document_number="1")
    close(staff, period)
    return plan, row


COUNTED = "orrection to 1 Jan 2017 – 31 Dec 2017, counted in 1 Jan 2018 – 31 Dec 2018"


def test_a_late_payment_says_where_it_is_counted(staff, late, period):
    plan, _row = late
    form = ledger.typed(plan, "40,00", paid_on="01.06.2017")
    page = words(staff.post(ledger.new_payment(plan), form, follow=True))
    assert (
        "The period 1 Jan 2017 – 31 Dec 2017 is closed and stays as it is: this is counted on"
        in page
    )
    assert "C" + COUNTED in page
    for shown in (period, ReportingPeriod.objects.latest("starts_on")):
        assert f"{plan.reference}, received, Programme grant 40.00" in words(
            staff.get(address(shown))
        )


def test_the_files_of_a_ledger_name_the_period(staff, late):
    plan, row = late
    corrections.correct(payment=row, amount=Decimal(450), reason="x", by=StaffFactory())
    response = staff.get(reverse("reports:ledger_csv", args=[plan.reference]))
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    found = [
        (line["amount_kgs"], line["accounted_on"], line["late_for"])
        for line in csv.DictReader(io.StringIO(text))
    ]
    assert found == [
        ("500.00", "2017-06-01", ""),
        ("-500.00", "2018-01-01", "2017-01-01/2017-12-31"),
        ("450.00", "2018-01-01", "2017-01-01/2017-12-31"),
    ]


def test_a_draft_whose_period_was_closed_meanwhile_is_counted_in_the_open_one(staff, late):
    plan, _row = late
    draft = book(plan, currency="CHF", paid_on=JUNE_2017)
    ExchangeRateFactory(applies_on=JUNE_2017)
    payments.book_waiting(by=StaffFactory())
    draft.refresh_from_db()
    assert (draft.accounted_on, draft.late_for.starts_on) == (
        dt.date(2018, 1, 1),
        dt.date(2017, 1, 1),
    )


def test_a_draft_waits_while_no_period_is_open(staff, late):
    plan, _row = late
    draft = book(plan, currency="CHF", paid_on=JUNE_2017)
    ReportingPeriod.objects.filter(status="open").delete()
    ExchangeRateFactory(applies_on=JUNE_2017)
    assert ExchangeRate.objects.exists()
    assert payments.book_waiting(by=StaffFactory()) == []
    draft.refresh_from_db()
    assert not draft.is_booked


def test_a_late_payment_without_an_open_period_keeps_what_was_typed(staff, period):
    plan = paid_plan()
    close(staff, period, starts_on="", ends_on="")
    form = ledger.typed(plan, "40,00", paid_on="01.06.2017")
    response = staff.post(ledger.new_payment(plan), form)
    assert "Ask the project staff to add the next period" in words(response)
    assert 'value="40,00"' in response.content.decode()
    assert not Payment.objects.exists()


# --- Promises and facts with a day in a closed period -------------------------------------------------------------


def test_a_revision_with_a_day_in_a_closed_period_says_that_its_report_stays(staff, period):
    plan = paid_plan(approved_at=dt.datetime(2017, 1, 15, tzinfo=dt.UTC))
    close(staff, period)
    promise = plan.contributions.get(source="grant")
    typed = {"amount": "700", "effective_on": "01.06.2017", "reason": "x", "decision": "y"}
    path = reverse("action_plans:promise_revise", args=[plan.reference, promise.pk])
    form = staff.get(path).context["form"]
    typed["number"] = form["number"].value()
    page = words(staff.post(path, typed, follow=True))
    assert "is closed, so its report stays as it was." in page
    assert PromiseRevision.objects.count() == 1


def test_a_new_promise_with_a_day_in_a_closed_period_is_known_from_now_on(staff, period):
    plan = paid_plan(approved_at=dt.datetime(2017, 1, 15, tzinfo=dt.UTC))
    close(staff, period)
    path = reverse("action_plans:promise_add", args=[plan.reference])
    typed = {"source": "donor", "form": "cash", "amount": "100", "decision": "y", "reason": "x"}
    typed |= {"promised_on": "01.06.2017", "after": "0"}
    page = words(staff.post(path, typed, follow=True))
    assert "is closed, so its report stays as it was." in page
    period.refresh_from_db()
    assert plan.contributions.get(source="donor").recorded_at > period.closed_at

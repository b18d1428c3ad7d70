"""Reporting periods are added, closed and opened again."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from action_plans import corrections, tranches
from action_plans.models import FundingTotal, Payment, PeriodStep, ReportingPeriod
from reports import closing
from reports.closing_checks import what_is_missing
from reports.donor_tables.unallocated import digest, gaps
from tests.action_plans.ledger import book, paid_plan
from tests.factories import (
    AdministratorFactory,
    DonorFactory,
    PeriodFactory,
    PlanFactory,
    ServiceAreaFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
DAY = dt.date
JUNE_2017, JUNE_2018 = DAY(2017, 6, 1), DAY(2018, 6, 1)


def closed(period, by=None, following=None):
    accepted = digest(gaps(period.phase, period.ends_on))
    by = by or StaffFactory()
    return closing.close(period=period, accepted=accepted, by=by, following=following)


def refusal(verb, **arguments):
    with pytest.raises(ValidationError) as refused:
        verb(**arguments)
    return refused.value


@pytest.fixture
def year():
    """2017, open."""
    return PeriodFactory()


# --- Adding and changing -------------------------------------------------------------------------------


def test_a_period_is_added_once_by_the_same_form(year):
    days = {"starts_on": DAY(2018, 1, 1), "ends_on": DAY(2018, 6, 30)}
    by = StaffFactory()
    one, other = (closing.add(phase=year.phase, by=by, **days) for _ in range(2))
    assert one == other
    assert one.is_open


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ((2017, 12, 31), (2018, 6, 30), "has some of these days already"),
        ((2018, 7, 1), (2018, 6, 30), "The last day is before the first"),
        ((2012, 1, 1), (2012, 6, 30), "before the phase starts"),
    ],
)
def test_days_that_cannot_be(year, first, last, words):
    days = {"starts_on": DAY(*first), "ends_on": DAY(*last)}
    error = refusal(closing.add, phase=year.phase, by=StaffFactory(), **days)
    assert words in " ".join(error.messages)


def test_no_period_is_added_before_a_closed_one(year):
    closed(year)
    days = {"starts_on": DAY(2016, 1, 1), "ends_on": DAY(2016, 12, 31)}
    error = refusal(closing.add, phase=year.phase, by=StaffFactory(), **days)
    assert "its sums count these days already" in error.messages[0]


def test_days_change_while_the_period_was_never_closed(year):
    by = AdministratorFactory(may_reopen=True)
    days = {"starts_on": DAY(2017, 2, 1), "ends_on": DAY(2017, 12, 31)}
    closing.change(period=year, by=by, **days)
    year.refresh_from_db()
    assert year.starts_on == DAY(2017, 2, 1)
    closed(year)
    closing.reopen(period=year, reason="x", by=by)
    assert refusal(closing.change, period=year, by=by, **days | {"ends_on": DAY(2017, 12, 30)})
    assert refusal(closing.remove, period=year, by=by)


def test_the_day_on_which_corrections_are_counted_stays_in_its_period(year):
    plan, by = paid_plan(), StaffFactory()
    closed(year, following=(DAY(2018, 1, 1), DAY(2018, 12, 31)))
    book(plan, paid_on=JUNE_2017)
    later = ReportingPeriod.objects.latest("starts_on")
    days = {"starts_on": DAY(2018, 2, 1), "ends_on": DAY(2018, 12, 31)}
    assert refusal(closing.change, period=later, by=by, **days).code == "late"
    assert refusal(closing.remove, period=later, by=by).code == "late"
    closing.change(period=later, by=by, starts_on=DAY(2018, 1, 1), ends_on=DAY(2018, 6, 30))


def test_a_period_is_removed_and_its_money_stays(year):
    row = book(paid_plan(), paid_on=JUNE_2017)
    closing.remove(period=year, by=StaffFactory())
    assert not ReportingPeriod.objects.exists()
    assert Payment.objects.get(pk=row.pk).accounted_on == JUNE_2017


def test_donors_keep_no_periods(year):
    donor = DonorFactory()
    assert refusal(closing.remove, period=year, by=donor)
    assert refusal(closed, period=year, by=donor)


# --- Closing -------------------------------------------------------------------------------------------


def test_closing_is_kept_with_person_role_moment_and_accepted_gaps(year):
    PlanFactory(status="approved", cost_kgs=None, own=5)
    by = StaffFactory()
    closed(year, by)
    year.refresh_from_db()
    step = year.steps.get()
    assert (year.status, year.closed_by, year.closed_at) == ("closed", by, step.taken_at)
    assert (step.before, step.after, step.taken_by, step.role) == (
        "open",
        "closed",
        by,
        "staff",
    )
    assert {"check": "no_cost", "number": 1} in step.accepted_gaps
    assert all(gap["number"] for gap in step.accepted_gaps)


def test_a_period_that_is_not_over_stays_open():
    this_year = PeriodFactory(ends_on=DAY(2100, 1, 1))
    assert [problem.text for problem in what_is_missing(this_year)] == [
        "The last day of the period is not over yet: 1 Jan 2100."
    ]
    assert refusal(closed, period=this_year)
    assert ReportingPeriod.objects.open().exists()


def test_earlier_periods_are_closed_first(year):
    later = PeriodFactory(starts_on=DAY(2018, 1, 1), ends_on=DAY(2018, 12, 31))
    (problem,) = what_is_missing(later)
    assert problem.link == year.get_absolute_url()
    assert "Close it first" in refusal(closed, period=later).messages[0]


def test_drafts_up_to_its_last_day_are_named_with_their_ledgers(year):
    plan = paid_plan()
    book(plan, currency="CHF", paid_on=JUNE_2017)
    book(plan, currency="CHF", paid_on=JUNE_2018)
    (problem,) = what_is_missing(year)
    assert problem.text == (
        f"{plan.reference}: CHF\xa0500.00 of 1 Jun 2017 waits for an exchange rate."
    )
    assert problem.link == f"/plans/{plan.reference}/money/#ledger"
    assert refusal(closed, period=year)


def test_totals_that_do_not_agree_keep_it_open(year):
    PlanFactory(status="approved", cost_kgs=1000, own=200, area=ServiceAreaFactory())
    assert what_is_missing(year) == []
    FundingTotal.objects.filter(axis="region").update(cost_kgs=999)
    (problem,) = what_is_missing(year)
    assert problem.text.startswith("The totals do not agree: by region KGS\xa0999.00, in all")


def test_totals_that_differ_from_the_ledgers_keep_it_open(year):
    book(paid_plan(area=ServiceAreaFactory()))
    FundingTotal.objects.update(received_grant_kgs=1)
    (problem,) = what_is_missing(year)
    assert "by the ledgers of the plans KGS\xa0500.00" in problem.text


def test_gaps_that_changed_since_they_were_read_are_read_again(year):
    by, read = StaffFactory(), digest(gaps(year.phase, year.ends_on))
    PlanFactory(status="approved", cost_kgs=None, own=5)
    assert refusal(closing.close, period=year, accepted=read, by=by).code == "gaps"
    year.refresh_from_db()
    assert year.is_open


def test_a_second_closing_is_told_who_was_faster(year):
    closed(year, StaffFactory(name="Anna"))
    error = refusal(closed, period=year)
    assert error.code == "state"
    assert error.messages[0].startswith("Anna closed this period already")
    assert PeriodStep.objects.count() == 1


def test_closing_makes_the_next_period(year):
    closed(year, following=(DAY(2018, 1, 1), DAY(2018, 12, 31)))
    later = ReportingPeriod.objects.latest("starts_on")
    assert (later.is_open, later.starts_on, later.ends_on) == (
        True,
        DAY(2018, 1, 1),
        DAY(2018, 12, 31),
    )


def test_days_of_the_next_period_that_cannot_be_leave_this_one_open(year):
    assert refusal(closed, period=year, following=(DAY(2018, 1, 1), DAY(2017, 1, 1)))
    year.refresh_from_db()
    assert year.is_open


@pytest.mark.parametrize(
    ("first", "last", "proposed"),
    [
        ((2017, 1, 1), (2017, 6, 30), ((2017, 7, 1), (2017, 12, 31))),
        ((2017, 1, 1), (2017, 12, 31), ((2018, 1, 1), (2018, 12, 31))),
        ((2017, 8, 31), (2018, 2, 27), ((2018, 2, 28), (2018, 8, 27))),
        ((2017, 1, 10), (2017, 1, 19), ((2017, 1, 20), (2017, 1, 29))),
        # no longer than the phase
        ((2018, 1, 1), (2018, 12, 31), ((2019, 1, 1), (2019, 4, 30))),
    ],
)
def test_the_next_period_is_as_long_as_this_one(first, last, proposed):
    period = PeriodFactory(starts_on=DAY(*first), ends_on=DAY(*last))
    assert closing.next_days(period, [period]) == tuple(DAY(*day) for day in proposed)


def test_after_the_end_of_the_phase_no_period_is_proposed(year):
    year.ends_on = year.phase.ends_on
    assert closing.next_days(year, [year]) is None


# --- Opening again ---------------------------------------------------------------------------------------


def test_opening_again_is_a_right_of_its_own_and_needs_a_reason(year):
    closed(year)
    assert (
        "a right of its own"
        in refusal(closing.reopen, period=year, reason="x", by=StaffFactory()).messages[0]
    )
    by = StaffFactory(may_reopen=True)
    assert "reason" in refusal(closing.reopen, period=year, reason=" ", by=by).message_dict
    closing.reopen(period=year, reason="Two payments were missing", by=by)
    year.refresh_from_db()
    assert (year.status, year.closed_at, year.step) == ("open", None, 2)
    assert year.steps.last().reason == "Two payments were missing"


def test_a_period_with_a_later_closed_one_is_not_opened_again(year):
    later = PeriodFactory(starts_on=DAY(2018, 1, 1), ends_on=DAY(2018, 12, 31))
    closed(year)
    closed(later)
    by = StaffFactory(may_reopen=True)
    error = refusal(closing.reopen, period=year, reason="x", by=by)
    assert "counted as a correction in the period that is open" in error.messages[0]
    closing.reopen(period=later, reason="x", by=by)


# --- Late findings ----------------------------------------------------------------------------------------


@pytest.fixture
def two_years(year):
    """2017 closed with 500 som received, 2018 open; the plan and its row."""
    plan = paid_plan()
    row = book(plan, paid_on=JUNE_2017)
    closed(year, following=(DAY(2018, 1, 1), DAY(2018, 12, 31)))
    return plan, row


def counted(row):
    row = Payment.objects.get(pk=row.pk)
    return row.accounted_on, row.late_for and row.late_for.starts_on


def test_money_of_a_closed_day_is_counted_in_the_open_period(two_years):
    plan, _row = two_years
    assert counted(book(plan, paid_on=JUNE_2017)) == (DAY(2018, 1, 1), DAY(2017, 1, 1))
    assert counted(book(plan, paid_on=JUNE_2018)) == (JUNE_2018, None)


def test_money_of_a_day_before_the_first_period_is_late_for_the_first(two_years):
    """Its sums count from the beginning."""
    plan, _row = two_years
    assert counted(book(plan, paid_on=DAY(2016, 5, 5))) == (DAY(2018, 1, 1), DAY(2017, 1, 1))


def test_a_correction_of_a_closed_row_leaves_it_and_lands_in_the_open_period(two_years):
    plan, row = two_years
    new = corrections.correct(payment=row, amount=Decimal(450), reason="x", by=StaffFactory())
    late = (DAY(2018, 1, 1), DAY(2017, 1, 1))
    assert counted(row) == (JUNE_2017, None)
    assert counted(row.reversal) == late
    assert counted(new) == late
    day, following = plan.phase.paid_days.order_by("paid_on")
    assert (day.paid_on, day.amount_kgs) == (JUNE_2017, 500)
    assert (following.paid_on, following.amount_kgs) == (DAY(2018, 1, 1), -50)


def test_a_row_moved_to_another_day_lands_where_that_day_is_counted(two_years):
    _plan, row = two_years
    new = corrections.correct(payment=row, paid_on=JUNE_2018, reason="x", by=StaffFactory())
    assert counted(row.reversal) == (DAY(2018, 1, 1), DAY(2017, 1, 1))
    assert counted(new) == (JUNE_2018, None)


def test_a_late_tranche_is_counted_in_the_open_period(two_years):
    plan, _row = two_years
    tranche = tranches.enter(
        phase=plan.phase,
        donor="SDC",
        received_on=JUNE_2017,
        currency="CHF",
        amount=Decimal(10),
        rate=(Decimal(70), 1),
        booking_key=uuid.uuid4(),
        by=StaffFactory(),
    )
    assert tranche.accounted_on == DAY(2018, 1, 1)


def test_without_an_open_period_the_project_staff_is_asked_to_add_one(year):
    plan = paid_plan()
    closed(year)
    for currency in ("KGS", "CHF"):  # booked at once, and waiting for a rate
        with pytest.raises(ValidationError) as refused:
            book(plan, paid_on=JUNE_2017, currency=currency)
        assert refused.value.messages[0] == (
            "The period 1 Jan 2017 – 31 Dec 2017 is closed, and there is no later one that is open. "
            "Ask the project staff to add the next period; then this can be booked there."
        )
    assert not Payment.objects.exists()

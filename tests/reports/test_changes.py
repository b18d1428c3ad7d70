"""T10: what changed since the last signed report, with old and new value, person and reason; nothing else."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from action_plans import corrections, facts_correction, promises
from action_plans.facts import facts_of
from action_plans.models import (
    BudgetRevision,
    Payment,
    PeriodStatus,
    StatusChange,
    Tranche,
)
from reports import closing, long_rows
from reports.donor_tables import changes
from tests.factories import (
    BudgetLineFactory,
    PaymentFactory,
    PeriodFactory,
    PlanFactory,
    RegionFactory,
    ServiceAreaFactory,
    SignedReportFactory,
    StaffFactory,
    TrancheFactory,
)
from tests.reports.test_unallocated import scope_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LONG_AGO = dt.datetime(2017, 3, 1, 12, tzinfo=dt.UTC)
SIGNED = dt.datetime(2018, 1, 20, 12, tzinfo=dt.UTC)


@pytest.fixture
def plan():
    area = ServiceAreaFactory(name_en="Public areas")
    plan = PlanFactory(
        status="approved",
        approved_at=LONG_AGO,
        area=area,
        cost_kgs=Decimal(3_000_000),
        own=1_100_000,
        grant=2_400_000,
    )
    StatusChange.objects.create(plan=plan, after="approved", changed_at=LONG_AGO)
    return plan


@pytest.fixture
def signed(plan):
    """The report of 2017, signed on 20 January 2018."""
    return SignedReportFactory(period=PeriodFactory(phase=plan.phase), prepared_at=SIGNED)


def rows(plan, **scope):
    return list(changes.table(scope_of(plan, **scope)).rows)


def said(plan, **scope):
    return [(row["what"], row["before"], row["after"]) for row in rows(plan, **scope)]


def paid(plan, **fields):
    fields = {"booked_at": LONG_AGO, "paid_on": dt.date(2017, 2, 1)} | fields
    return PaymentFactory(contribution=plan.contributions.get(source="grant"), **fields)


def test_nothing_that_was_known_when_the_report_was_prepared_is_a_change(plan, signed):
    paid(plan)
    table = changes.table(scope_of(plan))
    assert list(table.rows) == []
    assert table.notes == [
        f"Фаза I: changes since report {signed.code}, prepared 20 Jan 2018, 18:00."
    ]


def test_a_moved_plan_is_one_line_with_person_and_reason(plan, signed):
    culture, aida = ServiceAreaFactory(name_en="Culture"), StaffFactory(name="Aida")
    facts = {key: value for key, value in facts_of(plan).items() if key[0] != "areas"}
    facts_correction.correct(
        plan_id=plan.pk,
        facts=facts | {("areas", culture.pk): Decimal(100)},
        base=1,
        reason="It is a theatre",
        by=aida,
        at=timezone.now(),
        areas_on=dt.date(2018, 2, 15),
    )
    (row,) = rows(plan)
    assert (row["plan"], row["what"]) == (plan.reference, "Service area")
    assert (row["before"], row["after"]) == ("Public areas", "Culture")
    assert (row["who"], row["why"]) == ("Aida", "It is a theatre")
    assert row["effective_on"] == dt.date(2018, 2, 15)


def test_money_taken_back_corrected_or_dated_before_is_told_and_new_money_is_not(plan, signed):
    staff = StaffFactory()
    first, second = paid(plan), paid(plan, amount_kgs=Decimal(7))
    corrections.reverse(payment=first, reason="Twice", by=staff)
    corrections.correct(payment=second, amount=Decimal(9), reason="Misprint", by=staff)
    paid(plan, booked_at=timezone.now(), amount_kgs=Decimal(11))
    paid(plan, booked_at=timezone.now(), paid_on=dt.date(2018, 1, 1))
    what = "Programme grant, received"
    assert said(plan) == [
        (f"Taken back: {what}", "KGS\u00a0100,000.00", "taken back"),
        (f"Taken back: {what}", "KGS\u00a07.00", "taken back"),
        (f"Corrected: {what}", "KGS\u00a07.00", "KGS\u00a09.00"),
        (f"Booked later: {what}", "", "KGS\u00a011.00"),
    ]


def test_a_late_row_names_the_closed_period(plan, signed):
    period = signed.period
    Payment.objects.filter(pk=paid(plan, booked_at=timezone.now()).pk).update(
        accounted_on=dt.date(2018, 1, 1), late_for=period
    )
    (row,) = rows(plan)
    assert row["why"] == "For the closed period 1 Jan 2017 – 31 Dec 2017."


def test_promises_budgets_steps_and_opened_periods_are_told(plan, signed):
    own = plan.contributions.get(source="municipality")
    staff = StaffFactory(name="Aida")
    promises.revise(
        contribution=own,
        amount=Decimal(700_000),
        effective_on=dt.date(2018, 3, 1),
        reason="Revoked",
        decision="№ 12",
        by=staff,
    )
    line = BudgetLineFactory(plan=plan, title="Pipes", amount=500)
    BudgetRevision.objects.create(
        line=line,
        number=1,
        effective_on=dt.date(2018, 3, 1),
        quantity=1,
        unit_cost_kgs=450,
        amount_kgs=450,
        reason="Cheaper",
        revised_at=timezone.now(),
    )
    at = timezone.now()
    StatusChange.objects.create(plan=plan, before="approved", after="implementation", changed_at=at)
    other = PeriodFactory(
        phase=plan.phase, starts_on=dt.date(2018, 1, 1), ends_on=dt.date(2018, 6, 30)
    )
    closing.step(other, PeriodStatus.CLOSED, by=staff, at=at)
    closing.step(other, PeriodStatus.OPEN, by=staff, reason="A misprint")
    assert said(plan) == [
        ("Promise: Municipality, in cash", "KGS\u00a01,100,000.00", "KGS\u00a0700,000.00"),
        ("Budget line: Pipes", "KGS\u00a0500.00", "KGS\u00a0450.00"),
        ("Status of the plan", "Approved", "In implementation"),
        ("Period opened again: Фаза I, 1 Jan 2018 – 30 Jun 2018", "Closed", "Open"),
    ]
    assert rows(plan)[0]["why"] == "Revoked (№ 12)"


def test_without_a_signed_report_it_begins_with_the_period(plan):
    period = PeriodFactory(phase=plan.phase, starts_on=dt.date(2017, 2, 1))
    (row,) = rows(plan, period=period)
    assert (row["what"], row["after"]) == ("Status of the plan", "Approved")
    later = PeriodFactory(
        phase=plan.phase, starts_on=dt.date(2018, 1, 1), ends_on=dt.date(2018, 6, 30)
    )
    assert rows(plan, period=later) == []


def test_what_was_recorded_after_the_day_of_the_report_is_not_in_it(plan, signed):
    promise = plan.contributions.get(source="municipality")
    args = {
        "reason": "x",
        "decision": "y",
        "by": StaffFactory(),
        "effective_on": dt.date(2018, 3, 1),
    }
    promises.revise(contribution=promise, amount=Decimal(1), **args)
    assert rows(plan, day=dt.date(2018, 6, 30)) == []
    assert len(rows(plan)) == 1


def test_other_places_and_sources_are_left_out(plan, signed):
    TrancheFactory(phase=plan.phase, received_on=dt.date(2017, 6, 1))
    paid(plan, booked_at=timezone.now())
    assert Tranche.objects.get().donor in rows(plan)[0]["what"]
    assert len(rows(plan)) == 2
    assert rows(plan, region=RegionFactory()) == []
    assert len(rows(plan, region=plan.lead.region)) == 1
    assert rows(plan, source="municipality") == []


def test_many_rows_are_read_piece_by_piece_in_one_order(plan, signed, monkeypatch):
    at = timezone.now()
    for _n in range(7):
        paid(plan, booked_at=at)
        StatusChange.objects.create(
            plan=plan, before="approved", after="implementation", changed_at=at
        )
    whole = rows(plan)
    monkeypatch.setattr(long_rows, "AT_ONCE", 4)
    found = changes.table(scope_of(plan)).rows
    assert len(found) == 14
    assert list(found) == whole == [found[n] for n in range(14)]
    assert found[3:12] == whole[3:12]
    assert found[-1] == whole[-1]
    with pytest.raises(IndexError):
        found[14]


@pytest.mark.parametrize("number", [1, 5])
def test_it_asks_the_same_for_any_number_of_changes(
    plan, signed, number, django_assert_num_queries
):
    at = timezone.now()
    for _n in range(number):
        paid(plan, booked_at=at)
        StatusChange.objects.create(
            plan=plan, before="approved", after="implementation", changed_at=at
        )
    scope = scope_of(plan)
    with django_assert_num_queries(5):  # the signed report, how many, which, and each of two tables
        list(changes.table(scope).rows)

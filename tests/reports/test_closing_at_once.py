"""Closing while others close, book and record: of two, one waits, and nothing is half done."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from action_plans import promises
from action_plans.models import Payment, PeriodStep, ReportingPeriod
from reports import closing
from reports.donor_tables.unallocated import digest, gaps
from tests.action_plans.ledger import book, paid_plan
from tests.factories import PaymentFactory, PeriodFactory, StaffFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("english"),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
EARLIER, IN_2017, IN_2018 = dt.date(2017, 3, 1), dt.date(2017, 6, 1), dt.date(2018, 1, 1)
NEXT = (IN_2018, dt.date(2018, 12, 31))


class Person(threading.Thread):
    """Does something in a connection of their own; with hold= in a transaction that ends when told to."""

    def __init__(self, act, *, hold=False):
        super().__init__()
        self.act, self.done, self.answer = act, threading.Event(), None
        self.let_go = threading.Event()
        if not hold:
            self.let_go.set()
        self.start()

    def run(self):
        try:
            with transaction.atomic():
                self.answer = self.act()
                self.done.set()
                assert self.let_go.wait(20)
        except ValidationError as refusal:
            self.answer = refusal
        finally:
            self.done.set()
            connection.close()

    def waits(self):
        """For somebody else's lock."""
        return not self.done.wait(0.7)

    def end(self):
        self.let_go.set()
        self.join(20)
        assert not self.is_alive()
        return self.answer


@pytest.fixture
def period():
    return PeriodFactory()


@pytest.fixture
def close(period):
    by = StaffFactory(name="Anna")

    def closed():
        accepted = digest(gaps(period.phase, period.ends_on))
        return closing.close(period=period, accepted=accepted, by=by, following=NEXT)

    return closed


@pytest.fixture
def plan():
    """One that has reported already: what is booked later changes no gap."""
    plan = paid_plan()
    book(plan, paid_on=EARLIER, document_number="1")
    return plan


def pay(plan, by):
    return book(plan, paid_on=IN_2017, document_number="2", by=by)


def test_who_closes_waits_for_a_booking_and_counts_it(period, close, plan):
    by = StaffFactory()
    booking = Person(lambda: pay(plan, by), hold=True)
    assert not booking.waits()
    closer = Person(close)
    assert closer.waits()
    booking.end()
    assert closer.end().status == "closed"
    row = Payment.objects.get(paid_on=IN_2017)
    period.refresh_from_db()
    assert (row.accounted_on, row.late_for) == (IN_2017, None)
    assert row.booked_at < period.closed_at


def test_who_books_waits_for_a_closing_and_lands_in_the_next_period(period, close, plan):
    by = StaffFactory()
    closer = Person(close, hold=True)
    assert not closer.waits()
    booking = Person(lambda: pay(plan, by))
    assert booking.waits()
    closer.end()
    row = booking.end()
    assert (row.accounted_on, row.late_for) == (IN_2018, period)


def test_raw_sql_waits_for_a_closing_and_is_refused(close, plan):
    promise = plan.contributions.get(source="grant")
    closer = Person(close, hold=True)
    assert not closer.waits()
    of_2017 = {"paid_on": IN_2017, "accounted_on": IN_2017}
    raw = Person(lambda: PaymentFactory(contribution=promise, **of_2017))
    assert raw.waits()
    closer.end()
    assert raw.end().code == "closed"
    assert not Payment.objects.filter(paid_on=IN_2017).exists()


def test_what_was_recorded_while_somebody_closed_is_recorded_once_more(period, close, plan):
    """Its moment lies before the closing that did not see it; pressing the button again, it lies after."""
    by = StaffFactory()
    promise, at = plan.contributions.get(source="grant"), timezone.now()
    revised = {"amount": Decimal(700), "effective_on": timezone.localdate(), "reason": "x"}

    def revise():
        return promises.revise(contribution=promise, decision="y", by=by, **revised)

    closer = Person(close, hold=True)
    assert not closer.waits()
    revision = Person(revise)
    assert revision.waits()
    assert at < timezone.now()
    closer.end()
    answer = revision.end()
    promise.refresh_from_db()
    if isinstance(answer, ValidationError):  # its moment was before that of the closing
        assert "press the button once more" in answer.messages[0]
        revise()
    assert promise.revisions.get().revised_at > ReportingPeriod.objects.get(pk=period.pk).closed_at


def test_of_two_who_close_at_once_one_is_told(close):
    first = Person(close, hold=True)
    assert not first.waits()
    second = Person(close)
    assert second.waits()
    first.end()
    assert second.end().messages[0].startswith("Anna closed this period already")
    assert PeriodStep.objects.count() == 1
    assert ReportingPeriod.objects.count() == 2


def test_two_overlapping_periods_at_once_are_one(period):
    by = StaffFactory()
    days = {"phase": period.phase, "starts_on": IN_2018, "by": by}
    first = Person(lambda: closing.add(ends_on=NEXT[1], **days), hold=True)
    assert not first.waits()
    second = Person(lambda: closing.add(ends_on=dt.date(2018, 6, 30), **days))
    assert second.waits()
    first.end()
    assert "some of these days already" in " ".join(second.end().messages)
    assert ReportingPeriod.objects.count() == 2

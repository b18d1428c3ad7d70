"""Two at the same moment: with real transactions, so on PostgreSQL; SQLite has one writer at a time."""

import datetime as dt
import hashlib
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from action_plans.models import Payment
from reports import closing, signing
from reports.models import SignedReport
from tests.action_plans import ledger
from tests.reports import signing_data as given

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def several_writers():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time: SQLite lets nobody act at once")


@pytest.fixture
def period():
    given.template()
    given.plan_with_money()
    return given.closed_year()


@pytest.fixture
def slowly(monkeypatch):
    """A signing that is in the middle of its files when the event is set, and stays there for a moment."""
    inside, make = threading.Event(), signing.to_pdf

    def slow(*args, **named):
        inside.set()
        threading.Event().wait(0.5)
        return make(*args, **named)

    monkeypatch.setattr(signing, "to_pdf", slow)
    return inside


def at_once(*acts):
    """What each of them answered: a result, or the code of what refused it."""
    found = {}

    def run(number, act):
        try:
            found[number] = act()
        except ValidationError as refusal:
            found[number] = refusal.code or refusal.messages
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[number] for number in range(len(acts))]


def assert_whole(report):
    assert {file.format for file in report.files.all()} == {"json", "csv", "xlsx", "pdf"}
    for kept in report.files.all():
        with kept.file.open("rb") as file:
            assert hashlib.sha256(file.read()).hexdigest() == kept.sha256


def test_of_two_approvers_one_signs_and_the_other_is_told(period, slowly):
    template, approvers = given.template(), [given.approver(), given.approver()]
    found = at_once(*[lambda by=by: given.sign(period, of=template, by=by) for by in approvers])
    [report] = [each for each in found if isinstance(each, SignedReport)]
    assert "signed" in found
    assert SignedReport.objects.get() == report
    assert_whole(report)
    assert period.steps.count() == 2


def test_who_books_waits_for_who_signs_and_is_counted_later(period, slowly):
    template, by, plan = given.template(), given.approver(), Payment.objects.get().contribution.plan
    expected, ended = signing.proposed(period, template)[1], []

    def sign():
        report = given.sign(period, of=template, by=by)
        ended.append("signed")
        return report

    def book():
        slowly.wait(10)
        ledger.book(plan, "50000", paid_on=dt.date(2017, 11, 1))
        ended.append("booked")

    report, _booked = at_once(sign, book)
    assert ended == ["signed", "booked"]
    assert report.sha256 == expected
    late = Payment.objects.latest("pk")
    assert (late.late_for, str(late.accounted_on)) == (period, "2018-01-01")


def test_who_opens_it_again_at_the_same_moment_finds_it_signed(period, slowly):
    template, by = given.template(), given.approver()

    def reopen():
        slowly.wait(10)
        return closing.reopen(period=period, reason="Again", by=period.closed_by).status

    report, status = at_once(lambda: given.sign(period, of=template, by=by), reopen)
    assert status == "open"
    assert_whole(report)
    assert [step.after for step in period.steps.order_by("number")] == ["closed", "signed", "open"]
    period.refresh_from_db()
    assert period.is_open

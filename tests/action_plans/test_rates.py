import datetime as dt
import threading
from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.utils import timezone

from action_plans import rate_files, rates
from action_plans.models import Evidence, ExchangeRate
from tests.action_plans.rate_data import PDF, currency, paper, rates_xml, weekly_xml
from tests.factories import StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
DAY = dt.date(2018, 2, 1)


def enter(**changes):
    rate = {
        "currency": "CHF",
        "applies_on": DAY,
        "nominal": 1,
        "value": D("70.1234"),
        "evidence_file": paper(),
        "by": StaffFactory(),
    }
    return rates.enter(**rate | changes)


def test_a_rate_that_was_entered_holds_for_its_day_and_seven_more():
    rate = enter()
    assert rates.find("CHF", DAY - dt.timedelta(1)) is None
    assert rates.find("CHF", DAY + dt.timedelta(7)) == rate
    assert rates.find("CHF", DAY + dt.timedelta(8)) is None
    assert rates.find("USD", DAY) is None


def test_another_rate_of_the_day_and_source_is_a_new_version_on_the_same_paper():
    first = enter()
    second = enter(value=D("70.2134"), evidence_file=None)
    assert (first.version, second.version, second.evidence) == (1, 2, first.evidence)
    first.refresh_from_db()
    assert first.value == D("70.1234")
    assert rates.find("CHF", DAY) == second


def test_sent_twice_it_is_stored_once():
    assert enter() == enter() == enter(evidence_file=None)


def test_the_same_rate_on_another_paper_is_worth_keeping():
    enter()
    other = enter(evidence_file=paper(PDF + b"other"))
    assert (other.version, Evidence.objects.count()) == (2, 2)


def test_one_paper_proves_several_rates():
    assert enter().evidence == enter(currency="USD").evidence


@pytest.mark.parametrize(
    "changes",
    [
        {"value": D(0)},
        {"value": D("-1")},
        {"nominal": 7},
        {"nominal": 0},
        {"currency": "KGS"},
        {"currency": "QQQ"},
        {"evidence_file": None},
        {"evidence_file": paper(b"MZ\x90\x00")},
        {"applies_on": dt.date(1993, 5, 9)},
        {"applies_on": dt.date.max},
        {"note": "x" * 251},
    ],
    ids=str,
)
def test_a_rate_that_cannot_be_is_refused_and_leaves_nothing(changes):
    with pytest.raises(ValidationError):
        enter(**changes)
    assert not ExchangeRate.objects.exists()
    assert not Evidence.objects.exists()


def test_a_rate_may_be_of_a_month_ahead_and_no_more():
    today = timezone.localdate()
    assert enter(applies_on=today + dt.timedelta(31)).pk
    with pytest.raises(ValidationError, match="more than 31 days ahead"):
        enter(applies_on=today + dt.timedelta(32))


def test_a_version_that_was_replaced_never_holds_even_where_it_was_valid_for_longer():
    days = {"filename": "weekly.xml", "by": None}
    rate_files.import_file(data=rates_xml(currency("CHF", "55", valid_for=14)), **days)
    rate_files.import_file(data=rates_xml(currency("CHF", "56", valid_for=7)), **days)
    assert rates.find("CHF", dt.date(2013, 12, 21)).value == 56
    assert rates.find("CHF", dt.date(2013, 12, 22)) is None


def test_the_list_says_of_each_rate_whether_it_was_replaced_and_what_was_before():
    rate_files.import_file(data=weekly_xml("20.01.2018", CHF="60"), filename="w.xml", by=None)
    enter()
    enter(value=D("70.2134"))
    listed = ExchangeRate.objects.for_list().order_by("applies_on", "version")
    said = [(rate.was_replaced, rate.value_before, rate.nominal_before) for rate in listed]
    assert said == [(False, None, None), (True, 60, 1), (False, 60, 1)]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_store_two_versions():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    staff, together, made, stops = StaffFactory(), threading.Barrier(2), [], []

    def click(value):
        together.wait()
        try:
            made.append(enter(value=value, by=staff).version)
        except Exception as error:
            stops.append(error)
        connections.close_all()

    threads = [threading.Thread(target=click, args=[D(value)]) for value in (70, 71)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(made), stops) == ([1, 2], [])

"""Questions about events: of a year, of a municipality, in the order of the list."""

import datetime as dt

import pytest

from conferences.models import Event
from tests.conferences import factories
from tests.factories import MunicipalityFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 1)


@pytest.mark.parametrize(
    ("fields", "years"),
    [
        ({"starts_on": dt.date(2018, 11, 30)}, {2018}),
        ({"starts_on": dt.date(2018, 12, 31), "ends_on": dt.date(2019, 1, 2)}, {2018, 2019}),
        ({"starts_on": dt.date(2016, 1, 1), "starts_precision": "year"}, {2016}),
    ],
)
def test_an_event_is_of_each_year_it_is_held_in(fields, years):
    factories.EventFactory(**fields)
    assert {year for year in range(2015, 2021) if Event.objects.of_year(year).exists()} == years


def test_a_municipality_is_host_takes_part_or_presents():
    place = MunicipalityFactory()
    host, visitor, speaker, _other, declined = factories.EventFactory.create_batch(5)
    host.hosts.add(place)
    factories.AttendanceFactory(event=visitor, municipality=place)
    factories.PresentationFactory(event=speaker, municipality=place)
    factories.PresentationFactory(event=declined, municipality=place, status="declined")
    assert set(Event.objects.of_municipality([place.pk])) == {host, visitor, speaker}


def test_what_comes_is_first_and_soonest_what_is_over_last_and_newest():
    days = [dt.date(2020, 1, 1), dt.date(2026, 7, 1), dt.date(2026, 6, 1), dt.date(2025, 1, 1)]
    events = [factories.EventFactory(starts_on=day) for day in days]
    ordered = Event.objects.upcoming_first(on=TODAY)
    assert [events.index(event) for event in ordered] == [2, 1, 3, 0]
    assert [event.is_past for event in ordered] == [0, 0, 1, 1]

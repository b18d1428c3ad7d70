import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from conferences import shared_sections
from conferences.models import EventText
from tests.conferences.factories import (
    AttendanceFactory,
    EventFactory,
    PracticeFactory,
    PresentationFactory,
    PublishedFactory,
    TakeOverFactory,
    VersionFactory,
)
from tests.factories import DonorFactory, HeadFactory, MunicipalityFactory, PlanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NOBODY = AnonymousUser()


def titles(rows):
    return [row.title for row in rows]


def test_a_plan_leads_to_its_practice_and_presentations(client):
    plan = PlanFactory(status="approved")
    PublishedFactory(practice=PracticeFactory(plan=plan), title="Practice of the plan")
    PresentationFactory(plan=plan, title="Talk of the plan")
    PresentationFactory(plan=plan, title="Declined talk", status="declined")
    client.force_login(DonorFactory())
    text = client.get(plan.get_absolute_url()).content.decode()
    assert "Presentations and practices" in text
    assert "Practice of the plan" in text
    assert "Talk of the plan" in text
    assert "Declined talk" not in text


def test_a_plan_without_them_has_no_such_section(client):
    plan = PlanFactory(status="approved")
    VersionFactory(practice=PracticeFactory(plan=plan), title="A draft")
    client.force_login(DonorFactory())
    assert "Presentations and practices" not in client.get(plan.get_absolute_url()).content.decode()


def test_a_municipality_leads_to_practices_take_overs_presentations_and_events():
    place = MunicipalityFactory()
    PublishedFactory(practice=PracticeFactory(municipality=place), title="Its own")
    taken = PublishedFactory(title="Taken over").practice
    TakeOverFactory(practice=taken, municipality=place)
    shown = EventFactory(title="Shown at", starts_on=dt.date(2018, 1, 1))
    PresentationFactory(event=shown, municipality=place, title="Talk")
    hosted = EventFactory(title="Hosted", starts_on=dt.date(2019, 1, 1))
    hosted.hosts.add(place)
    AttendanceFactory(
        municipality=place, event=EventFactory(title="Came", starts_on=dt.date(2017, 1, 1))
    )
    found = shared_sections.of_place(place, NOBODY)
    assert {name: titles(rows) for name, rows in found.items()} == {
        "practices": ["Its own"],
        "followed": ["Taken over"],
        "talks": ["Talk"],
        "events": ["Hosted", "Shown at", "Came"],
    }
    assert found["followed"][0].state == "interested"
    assert found["talks"][0].url.startswith("/presentations/")


def test_what_is_not_published_is_not_listed():
    place = MunicipalityFactory()
    hidden = EventFactory(published=False)
    hidden.hosts.add(place)
    PresentationFactory(event=hidden, municipality=place)
    VersionFactory(practice=PracticeFactory(municipality=place))
    assert not any(shared_sections.of_place(place, NOBODY).values())


def test_titles_are_in_the_language_of_the_reader_or_the_original():
    place = MunicipalityFactory()
    event = EventFactory(title="Conference")
    event.hosts.add(place)
    EventText.objects.create(event=event, language="ru", title="Конференция")
    assert titles(shared_sections.of_place(place, NOBODY)["events"]) == ["Conference"]


def test_the_page_of_the_own_municipality_shows_what_it_takes_over(client):
    head = HeadFactory()
    client.force_login(head)
    place = head.municipality
    address = reverse("conferences:of_place", args=[place.code])
    assert f'hx-get="{address}"' in client.get(place.get_absolute_url()).content.decode()
    assert "Find a practice" in client.get(address).content.decode()
    practice = PublishedFactory(title="Taken over").practice
    TakeOverFactory(practice=practice, municipality=place)
    assert "Costs and results" in client.get(address).content.decode()


@pytest.mark.parametrize("number", [1, 4])
def test_each_section_asks_two_questions(django_assert_num_queries, number):
    place, plan = MunicipalityFactory(), PlanFactory()
    for _ in range(number):
        TakeOverFactory(practice=PublishedFactory().practice, municipality=place)
        PublishedFactory(practice=PracticeFactory(municipality=place))
        PresentationFactory(municipality=place, plan=plan)
    with django_assert_num_queries(2):
        found = shared_sections.of_place(place, NOBODY)
    assert {len(rows) for rows in found.values()} == {number}
    with django_assert_num_queries(2):
        shared_sections.of_plan(plan, NOBODY)

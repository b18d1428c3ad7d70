import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from conferences import recommendations
from conferences.models import Recommendation
from tests.conferences.factories import EventFactory, RecommendationFactory
from tests.factories import StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PDF = b"%PDF-1.7\n%%EOF\n"
TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def staff(client):
    person = StaffFactory()
    client.force_login(person)
    return person


def typed(**values):
    return {
        "original": "ru",
        "ru-what": "Посчитать тариф.",
        "ru-institution": "Айыл окмоту",
        "revision": "0",
    } | values


@pytest.mark.parametrize(
    ("state", "due_on", "late"),
    [
        ("open", dt.date(2026, 11, 22), True),
        ("started", dt.date(2026, 11, 22), True),
        ("open", TODAY, False),
        ("open", None, False),
        ("done", dt.date(2026, 11, 22), False),
        ("dropped", dt.date(2026, 11, 22), False),
    ],
)
def test_overdue_is_what_is_unfinished_after_its_day(state, due_on, late):
    done = TODAY if state == "done" else None
    row = RecommendationFactory(state=state, due_on=due_on, done_on=done)
    assert row.is_overdue(on=TODAY) is late
    assert Recommendation.objects.overdue(on=TODAY).filter(pk=row.pk).exists() is late


def test_what_was_dropped_does_not_count_in_the_share_done():
    event = EventFactory()
    RecommendationFactory(event=event, state="done", done_on=TODAY)
    RecommendationFactory.create_batch(2, event=event)
    RecommendationFactory(event=event, state="dropped")
    done, counted, share = event.recommendations.done_share()
    assert (done, counted, f"{share:.1f}") == (1, 3, "33.3")


def test_recommendations_are_numbered_in_their_event(client, staff):
    event = EventFactory()
    address = reverse("conferences:recommendation_add", args=[event.slug])
    for what in ["Посчитать тариф.", "Утвердить тариф."]:
        assert client.post(address, typed(**{"ru-what": what})).status_code == 302
    assert list(event.recommendations.values_list("number", flat=True)) == [1, 2]


def test_the_same_form_sent_twice_is_one_recommendation(client, staff):
    event = EventFactory()
    address = reverse("conferences:recommendation_add", args=[event.slug])
    for _time in range(2):
        assert client.post(address, typed()).status_code == 302
    assert event.recommendations.count() == 1


def test_done_needs_something_that_proves_it(client, staff):
    row = RecommendationFactory()
    address = reverse("conferences:recommendation_step", args=[row.event.slug, row.pk, "done"])
    response = client.post(address, {"note": " "})
    assert response.status_code == 200
    assert response.context["form"].errors["note"]
    paper = ContentFile(PDF, "letter.pdf")
    assert client.post(address, {"file": paper}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.done_on) == ("done", timezone.localdate())
    assert row.steps.get().evidence.kind == "evidence"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://bank.example@other.example/"])
def test_a_link_that_is_a_script_or_hides_where_it_leads_is_refused(client, staff, link):
    row = RecommendationFactory()
    address = reverse("conferences:recommendation_step", args=[row.event.slug, row.pk, "start"])
    response = client.post(address, {"link": link})
    assert response.context["form"].errors["link"]
    assert not row.steps.exists()


def test_the_second_of_two_who_take_a_step_is_told(staff):
    row = RecommendationFactory()
    recommendations.take(recommendation=row, step="drop", note="No money", by=staff)
    with pytest.raises(ValidationError, match="Dropped"):
        recommendations.take(recommendation=row, step="done", note="Sent", by=staff)


def test_who_saves_over_a_newer_state_is_asked(client, staff):
    row = RecommendationFactory()
    address = reverse("conferences:recommendation_edit", args=[row.event.slug, row.pk])
    assert client.post(address, typed(revision="1")).status_code == 302
    response = client.post(address, typed(revision="1", **{"ru-what": "Другое."}))
    assert response.context["conflict"]
    assert response.context["differences"][0].typed == "Другое."
    assert client.post(address, typed(revision="2", **{"ru-what": "Другое."})).status_code == 302


def test_what_somebody_worked_on_is_not_removed(client, staff):
    row = RecommendationFactory()
    recommendations.take(recommendation=row, step="start", by=staff)
    address = reverse("conferences:recommendation_remove", args=[row.event.slug, row.pk])
    client.post(address)
    assert Recommendation.objects.filter(pk=row.pk).exists()


def test_the_evidence_is_for_who_is_signed_in(client, staff):
    row = RecommendationFactory()
    paper = ContentFile(PDF, "letter.pdf")
    recommendations.take(recommendation=row, step="done", file=paper, by=staff)
    address = row.steps.get().evidence.get_absolute_url()
    response = client.get(address)
    assert (response.status_code, response.getvalue()) == (200, PDF)
    client.logout()
    assert client.get(address).status_code == 404


def test_overdue_ones_stand_on_the_overview_of_staff(client, staff):
    row = RecommendationFactory(what="Calculate the tariff", due_on=dt.date(2018, 12, 31))
    RecommendationFactory(event=row.event, what="Not yet due", due_on=dt.date(2999, 1, 1))
    page = client.get("/").content.decode()
    assert "Calculate the tariff" in page
    assert "Not yet due" not in page

import uuid

import pytest
from django.urls import reverse

from conferences.models import Event
from tests.conferences import factories
from tests.factories import HeadFactory, MunicipalityFactory, StaffFactory

pytestmark = pytest.mark.django_db
NEW = "/conferences/new/"


@pytest.fixture
def staff(client):
    person = StaffFactory(name="Aida")
    client.force_login(person)
    return person


def typed(**fields):
    return {
        "kind": "conference",
        "starts_on": "30.11.2018",
        "original": "ru",
        "ru-title": "Чистая вода",
        "of_programme": "on",
        "key": str(uuid.uuid4()),
    } | fields


def edit(client, event, **fields):
    data = typed(revision=event.revision) | fields
    return client.post(reverse("conferences:event_edit", args=[event.slug]), data)


def test_a_new_event_is_a_draft_under_its_year_and_title(client, staff):
    response = client.post(NEW, typed())
    event = Event.objects.get()
    assert response.url == "/conferences/2018-chistaia-voda/"
    assert (event.is_published, event.created_by, event.title) == (False, staff, "Чистая вода")
    assert Event.objects.search("chistaya voda").get() == event


def test_a_title_without_letters_still_has_an_address(client, staff):
    client.post(NEW, typed(**{"ru-title": "水"}))
    assert Event.objects.get().slug == "2018-1"


def test_a_second_event_of_the_same_title_has_a_number(client, staff):
    for _time in range(2):
        client.post(NEW, typed())
    assert set(Event.objects.values_list("slug", flat=True)) == {
        "2018-chistaia-voda",
        "2018-chistaia-voda-2",
    }


def test_the_same_form_sent_twice_is_one_event(client, staff):
    data = typed()
    assert client.post(NEW, data).url == client.post(NEW, data).url
    assert Event.objects.get().revision == 1


def test_a_form_sent_again_with_a_change_changes_the_event(client, staff):
    data = typed()
    client.post(NEW, data)
    client.post(NEW, data | {"ru-place": "Бишкек"})
    assert Event.objects.get().text.place == "Бишкек"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"ru-title": ""}, "id_ru-title"),
        ({"starts_on": "soon"}, "id_starts_on"),
        ({"starts_on": ""}, "id_starts_on"),
        ({"ends_on": "29.11.2018"}, "id_ends_on"),
        ({"starts_on": "11.2018", "ends_on": "30.11.2018"}, "id_ends_on"),
        ({"kind": "party"}, "id_kind"),
        ({"call_opens_at": "01.09.2018"}, "id_call_opens_at"),
        ({"call_opens_at": "01.09.2018 25:00"}, "id_call_opens_at"),
        ({"call_opens_at": "01.09.2018 09:00"}, "id_call_closes_at"),
        (
            {"call_opens_at": "02.09.2018 09:00", "call_closes_at": "01.09.2018 09:00"},
            "id_call_closes_at",
        ),
        ({"hosts-0": "Atlantis"}, "id_hosts_0"),
        ({"source": "x" * 5001}, "id_source"),
    ],
)
def test_what_cannot_be_saved_is_told_at_its_field_and_kept(client, staff, fields, wrong):
    response = client.post(NEW, typed(**fields))
    assert wrong in {where for where, _label, _message in response.context["problems"]}
    assert not Event.objects.exists()


@pytest.mark.parametrize(("starts", "precision"), [("11.2018", "month"), ("2018", "year")])
def test_a_date_may_be_known_to_the_month_or_the_year(client, staff, starts, precision):
    client.post(NEW, typed(starts_on=starts))
    event = Event.objects.get()
    assert event.starts_precision == precision
    shown = client.get(reverse("conferences:event_edit", args=[event.slug]))
    assert shown.context["form"]["starts_on"].value() == starts


def test_the_call_is_typed_in_local_time(client, staff):
    client.post(NEW, typed(call_opens_at="01.09.2018 09:00", call_closes_at="21.09.2018 18:00"))
    event = Event.objects.get()
    assert event.call_closes_at.isoformat() == "2018-09-21T12:00:00+00:00"
    shown = client.get(reverse("conferences:event_edit", args=[event.slug])).content.decode()
    assert 'value="21.09.2018 18:00"' in shown


def test_hosts_are_found_under_any_spelling(client, staff):
    place = MunicipalityFactory(name_ru="Кум-Бел айылный аймак", name_ky="Кум-Бел айыл аймагы")
    client.post(NEW, typed(**{"hosts-0": "Kumbel", "hosts-1": ""}))
    assert list(Event.objects.get().hosts.all()) == [place]


def test_a_name_of_two_places_asks_which(client, staff):
    _first, second = MunicipalityFactory.create_batch(2, name_ru="Ак-Суу")
    response = client.post(NEW, typed(**{"hosts-0": "Ak-Suu"}))
    assert response.context["form"].errors["hosts"]
    client.post(NEW, typed(**{"hosts-0": f"Ак-Суу, {second.district.name}"}))
    assert list(Event.objects.get().hosts.all()) == [second]


def test_who_saves_over_a_newer_event_is_asked_and_loses_nothing(client, staff):
    client.post(NEW, typed())
    event = Event.objects.get()
    edit(client, event, **{"ru-title": "Питьевая вода"})
    response = edit(client, event, **{"ru-place": "Бишкек"})
    assert {(d.where, d.typed) for d in response.context["differences"]} == {
        ("id_ru-title", "Чистая вода"),
        ("id_ru-place", "Бишкек"),
    }
    assert response.context["conflict"].by == staff
    event.refresh_from_db()
    assert (event.title, event.revision) == ("Питьевая вода", 2)
    revision = response.context["form"]["revision"].value()
    edit(client, event, revision=revision, **{"ru-place": "Бишкек"})
    assert Event.objects.get().text.place == "Бишкек"


def test_an_edit_without_revision_is_asked(client, staff):
    client.post(NEW, typed())
    response = edit(client, Event.objects.get(), revision="", **{"ru-place": "Ош"})
    assert response.context["conflict"]


def test_the_address_stays_when_the_title_changes(client, staff):
    client.post(NEW, typed())
    response = edit(client, Event.objects.get(), **{"ru-title": "Другое"})
    assert response.url == "/conferences/2018-chistaia-voda/"
    assert Event.objects.search("drugoe").exists()


def test_a_key_of_somebody_else_makes_nothing(client, staff):
    data = typed()
    client.post(NEW, data)
    client.force_login(StaffFactory())
    assert client.post(NEW, data).status_code == 400


def test_publishing_and_withdrawing_are_for_the_office(client, staff):
    event = factories.EventFactory(published=False)
    client.post(reverse("conferences:event_publish", args=[event.slug]))
    event.refresh_from_db()
    assert (event.is_published, event.published_by, event.revision) == (True, staff, 2)
    client.post(reverse("conferences:event_unpublish", args=[event.slug]))
    event.refresh_from_db()
    assert (event.is_published, event.published_by) == (False, None)
    client.force_login(HeadFactory())
    refused = client.post(reverse("conferences:event_publish", args=[event.slug]))
    assert refused.status_code == 404


def test_an_event_without_a_title_is_not_published(client, staff):
    event = factories.EventFactory(title="", published=False)
    client.post(reverse("conferences:event_publish", args=[event.slug]))
    event.refresh_from_db()
    assert not event.is_published


def test_an_empty_draft_can_be_deleted(client, staff):
    event = factories.EventFactory(published=False)
    response = client.post(reverse("conferences:event_remove", args=[event.slug]))
    assert response.url == "/conferences/"
    assert not Event.objects.exists()


@pytest.mark.parametrize("row", ["Presentation", "Recommendation", "Hall", "Session", "Attendance"])
def test_an_event_that_something_belongs_to_stays(client, staff, row):
    event = factories.EventFactory(published=False)
    getattr(factories, f"{row}Factory")(event=event)
    path = reverse("conferences:event_remove", args=[event.slug])
    assert client.get(path).context["belongings"]
    assert client.post(path).context["problem"]
    assert Event.objects.exists()


def test_a_published_event_is_not_deleted(client, staff):
    event = factories.EventFactory()
    assert client.post(reverse("conferences:event_remove", args=[event.slug])).context["problem"]
    assert Event.objects.exists()


def test_saving_what_stands_there_makes_no_new_revision(client, staff):
    client.post(NEW, typed(**{"en-title": "Water", "en-checked": "on"}))
    event = Event.objects.get()
    edit(client, event, **{"en-title": "Water", "en-checked": "on"})
    event.refresh_from_db()
    assert (event.revision, event.history.count()) == (1, 1)


def test_an_event_called_new_does_not_take_the_address_of_the_form(client, staff):
    client.post(NEW, typed(**{"ru-title": "New"}))
    assert Event.objects.get().get_absolute_url() == "/conferences/2018-new/"

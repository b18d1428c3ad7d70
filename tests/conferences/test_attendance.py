import pytest
from django.urls import reverse

from conferences.models import Attendance
from tests.conferences import factories
from tests.factories import MunicipalityFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(client):
    client.force_login(StaffFactory())
    return factories.EventFactory()


def url(event):
    return reverse("conferences:attendance", args=[event.slug])


def seen(client, event):
    return client.get(url(event)).context["rows"].state["seen"].value()


def post(client, event, *rows, **fields):
    data = {"rows": len(rows), "seen": fields.pop("seen", None) or seen(client, event)} | fields
    for number, row in enumerate(rows):
        data |= {f"row-{number}-{name}": value for name, value in row.items()}
    return client.post(url(event), data)


def stored(event):
    return list(event.attendance.values_list("institution", "role", "women", "men", "total"))


def test_people_are_women_and_men_together(client, event):
    post(client, event, {"institution": "Agency", "role": "state", "women": "3", "men": "4"})
    assert stored(event) == [("Agency", "state", 3, 4, 7)]


def test_what_nobody_counted_stays_empty(client, event):
    post(client, event, {"institution": "Agency", "role": "state", "total": "1 200"})
    assert stored(event) == [("Agency", "state", None, None, 1200)]


def test_a_municipality_is_found_under_any_spelling(client, event):
    place = MunicipalityFactory(name_ru="Жаңы-Жол айылный аймак")
    post(client, event, {"municipality": "Dzhany-Zhol", "role": "head", "total": "2"})
    assert event.attendance.get().municipality == place


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"institution": "A"}, "total"),
        ({"institution": "A", "women": "2"}, "total"),
        ({"institution": "A", "women": "2", "men": "3", "total": "4"}, "total"),
        ({"institution": "A", "women": "5", "total": "4"}, "total"),
        ({"institution": "A", "total": "0"}, "total"),
        ({"institution": "A", "total": "1000001"}, "total"),
        ({"institution": "A", "total": "many"}, "total"),
        ({"institution": "A", "women": "-1", "total": "1"}, "women"),
        ({"municipality": "Atlantis", "total": "1"}, "municipality"),
        ({"institution": "A", "total": "1", "role": "king"}, "role"),
        ({"institution": "A" * 201, "total": "1"}, "institution"),
    ],
)
def test_what_is_wrong_is_told_beside_its_row_and_kept(client, event, row, field):
    response = post(client, event, {"institution": "B", "total": "1"}, row)
    form = response.context["rows"].forms[1]
    assert set(form.errors) == {field}
    assert all(form[name].value() == value for name, value in row.items())
    assert not Attendance.objects.exists()


def test_a_municipality_and_an_institution_are_two_rows(client, event):
    MunicipalityFactory(name_ru="Кум-Бел")
    row = {"municipality": "Кум-Бел", "institution": "Agency", "total": "1"}
    assert post(client, event, row).context["rows"].forms[0].errors["institution"]


def test_nobody_stands_there_twice_with_one_role(client, event):
    row = {"institution": "Agency", "role": "state", "total": "1"}
    response = post(client, event, row, row)
    assert response.context["rows"].forms[1].errors["role"]
    post(client, event, row, row | {"role": "expert"})
    assert len(stored(event)) == 2


def test_an_emptied_row_is_removed(client, event):
    post(client, event, {"institution": "A", "total": "1"}, {"institution": "B", "total": "2"})
    post(client, event, {"institution": " "}, {"institution": "B", "total": "2"})
    assert stored(event) == [("B", "other", None, None, 2)]


def test_more_rows_save_nothing_and_keep_what_is_typed(client, event):
    response = post(client, event, {"institution": "A", "total": "x"}, more="1")
    rows = response.context["rows"]
    assert (len(rows.forms), rows.forms[0]["total"].value(), rows.problems) == (5, "x", [])
    assert not Attendance.objects.exists()


def test_who_saves_over_newer_rows_is_asked_and_loses_nothing(client, event):
    before = seen(client, event)
    post(client, event, {"institution": "A", "total": "1"})
    response = post(client, event, {"institution": "B", "total": "2"}, seen=before)
    assert [row.institution for row in response.context["stored"]] == ["A"]
    assert stored(event) == [("A", "other", None, None, 1)]
    again = response.context["rows"].state["seen"].value()
    post(client, event, {"institution": "B", "total": "2"}, seen=again)
    assert stored(event) == [("B", "other", None, None, 2)]


def test_the_same_rows_sent_twice_are_saved_once(client, event):
    before = seen(client, event)
    row = {"institution": "A", "total": "1"}
    post(client, event, row, seen=before)
    assert post(client, event, row, seen=before).status_code == 302
    event.refresh_from_db()
    assert event.revision == 2


def test_totals_add_up_what_can_be_read(client, event):
    rows = [
        {"institution": "A", "women": "1", "men": "2"},
        {"institution": "B", "total": "4"},
        {"total": "x"},
    ]
    totals = post(client, event, *rows).context["totals"]
    assert totals == {"women": 1, "men": 2, "total": 7}


@pytest.mark.parametrize("rows", ["", "x", "-1", "9" * 4000])
def test_a_count_of_rows_that_nobody_types_breaks_nothing(client, event, rows):
    assert client.post(url(event), {"rows": rows}).status_code in (200, 302)


def test_a_place_that_is_gone_and_named_like_another_stays_itself(client, event):
    gone = MunicipalityFactory(name_ru="Ак-Суу", gone_on="2025-01-01")
    MunicipalityFactory(name_ru="Ак-Суу", district=gone.district)
    factories.AttendanceFactory(event=event, municipality=gone)
    form = client.get(url(event)).context["rows"].forms[0]
    shown = form.fields["municipality"].prepare_value(form["municipality"].value())
    post(client, event, {"municipality": shown, "total": "3"})
    assert event.attendance.get().municipality == gone

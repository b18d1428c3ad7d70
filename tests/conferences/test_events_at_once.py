"""Two people on one event at the same moment: of two, one waits and is asked; nothing is half done."""

import uuid

import pytest
from django.db import connection

from conferences import attendance, events
from conferences.conflict import Conflict
from conferences.event_forms import EventForm
from conferences.models import Attendance, Event, EventText
from conferences.text_forms import Texts
from tests.conferences import factories
from tests.conferences.test_practices_at_once import at_once
from tests.factories import StaffFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("english"),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def typed(title, event=None):
    data = {"kind": "forum", "starts_on": "30.11.2018", "original": "en", "en-title": title}
    form, texts = EventForm(data, instance=event), Texts(EventText, "event", event, data)
    assert form.is_valid()
    assert texts.is_valid()
    return {"facts": form.facts, "hosts": [], "texts": texts}


def or_conflict(act):
    try:
        return act()
    except Conflict as conflict:
        return conflict


def test_the_same_form_sent_twice_at_once_is_one_event():
    key, by = uuid.uuid4(), StaffFactory()
    acts = [lambda: events.create_event(**typed("Forum"), key=key, by=by) for _time in range(2)]
    first, second = at_once(*acts)
    assert first == second == Event.objects.get()


def test_two_forms_of_one_title_at_once_are_two_addresses():
    by = StaffFactory()
    acts = [
        lambda: events.create_event(**typed("Forum"), key=uuid.uuid4(), by=by) for _time in range(2)
    ]
    made = at_once(*acts)
    assert {event.slug for event in made} == {"2018-forum", "2018-forum-2"}


def test_of_two_who_save_at_once_one_does_and_the_other_is_asked():
    event, by = factories.EventFactory(), StaffFactory()

    def save(title):
        mine = typed(title, Event.objects.get(pk=event.pk))
        return or_conflict(lambda: events.save_event(event_id=event.pk, revision=1, by=by, **mine))

    saved, asked = at_once(lambda: save("First"), lambda: save("Second"))
    assert (saved.title, isinstance(asked, Conflict)) == ("First", True)
    assert Event.objects.get().title == "First"


def test_of_two_who_count_at_once_one_does_and_the_other_is_asked():
    event, by = factories.EventFactory(), StaffFactory()
    seen = attendance.fingerprint([])

    def count(total):
        rows = [Attendance(institution="Agency", total=total)]
        return or_conflict(lambda: attendance.save(event_id=event.pk, rows=rows, seen=seen, by=by))

    _saved, asked = at_once(lambda: count(1), lambda: count(2))
    assert isinstance(asked, Conflict)
    assert event.attendance.get().total == 1

import pytest
from django import forms
from django.http import QueryDict

from conferences.conflict import Conflict, differences, refuse_older, with_revision
from conferences.models import EventText
from conferences.text_forms import Texts
from tests.conferences import factories

pytestmark = pytest.mark.django_db


class Form(forms.Form):
    kind = forms.ChoiceField(choices=[("a", "First"), ("b", "Second")], label="Kind")
    on = forms.DateField(label="On")
    done = forms.BooleanField(label="Done", required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)


def test_who_saw_the_newest_state_may_save():
    refuse_older(factories.EventFactory(revision=3), 3)


@pytest.mark.parametrize("posted", [2, None])
def test_who_saw_an_older_state_is_told_who_saved(posted):
    event = factories.EventFactory(revision=3)
    with pytest.raises(Conflict) as caught:
        refuse_older(event, posted)
    assert (caught.value.row, caught.value.at) == (event, event.history.first().history_date)


def test_differences_are_shown_as_people_read_them(english):
    mine = Form({"kind": "b", "on": "1.9.2018", "done": "on", "revision": "1"})
    stored = Form(initial={"kind": "a", "on": "2018-09-01", "revision": 2})
    found = [(d.label, d.typed, d.stored) for d in differences([mine], [stored])]
    assert found == [("Kind", "Second", "First"), ("Done", "yes", "no")]
    assert "<b>First</b>" in str(mine.fields["kind"].help_text)


def test_differences_of_texts_name_the_language(english):
    event = factories.EventFactory(title="Stored")
    data = {"original": "en", "en-title": "Mine <b>", "ru-title": "Моё"}
    mine, stored = Texts(EventText, "event", event, data), Texts(EventText, "event", event)
    found = [(d.label, d.stored) for d in differences(mine.all_forms, stored.all_forms)]
    assert found == [("Title (Русский)", "empty"), ("Title (English)", "Stored")]


def test_the_next_press_of_save_is_a_decision():
    data = with_revision(QueryDict("title=x&revision=1"), factories.EventFactory(revision=4))
    assert data.dict() == {"title": "x", "revision": "4"}

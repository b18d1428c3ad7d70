import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import BadRequest, ValidationError
from django.db import connection, connections
from django.utils import timezone

from conferences import presentations
from conferences.conflict import Conflict
from conferences.models import Presentation, PresentationText, Speaker
from conferences.presentation_speakers import SpeakerFacts
from conferences.presentations import Facts
from conferences.text_forms import Texts
from tests.conferences.factories import (
    EventFactory,
    PresentationFactory,
    SessionFactory,
)
from tests.factories import DonorFactory, HeadFactory, OfficerFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def with_call(**changes):
    now = timezone.now()
    day = dt.timedelta(days=1)
    return EventFactory(**{"call_opens_at": now - day, "call_closes_at": now + day} | changes)


def texts(talk=None, title="Water", **data):
    form = Texts(
        PresentationText,
        "presentation",
        talk,
        {"original": "en", "en-title": title, "en-abstract": "", **data},
    )
    assert form.is_valid()
    return form


def facts(*municipalities, speakers=(), links=(), **plain):
    return Facts(
        plain={"minutes": 15, **plain},
        municipalities=list(municipalities),
        speakers=[SpeakerFacts(*row) for row in speakers],
        links=list(links),
    )


def create(event=None, *, by=None, key=None, after="proposed", title="Water", **changes):
    by = by or HeadFactory()
    places = [by.municipality] if by.is_municipal else []
    return presentations.create(
        event_id=(event or with_call()).pk,
        facts=facts(*places, **changes),
        texts=texts(title=title),
        after=after,
        key=key or uuid.uuid4(),
        by=by,
    )


def save(talk, by, *, revision=1, title="Water", **changes):
    return presentations.save(
        talk_id=talk.pk,
        facts=facts(*talk.municipalities.all(), **changes),
        texts=texts(talk, title),
        revision=revision,
        by=by,
    )


def take(step, talk, by, **more):
    return presentations.take(step=step, talk_id=talk.pk, by=by, **more)


# --- Proposing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", [HeadFactory, OfficerFactory])
def test_a_municipality_proposes_while_the_call_is_open(factory):
    person = factory()
    talk = create(by=person, links=[("https://example.org/a", "Film")])
    assert (talk.status, talk.created_by, talk.title) == ("proposed", person, "Water")
    assert [*talk.municipalities.all()] == [person.municipality]
    assert [(step.before, step.after, step.changed_by) for step in talk.steps.all()] == [
        ("", "proposed", person)
    ]


@pytest.mark.parametrize(
    ("opens", "closes", "words"),
    [(-2, -1, "Proposals were taken until"), (1, 2, "Proposals are taken from")],
)
def test_outside_of_the_call_nothing_is_proposed(opens, closes, words):
    now = timezone.now()
    call = {
        "call_opens_at": now + dt.timedelta(hours=opens),
        "call_closes_at": now + dt.timedelta(hours=closes),
    }
    event = EventFactory(**call)
    with pytest.raises(ValidationError, match=words):
        create(event)
    assert not Presentation.objects.exists()
    assert create(event, by=StaffFactory()).pk


def test_without_a_call_only_the_office_enters_presentations():
    with pytest.raises(ValidationError, match="No proposals are taken"):
        create(EventFactory())
    talk = create(EventFactory(), by=StaffFactory(), after="accepted", source="A report")
    assert (talk.status, talk.municipality_is_unnamed) == ("accepted", True)


def test_a_draft_is_not_proposed_after_the_deadline():
    head = HeadFactory()
    talk = create(by=head, after="draft")
    talk.event.call_closes_at = timezone.now() - dt.timedelta(minutes=1)
    talk.event.save()
    with pytest.raises(ValidationError, match="Proposals were taken until"):
        take("propose", talk, head)


def test_a_municipality_accepts_nothing_itself():
    with pytest.raises(BadRequest):
        create(after="accepted")


def test_the_same_form_twice_is_one_presentation():
    head, event, key = HeadFactory(), with_call(), uuid.uuid4()
    first = create(event, by=head, key=key)
    assert create(event, by=head, key=key) == first
    assert (Presentation.objects.count(), first.steps.count()) == (1, 1)


def test_the_form_of_a_draft_sent_again_as_a_proposal_proposes_it():
    head, event, key = HeadFactory(), with_call(), uuid.uuid4()
    create(event, by=head, key=key, after="draft")
    assert create(event, by=head, key=key, title="Clean water").status == "proposed"
    assert Presentation.objects.get().title == "Clean water"


def test_the_key_of_somebody_elses_form_is_refused():
    talk = create(key=(key := uuid.uuid4()))
    with pytest.raises(BadRequest):
        create(talk.event, key=key)


# --- Saving ---------------------------------------------------------------------------------------


def test_saving_counts_only_what_changed():
    head = HeadFactory()
    talk = create(by=head)
    assert save(talk, head).revision == 1
    assert save(talk, head, title="Clean water").revision == 2


def test_who_saves_an_older_state_is_told_and_nothing_is_overwritten():
    head = HeadFactory()
    talk = create(by=head)
    save(talk, head, title="Clean water")
    with pytest.raises(Conflict):
        save(talk, head, title="Cheap water", revision=1, speakers=[(None, "", "Head", False)])
    assert PresentationText.objects.get().title == "Clean water"
    assert not talk.speaking.exists()


def test_what_was_decided_is_not_changed_by_the_municipality():
    head = HeadFactory()
    talk = create(by=head)
    take("accept", talk, StaffFactory())
    with pytest.raises(ValidationError, match="it is now: Accepted"):
        save(talk, head, title="Other")
    assert save(talk, StaffFactory(), title="Other").title == "Other"


def test_a_presentation_is_found_by_what_was_saved_last():
    head = HeadFactory(municipality__name_ru="Жаңы-Жол")
    talk = create(by=head)
    save(talk, head, title="Чистая вода")
    for words in ["chistaya", "Djany jol", "Conference"]:
        found = Presentation.objects.search(words)
        assert [*found] == ([talk] if words != "Conference" else [])
    assert not Presentation.objects.search("'\"%").exists()


# --- Speakers -------------------------------------------------------------------------------------


def test_one_person_in_two_talks_is_one_speaker_in_any_spelling():
    head, event = HeadFactory(), with_call()
    one = create(event, by=head, speakers=[(None, "Айгүл Жолдошева", "Head", False)])
    two = create(event, by=head, speakers=[(None, "Айгул Джолдошева", "Head", True)])
    assert one.speaking.get().speaker == two.speaking.get().speaker
    assert Speaker.objects.get().shown == "Айгул Джолдошева, Head"


def test_namesakes_of_two_municipalities_are_two_people():
    event = with_call()
    create(event, speakers=[(None, "Айгүл", "", False)])
    create(event, speakers=[(None, "Айгүл", "", False)])
    assert Speaker.objects.count() == 2


def test_a_corrected_name_stays_the_same_person_unless_others_need_it():
    head, event = HeadFactory(), with_call()
    talk = create(event, by=head, speakers=[(None, "Asan", "Head", False)])
    person = talk.speaking.get().speaker
    save(talk, head, speakers=[(person.pk, "Usen", "Head", False)])
    assert talk.speaking.get().speaker == person
    create(event, by=head, title="Other", speakers=[(None, "Usen", "Head", False)])
    save(talk, head, revision=2, speakers=[(person.pk, "Bolot", "Head", False)])
    assert talk.speaking.get().speaker != person
    assert sorted(Speaker.objects.values_list("name", flat=True)) == ["Bolot", "Usen"]


def test_who_no_longer_speaks_is_forgotten():
    head = HeadFactory()
    talk = create(by=head, speakers=[(None, "Asan", "", False), (None, "", "Engineer", False)])
    engineer = talk.speaking.get(position=1).speaker
    save(talk, head, speakers=[(engineer.pk, "", "Engineer", False)])
    assert [*Speaker.objects.all()] == [engineer]


def test_a_name_is_shown_only_with_agreement_and_a_new_role_has_no_old_translation():
    head = HeadFactory()
    talk = create(by=head, speakers=[(None, "Asan", "Head", False)])
    person = talk.speaking.get().speaker
    Speaker.objects.update(role_en="Mayor")
    assert Speaker.objects.get().shown == "Mayor"
    save(talk, head, speakers=[(person.pk, "Asan", "Deputy", False)])
    assert Speaker.objects.get().shown == "Deputy"


def test_a_speaker_of_another_talk_cannot_be_named_by_number():
    head, event = HeadFactory(), with_call()
    other = create(event, speakers=[(None, "Asan", "Head", False)]).speaking.get().speaker
    talk = create(event, by=head, speakers=[(other.pk, "Usen", "Head", False)])
    assert talk.speaking.get().speaker != other
    other.refresh_from_db()
    assert other.name == "Asan"


# --- Steps ----------------------------------------------------------------------------------------


def test_the_office_accepts_and_declines_with_a_reason():
    staff = StaffFactory()
    talk = create()
    assert take("accept", talk, staff).status == "accepted"
    with pytest.raises(ValidationError, match="Give a reason"):
        take("decline", talk, staff, reason="  ")
    assert take("decline", talk, staff, reason="No hall").status == "declined"
    assert talk.steps.values_list("after", "reason").first() == ("declined", "No hall")
    assert take("accept", talk, staff).status == "accepted"


@pytest.mark.parametrize("step", ["accept", "decline"])
def test_a_municipality_decides_nothing(step):
    head = HeadFactory()
    talk = create(by=head)
    with pytest.raises(ValidationError):
        take(step, talk, head, reason="Mine")
    talk.refresh_from_db()
    assert talk.status == "proposed"


def test_a_withdrawn_talk_frees_its_place_and_can_be_proposed_again():
    head, event = HeadFactory(), with_call()
    talk = create(event, by=head)
    take("accept", talk, StaffFactory())
    session = SessionFactory(event=event)
    end = session.starts_at + dt.timedelta(minutes=15)
    slot = {"session": session, "starts_at": session.starts_at, "ends_at": end}
    Presentation.objects.update(**slot)
    withdrawn = take("withdraw", talk, head, reason="Ill")
    assert (withdrawn.status, withdrawn.session, withdrawn.starts_at) == ("withdrawn", None, None)
    PresentationFactory(event=event, **slot)
    assert take("propose", talk, head).status == "proposed"


def test_strangers_withdraw_nothing():
    talk = create()
    for person in [HeadFactory(), DonorFactory()]:
        with pytest.raises(ValidationError):
            take("withdraw", talk, person)


def test_who_decides_second_is_told_who_was_first():
    first = StaffFactory(name="Nurlan")
    talk = create()
    take("accept", talk, first)
    with pytest.raises(ValidationError, match=r"Accepted\. Last step: Nurlan"):
        take("accept", talk, StaffFactory())


def test_who_decides_about_an_older_text_reads_it_again():
    head, staff = HeadFactory(), StaffFactory()
    talk = create(by=head)
    save(talk, head, title="Something else")
    with pytest.raises(ValidationError, match="Read it once more"):
        take("accept", talk, staff, seen=1)
    assert take("accept", talk, staff, seen=2).status == "accepted"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_wins():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    talk, people = create(), StaffFactory.create_batch(2)
    together = threading.Barrier(2)

    def click(step, by):
        together.wait()
        try:
            return take(step, talk, by, reason="Because").status
        except ValidationError as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        answers = {*threads.map(click, ["accept", "accept"], people)}
    assert answers == {"accepted", "status"}
    assert talk.steps.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_form_twice_at_once_is_one_presentation():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    head, event, key = HeadFactory(), with_call(), uuid.uuid4()
    together = threading.Barrier(2)

    def click(_number):
        together.wait()
        try:
            speakers = [(None, "Asan", "Head", True)]
            return create(event, by=head, key=key, speakers=speakers).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert len({*threads.map(click, range(2))}) == 1
    assert (Presentation.objects.count(), Speaker.objects.count()) == (1, 1)

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from conferences.models import Presentation, PresentationLink, PresentationText
from conferences.presentation_search import fill_search_key
from tests.conferences.factories import (
    EventFactory,
    HallFactory,
    PracticeFactory,
    PresentationFactory,
    SessionFactory,
    SpeakerFactory,
    VersionFactory,
)
from tests.factories import (
    DonorFactory,
    HeadFactory,
    MunicipalityFactory,
    OfficerFactory,
    PlanFactory,
    ServiceAreaFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def url(name, *args):
    return reverse(f"conferences:{name}", args=args)


def with_call(**changes):
    now, day = timezone.now(), dt.timedelta(days=1)
    return EventFactory(**{"call_opens_at": now - day, "call_closes_at": now + day} | changes)


def typed(**changes):
    """As the form sends it."""
    names = {name.replace("__", "-"): value for name, value in changes.items()}
    return {
        "original": "en",
        "en-title": "Clean water",
        "en-abstract": "How it was done",
        "minutes": "15",
        "save": "proposed",
        "speakers-0-name": "Asan Usenov",
        "speakers-0-role": "Head",
    } | names


def propose(client, event, **changes):
    return client.post(url("propose", event.slug), typed(**changes))


# --- Proposing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", [HeadFactory, OfficerFactory])
def test_a_proposal_is_sent_with_its_speakers_links_and_plan(client, factory):
    person, event, area = factory(), with_call(), ServiceAreaFactory()
    plan, partner = PlanFactory(lead=person.municipality), MunicipalityFactory()
    client.force_login(person)
    more = {"links__0__url": "example.org/film", "links__0__title": "Film", "area": area.pk}
    more |= {"plan": plan.pk, "places__0__municipality": partner.pk, "ru__title": "Чистая вода"}
    talk_page = client.get(propose(client, event, **more).url)
    talk = Presentation.objects.get()
    assert (talk.status, talk.area, talk.plan) == ("proposed", area, plan)
    assert {*talk.municipalities.all()} == {person.municipality, partner}
    assert talk.links.get().url == "https://example.org/film"
    assert talk.texts.get(language="ru").state == "draft"
    assert "The presentation was proposed." in talk_page.text


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,<script>1</script>",
        "//example.org",
        "ftp://example.org/file",
        "java\tscript:alert(1)",
        "https://bank.example@other.example/",
    ],
)
def test_a_link_that_is_no_page_of_the_web_is_refused_in_words(client, address):
    client.force_login(HeadFactory())
    response = propose(client, with_call(), links__0__url=address)
    assert "A link begins with https:// or http://" in response.text
    assert "Clean water" in response.text
    assert not Presentation.objects.exists()


def test_after_the_deadline_nothing_typed_is_lost(client):
    client.force_login(HeadFactory())
    event = with_call(call_closes_at=timezone.now() - dt.timedelta(minutes=1))
    assert "Proposals were taken until" in client.get(url("propose", event.slug)).text
    response = propose(client, event)
    assert "Proposals were taken until" in response.text
    for words in ["Clean water", "How it was done", "Asan Usenov"]:
        assert words in response.text
    assert not Presentation.objects.exists()


def test_what_is_missing_is_said_and_the_rest_stays(client):
    client.force_login(HeadFactory())
    response = propose(client, with_call(), en__title="", minutes="")
    assert "Write this in the language of the original" in response.text
    assert "Write how many minutes it takes." in response.text
    assert "How it was done" in response.text


def test_a_row_is_added_and_removed_without_a_script(client):
    client.force_login(HeadFactory())
    event = with_call()
    added = propose(client, event, add="speakers", en__title="")
    assert 'name="speakers-1-name"' in added.text
    assert "Write this in the language" not in added.text
    removed = propose(client, event, speakers__0__DELETE="on")
    assert not Presentation.objects.get(pk=removed.url.split("/")[2]).speaking.exists()


def test_a_municipality_chooses_only_its_own_plans(client):
    head = HeadFactory()
    other = PlanFactory(status="approved")
    client.force_login(head)
    assert "Select a valid choice" in propose(client, with_call(), plan=other.pk).text


def test_a_municipality_says_nothing_about_sources(client):
    client.force_login(HeadFactory())
    propose(client, with_call(), source="Invented", by_municipality="")
    talk = Presentation.objects.get()
    assert (talk.source, talk.by_municipality) == ("", True)


def test_the_office_enters_a_past_presentation_with_its_source(client):
    client.force_login(StaffFactory())
    plan, practice = PlanFactory(), PracticeFactory()
    more = {"source": "https://example.org/report", "by_municipality": "on", "save": "accepted"}
    more |= {"plan": plan.reference.lower(), "practice": f"/practices/{practice.slug}/"}
    propose(client, EventFactory(), speakers__0__name="", **more)
    talk = Presentation.objects.get()
    assert (talk.status, talk.plan, talk.practice) == ("accepted", plan, practice)
    client.logout()
    assert "Municipality not named in the source" in client.get(talk.get_absolute_url()).text


def test_an_unknown_plan_or_practice_is_said(client):
    client.force_login(StaffFactory())
    response = propose(client, EventFactory(), plan="J-1900-001", practice="nothing")
    assert "There is no plan with this reference." in response.text
    assert "There is no best practice with this address." in response.text


# --- Editing --------------------------------------------------------------------------------------


def test_who_edits_an_older_state_sees_both_and_decides(client):
    head = HeadFactory(name="Nurlan")
    talk = PresentationFactory(
        status="proposed", municipality=head.municipality, title="Old", revision=2
    )
    client.force_login(head)
    sent = typed(revision="1", speakers__0__name="")
    response = client.post(url("presentation_edit", talk.pk), sent)
    assert "Somebody else saved this while you were working on it" in response.text
    assert "<b>Old</b>" in response.text
    assert 'name="revision" value="2"' in response.text
    again = client.post(url("presentation_edit", talk.pk), sent | {"revision": "2"})
    assert again.url == talk.get_absolute_url()
    assert PresentationText.objects.get().title == "Clean water"


def test_what_was_decided_meanwhile_is_said_and_nothing_is_lost(client):
    head = HeadFactory()
    talk = PresentationFactory(municipality=head.municipality, title="Old")
    client.force_login(head)
    response = client.post(url("presentation_edit", talk.pk), typed(revision="1"))
    assert "meanwhile somebody decided" in response.text
    assert "How it was done" in response.text
    assert PresentationText.objects.get().title == "Old"


def test_the_form_shows_what_is_stored_and_saving_it_changes_nothing(client):
    head = HeadFactory()
    client.force_login(head)
    propose(client, with_call(), links__0__url="https://example.org/")
    talk = Presentation.objects.get()
    page = client.get(url("presentation_edit", talk.pk))
    for words in ["Clean water", "Asan Usenov", "https://example.org/"]:
        assert words in page.text


# --- The page -------------------------------------------------------------------------------------


def test_a_name_is_read_only_by_who_may_while_its_owner_did_not_agree(client):
    head = HeadFactory()
    speaker = SpeakerFactory(name="Asan Usenov", role="Engineer")
    talk = PresentationFactory(event=speaker.event, municipality=head.municipality, speaker=speaker)
    pages = [talk.get_absolute_url(), talk.event.get_absolute_url(), url("presentation_list")]
    for person in [None, DonorFactory(), HeadFactory()]:
        client.logout()
        if person:
            client.force_login(person)
        for page in pages:
            assert "Asan Usenov" not in client.get(page).text
        assert "Engineer" in client.get(pages[0]).text
    for person in [head, StaffFactory()]:
        client.force_login(person)
        assert "Asan Usenov" in client.get(pages[0]).text


def test_links_leave_without_telling_where_one_came_from(client):
    talk = PresentationFactory()
    PresentationLink.objects.create(presentation=talk, url="https://example.org/a", title="<b>Film")
    page = client.get(talk.get_absolute_url()).text
    assert (
        '<a href="https://example.org/a" rel="noopener noreferrer nofollow">&lt;b&gt;Film' in page
    )


def test_plans_and_municipalities_are_links_only_for_who_is_signed_in(client):
    plan, place = PlanFactory(status="approved"), MunicipalityFactory(name_en="Kum-Bel")
    talk = PresentationFactory(plan=plan, municipality=place)
    page = client.get(talk.get_absolute_url()).text
    assert "Kum-Bel" in page
    assert plan.reference not in page
    assert place.get_absolute_url() not in page
    client.force_login(DonorFactory())
    page = client.get(talk.get_absolute_url()).text
    assert plan.get_absolute_url() in page
    assert place.get_absolute_url() in page


def test_a_plan_or_practice_that_one_may_not_see_is_not_named(client):
    draft = VersionFactory(title="Hidden practice")
    talk = PresentationFactory(plan=PlanFactory(), practice=draft.practice)
    client.force_login(DonorFactory())
    page = client.get(talk.get_absolute_url()).text
    assert talk.plan.reference not in page
    assert "Hidden practice" not in page


def test_the_page_says_where_and_when(client):
    hall = HallFactory(name_en="Great hall")
    session = SessionFactory(event=hall.event, hall=hall)
    end = session.starts_at + dt.timedelta(minutes=15)
    talk = PresentationFactory(
        event=hall.event, session=session, starts_at=session.starts_at, ends_at=end
    )
    page = client.get(talk.get_absolute_url()).text
    for words in ["Great hall", "30 Nov 2018, 09:00", "09:15"]:
        assert words in page


def test_steps_and_reasons_are_for_the_office_and_the_own_municipality(client):
    head, staff = HeadFactory(), StaffFactory()
    talk = PresentationFactory(status="proposed", municipality=head.municipality)
    client.force_login(staff)
    decline = url("presentation_decline", talk.pk)
    refused = client.post(decline, {"reason": " ", "revision": "1"})
    assert "Give a reason" in refused.text
    client.post(decline, {"reason": "No hall is free", "revision": "1"})
    client.force_login(head)
    assert client.get(talk.get_absolute_url()).text.count("No hall is free") == 2
    client.post(decline, {"reason": "x"})
    client.force_login(staff)
    client.post(url("presentation_accept", talk.pk), {"revision": "1"})
    client.logout()
    page = client.get(talk.get_absolute_url())
    assert page.status_code == 200
    assert "No hall is free" not in page.text


def test_who_decides_second_reads_it_on_the_page(client):
    talk = PresentationFactory(status="proposed")
    accept = url("presentation_accept", talk.pk)
    client.force_login(StaffFactory(name="Nurlan"))
    client.post(accept, {"revision": "1"})
    client.force_login(StaffFactory())
    response = client.post(accept, {"revision": "1"})
    assert "Only a proposed or declined presentation can be accepted." in response.text
    assert "Nurlan" in response.text


def test_what_is_not_accepted_or_not_published_is_not_there(client):
    for hidden in [
        PresentationFactory(status="proposed"),
        PresentationFactory(event=EventFactory(published=False)),
    ]:
        assert client.get(hidden.get_absolute_url()).status_code == 404
        assert hidden.title not in client.get(url("presentation_list")).context["page"].object_list


# --- Lists ----------------------------------------------------------------------------------------


def listed(client, **query):
    return {talk.title for talk in client.get(url("presentation_list"), query).context["page"]}


def test_presentations_are_found_by_words_area_region_year_and_municipality(client):
    area, place = ServiceAreaFactory(), MunicipalityFactory(name_ru="Жаңы-Жол")
    talk = PresentationFactory(title="Таза суу", area=area, municipality=place)
    fill_search_key(talk)
    PresentationFactory(title="Other", event__starts_on=dt.date(2020, 5, 1))
    for query in [
        {"q": "taza"},
        {"q": "Zhany-Zhol"},
        {"area": area.code},
        {"region": place.region.iso},
        {"year": "2018"},
        {"municipality": place.code},
    ]:
        assert listed(client, **query) == {"Таза суу"}
    assert listed(client, area="none") == {"Other"}
    assert listed(client) == {"Таза суу", "Other"}


@pytest.mark.parametrize("words", ["x" * 10_000, '"\'"', "%", "\x00", "' OR 1=1 --"])
def test_strange_words_find_nothing_and_break_nothing(client, words):
    PresentationFactory()
    response = client.get(url("presentation_list"), {"q": words})
    assert response.status_code == 200
    assert not response.context["page"].object_list


def test_a_municipality_finds_its_proposals_and_the_office_what_waits(client):
    head = HeadFactory()
    draft = PresentationFactory(status="draft", municipality=head.municipality, title="My draft")
    PresentationFactory(status="proposed", event=draft.event)
    client.force_login(head)
    page = client.get(url("presentation_list"))
    assert [*page.context["own"]] == [draft]
    assert "My draft" in page.text
    client.force_login(StaffFactory())
    assert client.get(url("presentation_list")).context["to_decide"] == [(draft.event, 1)]


@pytest.mark.parametrize("talks", [1, 4])
def test_the_list_asks_the_same_number_of_queries_for_any_length(
    client, django_assert_num_queries, talks
):
    for _number in range(talks):
        speaker = SpeakerFactory()
        PresentationFactory(
            event=speaker.event,
            speaker=speaker,
            municipality=MunicipalityFactory(),
            area=ServiceAreaFactory(),
        )
    with django_assert_num_queries(10):
        assert len(client.get(url("presentation_list")).context["page"]) == talks


def proposal(event, **changes):
    speaker = SpeakerFactory(event=event, name="Asan Usenov", municipality=MunicipalityFactory())
    defaults = {"status": "proposed", "speaker": speaker, "municipality": speaker.municipality}
    return PresentationFactory(event=event, area=ServiceAreaFactory(), **defaults | changes)


def test_the_office_reads_proposals_with_full_names_and_filters_them(client):
    event = EventFactory()
    proposal(event, title="=SUM(1)")
    proposal(event, status="declined", title="Other")
    client.force_login(StaffFactory())
    page = client.get(url("proposals", event.slug), {"status": "proposed"})
    assert [talk.title for talk in page.context["page"]] == ["=SUM(1)"]
    assert "Asan Usenov" in page.text
    assert [number for *_status, number in page.context["counts"]] == [1, 1]
    table = client.get(url("proposals_file", event.slug), {"status": "proposed"}).content.decode()
    assert table.startswith("\ufeffnumber,status,topic")
    assert "'=SUM(1)" in table
    assert "Other" not in table


@pytest.mark.parametrize("talks", [1, 4])
def test_the_proposals_ask_the_same_number_of_queries_for_any_length(
    client, django_assert_num_queries, talks
):
    event = EventFactory()
    for _number in range(talks):
        proposal(event, plan=PlanFactory())
    client.force_login(StaffFactory())
    with django_assert_num_queries(20):
        client.get(url("proposals", event.slug))


def test_a_partner_does_not_take_a_presentation_away_from_who_proposed_it(client):
    proposer, partner, event = HeadFactory(), HeadFactory(), with_call()
    client.force_login(proposer)
    propose(client, event, places__0__municipality=partner.municipality_id)
    talk = Presentation.objects.get()
    client.force_login(partner)
    changed = typed(revision=talk.revision, en__title="Ours")
    assert client.post(url("presentation_edit", talk.pk), changed).status_code == 302
    places = talk.municipalities.values_list("pk", flat=True)
    assert set(places) == {proposer.municipality_id, partner.municipality_id}

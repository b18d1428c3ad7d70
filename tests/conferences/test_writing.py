"""Practices: begun from a plan or without one, saved, begun anew, thrown away."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from action_plans.models import PlanText
from conferences import writing
from conferences.models import Practice, PracticeStep, PracticeText
from tests.conferences import factories
from tests.factories import (
    DonorFactory,
    HeadFactory,
    MunicipalityFactory,
    PlanFactory,
    ServiceAreaFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
ADD = reverse("conferences:practice_add")


def full_plan(**fields):
    plan = PlanFactory(
        status="completed",
        title="Вода",
        area=ServiceAreaFactory(),
        completed_on=dt.date(2018, 11, 1),
        beneficiaries_total=1200,
        beneficiaries_women=600,
        **fields,
    )
    plan.texts.update(problem="Мутная", objective="Чистая", works="Трубы", provider="ОсОО")
    PlanText.objects.create(
        plan=plan, language="en", state="checked", title="Water", upkeep="Tariff"
    )
    return plan


def edit(slug):
    return reverse("conferences:practice_edit", args=[slug])


def form_of(version, **typed):
    """What the browser sends of the form of a draft, with something typed into it."""
    data = {"original": version.original.language, "number": version.number}
    data |= {"revision": version.revision, "area": version.practice.area_id or ""}
    for text in version.texts.all():
        for name in ["title", *PracticeText.SECTIONS]:
            data[f"{text.language}-{name}"] = getattr(text, name)
        if text.state == "checked":
            data[f"{text.language}-checked"] = "on"
    steps = [
        {"text_en": step.text_en, "first_week": step.first_week or ""}
        for step in version.steps.all()
    ]
    data |= {"steps-TOTAL_FORMS": len(steps), "steps-INITIAL_FORMS": 0}
    for number, step in enumerate(steps):
        data |= {f"steps-{number}-{name}": value for name, value in step.items()}
    return data | typed


# --- Beginning ------------------------------------------------------------------------------------


def test_a_practice_takes_over_what_the_plan_says_in_each_language():
    practice, is_new = writing.begin_from_plan(plan_id=full_plan().pk, by=StaffFactory())
    version = practice.versions.get()
    ru, en = version.texts.get(language="ru"), version.texts.get(language="en")
    assert is_new
    assert (ru.title, ru.problem, ru.solution) == ("Вода", "Мутная", "Чистая\n\nТрубы")
    assert (ru.provider, ru.is_original, ru.state) == ("ОсОО", True, "original")
    assert (en.title, en.upkeep, en.state) == ("Water", "Tariff", "checked")
    assert en.results == "The work was completed: 1 Nov 2018. 1,200 people benefit. Women: 600."
    assert practice.slug == "voda"
    assert practice.area == practice.plan.areas.get().area


def test_what_only_the_sample_set_says_is_not_taken_over_as_known():
    plan = full_plan()
    names = ["completed_on", "beneficiaries_women", "problem", "cost_kgs"]
    type(plan).objects.filter(pk=plan.pk).update(sample_fields=names)
    practice, _is_new = writing.begin_from_plan(plan_id=plan.pk, by=StaffFactory())
    text = practice.versions.get().texts.get(language="en")
    assert (text.problem, text.results) == ("", "1,200 people benefit.")
    assert not practice.is_sample


def test_the_practice_of_an_invented_plan_is_a_sample():
    plan = full_plan()
    type(plan).objects.filter(pk=plan.pk).update(sample_fields=["title", "problem"])
    practice, _is_new = writing.begin_from_plan(plan_id=plan.pk, by=StaffFactory())
    assert practice.is_sample
    assert practice.versions.get().texts.get(language="ru").problem == "Мутная"


def test_a_second_click_leads_to_the_practice_that_there_is(client):
    plan, user = full_plan(), StaffFactory()
    client.force_login(user)
    first = client.post(ADD, {"plan": plan.reference})
    second = client.post(ADD, {"plan": plan.reference})
    assert first.url == second.url == edit("voda")
    assert Practice.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "answer"), [("draft", 404), ("cancelled", 404), ("approved", 302)]
)
def test_a_practice_is_made_from_an_approved_plan_only(client, status, answer):
    plan = PlanFactory(status=status)
    client.force_login(StaffFactory())
    assert client.post(ADD, {"plan": plan.reference}).status_code == answer


def test_the_own_municipality_makes_a_practice_and_others_do_not(client):
    plan = full_plan()
    for person in [HeadFactory(), DonorFactory()]:
        client.force_login(person)
        assert client.post(ADD, {"plan": plan.reference}).status_code == 404
    client.force_login(HeadFactory(municipality=plan.lead))
    assert client.post(ADD, {"plan": plan.reference}).url == edit("voda")


def test_the_plan_page_has_the_button_then_the_draft_then_the_practice(client):
    plan = full_plan()
    client.force_login(StaffFactory())
    button = "Make a best practice of it"
    assert button in client.get(plan.get_absolute_url()).text
    client.post(ADD, {"plan": plan.reference})
    page = client.get(plan.get_absolute_url()).text
    assert button not in page
    assert "Draft of a best practice" in page
    client.force_login(DonorFactory())
    assert "best practice" not in client.get(plan.get_absolute_url()).text


def test_a_practice_without_a_plan_is_begun_once_however_often_the_form_is_sent(client):
    client.force_login(StaffFactory())
    typed = {"title": "Чистая  вода", "language": "ru", "key": str(uuid.uuid4())}
    typed["municipality"] = MunicipalityFactory().pk
    assert client.post(ADD, typed).url == client.post(ADD, typed).url == edit("chistaia-voda")
    text = PracticeText.objects.get()
    assert (text.title, text.language, text.is_original) == ("Чистая вода", "ru", True)


def test_a_municipality_begins_practices_of_its_own(client):
    head = HeadFactory()
    client.force_login(head)
    typed = {"title": "x", "language": "ru", "key": str(uuid.uuid4())}
    answer = client.post(ADD, typed | {"municipality": MunicipalityFactory().pk})
    assert "municipality" in answer.context["form"].errors
    assert client.post(ADD, typed | {"municipality": head.municipality_id}).status_code == 302


# --- Saving ---------------------------------------------------------------------------------------


@pytest.fixture
def draft():
    return factories.VersionFactory(title="Water")


def test_texts_and_steps_are_saved_and_say_who_saved(client, draft):
    user = StaffFactory()
    client.force_login(user)
    typed = {"en-problem": "Dirty", "ru-title": "Вода", "steps-TOTAL_FORMS": 3}
    typed |= {"steps-0-text_en": "Survey", "steps-0-first_week": "1", "steps-0-weeks": "2"}
    typed |= {"steps-2-text_ru": "Трубы"}  # the second row was left empty
    assert client.post(edit(draft.practice.slug), form_of(draft, **typed)).status_code == 302
    draft.refresh_from_db()
    steps = draft.steps.values_list("position", "first_week", "weeks", "text_en", "text_ru")
    assert list(steps) == [(1, 1, 2, "Survey", ""), (2, None, None, "", "Трубы")]
    assert draft.texts.get(language="en").problem == "Dirty"
    assert (draft.saved_by, draft.revision) == (user, 2)
    assert user in draft.writers.all()
    assert "voda" in draft.search_key


def test_saving_without_a_change_changes_nothing(client, draft):
    client.force_login(user := StaffFactory())
    client.post(edit(draft.practice.slug), form_of(draft))
    draft.refresh_from_db()
    assert (draft.revision, user in draft.writers.all()) == (1, False)


def test_steps_are_added_moved_and_removed_without_javascript(client, draft):
    PracticeStep.objects.create(version=draft, position=1, text_en="One")
    PracticeStep.objects.create(version=draft, position=2, text_en="Two")
    client.force_login(StaffFactory())

    def pressed(**button):
        page = client.post(edit(draft.practice.slug), form_of(draft, **button))
        return [row["text_en"].value() for row in page.context["entry"].steps]

    assert pressed(add="steps") == ["One", "Two", ""]
    assert pressed(remove="steps-0") == ["Two"]
    assert pressed(move="steps-1-up") == ["Two", "One"]
    assert pressed(move="steps-1-down") == ["One", "Two"]
    assert pressed(move="steps-99999999-up") == ["One", "Two"]
    assert draft.steps.count() == 2


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"steps-0-weeks": "2"}, "Write the step in at least one language, or remove it."),
        ({"steps-0-weeks": "0", "steps-0-text_en": "x"}, "Weeks are whole numbers between 1 and 520."),
        ({"steps-0-weeks": "ten", "steps-0-text_en": "x"}, "Weeks are whole numbers between 1 and 520."),
        ({"steps-TOTAL_FORMS": "100000"}, "There are too many steps: at most 60 can be saved."),
        ({"en-title": ""}, "Write this in the language of the original: title."),
    ],
)  # fmt: skip
def test_what_cannot_be_saved_comes_back_as_typed_with_what_to_do(client, draft, typed, message):
    client.force_login(StaffFactory())
    typed = {"steps-TOTAL_FORMS": 1, "en-problem": "Typed"} | typed
    page = client.post(edit(draft.practice.slug), form_of(draft, **typed))
    assert message.lower() in page.text.lower()
    assert "Typed" in page.text
    assert draft.texts.get().problem == ""


def test_who_saves_over_another_person_is_asked_and_keeps_what_was_typed(client, draft):
    older = form_of(
        draft, **{"en-problem": "Mine", "steps-TOTAL_FORMS": 1, "steps-0-text_en": "Dig"}
    )
    client.force_login(StaffFactory(name="Anna"))
    client.post(edit(draft.practice.slug), form_of(draft, **{"en-problem": "Theirs"}))
    client.force_login(StaffFactory())
    page = client.post(edit(draft.practice.slug), older)
    assert draft.texts.get().problem == "Theirs"
    assert "Saved by Anna" in page.text
    found = [(d.typed, d.stored) for d in page.context["differences"]]
    assert found == [("Mine", "Theirs"), ("Dig", "")]
    revision = page.context["entry"].about["revision"].value()
    assert client.post(edit(draft.practice.slug), older | {"revision": revision}).status_code == 302
    assert draft.texts.get().problem == "Mine"


def test_what_was_typed_stays_on_the_page_when_the_version_was_published_meanwhile(client, draft):
    client.force_login(StaffFactory())
    older = form_of(draft, **{"en-problem": "Typed"})
    factories.publish(draft)
    page = client.post(edit(draft.practice.slug), older)
    assert "Nothing was saved: meanwhile this version was moved on" in page.text
    assert "Typed" in page.text
    assert draft.texts.get().problem == ""


def test_a_draft_of_another_municipality_is_not_found(client, draft):
    for person in [HeadFactory(), DonorFactory()]:
        client.force_login(person)
        assert client.get(edit(draft.practice.slug)).status_code == 404
        assert client.post(edit(draft.practice.slug), form_of(draft)).status_code == 404


def test_the_area_is_chosen_by_the_writers_and_found(client, draft):
    area = ServiceAreaFactory(name_ru="Водоснабжение")
    client.force_login(HeadFactory(municipality=draft.practice.municipality))
    client.post(edit(draft.practice.slug), form_of(draft, area=area.pk))
    draft.refresh_from_db()
    assert draft.practice.area == area
    assert "vodosnab" in draft.search_key


# --- The next version -----------------------------------------------------------------------------


@pytest.fixture
def published():
    version = factories.VersionFactory(title="Water")
    PracticeStep.objects.create(version=version, position=1, text_en="Survey", first_week=1)
    PracticeText.objects.create(version=version, language="ru", title="Вода", state="checked")
    return factories.publish(version)


def test_editing_what_is_published_begins_the_next_version(client, published):
    client.force_login(StaffFactory())
    slug = published.practice.slug
    assert "Begin version 2" in client.get(edit(slug)).text
    answer = client.post(reverse("conferences:practice_version_add", args=[slug]))
    assert answer.url == edit(slug)
    new = published.practice.versions.get(number=2)
    assert new.status == "draft"
    assert list(new.steps.values_list("text_en", "first_week")) == [("Survey", 1)]
    assert sorted(new.texts.values_list("language", "state")) == [
        ("en", "original"),
        ("ru", "checked"),
    ]
    client.post(edit(slug), form_of(new, **{"en-title": "Clean water"}))
    assert published.texts.get(language="en").title == "Water"
    assert new.texts.get(language="en").title == "Clean water"


def test_a_second_click_leads_to_the_version_that_was_begun(published):
    by = StaffFactory()
    first = writing.begin_version(practice_id=published.practice_id, by=by)
    assert first[1]
    assert writing.begin_version(practice_id=published.practice_id, by=by) == (first[0], False)


def test_a_stranger_begins_no_version(published):
    with pytest.raises(ValidationError):
        writing.begin_version(practice_id=published.practice_id, by=HeadFactory())


def test_a_draft_is_thrown_away_after_a_question_and_the_published_version_stays(client, published):
    by = StaffFactory()
    writing.begin_version(practice_id=published.practice_id, by=by)
    client.force_login(by)
    address = reverse("conferences:practice_discard", args=[published.practice.slug])
    assert "Version 1 stays published as it is." in client.get(address).text
    client.post(address, {"revision": 1})
    assert list(published.practice.versions.all()) == [published]


def test_a_practice_that_was_never_published_goes_with_its_draft(client, draft):
    client.force_login(StaffFactory())
    address = reverse("conferences:practice_discard", args=[draft.practice.slug])
    assert client.post(address, {"revision": draft.revision}).url == reverse(
        "conferences:practice_work"
    )
    assert not Practice.objects.exists()


def test_a_draft_that_somebody_saved_meanwhile_is_not_thrown_away(client, draft):
    type(draft).objects.filter(pk=draft.pk).update(revision=5)
    client.force_login(StaffFactory())
    address = reverse("conferences:practice_discard", args=[draft.practice.slug])
    page = client.post(address, {"revision": draft.revision}, follow=True)
    assert "Somebody saved this draft after you opened this page." in page.text
    assert Practice.objects.exists()


@pytest.mark.parametrize("rows", [1, 4])
def test_the_form_asks_the_same_number_of_queries(client, django_assert_num_queries, draft, rows):
    for number in range(rows):
        PracticeStep.objects.create(version=draft, position=number, text_en="x")
        draft.remarks.create(text="x", written_at=draft.created_at)
    client.force_login(StaffFactory())
    with django_assert_num_queries(10):
        client.get(edit(draft.practice.slug))

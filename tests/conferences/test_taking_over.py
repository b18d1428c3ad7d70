import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from conferences import taking_over
from conferences.conflict import Conflict
from conferences.models import TakeOver
from municipalities.models import Succession
from tests.conferences.factories import PracticeFactory, PublishedFactory, TakeOverFactory
from tests.factories import (
    DonorFactory,
    HeadFactory,
    MunicipalityFactory,
    OfficerFactory,
    PlanFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
DAY = dt.date(2020, 5, 1)


@pytest.fixture
def practice():
    return PublishedFactory().practice


@pytest.fixture
def head():
    return HeadFactory()


def note(practice, by, *, municipality=None, revision=0, state="interested", **typed):
    return taking_over.note(
        practice=practice,
        municipality=municipality or by.municipality,
        revision=revision,
        by=by,
        state=state,
        **typed,
    )


def refused(*args, **kwargs):
    with pytest.raises(ValidationError) as error:
        note(*args, **kwargs)
    return error.value


def test_a_head_notes_interest_then_a_plan_then_that_it_runs(practice, head):
    plan = PlanFactory(lead=head.municipality)
    note(practice, head)
    note(practice, head, revision=1, state="planning", plan=plan)
    row = note(
        practice, head, revision=2, state="running", plan=plan, started_on=DAY, result="Вода есть"
    )
    assert [(s.before, s.after) for s in row.steps.all()] == [
        ("planning", "running"),
        ("interested", "planning"),
        ("", "interested"),
    ]
    assert (row.revision, row.language) == (3, "en")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"state": "planning"}, "plan"),
        ({"state": "running"}, "started_on"),
        ({"state": "running", "started_on": dt.date(2999, 1, 1)}, "started_on"),
        ({"state": "given_up"}, "given_up_reason"),
    ],
)
def test_each_state_says_what_belongs_to_it(practice, head, typed, field):
    assert field in refused(practice, head, **typed).message_dict
    assert not TakeOver.objects.exists()


def test_a_plan_of_another_municipality_is_refused(practice, head):
    assert "plan" in refused(practice, head, state="planning", plan=PlanFactory()).message_dict


def test_the_plan_of_the_practice_itself_is_refused(practice):
    plan = PlanFactory(lead=practice.municipality)
    practice.plan = plan
    practice.save()
    other = MunicipalityFactory()
    plan.municipalities.create(municipality=other, share=50)
    problem = refused(practice, StaffFactory(), municipality=other, state="planning", plan=plan)
    assert "plan" in problem.message_dict


def test_a_cost_is_read_from_the_plan_or_typed_never_both(practice, head):
    plan = PlanFactory(lead=head.municipality, cost_kgs=900)
    problem = refused(practice, head, state="planning", plan=plan, cost_kgs=Decimal(5))
    assert "cost_kgs" in problem.message_dict
    assert note(practice, head, cost_kgs=Decimal(5)).cost == 5
    assert note(practice, head, revision=1, state="planning", plan=plan).cost == 900


def test_a_plan_of_a_place_that_was_merged_into_it_may_be_chosen(practice, head):
    earlier = MunicipalityFactory()
    Succession.objects.create(predecessor=earlier, successor=head.municipality, kind="merged")
    plan = PlanFactory(lead=earlier)
    assert note(practice, head, state="planning", plan=plan).plan == plan


def test_the_own_practice_is_not_taken_over(practice):
    head = HeadFactory(municipality=practice.municipality)
    assert refused(practice, head).messages == [taking_over.OWN]
    assert refused(practice, StaffFactory(), municipality=head.municipality).messages


def test_a_draft_is_not_taken_over(head):
    assert refused(PracticeFactory(), head).messages == ["This practice is not published."]


@pytest.mark.parametrize("person", [HeadFactory, DonorFactory])
def test_only_the_municipality_itself_and_the_office_note_it(practice, person):
    assert refused(practice, person(), municipality=MunicipalityFactory()).messages
    assert note(practice, StaffFactory(), municipality=MunicipalityFactory()).pk


def test_a_double_click_is_one_note(practice, head):
    assert note(practice, head) == note(practice, head)
    assert TakeOver.objects.get().steps.count() == 1


def test_who_saves_over_a_newer_state_is_asked(practice, head):
    note(practice, head)
    note(
        practice,
        StaffFactory(),
        municipality=head.municipality,
        revision=1,
        result="From the office",
    )
    with pytest.raises(Conflict):
        note(practice, head, revision=1, result="Mine")
    assert TakeOver.objects.get().result == "From the office"


def test_a_note_that_was_removed_meanwhile_is_not_made_again_silently(practice, head):
    taking_over.remove(take_over=note(practice, head), by=head)
    assert refused(practice, head, revision=1, result="Mine").code == "removed"


def test_only_interest_is_removed(practice, head):
    row = note(practice, head, state="running", started_on=DAY)
    with pytest.raises(ValidationError):
        taking_over.remove(take_over=row, by=head)
    note(practice, head, revision=1)
    taking_over.remove(take_over=row, by=head)
    taking_over.remove(take_over=row, by=head)  # a double click
    assert not TakeOver.objects.exists()


def test_others_do_not_remove_it(practice, head):
    row = note(practice, head)
    with pytest.raises(ValidationError):
        taking_over.remove(take_over=row, by=HeadFactory())
    assert TakeOver.objects.exists()


# --- Pages --------------------------------------------------------------------------------------------


def address(practice):
    return reverse("conferences:take_over", args=[practice.slug])


def test_an_officer_fills_in_the_form(client, practice):
    officer = OfficerFactory()
    client.force_login(officer)
    assert "How far it is" in client.get(address(practice)).content.decode()
    data = {
        "state": "running",
        "started_on": "01.05.2020",
        "cost_kgs": "1 200 000",
        "revision": "0",
    }
    response = client.post(address(practice), data)
    assert response.url == f"{practice.get_absolute_url()}#followers"
    row = TakeOver.objects.get()
    assert (row.municipality, row.cost_kgs, row.started_on) == (
        officer.municipality,
        1_200_000,
        DAY,
    )


def test_a_mistake_comes_back_with_what_was_typed(client, practice, head):
    client.force_login(head)
    data = {"state": "given_up", "result": "Nothing came of it", "revision": "0"}
    text = client.post(address(practice), data).content.decode()
    assert "Nothing came of it" in text
    assert "others learn from it" in text


def test_two_tabs_show_both_states_and_a_second_press_decides(client, practice, head):
    client.force_login(head)
    first = {"state": "interested", "result": "First tab", "revision": "0"}
    second = {"state": "interested", "result": "Second tab", "revision": "0"}
    client.post(address(practice), first)
    response = client.post(address(practice), second)
    text = response.content.decode()
    assert "First tab" in text
    assert "Second tab" in text
    client.post(
        address(practice), second | {"revision": response.context["form"]["revision"].value()}
    )
    assert TakeOver.objects.get().result == "Second tab"


def test_the_office_chooses_the_municipality_first(client, practice):
    client.force_login(StaffFactory())
    assert "Who takes it over?" in client.get(address(practice)).content.decode()
    place = MunicipalityFactory()
    chosen = f"{address(practice)}?municipality={place.code}"
    client.post(chosen, {"state": "interested", "revision": "0"})
    assert TakeOver.objects.get().municipality == place
    assert client.get(f"{address(practice)}?municipality=atlantis").status_code == 200


def test_the_own_practice_leads_back_with_a_word(client, practice):
    client.force_login(HeadFactory(municipality=practice.municipality))
    response = client.get(address(practice), follow=True)
    assert "there is nothing to take over" in response.content.decode()


def test_removing_asks_first(client, practice, head):
    row = note(practice, head)
    client.force_login(head)
    page = reverse("conferences:take_over_remove", args=[practice.slug, row.pk])
    assert "Remove this note?" in client.get(page).content.decode()
    assert TakeOver.objects.exists()
    for _ in range(2):
        assert client.post(page).status_code == 302
    assert not TakeOver.objects.exists()


def test_a_note_that_is_gone_comes_back_with_what_was_typed(client, practice, head):
    client.force_login(head)
    data = {"state": "interested", "result": "Typed over it", "revision": "1"}
    response = client.post(address(practice), data)
    assert "Typed over it" in response.content.decode()
    assert "Meanwhile this note was removed" in response.content.decode()
    client.post(
        address(practice), data | {"revision": response.context["form"]["revision"].value()}
    )
    assert TakeOver.objects.get().result == "Typed over it"


def test_a_municipality_lists_what_it_takes_over(client, head):
    mine, _other = TakeOverFactory(municipality=head.municipality), TakeOverFactory()
    PublishedFactory(practice=mine.practice, title="Mine")
    client.force_login(head)
    rows = client.get(reverse("conferences:take_overs")).context["followers"]
    assert [follower.row for _version, follower in rows] == [mine]
    assert [version.title for version, _follower in rows] == ["Mine"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_for_any_length(client, django_assert_num_queries, head, number):
    for _ in range(number):
        practice = PublishedFactory().practice
        practice.plan = PlanFactory()
        practice.save()
        plan = PlanFactory(lead=head.municipality)
        TakeOverFactory(
            practice=practice, municipality=head.municipality, state="planning", plan=plan
        )
    client.force_login(head)
    with django_assert_num_queries(8):
        client.get(reverse("conferences:take_overs"))


def test_the_day_of_a_note_is_that_of_its_state(practice, head):
    row = note(practice, head)
    earlier = timezone.now() - dt.timedelta(days=9)
    TakeOver.objects.update(noted_at=earlier)
    assert note(practice, head, revision=1, result="More").noted_at == earlier
    assert row.municipality == head.municipality

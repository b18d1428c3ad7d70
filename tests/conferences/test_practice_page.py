import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from action_plans.models import BudgetRevision
from conferences import practice_page
from conferences.models import PracticeStep, PracticeText, PracticeVersion
from tests.conferences.factories import (
    EventFactory,
    PracticeFactory,
    PresentationFactory,
    PublishedFactory,
    TakeOverFactory,
    VersionFactory,
)
from tests.factories import (
    BudgetLineFactory,
    ContributionFactory,
    DonorFactory,
    HeadFactory,
    MunicipalityFactory,
    OfficerFactory,
    PaymentFactory,
    PlanFactory,
    ServiceAreaFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def text(client, practice, user=None, query=""):
    if user:
        client.force_login(user)
    response = client.get(practice.get_absolute_url() + query)
    assert response.status_code == 200
    return response.content.decode()


def with_plan(**plan):
    plan = PlanFactory(**{"cost_kgs": 1_000_000, "own": 200_000, "status": "approved"} | plan)
    practice = PracticeFactory(plan=plan, municipality=plan.lead, area=ServiceAreaFactory())
    return PublishedFactory(practice=practice, title="Water in pipes").practice


# --- Who sees what ------------------------------------------------------------------------------------


def test_anybody_reads_a_published_practice(client):
    assert "Water in pipes" in text(client, with_plan())


def test_a_draft_is_not_found_by_the_public_and_other_municipalities(client):
    practice = VersionFactory().practice
    assert client.get(practice.get_absolute_url()).status_code == 404
    for person in [HeadFactory(), DonorFactory()]:
        client.force_login(person)
        assert client.get(practice.get_absolute_url()).status_code == 404


def test_the_office_and_the_own_municipality_read_the_draft_and_are_told(client):
    practice = VersionFactory(title="Draft title").practice
    for person in [StaffFactory(), OfficerFactory(municipality=practice.municipality)]:
        shown = text(client, practice, person)
        assert "Draft title" in shown
        assert "The public does not see it" in shown


def test_the_published_version_stays_while_the_next_one_is_written(client):
    practice = with_plan()
    VersionFactory(practice=practice, number=2, title="Next title")
    assert "Next title" not in text(client, practice)
    shown = text(client, practice, StaffFactory())
    assert "Water in pipes" in shown
    assert "A newer version is being written" in shown


def replaced():
    practice = PublishedFactory(title="Old title", status="replaced").practice
    PublishedFactory(practice=practice, number=2, title="New title")
    return practice


def test_an_older_version_is_for_who_is_signed_in(client):
    practice = replaced()
    address = f"{practice.get_absolute_url()}versions/1/"
    assert client.get(address).url.startswith("/accounts/login/")
    assert "Version 1</a>" not in text(client, practice)
    client.force_login(DonorFactory())
    shown = client.get(address).content.decode()
    assert "Old title" in shown
    assert "replaced by a newer one" in shown
    assert (
        client.get(f"{practice.get_absolute_url()}versions/2/").url == practice.get_absolute_url()
    )
    assert client.get(f"{practice.get_absolute_url()}versions/3/").status_code == 404


def test_an_outdated_practice_says_why(client):
    practice = PublishedFactory(status="outdated", outdated_reason="The law changed").practice
    assert "The law changed" in text(client, practice)


def test_a_practice_whose_check_is_due_says_so(client):
    practice = PublishedFactory(check_on=timezone.localdate()).practice
    assert "It should have been checked again" in text(client, practice)


def test_names_of_reviewers_are_for_who_is_signed_in(client):
    reviewer = StaffFactory(name="Reviewer Name")
    practice = PublishedFactory(first_reviewer=reviewer).practice
    assert "Reviewer Name" not in text(client, practice)
    assert "two people of the project staff" in text(client, practice)
    assert "Reviewer Name" in text(client, practice, DonorFactory())


# --- What it says -------------------------------------------------------------------------------------


def test_a_section_without_a_translation_is_shown_in_the_original():
    version = VersionFactory(title="Water")
    version.texts.update(language="ru", problem="Нет воды", solution="Труба")
    PracticeText.objects.create(version=version, language="en", title="Water", problem="No water")
    parts = practice_page.parts_of(PracticeVersion.objects.get(pk=version.pk))
    shown = {name: (part.text, part.language) for name, part in parts.items()}
    assert shown == {"problem": ("No water", "en"), "solution": ("Труба", "ru")}


def test_weeks_of_steps_become_bars():
    version = VersionFactory()
    for first, weeks in [(1, 4), (5, 4), (None, 2), (8, None)]:
        PracticeStep.objects.create(version=version, first_week=first, weeks=weeks, text_en="x")
    rows, weeks = practice_page.steps_of(version)
    assert weeks == 8
    assert [(row.x, row.width) for row in rows] == [
        (0, 50), (50, 50), (None, None), (Decimal("87.5"), Decimal("12.5")),
    ]  # fmt: skip


def test_cost_per_line_is_the_revised_one_and_who_pays_stands_beside_it(client):
    practice = with_plan()
    line = BudgetLineFactory(plan=practice.plan, amount=100, title="Pipes", source="municipality")
    BudgetRevision.objects.create(
        line=line, number=1, effective_on=dt.date(2018, 1, 1), quantity=3, unit_cost_kgs=50,
        amount_kgs=150, reason="Longer", revised_at=timezone.now(),
    )  # fmt: skip
    shown = text(client, practice)
    assert "150.00" in shown
    assert "3 ×\xa050.00" in shown
    assert "20.0%" in shown  # own share of the cost


def test_what_arrived_and_what_was_spent_is_shown(client):
    practice = with_plan()
    promise = practice.plan.contributions.get()
    PaymentFactory(contribution=promise, amount_kgs=Decimal("77777.00"))
    assert "77,777.00" in text(client, practice)


def test_a_plan_without_budget_lines_says_so(client):
    assert "the cost is known by source only" in text(client, with_plan())


def test_a_practice_without_a_plan_has_no_cost(client):
    assert "Cost not recorded" in text(client, PublishedFactory().practice)


def test_links_to_plans_and_places_are_for_who_is_signed_in(client):
    practice = with_plan()
    anonymous = text(client, practice)
    assert practice.plan.get_absolute_url() not in anonymous
    assert practice.municipality.get_absolute_url() not in anonymous
    signed_in = text(client, practice, DonorFactory())
    assert practice.plan.get_absolute_url() in signed_in
    assert practice.municipality.get_absolute_url() in signed_in


def test_a_sample_says_so(client):
    practice = PracticeFactory(is_sample=True)
    PublishedFactory(practice=practice)
    assert "This practice is a sample" in text(client, practice)


def test_where_it_was_shown_by_itself_or_with_its_plan(client):
    practice = with_plan()
    PresentationFactory(practice=practice, title="Talk of the practice")
    PresentationFactory(plan=practice.plan, title="Talk of the plan")
    PresentationFactory(practice=practice, title="Declined", status="declined")
    PresentationFactory(practice=practice, title="Hidden", event=EventFactory(published=False))
    shown = text(client, practice)
    assert "Talk of the practice" in shown
    assert "Talk of the plan" in shown
    assert "Declined" not in shown
    assert "Hidden" not in shown


def test_a_text_with_markup_is_a_text(client):
    version = VersionFactory(title="<script>alert(1)</script>")
    version.texts.update(solution="javascript:alert(1) <img src=x onerror=alert(1)>")
    shown = text(client, version.practice, StaffFactory())
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert 'href="javascript' not in shown


# --- Who followed -------------------------------------------------------------------------------------


def test_who_followed_with_cost_and_result_beside_the_original(client):
    practice = with_plan()
    row = TakeOverFactory(
        practice=practice, state="running", started_on=dt.date(2020, 5, 1), cost_kgs=1_200_000,
        result="Вода есть", language="ru",
    )  # fmt: skip
    shown = text(client, practice)
    assert row.municipality.name in shown
    assert "1,200,000.00" in shown
    assert "+200,000.00" in shown
    assert '<span class="prose" lang="ru">Вода есть</span>' in shown


def cost_seen(practice, user):
    rows = practice_page.followers_of(practice, user)["rows"]
    return [(follower.cost, follower.links_plan) for follower in rows]


@pytest.mark.parametrize("status", ["draft", "submitted"])
def test_a_plan_that_is_not_approved_is_not_leaked(client, status):
    practice, plan = with_plan(), PlanFactory(status=status, cost_kgs=555)
    TakeOverFactory(practice=practice, municipality=plan.lead, state="planning", plan=plan)
    for user in [AnonymousUser(), DonorFactory(), HeadFactory()]:
        assert cost_seen(practice, user) == [(None, False)]
    for user in [StaffFactory(), HeadFactory(municipality=plan.lead)]:
        assert cost_seen(practice, user) == [(555, True)]
    shown = text(client, practice)
    assert plan.reference not in shown
    assert "555" not in shown


def test_of_an_approved_plan_everybody_sees_the_cost():
    practice, plan = with_plan(), PlanFactory(status="approved", cost_kgs=555)
    TakeOverFactory(practice=practice, municipality=plan.lead, state="planning", plan=plan)
    assert cost_seen(practice, AnonymousUser()) == [(555, False)]
    assert cost_seen(practice, DonorFactory()) == [(555, True)]


def test_the_first_twenty_and_all_of_them_on_request(client):
    practice = with_plan()
    TakeOverFactory.create_batch(22, practice=practice)
    assert "Show all 22" in text(client, practice)
    assert (
        len(client.get(f"{practice.get_absolute_url()}?all=1").context["followers"]["rows"]) == 22
    )


def test_the_own_note_stands_first():
    practice, head = with_plan(), HeadFactory()
    mine = TakeOverFactory(practice=practice, municipality=head.municipality)
    TakeOverFactory(practice=practice, state="running", started_on=dt.date(2020, 1, 1))
    rows = practice_page.followers_of(practice, head)
    assert rows["rows"][0].row == mine == rows["own"]
    assert rows["taken"] == 1


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("person", "queries"), [(None, 15), (DonorFactory, 17), (HeadFactory, 19), (StaffFactory, 18)]
)
def test_the_page_asks_the_same_for_any_content(
    client, django_assert_num_queries, person, queries, number
):
    practice = with_plan(lead=MunicipalityFactory())
    for n in range(number):
        line = BudgetLineFactory(plan=practice.plan, commented_by=StaffFactory())
        promise = ContributionFactory(plan=practice.plan)
        PaymentFactory(contribution=promise, kind="spent", budget_line=line)
        PresentationFactory(practice=practice)
        TakeOverFactory(practice=practice, state="planning", plan=PlanFactory(status="approved"))
        PublishedFactory(practice=practice, number=n + 5, status="replaced")
    if person:
        client.force_login(person())
    with django_assert_num_queries(queries):
        response = client.get(practice.get_absolute_url())
    assert len(response.context["talks"]) == number

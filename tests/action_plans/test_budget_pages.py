"""The budget on the money page, and the forms of its lines."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from action_plans.models import BudgetLine
from tests.factories import (
    BudgetLineFactory,
    HeadFactory,
    MunicipalityFactory,
    OfficerFactory,
    PaymentFactory,
    PlanFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def plan_in(status="draft", **fields):
    return PlanFactory(
        **{"cost_kgs": 1_000_000, "own": 200_000, "grant": 800_000} | fields, status=status
    )


def url(name, plan, *args):
    return reverse(f"action_plans:{name}", args=[plan.reference, *args])


def budget_of(plan):
    return f"{url('money', plan)}#budget"


def typed(**changes):
    line = {"title": "Pipes", "quantity": "1 200", "unit": "m", "unit_cost": "850", "year": ""}
    return line | {"source": "grant", "position": "1"} | changes


def later(**changes):
    return typed(effective_on="01.03.2018", reason="Decision no. 4", **changes)


def revised(**changes):
    return {
        "quantity": "2",
        "unit_cost": "300 000",
        "effective_on": "01.03.2018",
        "reason": "Prices rose",
        "number": "1",
    } | changes


@pytest.fixture
def staff(client):
    person = StaffFactory()
    client.force_login(person)
    return person


def test_an_officer_enters_the_lines_of_a_draft_one_after_the_other(client):
    place = MunicipalityFactory()
    plan = plan_in(lead=place)
    client.force_login(OfficerFactory(municipality=place))
    assert f'href="{budget_of(plan)}"' in client.get(plan.get_absolute_url()).text
    assert "Add the first line" in client.get(url("money", plan)).text
    response = client.post(url("budget_add", plan), typed(another="1", year=""), follow=True)
    assert "“Pipes” was saved: 1,200\xa0m ×\xa0850.00 = KGS\xa01,020,000.00." in response.text
    assert response.context["form"].initial["source"] == "grant"
    assert response.context["form"].initial["position"] == 2
    pump = typed(title="Pump", quantity="1", unit_cost="20000,50", position="2")
    response = client.post(url("budget_add", plan), pump)
    assert response.url == budget_of(plan)
    page = client.get(url("money", plan)).text
    assert (
        "The lines add up to KGS\xa01,040,000.50, the planned cost is KGS\xa01,000,000.00." in page
    )
    assert "Difference: +40,000.50." in page


def test_a_double_click_adds_one_line(client, staff):
    plan = plan_in()
    for _ in range(2):
        assert client.post(url("budget_add", plan), typed()).url == budget_of(plan)
    assert BudgetLine.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"quantity": "-3"}, "is not a quantity"),
        ({"quantity": "NaN"}, "is not a quantity"),
        ({"quantity": "1e9"}, "is not a quantity"),
        ({"quantity": "1.2345"}, "at most three decimals"),
        ({"quantity": "1,234"}, "can be read as"),
        ({"unit_cost": "-5"}, "cannot be below zero"),
        ({"unit_cost": "NaN"}, "is not an amount"),
        ({"unit_cost": "12,34,5"}, "is not an amount"),
        ({"unit_cost": "1.234"}, "can be read as"),
        ({"quantity": "99999", "unit_cost": "99999999"}, "Quantity × cost of a unit must be"),
        ({"title": ""}, "This field is required."),
        ({"source": "gold"}, "Select a valid choice."),
        ({"year": "1066"}, "Select a valid choice."),
        ({"title": "x" * 201}, "at most 200 characters"),
    ],
)
def test_a_mistake_comes_back_with_everything_that_was_typed(client, staff, changes, message):
    plan, form = plan_in(), typed(**changes)
    response = client.post(url("budget_add", plan), form)
    assert (response.status_code, message in response.text) == (200, True)
    for name in ("quantity", "unit_cost", "title", "unit"):
        assert response.context["form"][name].value() == form[name]
    assert not BudgetLine.objects.exists()


def test_a_line_of_a_draft_is_changed_and_removed(client, staff):
    plan = plan_in()
    line = BudgetLineFactory(plan=plan)
    page = client.get(url("budget_edit", plan, line.pk))
    sent = typed(title="Steel", seen=page.context["form"]["seen"].value())
    assert client.post(url("budget_edit", plan, line.pk), sent).url == budget_of(plan)
    assert line.revisions.get().amount_kgs == 1_020_000
    assert "Steel" in client.get(url("budget_remove", plan, line.pk)).text
    for _ in range(2):  # a double click
        assert client.post(url("budget_remove", plan, line.pk)).url == budget_of(plan)
    assert not BudgetLine.objects.exists()


def test_who_saves_an_old_form_is_told_and_may_save_again(client, staff):
    plan = plan_in()
    line = BudgetLineFactory(plan=plan)
    old = client.get(url("budget_edit", plan, line.pk)).context["form"]["seen"].value()
    client.post(url("budget_edit", plan, line.pk), typed(title="Theirs", seen=old))
    response = client.post(url("budget_edit", plan, line.pk), typed(title="Mine", seen=old))
    assert "Somebody else changed this line meanwhile: Theirs" in response.text
    now = response.context["form"]["seen"].value()
    client.post(url("budget_edit", plan, line.pk), typed(title="Mine", seen=now))
    line.refresh_from_db()
    assert line.title == "Mine"


def test_staff_revise_an_approved_budget_and_earlier_values_stay(client, staff):
    plan = plan_in("approved")
    line = BudgetLineFactory(plan=plan)
    for _ in range(2):
        assert client.post(url("budget_revise", plan, line.pk), revised()).url == budget_of(plan)
    page = client.get(url("money", plan)).text
    for words in ["500,000.00", "600,000.00", "Revised 1 time", "Prices rose"]:
        assert words in page
    assert line.revisions.count() == 2
    page = client.get(url("money", plan), {"on": "2018-02-28"})
    assert [row.now for row in page.context["budget"]["table"].rows] == [500_000]


def test_the_second_of_two_revisions_is_told_what_the_first_said(client, staff):
    plan = plan_in("approved")
    line = BudgetLineFactory(plan=plan)
    client.post(url("budget_revise", plan, line.pk), revised())
    response = client.post(url("budget_revise", plan, line.pk), revised(quantity="3"))
    assert (
        "Somebody else revised this line meanwhile: it is now KGS\xa0600,000.00." in response.text
    )
    assert response.context["form"]["number"].value() == "2"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"effective_on": "01.01.2099"}, "The date is in the future."),
        ({"effective_on": "31.02.2018"}, "This is not a date."),
        ({"reason": ""}, "Give a reason."),
        ({"quantity": "1", "unit_cost": "500000"}, "the amount that holds already"),
    ],
)
def test_a_wrong_revision_comes_back(client, staff, changes, message):
    plan = plan_in("approved")
    line = BudgetLineFactory(plan=plan)
    response = client.post(url("budget_revise", plan, line.pk), revised(**changes))
    assert (response.status_code, message in response.text) == (200, True)
    assert line.revisions.count() == 1


def test_a_line_added_to_an_approved_budget_needs_its_day_and_reason(client, staff):
    plan = plan_in("approved")
    response = client.post(url("budget_add", plan), typed())
    assert {"effective_on", "reason"} == set(response.context["form"].errors)
    client.post(url("budget_add", plan), later())
    line = plan.budget_lines.get()
    assert [r.amount_kgs for r in line.revisions.all()] == [0, 1_020_000]


@pytest.mark.parametrize(
    "name", ["budget_edit", "budget_remove", "budget_revise", "budget_comment"]
)
def test_a_line_of_another_plan_is_not_found(client, staff, name):
    plan, other = plan_in("approved"), plan_in("approved")
    line = BudgetLineFactory(plan=other)
    assert client.get(url(name, plan, line.pk)).status_code == 404
    assert client.post(url(name, plan, line.pk), revised()).status_code == 404
    assert client.post(url("budget_remove", plan, 999_999)).status_code == 404


@pytest.mark.parametrize(
    ("name", "status", "message"),
    [
        ("budget_add", "submitted", "The budget is entered while the plan is a draft or returned;"),
        ("budget_edit", "approved", "The budget is entered while the plan is a draft or returned;"),
        (
            "budget_remove",
            "approved",
            "The budget is entered while the plan is a draft or returned;",
        ),
        ("budget_revise", "draft", "The budget of a plan is revised by the project staff from"),
        ("budget_comment", "draft", "Variances are commented on from approval on."),
    ],
)
def test_what_only_the_state_forbids_is_said(client, staff, name, status, message):
    plan = plan_in(status)
    line = BudgetLineFactory(plan=plan)
    args = [] if name == "budget_add" else [line.pk]
    response = client.post(url(name, plan, *args), follow=True)
    assert message in response.text
    assert plan.budget_lines.count() == line.revisions.count() == 1


def test_the_municipality_says_why_a_line_differs(client):
    place = MunicipalityFactory()
    plan = plan_in("implementation", lead=place)
    line = BudgetLineFactory(plan=plan)
    grant = plan.contributions.get(source="grant")
    PaymentFactory(contribution=grant, kind="spent", amount_kgs=Decimal(575_000), budget_line=line)
    client.force_login(HeadFactory(municipality=place))
    page = client.get(url("money", plan)).text
    assert "A comment is needed." in page
    form = client.get(url("budget_comment", plan, line.pk))
    assert "Variance: +75,000.00 (+15.0%)." in form.text
    assert client.post(url("budget_comment", plan, line.pk), {"text": ""}).status_code == 200
    client.post(url("budget_comment", plan, line.pk), {"text": "Rocks.", "seen": ""})
    page = client.get(url("money", plan)).text
    assert ("A comment is needed." in page, "Rocks." in page) == (False, True)


def test_who_only_reads_sees_the_budget_without_its_links(client):
    plan = plan_in("approved")
    BudgetLineFactory(plan=plan, title="Pipes")
    client.force_login(HeadFactory())
    page = client.get(url("money", plan)).text
    assert "Pipes" in page
    assert f"{url('money', plan).removesuffix('money/')}budget/" not in page


def test_a_title_is_shown_as_it_was_typed_never_as_markup(client, staff):
    plan = plan_in()
    client.post(url("budget_add", plan), typed(title="<b>x</b>"))
    assert "&lt;b&gt;x&lt;/b&gt;" in client.get(url("money", plan)).text


def test_years_are_offered_as_the_plan_has_them(client, staff):
    plan = plan_in(starts_on=dt.date(2016, 9, 1), ends_on=dt.date(2017, 10, 31))
    years = client.get(url("budget_add", plan)).context["form"].fields["year"].choices
    assert [value for value, _label in years] == ["", 2016, 2017]
    client.post(url("budget_add", plan), typed(year="2016"))
    assert plan.budget_lines.get().year == 2016

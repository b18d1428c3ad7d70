"""A plan moves to another service area: totals stay, reports of earlier days show the old one, T10 says it once."""

import uuid

import pytest

from tests.acceptance import signing
from tests.acceptance.steps import csv_rows, enter_plan, table, words
from tests.action_plans.form_data import money
from tests.factories import ServiceAreaFactory, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def public_areas():
    return ServiceAreaFactory(code="public-areas", name_en="Public areas")


@pytest.fixture
def culture():
    return ServiceAreaFactory(code="culture", name_en="Culture", position=1)


def planned(client, area, grant, own):
    """Approved in March 2017; its cost is what is promised."""
    promises = money(("grant", "cash", grant), ("municipality", "cash", own))
    cost = f"{int(grant.replace(' ', '')) + int(own.replace(' ', '')):d}"
    plan = enter_plan(
        client, cost_kgs=cost, key=str(uuid.uuid4()), areas__0__area=str(area.pk), **promises
    )
    signing.approved_on(plan, 2017, 3, 1)
    return plan


@pytest.fixture
def theatre(staff, public_areas, culture):
    """3 000 000 of the 10 000 000 of public areas."""
    planned(staff, public_areas, "5 600 000", "1 400 000")
    planned(staff, culture, "9 600 000", "2 400 000")
    return planned(staff, public_areas, "2 400 000", "600 000")


def move(client, plan, area, day="15.02.2018"):
    address = f"{plan.get_absolute_url()}facts/"
    form = {
        "version": plan.version,
        "cost_kgs": str(plan.cost_kgs),
        "areas-TOTAL_FORMS": "1",
        "areas-0-area": area.pk,
        "areas-0-share": "100",
        "areas_on": day,
        "reason": "It is a summer theatre.",
    }
    response = client.post(address, form)
    assert response.status_code == 302, response.context["entry"].problems


@pytest.fixture
def moved(client, theatre, culture):
    aida = StaffFactory(name="Aida")
    client.force_login(aida)
    move(client, theatre, culture)
    return theatre


def budgets(client, **query):
    """{area: som} of T2, the total under None."""
    rows = csv_rows(client.get("/reports/budget.csv", {"rows": "area", **query}))
    return {row["code"]: float(row["budget_kgs"]) / 1_000_000 for row in rows}


def shown(client, **query):
    """{area: (active plans, all plans)} of T9."""
    rows = table(client.get("/reports/plan-status/", query), "Service area")
    return {row["Service area"]: row["Active plans"] for row in rows}


def test_case_20_before_the_move(staff, theatre):
    assert budgets(staff) == {"public-areas": 10, "culture": 12}
    assert shown(staff) == {"Public areas": "2", "Culture": "1", "Total": "3"}


def test_case_20_after_the_move_the_total_is_the_same(staff, moved):
    assert budgets(staff) == {"public-areas": 7, "culture": 15}
    assert shown(staff) == {"Public areas": "1", "Culture": "2", "Total": "3"}


def test_case_20_as_of_the_last_day_of_2017_it_is_in_the_old_area(staff, moved):
    assert budgets(staff, as_of="2017-12-31") == {"public-areas": 10, "culture": 12}
    assert shown(staff, as_of="2017-12-31") == {"Public areas": "2", "Culture": "1", "Total": "3"}


def test_case_20_filtered_by_area_each_day_has_its_own_answer(staff, moved):
    assert budgets(staff, area="culture") == {"culture": 15}
    assert budgets(staff, area="culture", as_of="2017-12-31") == {"culture": 12}


def test_case_20_periods_count_it_from_the_day_of_the_move(staff, moved):
    year = signing.add_period(staff, moved, "01.01.2017", "31.12.2017")
    next_year = signing.add_period(staff, moved, "01.01.2018", "31.12.2018")
    assert budgets(staff, period=year.pk) == {"public-areas": 10, "culture": 12}
    assert budgets(staff, period=next_year.pk) == {"public-areas": 7, "culture": 15}


def test_case_20_t10_has_one_line_with_person_and_reason(staff, moved):
    rows = table(staff.get("/reports/changes/"), "When")
    [line] = [row for row in rows if row["What changed"] == "Service area"]
    assert (line["Before"], line["Now"]) == ("Public areas", "Culture")
    assert (line["Who"], line["Why"]) == ("Aida", "It is a summer theatre.")
    assert line["From which day"] == "15 Feb 2018"
    assert line["Plan"] == moved.reference


def test_case_20_the_history_of_the_plan_says_it_once(staff, moved):
    page = words(staff.get(f"{moved.get_absolute_url()}history/"))
    assert page.count("15 Feb 2018") == page.count("It is a summer theatre.") == 1


def test_case_20_a_day_in_the_future_is_not_accepted(staff, theatre, culture):
    with pytest.raises(AssertionError, match="in the future"):
        move(staff, theatre, culture, "01.01.2099")
    assert not theatre.fact_revisions.exists()

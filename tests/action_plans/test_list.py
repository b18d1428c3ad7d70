import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from action_plans.models import PlanArea, PlanMunicipality, PlanText
from action_plans.totals import keep_totals
from tests.action_plans.test_filters import joint_plan
from tests.factories import (
    DonorFactory,
    HeadFactory,
    OfficerFactory,
    PlanFactory,
    ServiceAreaFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LIST = reverse("action_plans:list")


@pytest.fixture
def staff(client):
    client.force_login(StaffFactory())
    return client


def shown(response):
    return {row.reference for row in response.context["page"].object_list}


def queries_of(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def plan_with_everything():
    plan = PlanFactory(cost_kgs=10, own=1, status="approved", area=ServiceAreaFactory())
    PlanText.objects.create(plan=plan, language="ky", title="План")
    PlanArea.objects.create(plan=plan, area=ServiceAreaFactory(), share=50)
    return plan


@pytest.mark.parametrize("person", [StaffFactory, OfficerFactory, DonorFactory])
def test_the_list_asks_the_same_number_of_queries_for_any_length(client, person):
    client.force_login(person())
    plan = plan_with_everything()
    lead = plan.lead
    everything = (
        f"{LIST}?region={lead.region.iso}&district={lead.district.code}&phase=i&year=unknown"
        f"&municipality={lead.code}&status=counted&sort=-cost_kgs"
    )
    for url in (LIST, everything):
        one = queries_of(client, url)
        assert one <= 20
        for _ in range(2):
            more = plan_with_everything()
            PlanMunicipality.objects.filter(plan=more).update(municipality=lead)
            keep_totals(more.pk)
        assert queries_of(client, url) == one


def test_the_total_line_is_over_all_pages(staff):
    PlanFactory.create_batch(26, cost_kgs=100, own=20)
    response = staff.get(LIST + "?page=2")
    assert len(response.context["page"].object_list) == 1
    assert (response.context["totals"]["plans"], response.context["totals"]["cost_kgs"]) == (
        26,
        2600,
    )


def test_a_page_that_does_not_exist_is_the_last_one(staff):
    plan = PlanFactory()
    assert (
        shown(staff.get(LIST + "?page=99"))
        == shown(staff.get(LIST + "?page=x"))
        == {plan.reference}
    )


def test_of_a_joint_plan_the_row_shows_its_part_and_says_so(staff):
    plan = joint_plan()
    response = staff.get(f"{LIST}?municipality={plan.lead.code}")
    assert "part of a joint plan" in response.text
    assert "600,000.00" in response.text
    assert "part of a joint plan" not in staff.get(LIST).text


def test_an_unknown_filter_value_is_named_and_the_page_stands(staff):
    plan = PlanFactory()
    response = staff.get(LIST + "?region=KG-ZZ&q=abc")
    assert response.status_code == 200
    assert "“KG-ZZ” is not known here." in response.text
    assert plan.reference not in response.text
    assert 'value="abc"' in response.text


def test_hostile_words_are_only_words(staff):
    response = staff.get(LIST, {"q": "<script>alert(1)</script>%_\x00", "area": "<b>"})
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert "<b>”" not in response.text


def test_an_empty_list_says_why_and_what_to_do_next(client):
    client.force_login(DonorFactory())
    assert "when they have been approved" in client.get(LIST).text
    client.force_login(StaffFactory())
    assert reverse("action_plans:create") in client.get(LIST).text
    assert "No plan matches all of these filters." in client.get(LIST + "?q=abc").text


def test_an_empty_form_leads_to_the_short_address(staff):
    response = staff.get(LIST + "?q=&region=&status=draft&year=")
    assert response.url == LIST + "?status=draft"


def test_htmx_gets_the_results_alone_and_the_short_address(staff):
    response = staff.get(LIST + "?q=&status=draft", headers={"HX-Request": "true"})
    assert "<html" not in response.text
    assert response["HX-Push-Url"] == LIST + "?status=draft"
    assert "HX-Request" in response["Vary"]


def test_the_downloads_hold_what_the_list_shows(staff):
    PlanFactory()
    page = staff.get(LIST + "?status=draft&sort=-cost_kgs").text
    for name in ["reports:funding", "reports:funding_csv", "reports:funding_xlsx"]:
        assert f'href="{reverse(name)}?status=draft&amp;sort=-cost_kgs"' in page


@pytest.mark.parametrize("role", [Role.DONOR, Role.HEAD, Role.STAFF])
def test_drafts_of_others_are_not_in_the_list(client, role):
    draft, approved = PlanFactory(), PlanFactory(status="approved")
    user = HeadFactory() if role == Role.HEAD else StaffFactory(role=role)
    client.force_login(user)
    visible = {approved.reference} | ({draft.reference} if role == Role.STAFF else set())
    assert shown(client.get(LIST)) == visible


def test_a_municipality_sees_its_own_drafts(client):
    head = HeadFactory()
    own = PlanFactory(lead=head.municipality)
    client.force_login(head)
    response = client.get(LIST)
    assert shown(response) == {own.reference}
    assert response.context["totals"]["plans"] == 1

"""/data-quality/: what does not add up, for whom, and where it is mended."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from action_plans.models import Check, Finding, PlanStatus
from action_plans.totals import keep_totals
from tests.factories import (
    DonorFactory,
    HeadFactory,
    MunicipalityFactory,
    PhaseFactory,
    PlanFactory,
    ServiceAreaFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
URL = "/data-quality/"


def plan(**values):
    defaults = {"status": PlanStatus.APPROVED, "cost_kgs": 1000, "own": 300, "grant": 800}
    made = PlanFactory(**{**defaults, "area": ServiceAreaFactory(), **values})
    made.contributions.update(decision="№ 7")
    return keep_totals(made.pk)


def shown(client, user, query=""):
    client.force_login(user)
    response = client.get(URL + query)
    assert response.status_code == 200
    rows = [row for section in response.context["sections"] for row in section["rows"]]
    return response, {row.plan.reference for row in rows}


@pytest.fixture
def first_run(settings):
    """The portal as `make run` shows it."""
    settings.TRIAL = True
    call_command("load_registry", "fixtures/registry.csv", yes=True, verbosity=0)
    call_command("load_reference", verbosity=0)
    StaffFactory()
    call_command("load_sample", verbosity=0)


def test_avletim_is_there_from_the_first_run_with_both_repairs_and_neither_applied(
    client, first_run
):
    response, references = shown(client, StaffFactory(), "?check=surplus")
    assert references == {"J-2018-002"}
    [row] = response.context["sections"][0]["rows"]
    assert [repair.words for repair in row.repairs] == [
        "Programme grant, in cash: the promise may be KGS\u00a02,083,253.00, not KGS\u00a03,083,253.00.",
        "The planned cost may be KGS\u00a03,483,253.00, not KGS\u00a02,483,253.00.",
    ]
    assert all(client.get(repair.link.address).status_code == 200 for repair in row.repairs)
    assert row.plan.cost_kgs == Decimal("2483253.00")
    assert row.plan.grant_kgs == Decimal("3083253.00")
    assert shown(client, StaffFactory(), "?check=grant_over_cost")[1] == {"J-2018-002"}


def test_a_share_stated_of_the_grant_is_there_from_the_first_run(client, first_run):
    response, references = shown(client, DonorFactory(), "?check=other_base")
    assert references == {"J-2018-003"}
    assert response.context["sections"][0]["rows"][0].words == [
        "The source states 150.0% of the grant.",
        "Of the planned cost it is 60.0%.",
    ]


def test_a_donor_sees_repairs_and_who_mends_it_and_no_form(client, first_run):
    response, _references = shown(client, DonorFactory(), "?check=surplus")
    [row] = response.context["sections"][0]["rows"]
    assert (len(row.repairs), row.links) == (2, [])
    assert all(repair.link is None for repair in row.repairs)
    assert row.who == "After approval only the project staff can have it corrected."


def test_everybody_sees_findings_of_the_plans_they_see(client):
    head = HeadFactory()
    own, foreign = plan(lead=head.municipality), plan()
    waiting = plan(status=PlanStatus.SUBMITTED)
    own_waiting = plan(status=PlanStatus.SUBMITTED, lead=head.municipality)
    all_of_them = {p.reference for p in (own, foreign, waiting, own_waiting)}
    assert shown(client, StaffFactory())[1] == all_of_them
    assert shown(client, DonorFactory())[1] == {own.reference, foreign.reference}
    assert shown(client, head)[1] == {own.reference, own_waiting.reference}
    everywhere = shown(client, head, "?municipality=all")[1]
    assert everywhere == all_of_them - {waiting.reference}


def test_a_finding_of_a_later_day_is_not_shown_before(client):
    PhaseFactory(ends_on=date(2040, 1, 1))
    tomorrow = timezone.localdate() + timedelta(days=1)
    late = plan(own=200, starts_on=tomorrow - timedelta(days=365))
    assert Finding.objects.get(plan=late).since_on == tomorrow
    assert shown(client, StaffFactory())[1] == set()
    due = plan(own=200, starts_on=tomorrow - timedelta(days=366))
    assert shown(client, StaffFactory())[1] == {due.reference}


def test_filters_stand_in_the_address(client):
    other_phase = PhaseFactory(code="ii", name_ru="Фаза II")
    one, two = plan(), plan(phase=other_phase, grant=600)
    staff = StaffFactory()
    for query, expected in [
        (f"?region={one.lead.region.iso}", one),
        ("?phase=ii", two),
        (f"?municipality={one.lead.code}", one),
        ("?check=gap", two),
    ]:
        assert shown(client, staff, query)[1] == {expected.reference}


@pytest.mark.parametrize(
    "query", ["?check=nonsense", "?region=XX", "?phase=%00", "?municipality=1"]
)
def test_what_is_not_known_shows_nothing_and_says_so(client, query):
    plan()
    response, references = shown(client, StaffFactory(), query)
    assert references == set()
    assert "is not known here" in response.content.decode()


def test_an_empty_form_names_only_what_was_chosen(client):
    client.force_login(StaffFactory())
    response = client.get(URL + "?check=gap&region=&phase=")
    assert response.url == URL + "?check=gap"


def test_all_of_a_check_are_paged_and_the_first_twenty_stand_on_the_page(client):
    place = MunicipalityFactory()
    for _n in range(27):
        plan(lead=place)
    response, references = shown(client, StaffFactory())
    assert len(references) == 20
    assert 'href="?check=surplus">All 27' in response.content.decode()
    assert len(shown(client, StaffFactory(), "?check=surplus")[1]) == 25
    assert len(shown(client, StaffFactory(), "?check=surplus&page=2")[1]) == 2


def test_nothing_found_says_so(client):
    plan(own=200)
    response, _references = shown(client, StaffFactory())
    assert "Everything adds up here" in response.content.decode()


@pytest.mark.parametrize("status", ["submitted", "returned", "approved", "implementation"])
def test_every_link_of_every_check_answers(client, status):
    head = HeadFactory()
    bad = plan(status=status, lead=head.municipality, cost_kgs=1000)
    Finding.objects.filter(plan=bad).delete()
    Finding.objects.bulk_create(
        Finding(plan=bad, check_name=check, since_on=date(2020, 1, 1) if check in DATED else None)
        for check in Check
    )
    for user in (StaffFactory(), head, DonorFactory()):
        client.force_login(user)
        page = client.get(URL).content.decode()
        main = page[page.index("<main") : page.index("</main")]
        links = set(re.findall(r'href="([^"#]+)', main))
        for address in links:
            target = URL + address if address.startswith("?") else address
            assert client.get(target.replace("&amp;", "&")).status_code == 200, address


DATED = {Check.NO_PAYMENT, Check.NOT_VERIFIED, Check.NO_COMMENT}


@pytest.mark.parametrize("plans", [1, 3])
def test_the_page_asks_the_same_number_of_queries_for_any_length(
    client, django_assert_num_queries, plans
):
    made = [plan(beneficiaries_total=5) for _n in range(plans)]
    Finding.objects.all().delete()
    Finding.objects.bulk_create(
        Finding(plan=p, check_name=check, since_on=date(2020, 1, 1) if check in DATED else None)
        for p in made
        for check in Check
    )
    client.force_login(HeadFactory(municipality=made[0].lead))
    client.get(URL)
    with django_assert_num_queries(15):
        response = client.get(URL + "?municipality=all")
    assert len(response.context["sections"]) == len(Check)


def test_the_page_is_found_by_its_name():
    assert reverse("ledger:quality") == URL

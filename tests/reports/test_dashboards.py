import datetime as dt
import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from action_plans.models import ActionPlan
from lib.dates import last_day
from municipalities.models import Succession
from reports.models import PublishedFigure
from reports.place_plans import next_dates
from tests.factories import (
    DistrictFactory,
    DonorFactory,
    HeadFactory,
    MunicipalityFactory,
    OfficerFactory,
    PlanFactory,
    ServiceAreaFactory,
    StaffFactory,
)
from tests.reports.programme import awkward_programme, counted

pytestmark = pytest.mark.django_db
HOME, PROGRAMME = "/", "/programme/"


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


def page(client, person, path=HOME):
    client.force_login(person)
    return client.get(path)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


@pytest.mark.parametrize(
    ("person", "template"),
    [
        (StaffFactory, "reports/programme.html"),
        (HeadFactory, "reports/municipality.html"),
        (OfficerFactory, "reports/municipality.html"),
        (DonorFactory, "reports/donor.html"),
    ],
)
def test_first_page_is_the_one_of_the_role(client, person, template):
    assert page(client, person()).templates[0].name == template


@pytest.mark.parametrize("person", [StaffFactory, HeadFactory, DonorFactory])
def test_everybody_signed_in_sees_the_programme(client, person):
    counted(cost_kgs=1_000_000, own=200_000)
    response = page(client, person(), PROGRAMME)
    assert response.templates[0].name == "reports/programme.html"
    assert response.context["overview"].whole.cost_kgs == 1_000_000


def test_programme_of_the_project_is_97_million_and_almost_32_percent(client):
    area = ServiceAreaFactory()
    for number in range(38):
        cost = 2_559_000 if number else 2_567_000
        counted(area=area if number else None, cost_kgs=cost, own=817_368, grant=1_741_632)
    shown = text(page(client, DonorFactory()))
    assert "KGS 97,250,000.00" in shown
    assert "31.9%" in shown
    assert "37 of 38 plans have a service area" in shown


def test_office_sees_first_what_waits_for_it(client):
    PlanFactory(status="submitted", title="Свет")
    response = page(client, StaffFactory())
    content = response.content.decode()
    assert [plan.title for plan in response.context["waiting"]] == ["Свет"]
    assert content.index('id="waiting"') < content.index('class="plain chips"')


def test_nothing_waits_on_the_overview_for_everybody(client):
    PlanFactory(status="submitted")
    assert 'id="waiting"' not in page(client, StaffFactory(), PROGRAMME).content.decode()


def test_head_sees_why_a_plan_came_back(client):
    head = HeadFactory()
    plan = PlanFactory(lead=head.municipality, status="returned")
    plan.steps.create(
        before="submitted", after="returned", reason="Нет сметы", changed_at=plan.created_at
    )
    assert "Нет сметы" in text(page(client, head))


def test_own_drafts_are_shown_to_the_municipality_and_marked_as_not_counted(client):
    head = HeadFactory()
    PlanFactory(lead=head.municipality, title="Черновой план", cost_kgs=1_000_000)
    response = page(client, head)
    assert "Not counted in the figures above" in text(response)
    assert response.context["figures"].place.plans == 0


def test_drafts_of_a_place_are_hidden_from_everybody_else(client):
    plan = PlanFactory(title="Черновой план")
    for person in [HeadFactory(), DonorFactory()]:
        assert "Черновой план" not in text(page(client, person, plan.lead.get_absolute_url()))


def test_municipality_is_compared_with_its_region_and_the_programme(client):
    head = HeadFactory()
    place = head.municipality
    counted(lead=place, cost_kgs=1_000_000, own=500_000)
    counted(lead=MunicipalityFactory(region=place.region), cost_kgs=1_000_000, own=100_000)
    counted(cost_kgs=2_000_000, own=200_000)
    compared = page(client, head).context["figures"].compared
    assert [round(row.own_share, 1) for row in compared] == [50, 30, 20]


def test_a_merged_place_keeps_its_page_and_leads_to_its_successor(client):
    old, new = MunicipalityFactory.create_batch(2)
    Succession.objects.create(predecessor=old, successor=new, kind="merged")
    counted(lead=old, cost_kgs=1_000_000)
    response = page(client, DonorFactory(), old.get_absolute_url())
    assert response.context["figures"].place.plans == 1
    assert f'href="{new.get_absolute_url()}"' in response.content.decode()


def test_a_joint_plan_says_which_part_of_it_is_counted_here(client):
    other = MunicipalityFactory()
    plan = counted(municipalities=[(other, 40)], cost_kgs=1_000_000)
    shown = text(page(client, DonorFactory(), other.get_absolute_url()))
    assert "40.0% of its money is counted here" in shown
    alone = counted(lead=MunicipalityFactory(), cost_kgs=1_000_000)
    shown = text(page(client, DonorFactory(), alone.lead.get_absolute_url()))
    assert "of its money is counted here" not in shown
    assert plan.lead != other


def test_dates_that_have_passed_come_first_and_say_so():
    place = MunicipalityFactory()
    today = dt.date(2026, 11, 22)
    for status, dates in [
        ("implementation", {"ends_on": dt.date(2026, 10, 1)}),
        ("approved", {"starts_on": dt.date(2027, 1, 1)}),
        ("completed", {"ends_on": dt.date(2026, 1, 1)}),
        ("draft", {"starts_on": dt.date(2027, 1, 1)}),
    ]:
        PlanFactory(lead=place, status=status, **dates)
    found = [(date.on.year, date.is_over) for date in next_dates(place, today)]
    assert found == [(2026, True), (2027, False)]


@pytest.mark.parametrize(
    ("precision", "last"),
    [
        ("day", dt.date(2018, 2, 3)),
        ("month", dt.date(2018, 2, 28)),
        ("year", dt.date(2018, 12, 31)),
    ],
)
def test_a_date_known_to_the_year_has_not_passed_before_the_year_is_over(precision, last):
    assert last_day(dt.date(2018, 2, 3), precision) == last


def test_published_figures_stand_in_a_panel_of_their_own(client):
    PublishedFigure.objects.create(
        said_on=dt.date(2018, 11, 30),
        measure="cost",
        qualifier="more_than",
        value=97_000_000,
        source_name="DPI",
        source_url="http://example.org/news",
    )
    counted(cost_kgs=1_000_000)
    content = page(client, DonorFactory(), PROGRAMME).content.decode()
    panel = content[content.index('aria-labelledby="published"') :].split("</section>")[0]
    assert "over 97\u00a0million" in panel
    assert 'href="http://example.org/news"' in panel
    assert content.count("97\u00a0million") == 1


def test_sample_data_is_announced_once_and_only_when_there_is_some(client):
    plan = counted(cost_kgs=1_000_000)
    assert "notice-sample" not in page(client, StaffFactory()).content.decode()
    ActionPlan.objects.filter(pk=plan.pk).update(has_sample=True)
    assert page(client, StaffFactory()).content.decode().count("notice-sample") == 1


@pytest.mark.parametrize("kind", ["municipality", "district", "region"])
def test_sample_data_in_the_figures_of_a_place_is_announced(client, kind):
    lead = MunicipalityFactory()
    path = (lead if kind == "municipality" else getattr(lead, kind)).get_absolute_url()
    plan, draft = counted(lead=lead), PlanFactory(lead=lead)
    for _ in range(10):
        counted(lead=lead, status="implementation")  # the page names ten plans, these first
    ActionPlan.objects.filter(pk=draft.pk).update(has_sample=True)
    assert "notice-sample" not in page(client, StaffFactory(), path).content.decode()
    ActionPlan.objects.filter(pk=plan.pk).update(has_sample=True)
    assert page(client, StaffFactory(), path).content.decode().count("notice-sample") == 1


@pytest.mark.parametrize("phase", ["nothing", "\x00", "<script>", "9" * 500])
def test_an_unknown_phase_is_named_and_shows_no_figures(client, phase):
    counted(cost_kgs=1_000_000)
    response = page(client, StaffFactory(), f"{PROGRAMME}?phase={phase}")
    assert response.status_code == 200
    assert "is not known here" in text(response)
    assert response.context["overview"].whole.plans == 0


def test_numbers_and_tables_stand_before_any_script_has_run(client):
    one, _two, _three = awkward_programme()
    content = page(client, StaffFactory()).content.decode()
    assert content.count("data-chart=") == content.count('class="chart-box"') == 6
    assert content.count("<tfoot") == 6
    assert one.name in content
    assert "plotly" not in re.sub(r'data-plotly="[^"]*"', "", content)


def test_an_empty_programme_says_so(client):
    assert "No plan is counted yet" in text(page(client, StaffFactory()))
    assert "No plan is counted yet" in text(page(client, DonorFactory()))


def test_a_place_without_plans_has_a_page(client):
    district = DistrictFactory()
    place = MunicipalityFactory(district=district)
    for path in [place, district, district.region]:
        assert page(client, DonorFactory(), path.get_absolute_url()).status_code == 200


def many(number):
    area = ServiceAreaFactory()
    head = HeadFactory(municipality=MunicipalityFactory())
    for _ in range(number):
        counted(lead=head.municipality, area=area, cost_kgs=1_000_000, own=50_000, paid=20_000)
        counted(municipalities=[(head.municipality, 40)], own=5_000, status="implementation")
        PlanFactory(lead=head.municipality, status="returned")
        PlanFactory(lead=head.municipality, status="submitted")
    return head


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("who", "path", "queries"),
    [
        ("staff", "home", 20),
        ("donor", "home", 14),
        ("donor", "reports:programme", 17),
        ("head", "home", 17),
    ],
)
def test_dashboards_ask_the_same_number_of_queries_for_any_number_of_plans(
    client, django_assert_num_queries, who, path, queries, number
):
    head = many(number)
    client.force_login(
        {"head": head}.get(who) or {"staff": StaffFactory, "donor": DonorFactory}[who]()
    )
    client.get(reverse(path))
    with django_assert_num_queries(queries):
        client.get(reverse(path))


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("place", "queries"), [("region", 13), ("district", 15)])
def test_places_ask_the_same_number_of_queries_for_any_number_of_plans(
    client, django_assert_num_queries, place, queries, number
):
    path = getattr(many(number).municipality, place).get_absolute_url()
    client.force_login(DonorFactory())
    with django_assert_num_queries(queries):
        client.get(path)


def test_first_page_is_under_100_kb_compressed_without_the_chart_library(client):
    awkward_programme()
    response = page(client, StaffFactory())
    files = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg))"', response.content.decode())
    assert len(files) >= 4
    parts = [response.content, *(Path(finders.find(name)).read_bytes() for name in files)]
    assert sum(len(gzip.compress(part)) for part in parts) < 100_000

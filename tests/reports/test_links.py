"""Every figure of a dashboard leads to exactly the plans that make it: each link is followed and added up."""

import re
from html import unescape

import pytest
from django.template import Context, Template
from django.urls import reverse

from action_plans.views.pages import rows
from lib.money import share
from reports.rows import Row
from tests.factories import DonorFactory, HeadFactory, PhaseFactory, PlanFactory, StaffFactory
from tests.reports.programme import awkward_programme, counted

pytestmark = pytest.mark.django_db
MEASURES = ["plans", "cost_kgs", "own_kgs", "own_share", "received_kgs"]


def links_to_plans(response):
    found = set(re.findall(r'href="(/plans/\?[^"]*)"', response.content.decode()))
    return {re.sub(r"&sort=[^&]*", "", unescape(link)) for link in found}


def sums(client, link):
    """Of the rows that the list shows; its line of totals has to say the same."""
    context = client.get(link).context
    shown = [row.money for row in rows(context["page"].object_list, context["filter"])]
    known = [money for money in shown if money["cost_kgs"] is not None]
    cost, own = (sum(money[name] for money in known) for name in ["cost_kgs", "own_kgs"])
    added = [
        len(shown),
        cost,
        sum(money["own_kgs"] for money in shown),
        share(own, cost),
        sum(money["received_kgs"] for money in shown),
    ]
    assert [context["totals"][name] for name in MEASURES] == added, link
    return added


def as_sums(row):
    return [getattr(row, name) for name in MEASURES]


def rows_of(context):
    overview = context["overview"]
    tables = [overview.areas, overview.regions, overview.years, overview.municipalities]
    return [overview.whole, *(row for table in tables for row in table.rows)]


def check_rows(client, figures):
    wrong = {row.name: row.link for row in figures if as_sums(row) != sums(client, row.link)}
    assert wrong == {}


@pytest.mark.parametrize("person", [StaffFactory, DonorFactory])
def test_each_row_of_the_overview_is_the_sum_of_the_plans_it_leads_to(client, person):
    awkward_programme()
    client.force_login(person())
    response = client.get(reverse("reports:programme"))
    figures = rows_of(response.context)
    assert len(figures) > 10
    check_rows(client, figures)
    assert {row.link for row in figures} <= links_to_plans(response)


def test_no_link_of_the_overview_leads_to_plans_that_no_figure_counts(client):
    awkward_programme()
    client.force_login(StaffFactory())
    response = client.get(reverse("reports:programme"))
    context, overview = response.context, response.context["overview"]
    known = {row.link for row in rows_of(context)}
    known |= {state.link for state in overview.states}
    known |= {notice.link for notice in context["notices"]}
    known |= {overview.cancelled.link, overview.received_link}
    assert links_to_plans(response) - known == set()


def test_received_so_far_is_what_the_plans_it_leads_to_have_received(client):
    awkward_programme()
    client.force_login(StaffFactory())
    overview = client.get(reverse("reports:programme")).context["overview"]
    assert overview.cancelled.received_kgs == 70_000
    for link, amount in [
        (overview.received_link, overview.received_kgs),
        (overview.cancelled.link, overview.cancelled.received_kgs),
    ]:
        assert client.get(link).context["totals"]["received_kgs"] == amount


def test_states_lead_to_as_many_plans_as_they_say(client):
    awkward_programme()
    client.force_login(StaffFactory())
    states = client.get(reverse("reports:programme")).context["overview"].states
    assert len(states) == 3
    for state in states:
        assert client.get(state.link).context["totals"]["plans"] == state.plans


@pytest.mark.parametrize("phase", ["", "?phase=i"])
def test_what_does_not_add_up_leads_to_data_quality_with_the_same_number(client, phase):
    awkward_programme()
    PlanFactory(status="submitted", cost_kgs=5)  # waits: no figure of the overview
    for person in [StaffFactory(), DonorFactory(), HeadFactory()]:
        client.force_login(person)
        context = client.get(reverse("reports:programme") + phase).context
        assert len(context["notices"]) == 5
        for notice in context["notices"]:
            found = client.get(notice.link).context["quality"]
            assert found.numbers == {notice.kind: notice.number} | {
                check: number for check, number in found.numbers.items() if check != notice.kind
            }
            assert [s["check"] for s in client.get(notice.link).context["sections"]] == [
                notice.kind
            ]
        everything = client.get(context["findings_link"]).context["quality"].numbers
        assert context["findings"] == sum(everything.values())


def test_a_phase_narrows_every_link(client):
    awkward_programme()
    second = PhaseFactory(code="ii")
    counted(phase=second, cost_kgs=700_000, own=70_000)
    client.force_login(StaffFactory())
    response = client.get(reverse("reports:programme") + "?phase=ii")
    figures = rows_of(response.context)
    assert {row.plans for row in figures} == {1}
    check_rows(client, figures)


def test_rows_of_places_are_the_sums_of_the_plans_they_lead_to(client):
    one, two, three = awkward_programme()
    client.force_login(StaffFactory())
    for place in [one, two, three, one.region, three.region, one.district, three.district]:
        figures = client.get(place.get_absolute_url()).context["figures"]
        places = figures.municipalities.rows if figures.municipalities else []
        check_rows(client, [figures.place, *places, *figures.compared])
        received = client.get(figures.received_link).context["totals"]["received_kgs"]
        assert received == figures.received_kgs


def test_links_of_the_own_dashboard_hold_for_a_head_too(client):
    one, _two, _three = awkward_programme()
    client.force_login(HeadFactory(municipality=one))
    check_rows(client, client.get(reverse("home")).context["figures"].compared)


def test_a_row_answers_only_to_its_measures():
    with pytest.raises(AttributeError):
        _ = Row("", "", "", {}).colour


def test_of_very_many_findings_only_so_many_are_counted(client, monkeypatch):
    monkeypatch.setattr("reports.notices.MANY", 1)
    awkward_programme()
    client.force_login(StaffFactory())
    assert client.get("/").context["findings"] == 2
    assert Template("{% load money %}{{ 1001|up_to:1000 }}").render(Context()) == "1\u00a0000+"

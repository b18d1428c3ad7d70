import datetime as dt
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.http import QueryDict

from action_plans.filters import PlanFilter
from action_plans.models import Axis, PlanArea, PlanMunicipality, PlanStatus
from action_plans.totals import counted_totals, keep_totals
from lib.money import share
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


def found(query):
    return {plan.reference for plan in PlanFilter(QueryDict(query)).plans(StaffFactory.build())}


def joint_plan(**fields):
    """A plan of two municipalities in two regions, 60 and 40 percent, with one area."""
    plan = PlanFactory(cost_kgs=1_000_000, own=100_000, grant=900_000, status="approved", **fields)
    PlanMunicipality.objects.filter(plan=plan).update(share=60)
    PlanMunicipality.objects.create(plan=plan, municipality=MunicipalityFactory(), share=40)
    keep_totals(plan.pk)
    return plan


@pytest.fixture
def water():
    return ServiceAreaFactory(code="water")


@pytest.fixture
def plan(water):
    """One plan that each parameter finds, and one that none does."""
    fields = {
        "starts_on": dt.date(2018, 3, 1),
        "phase": PhaseFactory(code="i"),
        "search_key": "suu|agin",
    }
    PlanFactory(
        phase=PhaseFactory(code="ii"), area=ServiceAreaFactory(), starts_on=dt.date(2022, 1, 1)
    )
    return PlanFactory(cost_kgs=1000, own=50, area=water, status="approved", **fields)


@pytest.mark.parametrize(
    "query",
    [
        "q=suu",
        "region={plan.lead.region.iso}",
        "district={plan.lead.district.code}",
        "municipality={plan.lead.code}",
        "area=water",
        "status=approved",
        "status=counted",
        "status=completed&status=approved",
        "phase=i",
        "year=2018",
        "gap=gap",
        "under_minimum=1",
    ],
)
def test_each_parameter_finds_its_plan_and_no_other(plan, query):
    assert found(query.format(plan=plan)) == {plan.reference}


@pytest.mark.parametrize("words", ["!!!", "%", "- _", "ъ"])
def test_words_without_letters_find_nothing(plan, words):
    assert found(f"q={quote(words)}") == set()


def test_of_a_parameter_given_twice_the_filter_names_the_value_it_uses(plan):
    assert found("area=none&area=water") == {plan.reference}
    [chip] = PlanFilter(QueryDict("area=none&area=water")).chips
    assert chip.query == ""


def test_what_is_not_known_can_be_asked_for(plan):
    unknown = PlanFactory(cost_kgs=10, own=20)
    assert (
        found("year=unknown") == found("area=none") == found("gap=surplus") == {unknown.reference}
    )


def test_a_top_area_includes_its_children():
    education = ServiceAreaFactory(code="education")
    plan = PlanFactory(area=ServiceAreaFactory(code="preschool", parent=education))
    assert found("area=education") == found("area=preschool") == {plan.reference}


def test_of_plans_whose_area_is_known_none_is_counted_twice():
    one, other = ServiceAreaFactory.create_batch(2)
    plan = PlanFactory(area=one, cost_kgs=100, status="approved")
    plan.areas.update(share=50)
    plan.areas.create(area=other, share=50)
    keep_totals(plan.pk)
    PlanFactory(cost_kgs=7, status="approved")
    for query in ("area=known", "area=known&phase=i", "area=known&status=counted"):
        plan_filter = PlanFilter(QueryDict(query))
        totals = plan_filter.totals(plan_filter.plans(StaffFactory.build()))
        assert (totals["plans"], totals["cost_kgs"]) == (1, 100)


def test_several_municipalities_can_be_named():
    one, two, _other = PlanFactory(), PlanFactory(), PlanFactory()
    query = f"municipality={one.lead.code}&municipality={two.lead.code}"
    assert found(query) == {one.reference, two.reference}


@pytest.mark.parametrize(
    "query",
    ["region=KG-ZZ", "district=1", "municipality=1", "area=x", "status=x", "phase=x", "year=abc",
     "year=99999999999999999999", "gap=x", "under_minimum=0", "sort=x", "municipality=%00"],
)  # fmt: skip
def test_an_unknown_value_shows_no_plan_and_says_so(plan, query):
    plan_filter = PlanFilter(QueryDict(query))
    assert not plan_filter.plans(StaffFactory.build()).exists()
    assert len(plan_filter.problems) == 1
    assert plan_filter.totals(plan_filter.plans(StaffFactory.build()))["plans"] == 0


def test_of_a_joint_plan_only_the_part_in_the_chosen_place_is_added_up():
    plan = joint_plan()
    plan_filter = PlanFilter(QueryDict(f"region={plan.lead.region.iso}"))
    totals = plan_filter.totals(plan_filter.plans(StaffFactory.build()))
    assert (totals["plans"], totals["cost_kgs"], totals["own_kgs"]) == (1, 600_000, 60_000)


def test_place_and_area_must_meet_in_one_part_of_a_plan(water):
    plan = joint_plan()
    other = plan.municipalities.get(is_lead=False).municipality
    PlanArea.objects.create(plan=plan, area=water, share=50)
    PlanArea.objects.create(plan=plan, area=ServiceAreaFactory(), share=50)
    keep_totals(plan.pk)
    plan_filter = PlanFilter(QueryDict(f"municipality={other.code}&area=water"))
    totals = plan_filter.totals(plan_filter.plans(StaffFactory.build()))
    assert (totals["plans"], totals["cost_kgs"]) == (1, 200_000)


@pytest.mark.parametrize("axis", [Axis.ALL, Axis.REGION, Axis.MUNICIPALITY, Axis.AREA, Axis.YEAR])
def test_the_totals_of_a_filter_are_the_figures_of_the_dashboards(axis, water):
    plan = joint_plan(area=water, starts_on=dt.date(2018, 5, 1))
    PlanFactory(lead=plan.lead, cost_kgs=777, own=Decimal("7.77"), status="completed")
    PlanFactory(lead=plan.lead, cost_kgs=10**6, own=1)
    key, query = {
        Axis.ALL: ("", ""),
        Axis.REGION: (plan.lead.region_id, f"&region={plan.lead.region.iso}"),
        Axis.MUNICIPALITY: (plan.lead_id, f"&municipality={plan.lead.code}"),
        Axis.AREA: (water.pk, "&area=water"),
        Axis.YEAR: (2018, "&year=2018"),
    }[axis]
    figures = counted_totals(axis=axis)[str(key)]
    plan_filter = PlanFilter(QueryDict("status=counted" + query))
    totals = plan_filter.totals(plan_filter.plans(StaffFactory.build()))
    for name in ["plans", "cost_kgs", "grant_kgs", "gap_kgs", "surplus_kgs", "plans_with_cost"]:
        assert totals[name] == figures[name]
    assert totals["own_kgs"] == figures["own_cash_kgs"] + figures["own_in_kind_kgs"]


def test_a_plan_without_a_cost_does_not_count_in_the_share():
    PlanFactory(cost_kgs=1000, own=300)
    PlanFactory(own=5000)
    plan_filter = PlanFilter({})
    assert plan_filter.totals(plan_filter.plans(StaffFactory.build()))["own_share"] == 30


@pytest.mark.parametrize(
    ("sort", "order"),
    [("", "bca"), ("cost_kgs", "abc"), ("-cost_kgs", "bac"), ("own_share_pct", "bac"),
     ("-received", "abc"), ("-reference", "cba"), ("gap_kgs", "abc"), ("municipality", "abc")],
)  # fmt: skip
def test_the_list_is_sorted_as_asked_and_what_is_not_known_comes_last(sort, order):
    place = MunicipalityFactory()
    PlanFactory(reference="a", lead=place, cost_kgs=100, own=90)
    PlanFactory(reference="b", lead=place, cost_kgs=200, own=20, starts_on=dt.date(2019, 1, 1))
    PlanFactory(reference="c", lead=place, starts_on=dt.date(2018, 1, 1))
    plans = PlanFilter({"sort": sort}).plans(StaffFactory.build())
    assert "".join(plan.reference for plan in plans) == order


def test_amounts_of_parts_are_sorted_by_the_part():
    joint = joint_plan(reference="joint")
    PlanFactory(reference="whole", lead=joint.lead, cost_kgs=700_000)
    query = QueryDict(f"municipality={joint.lead.code}&sort=-cost_kgs")
    plans = PlanFilter(query).plans(StaffFactory.build())
    assert [plan.reference for plan in plans] == ["whole", "joint"]


def test_chips_say_in_words_what_was_chosen_and_remove_themselves(plan):
    chips = PlanFilter(
        QueryDict("region=" + plan.lead.region.iso + "&status=draft&status=counted")
    ).chips
    assert chips[0].words == plan.lead.region.name
    assert chips[2].query == f"region={plan.lead.region.iso}&status=draft"


def test_an_address_names_only_what_was_filled_in():
    assert (
        PlanFilter(QueryDict("q=&region=&csrf=1&page=3&status=draft&status=draft")).query
        == "status=draft"
    )


def test_what_one_may_not_see_no_filter_finds():
    PlanFactory(status=PlanStatus.DRAFT)
    plan_filter = PlanFilter(QueryDict("status=draft"))
    assert not plan_filter.plans(StaffFactory.build(role="donor")).exists()


@pytest.mark.parametrize("query", ["", "status=counted", "status=draft&status=cancelled", "phase=i",
    "year=2018", "year=unknown", "area=none", "area=top", "area=child", "region", "municipality",
    "phase=i&status=counted&region"])  # fmt: skip
@pytest.mark.parametrize("person", [StaffFactory, DonorFactory, HeadFactory])
def test_the_totals_are_those_of_the_plans_that_one_may_see(person, query):
    user, top = person(), ServiceAreaFactory(code="top")
    lead = user.municipality or MunicipalityFactory()
    areas = [None, top, ServiceAreaFactory(code="child", parent=top)]
    for number, status in enumerate([*PlanStatus.values, "cancelled"]):
        never = {"approved_at": None} if number == len(PlanStatus.values) else {}
        for place in (lead, MunicipalityFactory()):
            fields = {"starts_on": dt.date(2018, 1, 1) if number % 2 else None, "status": status}
            PlanFactory(
                lead=place, area=areas[number % 3], own=10, cost_kgs=10**number, **fields, **never
            )
    query = query.replace("region", f"region={lead.region.iso}")
    query = query.replace("municipality", f"municipality={lead.code}")
    plan_filter = PlanFilter(QueryDict(query))
    plans = plan_filter.plans(user)
    totals = plan_filter.totals(plans)
    assert totals["plans"] == totals["plans_with_cost"] == len(plans)
    assert totals["cost_kgs"] == sum(plan.cost_kgs for plan in plans)
    assert totals["own_share"] == share(totals["own_kgs"], totals["cost_kgs"])

import datetime as dt
from decimal import Decimal

import pytest
from django.utils.translation import override

from action_plans.models import ActionPlan, FundingSlice, Phase, PlanArea, PlanMunicipality
from action_plans.totals import keep_totals
from municipalities.models import Municipality
from reports import tables
from tests.factories import (
    MunicipalityFactory,
    PaymentFactory,
    PhaseFactory,
    PlanFactory,
    RegionFactory,
    ServiceAreaFactory,
)

pytestmark = pytest.mark.django_db


def counted(**fields):
    return PlanFactory(status="approved", **fields)


def money():
    return tables.MoneyOfSlices(FundingSlice.objects.filter(counts=True))


def column(frame, name):
    return dict(zip(frame.index, frame[name], strict=True))


def test_share_of_a_group_is_weighted_not_a_mean():
    counted(cost_kgs=8_000_000, own=4_000_000)
    counted(cost_kgs=2_000_000, own=200_000)
    assert tables.total_row(money())["own_share_pct"] == Decimal("42.0")


def test_a_plan_that_costs_nothing_is_counted_and_changes_no_share():
    counted(cost_kgs=8_000_000, own=4_000_000)
    free = counted(cost_kgs=0, lead=MunicipalityFactory())
    frame = tables.by_municipality(money())
    assert column(frame, "own_share_pct")[free.lead.code] is None
    total = tables.total_row(money())
    assert (total["plans"], total["own_share_pct"]) == (2, Decimal("50"))


def test_own_contribution_of_a_plan_without_cost_is_an_amount_but_in_no_share():
    counted(cost_kgs=8_000_000, own=4_000_000)
    counted(cost_kgs=2_000_000, own=200_000)
    unknown = counted(own=120_000, lead=MunicipalityFactory())
    total = tables.total_row(money())
    assert (total["own_kgs"], total["own_share_pct"]) == (4_320_000, Decimal("42.0"))
    assert (total["plans"], total["plans_with_cost"]) == (3, 2)
    frame = tables.by_municipality(money())
    assert column(frame, "cost_kgs")[unknown.lead.code] is None
    assert column(frame, "gap_kgs")[unknown.lead.code] is None


def test_plans_without_an_area_stand_last_as_not_specified():
    water = ServiceAreaFactory(code="water", name_ru="Вода")
    counted(cost_kgs=300, own=100, area=water)
    counted(cost_kgs=100, own=100)
    with override("en"):
        frame = tables.by_area(money())
    assert list(zip(frame.index, frame["name"], frame["plans"], strict=True)) == [
        ("water", "Вода", 1),
        (None, "Not specified", 1),
    ]
    assert list(frame["cost_part_pct"]) == [Decimal("75.0"), Decimal("25.0")]


def test_parts_of_an_area_are_added_to_it_and_their_plan_counts_once():
    education = ServiceAreaFactory(code="education")
    preschool = ServiceAreaFactory(code="preschool", parent=education)
    school = ServiceAreaFactory(code="school", parent=education)
    plan = counted(cost_kgs=1000, own=300)
    PlanArea.objects.create(plan=plan, area=preschool, share=60)
    PlanArea.objects.create(plan=plan, area=school, share=40)
    keep_totals(plan.pk)
    frame = tables.by_area(money())
    assert frame[["plans", "cost_kgs", "own_kgs"]].to_dict("index") == {
        "education": {"plans": 1, "cost_kgs": 1000, "own_kgs": 300}
    }


def test_a_joint_plan_stands_in_both_municipalities_and_once_in_the_total():
    first, second = MunicipalityFactory(), MunicipalityFactory()
    plan = counted(cost_kgs=3_000_000, own=1_000_000, lead=first)
    PlanMunicipality.objects.filter(plan=plan).update(share=60)
    PlanMunicipality.objects.create(plan=plan, municipality=second, share=40)
    keep_totals(plan.pk)
    frame = tables.by_municipality(money())
    assert column(frame, "cost_kgs") == {first.code: 1_800_000, second.code: 1_200_000}
    assert column(frame, "plans") == {first.code: 1, second.code: 1}
    total = tables.total_row(money())
    assert (total["plans"], total["cost_kgs"]) == (1, 3_000_000)


def test_parts_of_the_cost_add_up_to_one_hundred():
    for amount in [1665] * 5 + [1675]:
        counted(cost_kgs=amount)
    frame = tables.by_municipality(money())
    parts = [str(part) for part in frame.sort_index()["cost_part_pct"]]
    assert parts == ["16.7", "16.7", "16.6", "16.6", "16.6", "16.8"]


def test_municipalities_of_one_name_stay_apart():
    for _i in range(2):
        counted(cost_kgs=100, lead=MunicipalityFactory(name_ru="Ак-Суу"))
    assert list(tables.by_municipality(money())["name"]) == ["Ак-Суу", "Ак-Суу"]


def test_years_are_in_order_and_the_unknown_one_is_last():
    for start in [dt.date(2018, 5, 1), None, dt.date(2016, 5, 1)]:
        counted(cost_kgs=100, starts_on=start)
    assert list(tables.by_year(money()).index) == [2016, 2018, None]


def test_a_source_shows_what_is_outstanding_and_never_less_than_nothing():
    plan = counted(cost_kgs=3_500_000, own=1_100_000, in_kind=500_000)
    cash, in_kind = plan.contributions.order_by("form")
    PaymentFactory(contribution=cash, amount_kgs=700_000)
    PaymentFactory(contribution=in_kind, amount_kgs=650_000)
    keep_totals(plan.pk)
    frame = tables.by_source(tables.total_row(money()))
    names = ["received_kgs", "outstanding_kgs", "over_kgs"]
    assert frame.loc["own_cash", names].to_list() == [700_000, 400_000, 0]
    assert frame.loc["own_in_kind", names].to_list() == [650_000, 0, 150_000]
    fulfilment = [
        round(frame.loc[code, "fulfilment_pct"], 1) for code in ("own_cash", "own_in_kind")
    ]
    assert fulfilment == [Decimal("63.6"), Decimal("130.0")]


def test_every_table_adds_up_to_the_same_total():
    regions = [RegionFactory(), RegionFactory()]
    areas = [ServiceAreaFactory(), ServiceAreaFactory()]
    counted(cost_kgs=1_000_000, own=333_333, grant=500_000, area=areas[0])
    counted(cost_kgs=2_483_253, own=400_000, grant=3_083_253, area=areas[1])
    counted(own=120_000, lead=MunicipalityFactory(region=regions[0]))
    total = tables.total_row(money())
    names = ["own_kgs", "grant_kgs", "other_kgs", "gap_kgs", "surplus_kgs", "cost_kgs"]
    for table in [tables.by_area, tables.by_region, tables.by_municipality, tables.by_year]:
        frame = table(money())
        for name in names:
            assert sum(value for value in frame[name] if value is not None) == total[name], name
    assert total["cost_kgs"] + total["promised_without_cost_kgs"] == (
        total["promised_kgs"] + total["gap_kgs"] - total["surplus_kgs"]
    )


def test_amounts_stay_decimals():
    counted(cost_kgs=Decimal("0.30"), own=Decimal("0.10"))
    counted(cost_kgs=Decimal("0.10"), own=Decimal("0.10"), lead=MunicipalityFactory())
    frame = tables.by_region(money())
    kinds = {
        type(value) for name in ["cost_kgs", "own_kgs", "own_share_pct"] for value in frame[name]
    }
    assert kinds == {Decimal}


def test_no_plans_make_empty_tables():
    assert tables.by_area(money()).empty
    total = tables.total_row(money())
    assert (total["plans"], total["cost_kgs"], total["own_share_pct"]) == (0, None, None)


def test_rows_keep_their_codes_as_they_are():
    for start in [dt.date(2018, 5, 1), None]:
        counted(starts_on=start)
    codes = [row["code"] for row in tables.records(tables.by_year(money()))]
    assert [(code, type(code)) for code in codes] == [(2018, int), (None, type(None))]


@pytest.mark.parametrize("phase", ["i", None])
def test_kept_sums_make_the_same_tables_as_the_slices(phase):
    education = ServiceAreaFactory(code="education")
    preschool = ServiceAreaFactory(code="preschool", parent=education)
    plan = counted(cost_kgs=Decimal("1000.01"), own=300, starts_on=dt.date(2018, 5, 1))
    PlanArea.objects.create(plan=plan, area=preschool, share=60)
    PlanArea.objects.create(plan=plan, area=education, share=40)
    PlanMunicipality.objects.filter(plan=plan).update(share=60)
    PlanMunicipality.objects.create(plan=plan, municipality=MunicipalityFactory(), share=40)
    keep_totals(plan.pk)
    counted(own=120, phase=PhaseFactory(code="ii"))
    left = counted(cost_kgs=5, lead=MunicipalityFactory())
    ActionPlan.objects.filter(pk=left.pk).update(status="draft")
    keep_totals(left.pk)
    slices = FundingSlice.objects.filter(counts=True)
    if phase:
        phase = Phase.objects.get(code=phase)
        slices = slices.filter(phase=phase)
    kept, summed = tables.KeptMoney(phase), tables.MoneyOfSlices(slices)
    assert tables.total_row(kept) == tables.total_row(summed)
    for table in [tables.by_area, tables.by_region, tables.by_municipality, tables.by_year]:
        assert tables.records(table(kept)) == tables.records(table(summed))


def test_kept_sums_of_nothing_are_an_empty_report():
    assert tables.total_row(tables.KeptMoney()) == tables.total_row(money())


def test_a_region_of_which_a_place_has_moved_away_keeps_its_row():
    plan = counted(cost_kgs=100)
    old = plan.lead.region
    Municipality.objects.filter(pk=plan.lead_id).update(region=RegionFactory())
    assert list(tables.by_region(money()).index) == [old.code]

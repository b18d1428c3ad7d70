import datetime as dt
from decimal import Decimal

import pytest
from django.utils.translation import override

from action_plans.models import Phase
from reports import frames
from reports.models import PublishedFigure
from reports.notices import notices
from reports.overview import Overview, source_total
from reports.published import statements
from reports.rows import SourceRow
from tests.factories import (
    MunicipalityFactory,
    PhaseFactory,
    PlanFactory,
    RegionFactory,
    ServiceAreaFactory,
)
from tests.reports.programme import awkward_programme, counted, promise

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 22)


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def overview(phase=None, on=TODAY):
    return Overview(phase=phase, phases=list(Phase.objects.all()), on=on)


def plans_of_areas(numbers):
    for area, number in numbers.items():
        for _ in range(number):
            counted(area=area, cost_kgs=1_000_000, own=100_000)


def test_a_plan_without_an_area_is_a_row_of_its_own():  # acceptance 01
    names = ["water", "education", "culture", "public"]
    areas = [ServiceAreaFactory(name_en=name) for name in names]
    plans_of_areas(dict(zip([*areas, None], [9, 11, 9, 8, 1], strict=True)))
    found = overview()
    assert [(row.name, row.plans) for row in found.areas.by_cost()] == [
        ("education", 11),
        ("culture", 9),
        ("water", 9),
        ("public", 8),
        ("Not specified", 1),
    ]
    assert sum(row.part for row in found.areas.rows) == Decimal("100.0")
    assert (found.whole.plans, found.plans_with_area) == (38, 37)


def test_the_share_is_weighted_never_a_mean_of_shares():  # acceptance 03
    counted(cost_kgs=8_000_000, own=4_000_000)
    counted(cost_kgs=2_000_000, own=200_000)
    assert overview().whole.own_share == Decimal("42")


def test_a_plan_that_costs_nothing_has_no_share_and_changes_none():  # acceptance 04
    counted(cost_kgs=8_000_000, own=4_000_000)
    free = counted(cost_kgs=0, lead=MunicipalityFactory(name_en="Free"))
    rows = {row.key: row for row in overview().municipalities.rows}
    assert rows[str(free.lead.pk)].own_share is None
    assert (overview().whole.plans, overview().whole.own_share) == (2, Decimal("50"))


def test_contributions_to_a_plan_without_cost_are_an_amount_but_in_no_share():  # acceptance 05
    counted(cost_kgs=8_000_000, own=4_000_000)
    counted(cost_kgs=2_000_000, own=200_000)
    counted(own=120_000)
    whole = overview().whole
    assert (whole.own_kgs, whole.own_share) == (4_320_000, Decimal("42"))
    assert (whole.plans_without_cost, whole.own_without_cost_kgs) == (1, 120_000)


def test_a_joint_plan_stands_in_both_municipalities_and_once_in_the_total():  # acceptance 10
    counted(
        lead=MunicipalityFactory(),
        municipalities=[(MunicipalityFactory(), Decimal(40))],
        cost_kgs=3_000_000,
    )
    table = overview().municipalities
    assert sorted(row.cost_kgs for row in table.rows) == [1_200_000, 1_800_000]
    assert table.rows_share_plans
    assert (table.whole.plans, table.whole.cost_kgs) == (1, 3_000_000)


def test_a_plan_with_two_parts_of_one_area_counts_once_in_it():
    education = ServiceAreaFactory()
    parts = ServiceAreaFactory.create_batch(2, parent=education)
    counted(areas=[(part, Decimal(50)) for part in parts], cost_kgs=1_000_000)
    [row] = overview().areas.rows
    assert (row.key, row.plans, row.cost_kgs) == (str(education.pk), 1, 1_000_000)


def test_drafts_and_submitted_plans_count_nowhere():
    for status in ["draft", "submitted", "returned"]:
        PlanFactory(status=status, cost_kgs=1_000_000, own=500_000)
    assert (overview().whole.plans, overview().received_kgs, overview().states) == (0, 0, [])
    assert overview().areas.rows == []


def test_money_of_a_cancelled_plan_stays_in_what_was_received():
    counted(cost_kgs=1_000_000, own=300_000, paid=200_000)
    counted(cost_kgs=1_000_000, own=300_000, paid=70_000, status="cancelled")
    found = overview()
    assert (found.whole.plans, found.whole.received_kgs) == (1, 200_000)
    assert (found.cancelled.received_kgs, found.received_kgs) == (70_000, 270_000)


@pytest.mark.parametrize(("minimum", "shown"), [(10, Decimal(10)), (20, None)])
def test_the_minimum_is_drawn_only_when_one_rule_applies_to_all(minimum, shown):
    counted(cost_kgs=100, own=10)
    counted(cost_kgs=100, own=10, phase=PhaseFactory(code="ii", minimum_own_share=minimum))
    assert overview().minimum == shown
    assert overview(phase=Phase.objects.get(code="ii")).minimum == minimum


def test_a_phase_without_plans_is_no_chip_and_lays_down_no_rule():
    counted(cost_kgs=100, own=10)
    PhaseFactory(code="ii", minimum_own_share=30)
    assert [phase.code for phase in overview().phases] == ["i"]
    assert overview().minimum == 10


def test_years_stand_in_order_and_the_running_one_is_not_complete():
    for day in [dt.date(2026, 2, 1), None, dt.date(2018, 3, 1)]:
        counted(cost_kgs=100, starts_on=day)
    rows = overview().years.rows
    assert [row.name for row in rows] == ["2018", "2026", "Not known yet"]
    assert [row.is_partial for row in rows] == [False, True, False]


def test_what_does_not_add_up_is_counted_and_named_when_few():
    awkward_programme()
    found = {notice.kind: notice for notice in notices(overview())}
    assert {kind: notice.number for kind, notice in found.items()} == {
        "surplus": 1,
        "gap": 2,
        "under_minimum": 1,
        "no_area": 1,
        "no_cost": 1,
    }
    assert all(len(notice.plans) == notice.number for notice in found.values())


def test_many_plans_that_do_not_add_up_are_counted_not_named():
    for _ in range(4):
        counted(area=ServiceAreaFactory(), cost_kgs=1_000_000, own=500_000)
    [notice] = notices(overview())
    assert (notice.kind, notice.number, notice.plans) == ("gap", 4, [])


def test_a_title_states_a_finding_only_with_five_plans_and_a_clear_lead():
    culture, water = [ServiceAreaFactory(name_en=name) for name in ["Culture", "Water"]]
    for _ in range(4):
        counted(area=culture, cost_kgs=100, own=50)
    counted(area=water, cost_kgs=100, own=20)
    assert frames.share_by_area(overview()).title == "Own share by service area"
    counted(area=culture, cost_kgs=100, own=50)
    assert frames.share_by_area(overview()).title == "Largest own share: Culture"


def test_equal_rows_make_no_finding():
    for area in ServiceAreaFactory.create_batch(2):
        for _ in range(5):
            counted(area=area, cost_kgs=100, own=50)
    assert frames.share_by_area(overview()).title == "Own share by service area"


def test_no_area_is_called_the_largest_below_plans_without_an_area():
    culture, water = [ServiceAreaFactory(name_en=name) for name in ["Culture", "Water"]]
    for area, cost in [(culture, 200), (water, 100), (None, 300)]:
        for _ in range(5):
            counted(area=area, cost_kgs=cost, own=cost * 3 // 10)
    assert frames.areas(overview()).title == "Planned cost by service area"


def test_no_municipality_is_called_the_first_when_some_are_not_shown(monkeypatch):
    monkeypatch.setattr("reports.overview.MUNICIPALITIES_SHOWN", 2)
    places = MunicipalityFactory.create_batch(3)
    for place, cost, own in zip(places, [300, 200, 100], [150, 20, 100], strict=True):
        for _ in range(5):
            counted(lead=place, cost_kgs=cost, own=own)
    assert frames.municipalities(overview()).title == "Own share by municipality"


def test_of_many_municipalities_forty_are_rows_and_the_others_one_row():
    region = RegionFactory()
    for cost in range(1, 43):
        place = MunicipalityFactory(region=region, district=None)
        counted(lead=place, cost_kgs=cost * 1000)
    found = overview()
    assert (len(found.municipalities.rows), found.municipalities_count) == (40, 42)
    rest = found.other_municipalities
    assert (rest.plans, rest.cost_kgs) == (2, 3000)
    assert sum(row.cost_kgs for row in found.municipalities.rows) + 3000 == found.whole.cost_kgs


def test_outstanding_is_never_below_zero_and_one_source_pays_no_other():
    rows = [
        SourceRow("a", "a", "own", Decimal(100), Decimal(130)),
        SourceRow("b", "b", "grant", Decimal(50), Decimal(20)),
    ]
    assert [row.outstanding_kgs for row in rows] == [0, 30]
    assert rows[0].fulfilment == Decimal(130)
    assert source_total(rows)["outstanding_kgs"] == 30


def test_sources_are_the_seven_in_their_order_and_add_up():
    plan = counted(cost_kgs=1_000_000, own=100_000, in_kind=50_000, grant=600_000)
    for source in ["community", "oblast", "republic", "donor"]:
        promise(plan, source, 10_000)
    sources = overview().sources
    assert [row.promised_kgs for row in sources] == [
        100_000, 50_000, 600_000, 10_000, 10_000, 10_000, 10_000,
    ]  # fmt: skip
    assert source_total(sources)["promised_kgs"] == overview().whole.promised_kgs


def test_published_figures_keep_their_words_and_stay_out_of_the_totals():  # acceptance 02
    for measure, qualifier, value in [
        ("cost", "more_than", 97_000_000),
        ("share", "almost", 32),
        ("plans", "exact", 38),
    ]:
        PublishedFigure.objects.create(
            said_on=dt.date(2018, 11, 30),
            measure=measure,
            qualifier=qualifier,
            value=value,
            source_name="DPI",
        )
    [statement] = statements()
    assert statement.printed == [
        ("total cost", "over 97\u00a0million\u00a0KGS"),
        ("own share", "almost 32%"),
        ("action plans", "38"),
    ]
    assert overview().whole.plans == 0

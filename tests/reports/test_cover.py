"""T1: what the report is about and how complete it is; published figures beside the computed ones, with reasons."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from action_plans.models import PeriodStatus
from reports import closing
from reports.donor_tables import cover, published
from reports.models import PublishedFigure
from tests.factories import (
    PaymentFactory,
    PeriodFactory,
    PhaseFactory,
    PlanFactory,
    RegionFactory,
    ServiceAreaFactory,
    SignedReportFactory,
    StaffFactory,
)
from tests.reports.test_unallocated import scope_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LONG_AGO = dt.datetime(2017, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def plan():
    return PlanFactory(
        status="approved",
        approved_at=LONG_AGO,
        area=ServiceAreaFactory(),
        cost_kgs=Decimal("97123456.00"),
        own=31_000_000,
        grant=66_123_456,
    )


def said(scope):
    return {row["code"]: row["says"] for row in cover.table(scope).rows}


def test_it_says_what_the_report_is_about(plan):
    lines = said(scope_of(plan))
    assert lines["phase"] == "Фаза I, 1 Nov 2013 – 30 Apr 2019"
    assert lines["contract"] == "—"
    assert lines["basis"] == "money received by the plans"
    assert "action plans only" in lines["covers"]
    assert lines["prepared"] == lines["approved"] == "nobody yet"
    assert "version" not in lines


def test_how_complete_the_figures_are(plan):
    PaymentFactory(contribution=plan.contributions.first(), booked_at=LONG_AGO)
    assert said(scope_of(plan))["completeness"] == (
        "1 of 1 plan has reported payments. All of them have a service area."
    )
    PlanFactory.create_batch(2, status="approved", approved_at=LONG_AGO)
    assert said(scope_of(plan))["completeness"] == (
        "1 of 3 plans have reported payments. "
        "1 of 3 have a service area; the others are “not specified”."
    )
    early = scope_of(plan, dt.date(2018, 5, 31))
    assert said(early)["completeness"].startswith("0 of 3 plans")


def test_of_a_closed_period_it_names_who_prepared_it_and_the_version(plan):
    period = PeriodFactory(phase=plan.phase)
    assert said(scope_of(plan, period.ends_on, period=period))["version"] == "1"
    closing.step(period, PeriodStatus.CLOSED, by=StaffFactory(name="Aida"))
    lines = said(scope_of(plan, period.ends_on, period=period, known_at=period.closed_at))
    assert lines["prepared"].startswith("Aida, Project staff, ")
    assert "closed on" in lines["status"]
    SignedReportFactory(period=period)
    assert said(scope_of(plan, period.ends_on, period=period))["version"] == "2"


# Published figures


def say(measure, value, qualifier="more_than", said_on=dt.date(2018, 11, 30), **fields):
    fields = {"source_name": "DPI"} | fields
    return PublishedFigure.objects.create(
        measure=measure, value=value, qualifier=qualifier, said_on=said_on, **fields
    )


def rows(scope):
    return {row["measure"]: row for row in published.table(scope).rows}


def test_a_published_figure_stands_beside_the_computed_one(plan):
    say("cost", 97_000_000)
    say("own", 31_000_000)
    say("share", 32, "almost")
    say("plans", 38, "exact")
    found = rows(scope_of(plan))
    cost = found["cost"]
    assert cost["published"] == "over 97\u00a0million\u00a0KGS"
    assert cost["computed_value"] == cost["computed_then_value"] == Decimal("97123456.00")
    assert (cost["difference"], cost["why"]) == ("KGS\u00a0123,456.00 more", "They agree.")
    assert found["share"]["why"] == "They agree."
    plans = found["plans"]
    assert (plans["published"], plans["computed"], plans["difference"]) == ("38", "1", "37 less")
    assert "The source counts 38 plans, this report 1." in plans["why"]
    own = found["own"]
    assert own["difference"] == "none"
    assert "The source says “over”." in own["why"]


@pytest.mark.parametrize(
    ("qualifier", "value", "agrees"),
    [
        ("more_than", "97000000.01", True),
        ("more_than", "97000000", False),
        ("more_than", "98000000", False),
        ("almost", "96500000", True),
        ("almost", "97000000", False),
        ("exact", "97499999", True),
        ("exact", "97500000", False),
        ("about", "96100000", True),
    ],
)
def test_what_the_printed_words_can_mean(qualifier, value, agrees):
    figure = PublishedFigure(measure="cost", value=Decimal(97_000_000), qualifier=qualifier)
    assert published.agrees(figure, Decimal(value)) is agrees


def test_reasons_come_from_data_only(plan):
    PhaseFactory(code="ii", starts_on=dt.date(2019, 5, 1), ends_on=dt.date(2023, 4, 30))
    PlanFactory(status="approved", approved_at=LONG_AGO, sample_fields=["area"], has_sample=True)
    say("cost", 91_000_000, "exact", said_on=dt.date(2017, 11, 30), note_en="Five are named.")
    scope = scope_of(plan, dt.date(2018, 12, 31))
    why = rows(scope)["cost"]["why"]
    assert why == (
        "It is about 30 Nov 2017, this report about 31 Dec 2018. "
        "The source names no phase; this report covers Фаза I. "
        "It was printed in whole millions. "
        "The cost of 1 plan is not known and is in no sum. "
        "This report contains sample data. "
        "About the source: Five are named."
    )


def test_a_day_before_the_plans_were_known_has_no_computed_figure(plan):
    say("cost", 42_000_000, "exact", said_on=dt.date(2016, 8, 26))
    row = rows(scope_of(plan))["cost"]
    assert (row["computed_then"], row["computed_then_value"]) == ("none was known yet", None)
    assert row["computed_value"] == Decimal("97123456.00")


def test_what_was_not_yet_said_or_is_about_more_than_the_filter_is_not_shown(plan):
    say("cost", 97_000_000)
    assert rows(scope_of(plan, dt.date(2018, 11, 29))) == {}
    table = published.table(scope_of(plan, region=RegionFactory()))
    assert table.rows == []
    assert "with this filter none is shown" in table.empty


def test_computed_figures_of_a_past_day_know_revised_costs_and_promises(plan):
    from action_plans import facts_correction, promises  # noqa: PLC0415 -- only here
    from action_plans.facts import facts_of  # noqa: PLC0415 -- only here

    staff = StaffFactory()
    say("cost", 97_000_000, said_on=dt.date(2018, 1, 31))
    say("own", 31_000_000, said_on=dt.date(2018, 1, 31))
    facts = facts_of(plan) | {("cost_kgs",): Decimal(50_000_000)}
    facts_correction.correct(
        plan_id=plan.pk, facts=facts, base=1, reason="x", by=staff, at=timezone.now()
    )
    own = plan.contributions.get(source="municipality")
    day = timezone.localdate()
    promises.revise(
        contribution=own, amount=Decimal(1), effective_on=day, reason="x", decision="y", by=staff
    )
    promises.add(
        plan=plan, source="municipality", form="cash", amount=Decimal(9), promised_on=day,
        decision="z", by=staff,
    )  # fmt: skip
    found = rows(scope_of(plan))
    assert (found["cost"]["computed_value"], found["own"]["computed_value"]) == (50_000_000, 10)
    assert found["cost"]["computed_then_value"] == Decimal("97123456.00")
    assert found["own"]["computed_then_value"] == 31_000_000


@pytest.mark.parametrize("plans", [1, 4])
def test_it_asks_the_same_for_any_number_of_plans(plan, plans, django_assert_num_queries):
    PlanFactory.create_batch(plans, status="approved", approved_at=LONG_AGO, phase=plan.phase)
    say("cost", 97_000_000)
    say("plans", 38, "exact")
    scope = scope_of(plan)
    with django_assert_num_queries(9):  # figures, phases, what was otherwise once, two for each day
        published.table(scope)
    with django_assert_num_queries(4):
        cover.table(scope)

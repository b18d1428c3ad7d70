"""T2, T3 and T5: what stands in their cells, and why a cell is empty."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from action_plans.models import PromiseRevision
from action_plans.totals import keep_totals
from reports.donor_tables import budget, burn, sources
from reports.facts import Facts
from reports.scope import Scope
from tests import factories

pytestmark = pytest.mark.django_db
APPROVED = dt.datetime(2017, 1, 10, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def approved(**options):
    fields = {"status": "approved", "approved_at": APPROVED, "cost_kgs": 2_400_000} | options
    return factories.PlanFactory(**fields)


def pay(plan, amount, day="2017-03-01", kind="received", source="grant", **options):
    promise = plan.contributions.filter(source=source).first()
    on = dt.date.fromisoformat(day)
    row = {"contribution": promise, "kind": kind, "amount_kgs": Decimal(amount), "paid_on": on}
    factories.PaymentFactory(**row | options)
    keep_totals(plan.pk)


def scope(phase, **options):
    return Scope(
        user=None, day=timezone.localdate(), known_at=timezone.now(), phases=(phase,)
    ).with_(**options)


def in_period(phase, first, last, **options):
    period = factories.PeriodFactory(
        phase=phase, starts_on=dt.date.fromisoformat(first), ends_on=dt.date.fromisoformat(last)
    )
    return scope(phase, period=period, day=period.ends_on, **options)


def rows(module, asked):
    return module.table(asked, Facts(asked)).rows


def total(module, asked):
    return module.table(asked, Facts(asked)).total


def test_refunds_are_apart_and_execution_is_of_the_net():
    plan = approved(grant=2_400_000)
    for amount, kind in [("1000000", "received"), ("1400000", "received"), ("50000", "returned")]:
        pay(plan, amount, kind=kind)
    [grant] = [row for row in rows(sources, scope(plan.phase)) if row["code"] == "grant"]
    assert (grant["received_kgs"], grant["returned_kgs"]) == (2_400_000, -50_000)
    assert (grant["net_kgs"], grant["outstanding_kgs"], grant["over_kgs"]) == (2_350_000, 50_000, 0)
    assert round(grant["fulfilment_pct"], 1) == Decimal("97.9")
    assert round(total(budget, scope(plan.phase))["execution_pct"], 1) == Decimal("97.9")


def test_a_period_below_zero_has_no_share_and_the_sum_stays():
    plan = approved(grant=2_400_000)
    pay(plan, "500000", "2017-02-01")
    pay(plan, "200000", "2017-04-10")
    pay(plan, "350000", "2017-06-10", kind="returned")
    asked = in_period(plan.phase, "2017-04-01", "2017-06-30")
    [grant] = [row for row in rows(sources, asked) if row["code"] == "grant"]
    assert grant["period_net_kgs"] == -150_000
    assert (grant["period_part_pct"], grant["net_kgs"]) == (None, 350_000)
    assert grant["period_part_pct_reason"] == "no share: below zero"
    whole = total(budget, asked)
    assert (whole["before_kgs"], whole["actual_kgs"]) == (500_000, -150_000)
    assert whole["cumulative_kgs"] == 350_000


def test_nothing_reported_is_neither_0_nor_minus_100_percent():
    plan = approved(grant=500_000)
    [row] = rows(budget, scope(plan.phase))
    assert [row[name] for name in ("cumulative_kgs", "variance_kgs", "variance_pct")] == [None] * 3
    assert row["variance_pct_reason"] == "not reported"
    assert row["balance_kgs"] == 500_000


def test_what_came_and_went_back_is_0_and_not_unreported():
    plan = approved(grant=500_000)
    pay(plan, "100")
    pay(plan, "100", kind="returned")
    [row] = rows(budget, scope(plan.phase))
    assert (row["cumulative_kgs"], row["execution_pct"]) == (0, 0)


def test_money_without_a_budget_is_unbudgeted_and_in_the_total():
    area = factories.ServiceAreaFactory()
    plan = approved(grant=500_000, area=area)
    PromiseRevision.objects.create(
        contribution=plan.contributions.get(),
        number=1,
        effective_on=dt.date(2017, 2, 1),
        before_kgs=500_000,
        amount_kgs=0,
        reason="r",
        decision="d",
        revised_at=timezone.now(),
    )
    plan.contributions.update(amount_kgs=0)
    pay(plan, "40000")
    [row] = rows(budget, scope(plan.phase))
    assert (row["original_kgs"], row["budget_kgs"], row["cumulative_kgs"]) == (500_000, 0, 40_000)
    assert (row["variance_pct"], row["variance_pct_reason"]) == (None, "unbudgeted")
    assert total(budget, scope(plan.phase))["variance_kgs"] == 40_000


def test_the_budget_of_a_cancelled_plan_is_what_was_paid_for_it():
    plan = approved(grant=1_200_000, status="cancelled")
    pay(plan, "800000")
    pay(plan, "300000", kind="returned")
    [row] = rows(budget, scope(plan.phase))
    assert (row["original_kgs"], row["budget_kgs"]) == (1_200_000, 500_000)
    assert (row["cumulative_kgs"], row["variance_kgs"]) == (500_000, 0)
    [grant] = [row for row in rows(sources, scope(plan.phase)) if row["code"] == "grant"]
    assert (grant["planned_kgs"], grant["net_kgs"]) == (0, 500_000)


def test_corrections_to_earlier_periods_stand_apart():
    plan = approved(grant=2_400_000)
    first = factories.PeriodFactory(phase=plan.phase)
    pay(plan, "2400000")
    later = {"accounted_on": dt.date(2018, 1, 1), "late_for": first}
    pay(plan, "50000", kind="returned", **later)
    row = total(budget, in_period(plan.phase, "2018-01-01", "2018-12-31"))
    assert (row["before_kgs"], row["corrections_kgs"], row["actual_kgs"]) == (2_400_000, -50_000, 0)
    assert row["cumulative_kgs"] == 2_350_000


def test_what_was_signed_stands_beside_what_is_restated():
    plan = approved(grant=2_400_000)
    asked = in_period(plan.phase, "2017-01-01", "2017-12-31")
    pay(plan, "2400000")
    signed_as = '{"facts":[' + _signed_row(plan) + "]}"
    factories.SignedReportFactory(period=asked.period, snapshot=signed_as)
    pay(plan, "50000", kind="returned", accounted_on=dt.date(2018, 1, 1), late_for=asked.period)
    [row] = rows(budget, asked)
    assert (row["actual_kgs"], row["as_signed_kgs"]) == (2_400_000, 2_400_000)
    assert row["restated_kgs"] == 2_350_000


def _signed_row(plan):
    return (
        f'{{"plan":"{plan.reference}","area":null,"municipality":"{plan.lead.code}",'
        f'"region":"{plan.lead.region.iso}","source":"grant","net_kgs":"2400000.00"}}'
    )


def test_a_line_over_both_limits_needs_a_comment():
    plan = approved(grant=2_000_000)
    line = factories.BudgetLineFactory(plan=plan, amount=500_000)
    pay(plan, "575000", kind="spent", budget_line=line)
    pay(plan, "1000", kind="spent")
    over, without = rows(budget, scope(plan.phase, rows="line"))
    assert (over["variance_kgs"], over["variance_pct"]) == (75_000, 15)
    assert over["comment_reason"] == "A comment is needed."
    assert (without["title"], without["variance_pct_reason"]) == (
        "Spent on no line of the budget",
        "unbudgeted",
    )
    [row] = rows(budget, scope(plan.phase, rows="plan", basis="reported"))
    assert (row["cumulative_kgs"], row["needs_comment"]) == (576_000, True)


def test_the_own_share_has_three_versions():
    plan = approved(cost_kgs=3_500_000, own=1_100_000, grant=2_400_000)
    pay(plan, "700000", source="municipality")
    pay(plan, "2000000")
    table = sources.table(scope(plan.phase), Facts(scope(plan.phase)))
    shares = [round(table.total[f"own_share_{name}_pct"], 1) for name in ("planned", "cash")]
    assert shares == [Decimal("31.4"), Decimal("25.9")]
    assert table.notes[0].startswith("Own share, planned (the headline): 31.4%.")
    [own] = [row for row in table.rows if row["code"] == "own_cash"]
    assert (own["outstanding_kgs"], round(own["fulfilment_pct"], 1)) == (400_000, Decimal("63.6"))


def test_what_rests_on_a_decision_binds_and_a_grant_by_the_approval_of_its_plan():
    plan = approved(own=300_000, grant=700_000)
    plan.contributions.filter(source="municipality").update(decision="№ 7")
    found = {row["code"]: row["binding_kgs"] for row in rows(sources, scope(plan.phase))}
    assert (found["own_cash"], found["grant"], found["oblast"]) == (300_000, 700_000, 0)


def test_burn_stands_beside_elapsed_time():
    phase = factories.PhaseFactory(
        code="y", starts_on=dt.date(2017, 1, 1), ends_on=dt.date(2017, 12, 31)
    )
    plan = approved(grant=2_400_000, phase=phase)
    known_at = dt.datetime(2017, 7, 2, 17, tzinfo=dt.UTC)
    pay(plan, "1400000", kind="spent", booked_at=known_at)
    pay(plan, "7", kind="spent")  # booked later
    past = {"day": dt.date(2017, 7, 2), "known_at": known_at, "is_past": True}
    asked = scope(phase, basis="reported", **past)
    [row] = rows(burn, asked)
    assert (row["elapsed_days"], row["days"]) == (183, 365)
    assert [round(row[n], 1) for n in ("execution_pct", "elapsed_pct")] == [
        Decimal("58.3"),
        Decimal("50.1"),
    ]
    assert row["months_left"] == Decimal("4.3")

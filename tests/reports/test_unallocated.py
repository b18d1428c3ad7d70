"""T11: what could not be put in its place is counted and named, as known on its day; “none” too."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from action_plans.models import BudgetRevision, FactRevision, Payment, PromiseRevision
from reports.donor_tables import unallocated
from reports.donor_tables.unallocated_words import words_of
from reports.scope import Scope
from tests.factories import (
    BudgetLineFactory,
    ContributionFactory,
    InKindItemFactory,
    PaymentFactory,
    PlanFactory,
    RegionFactory,
    ServiceAreaFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LONG_AGO = dt.datetime(2017, 3, 1, 12, tzinfo=dt.UTC)
EMPTY = {
    "no_area": 0,
    "no_region": 0,
    "no_cost": 0,
    "not_reported": 0,
    "no_decision": 0,
    "no_rate": 0,
    "no_evidence": 0,
    "no_line": 0,
    "not_verified": 0,
}


def scope_of(plan, day=None, **changes):
    known_at = changes.pop("known_at", timezone.now())
    day = day or timezone.localdate()
    is_past = day < timezone.localdate()
    return Scope(
        user=None, day=day, known_at=known_at, is_past=is_past, phases=(plan.phase,), **changes
    )


def numbers(scope):
    return {row["check"]: row["number"] for row in unallocated.table(scope).rows}


def row_of(scope, check):
    return next(row for row in unallocated.table(scope).rows if row["check"] == check)


@pytest.fixture
def plan():
    plan = PlanFactory(status="approved", area=ServiceAreaFactory(), cost_kgs=1_000_000, grant=800)
    plan.approved_at = LONG_AGO
    plan.save()
    PaymentFactory(contribution=plan.contributions.get(), document_number="1", booked_at=LONG_AGO)
    return plan


@pytest.fixture
def holed():
    """A plan with one of everything."""
    plan = PlanFactory(status="approved", approved_at=LONG_AGO, own=1000, in_kind=500, grant=800)
    ContributionFactory(plan=plan, source="municipality", amount_kgs=5, decision="№ 7")
    grant, own = plan.contributions.get(source="grant"), plan.contributions.first()
    when = {"booked_at": LONG_AGO, "paid_on": dt.date(2017, 2, 1)}
    PaymentFactory(contribution=grant, amount_kgs=Decimal("300.00"), **when)
    BudgetLineFactory(plan=plan).revisions.update(revised_at=LONG_AGO)
    PaymentFactory(
        contribution=own, kind="spent", document_number="2", amount_kgs=Decimal(40), **when
    )
    Payment.objects.create(
        contribution=grant,
        currency="CHF",
        amount=7,
        paid_on=dt.date(2017, 2, 2),
        entered_at=LONG_AGO,
    )
    in_kind = plan.contributions.get(form="in_kind")
    InKindItemFactory(contribution=in_kind, given_on=dt.date(2017, 1, 1), claimed_at=LONG_AGO)
    return plan


def test_everything_has_its_place(plan):
    scope = scope_of(plan)
    assert numbers(scope) == EMPTY
    found = unallocated.table(scope)
    assert {row["which"] for row in found.rows} == {"none"}
    assert found.notes == ["Everything could be allocated."]


FOUND = EMPTY | {
    "no_area": 1,
    "no_cost": 1,
    "no_decision": 2,
    "no_rate": 1,
    "no_evidence": 1,
    "no_line": 1,
    "not_verified": 1,
}


@pytest.mark.parametrize("day", [None, dt.date(2018, 6, 1)])
def test_each_hole_is_counted_and_named_today_and_on_a_past_day(holed, plan, day):
    assert numbers(scope_of(holed, day)) == FOUND
    row = row_of(scope_of(holed, day), "no_evidence")
    assert (row["which"], row["amount_kgs"]) == (holed.reference, Decimal("300.00"))
    assert row_of(scope_of(holed, day), "not_verified")["amount_kgs"] == 36_000
    assert row_of(scope_of(holed, day), "no_rate")["amount_kgs"] is None


def test_what_was_recorded_later_was_still_missing_on_that_day(plan):
    item = FactRevision(plan=plan, number=1, fact="areas", before=[], after=[["x", "100.00"]])
    item.effective_on, item.reason, item.recorded_at = dt.date(2018, 1, 1), "x", timezone.now()
    item.save()
    assert numbers(scope_of(plan))["no_area"] == 0
    assert numbers(scope_of(plan, dt.date(2018, 6, 1)))["no_area"] == 1
    payment = plan.contributions.get().payments.get()
    assert numbers(scope_of(plan, payment.paid_on))["not_reported"] == 0
    assert numbers(scope_of(plan, payment.paid_on - dt.timedelta(1)))["not_reported"] == 1


def test_promises_without_a_decision_are_those_of_the_day(plan):
    day = dt.date(2018, 6, 1)
    own = ContributionFactory(plan=plan, source="municipality", amount_kgs=1000)
    assert row_of(scope_of(plan, day), "no_decision")["amount_kgs"] == 1000
    for number, effective_on, before, after in [
        (1, dt.date(2018, 5, 1), 1000, 700),
        (2, dt.date(2018, 7, 1), 700, 0),
    ]:
        PromiseRevision.objects.create(
            contribution=own,
            number=number,
            effective_on=effective_on,
            before_kgs=before,
            amount_kgs=after,
            reason="Cut",
            decision="№ 8",
            revised_at=LONG_AGO if number == 1 else timezone.now(),
        )
        own.amount_kgs = after
        own.save()
    added = {"promised_on": dt.date(2018, 5, 2), "recorded_at": timezone.now()}
    ContributionFactory(plan=plan, source="municipality", amount_kgs=50, **added)
    then, now = (row_of(scope_of(plan, at), "no_decision") for at in (day, None))
    assert (then["number"], then["amount_kgs"]) == (1, 700)
    assert (now["number"], now["amount_kgs"]) == (1, 50)


def test_what_was_spent_before_the_plan_had_a_budget_was_on_no_line_of_it(holed):
    day = dt.date(2018, 6, 1)
    BudgetRevision.objects.update(revised_at=timezone.now())
    assert numbers(scope_of(holed))["no_line"] == 1
    assert numbers(scope_of(holed, day))["no_line"] == 0


def test_a_plan_that_was_not_approved_yet_is_not_in_it(holed):
    assert numbers(scope_of(holed, dt.date(2017, 2, 28))) == EMPTY


def test_other_places_and_sources_are_left_out(holed):
    assert numbers(scope_of(holed, region=RegionFactory())) == EMPTY
    found = numbers(scope_of(holed, region=holed.lead.region, source="grant"))
    assert (found["no_decision"], found["no_evidence"], found["no_line"]) == (0, 1, 0)


def test_for_closing_a_period_gaps_are_numbers_with_a_digest(holed, plan):
    gaps = unallocated.gaps(plan.phase, timezone.localdate())
    assert {gap["check"]: gap["number"] for gap in gaps} == FOUND
    assert unallocated.digest(gaps) != unallocated.digest([gap | {"number": 9} for gap in gaps])
    assert words_of("no_area", 2) == "2 plans without a service area"


@pytest.mark.parametrize("plans", [1, 4])
@pytest.mark.parametrize("day", [None, dt.date(2018, 6, 1)])
def test_it_asks_two_questions_more_for_a_past_day(plans, day, django_assert_num_queries):
    made = [PlanFactory(status="approved", approved_at=LONG_AGO) for _n in range(plans)]
    scope = scope_of(made[0], day)
    with django_assert_num_queries(4 if day else 2):
        unallocated.table(scope)

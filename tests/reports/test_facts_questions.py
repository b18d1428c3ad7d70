"""How much the tables of money ask: little, and the same for any number of plans."""

import datetime as dt

import pytest

from action_plans.models import StatusChange
from action_plans.totals import keep_totals
from reports.donor_tables import budget, sources
from reports.facts import Facts
from tests.factories import ContributionFactory, PaymentFactory, PlanFactory, ServiceAreaFactory
from tests.reports.test_unallocated import scope_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LONG_AGO = dt.datetime(2017, 3, 1, 12, tzinfo=dt.UTC)
PAST = dt.date(2018, 6, 1)


def a_plan_of_two_areas(areas, **fields):
    """With a promise that came later, so it is cut for itself."""
    plan = PlanFactory(area=areas[0], grant=10, approved_at=LONG_AGO, **fields)
    plan.areas.create(area=areas[1], share=40)
    PaymentFactory(contribution=plan.contributions.get(), amount_kgs=7, booked_at=LONG_AGO)
    ContributionFactory(plan=plan, amount_kgs=3, promised_on=LONG_AGO, recorded_at=LONG_AGO)
    keep_totals(plan.pk)
    return plan


@pytest.fixture
def plans(number):
    areas = ServiceAreaFactory.create_batch(2)
    for _n in range(number):
        plan = a_plan_of_two_areas(areas, status="cancelled")
        moment = dt.datetime(2019, 3, 1, tzinfo=dt.UTC)
        StatusChange.objects.create(
            plan=plan, before="approved", after="cancelled", changed_at=moment, reason="r"
        )
    return [plan, a_plan_of_two_areas(areas, status="approved", phase=plan.phase)]


@pytest.mark.parametrize("number", [1, 4])
@pytest.mark.parametrize(
    ("table", "day", "asked"),
    [
        (budget.table, None, 7),
        (budget.table, PAST, 10),
        (sources.table, None, 4),
        (sources.table, PAST, 7),
    ],
)
def test_it_asks_the_same_for_any_number_of_plans(
    plans, table, day, asked, django_assert_num_queries
):
    scope = scope_of(plans[0], day, rows="area" if table == budget.table else "")
    with django_assert_num_queries(asked):
        table(scope, Facts(scope))

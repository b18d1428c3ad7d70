"""T2 by budget line names units and what a unit costs, from the rows and from what was signed."""

from decimal import Decimal

import pytest
from django.utils import timezone

from action_plans.models import BudgetRevision
from reports.donor_tables.registry import TABLES
from reports.facts import facts_of
from reports.scope_form import scope_of
from tests import factories
from tests.reports.signing_data import at, closed_year, plan_with_money, sign, template

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def line():
    plan = plan_with_money()
    line = factories.BudgetLineFactory(plan=plan, unit="m", amount=1_000)
    BudgetRevision.objects.filter(line=line).update(
        quantity=Decimal("12.5"), unit_cost_kgs=Decimal(80), revised_at=at(2017, 1, 10)
    )
    return line


def row_of(line, **query):
    scope = scope_of({"rows": "line", **query}, user=factories.StaffFactory())
    assert not scope.problems
    rows = TABLES["budget"].make(scope, facts_of(scope)).rows
    return next(row for row in rows if row["title"] == line.title)


def test_units_and_their_cost_are_those_of_the_budget_now(line):
    row = row_of(line)
    assert (row["quantity"], row["unit_cost_kgs"]) == ("12.5 m", Decimal("80.00"))
    BudgetRevision.objects.create(
        line=line,
        number=1,
        effective_on=timezone.localdate(),
        quantity=20,
        unit_cost_kgs=90,
        amount_kgs=1_800,
        reason="More of it",
        revised_at=timezone.now(),
    )
    row = row_of(line)
    assert (row["quantity"], row["unit_cost_kgs"]) == ("20 m", Decimal("90.00"))


def test_a_past_day_and_a_signed_period_keep_their_own(line):
    entry = {"table": "budget", "rows": "line"}
    report = sign(closed_year(), of=template(tables=[entry]))
    BudgetRevision.objects.create(
        line=line,
        number=1,
        effective_on=timezone.localdate(),
        quantity=20,
        unit_cost_kgs=90,
        amount_kgs=1_800,
        reason="More of it",
        revised_at=timezone.now(),
    )
    for query in [{"as_of": "2017-06-30"}, {"period": str(report.period_id)}]:
        row = row_of(line, **query)
        assert (row["quantity"], row["unit_cost_kgs"]) == ("12.5 m", Decimal("80.00"))

"""Months of money are those of the rows, whatever happens to a plan and its parts."""

import datetime as dt
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from action_plans import paid_months
from action_plans.models import ActionPlan, FundingSlice, PaidMonth, PlanArea, PlanMunicipality
from action_plans.totals import keep_totals
from action_plans.totals_check import differences
from tests import factories

pytestmark = pytest.mark.django_db
DAYS = [dt.date(2019, 1, 10), dt.date(2019, 1, 20), dt.date(2019, 3, 1), dt.date(2020, 5, 5)]
KINDS = ["received", "received", "returned", "spent"]


@pytest.fixture
def plan():
    """Two municipalities and three areas, with money that does not divide."""
    plan = factories.PlanFactory(status="approved", own=100, grant=200, cost_kgs=300)
    plan.municipalities.update(share=60)
    PlanMunicipality.objects.create(
        plan=plan, municipality=factories.MunicipalityFactory(), share=40
    )
    for share in ["33.34", "33.33", "33.33"]:
        PlanArea.objects.create(plan=plan, area=factories.ServiceAreaFactory(), share=share)
    keep_totals(plan.pk)
    for number, (day, kind) in enumerate(zip(DAYS, KINDS, strict=True)):
        for promise in plan.contributions.order_by("pk"):
            amount = f"{1000 * (4 - number)}.0{number + 1}"
            factories.PaymentFactory(
                contribution=promise, kind=kind, amount_kgs=amount, paid_on=day, accounted_on=day
            )
    keep_totals(plan.pk)
    return ActionPlan.objects.get(pk=plan.pk)


def agree():
    return paid_months.kept() == paid_months.from_rows()


def test_parts_of_months_add_up_to_the_parts_of_all_that_came(plan):
    assert agree()
    for piece in FundingSlice.objects.values("area").distinct():
        months = PaidMonth.objects.filter(area=piece["area"], what="net", pot="grant")
        slices = FundingSlice.objects.filter(area=piece["area"])
        assert sum(it.amount_kgs for it in months) == sum(it.received_grant_kgs for it in slices)


def test_months_follow_a_plan_to_other_areas_and_states(plan):
    plan.areas.first().delete()
    keep_totals(plan.pk)
    assert agree()
    plan.areas.all().delete()
    plan.municipalities.filter(is_lead=False).delete()
    keep_totals(plan.pk)
    assert agree()
    ActionPlan.objects.filter(pk=plan.pk).update(status="cancelled", approved_at=plan.created_at)
    keep_totals(plan.pk)
    assert agree()
    assert not PaidMonth.objects.filter(is_cancelled=False).exclude(amount_kgs=0).exists()


def test_a_month_that_is_wrong_is_named_and_put_right(plan):
    PaidMonth.objects.filter(what="spent", pot="grant").update(amount_kgs=7)
    assert "spent of grant" in str(next(iter(differences())))
    paid_months.rebuild()
    assert not list(differences())


def test_months_of_earlier_payments_are_those_that_are_kept_since(plan):
    migration = import_module("action_plans.migrations.0018_paid_months")
    here = SimpleNamespace(connection=connection)
    slices = FundingSlice.objects.order_by("pk").values_list("pk", "weight", "position")
    weights, months = list(slices), paid_months.kept()
    FundingSlice.objects.update(weight=1, position=0)
    PaidMonth.objects.all().delete()
    migration.tell_weights(apps, here)
    migration.fill(apps, here)
    assert (list(slices.all()), paid_months.kept()) == (weights, months)

"""What is measured must be what the portal would have written."""

import pytest
from django.db import transaction

from action_plans.models import ActionPlan, Axis, Contribution, FundingSlice, Payment
from action_plans.totals import counted_totals
from bench import check, data, database

pytestmark = pytest.mark.django_db
PLANS = 30
WHEN_AND_WHO = {"created_at", "created_by", "approved_by", "booked_by"}


@pytest.fixture(autouse=True)
def places():
    database.load_places()


def made(seed):
    """Everything that a seed makes; nothing of it stays."""
    with transaction.atomic():
        data.generate(PLANS, seed)
        found = [rows(model) for model in (ActionPlan, Contribution, Payment, FundingSlice)]
        found.append(counted_totals(axis=Axis.MUNICIPALITY))
        transaction.set_rollback(True)
    return found


def rows(model):
    columns = [f.name for f in model._meta.concrete_fields if f.name not in WHEN_AND_WHO]
    return list(model.objects.order_by("pk").values(*columns))


def test_the_same_seed_makes_the_same_plans():
    assert made(1) == made(1)
    assert made(1) != made(2)


def test_the_portal_would_have_written_the_same():
    data.generate(PLANS)
    assert ActionPlan.objects.count() == PLANS
    assert Payment.objects.count() == PLANS * 10
    assert check.differences(PLANS) == []


def test_the_check_sees_a_wrong_total():
    data.generate(PLANS)
    ActionPlan.objects.filter(pk=1).update(own_cash_kgs=1)
    assert check.differences(PLANS) == [ActionPlan.objects.get(pk=1).reference]

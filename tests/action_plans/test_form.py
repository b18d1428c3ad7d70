from decimal import Decimal

import pytest
from django.urls import reverse

from action_plans.models import ActionPlan, Contribution, PlanStatus
from tests.action_plans.typing import money, new_plan, sent_by
from tests.factories import (
    DonorFactory,
    HeadFactory,
    MunicipalityFactory,
    OfficerFactory,
    PaymentFactory,
    PlanFactory,
    ServiceAreaFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db
CREATE = reverse("action_plans:create")


@pytest.fixture
def staff(client):
    user = StaffFactory()
    client.force_login(user)
    return user


def edit(plan):
    return reverse("action_plans:edit", args=[plan.reference])


def problems(response):
    return [message for _where, _label, message in response.context["entry"].problems]


def test_staff_create_a_plan_with_its_contributions(client, staff):
    response = client.post(CREATE, new_plan(), follow=True)
    plan = ActionPlan.objects.get()
    assert (plan.title, plan.cost_kgs, plan.own_kgs, plan.grant_kgs) == ("Вода", 1_000_000, 200_000, 800_000)
    assert response.redirect_chain == [(edit(plan), 302)]
    assert "It has not been submitted." in str(next(iter(response.context["messages"])))

import pytest
from django.urls import reverse

from action_plans.models import PlanArea
from action_plans.totals import keep_totals
from action_plans.totals_check import differences
from tests.factories import AdministratorFactory, PlanFactory, ServiceAreaFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_used", [True, False])
def test_an_area_that_plans_name_stays_under_its_top_area(client, is_used):
    area = ServiceAreaFactory()
    PlanFactory(area=area if is_used else None)
    client.force_login(AdministratorFactory())
    page = client.get(reverse("admin:action_plans_servicearea_change", args=[area.pk]))
    assert ("parent" in page.context["adminform"].form.fields) is not is_used


def test_equal_parts_of_a_plan_follow_the_order_of_areas(
    client, django_capture_on_commit_callbacks
):
    plan = PlanFactory(status="approved", own=100, area=None)
    first, second = [ServiceAreaFactory(position=position) for position in (1, 2)]
    for area in (first, second):
        PlanArea.objects.create(plan=plan, area=area, share=50)
    keep_totals(plan.pk)
    client.force_login(AdministratorFactory())
    address = reverse("admin:action_plans_servicearea_change", args=[first.pk])
    form = client.get(address).context["adminform"].form
    typed = {name: form[name].value() or "" for name in form.fields} | {"position": 3}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, typed).status_code == 302
    assert list(differences()) == []

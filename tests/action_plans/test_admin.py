import pytest
from django.urls import reverse

from tests.factories import AdministratorFactory, PlanFactory, ServiceAreaFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_used", [True, False])
def test_an_area_that_plans_name_stays_under_its_top_area(client, is_used):
    area = ServiceAreaFactory()
    PlanFactory(area=area if is_used else None)
    client.force_login(AdministratorFactory())
    page = client.get(reverse("admin:action_plans_servicearea_change", args=[area.pk]))
    assert ("parent" in page.context["adminform"].form.fields) is not is_used

"""A place that became part of another keeps its page and its plans, and leads to its successor."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from municipalities.models import Municipality, Succession
from municipalities.succession import succeed
from tests.factories import (
    AdministratorFactory,
    DonorFactory,
    MunicipalityFactory,
    PlanFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 8, 1)


def merge(predecessor, successor, kind="merged", on=None):
    return succeed(predecessor=predecessor, successor=successor, kind=kind, on=on)


def test_a_merged_place_keeps_its_page_and_plans_and_leads_to_its_successor(client):
    old, new = MunicipalityFactory(), MunicipalityFactory(name_en="Ala-Buka")
    PlanFactory(lead=old, status="approved")
    merge(old, new, on=DAY)
    client.force_login(DonorFactory())
    client.cookies["django_language"] = "en"
    response = client.get(old.get_absolute_url())
    page = " ".join(response.content.decode().split())
    assert f'part of <a href="{new.get_absolute_url()}">Ala-Buka</a>.' in page
    assert response.context["plan_count"] == 1


def test_a_successor_lists_its_predecessors_with_their_plans(client):
    old, new = MunicipalityFactory(), MunicipalityFactory()
    PlanFactory(lead=old, status="approved")
    merge(old, new)
    client.force_login(DonorFactory())
    response = client.get(new.get_absolute_url())
    (succession,) = response.context["predecessors"]
    assert (succession.predecessor, succession.predecessor.plan_count) == (old, 1)
    assert f"?municipality={old.code}" in response.content.decode()


def test_a_place_is_never_its_own_successor_at_any_remove():
    one, two, three = MunicipalityFactory.create_batch(3)
    merge(one, two)
    merge(two, three)
    for predecessor, successor in [(three, one), (two, one), (one, one)]:
        with pytest.raises(ValidationError):
            merge(predecessor, successor)
    assert Succession.objects.count() == 2


def test_the_same_succession_is_not_recorded_twice():
    one, two = MunicipalityFactory.create_batch(2)
    merge(one, two)
    with pytest.raises(ValidationError):
        merge(one, two)


def test_a_decree_that_voids_a_merger_gives_the_old_place_back(client):
    old, new = MunicipalityFactory(), MunicipalityFactory()
    merge(old, new)
    merge(new, old, kind="voided", on=DAY)
    client.force_login(DonorFactory())
    assert client.get(old.get_absolute_url()).context["became"] == []
    assert [s.kind for s in client.get(new.get_absolute_url()).context["became"]] == ["voided"]
    assert Municipality.objects.with_predecessors(old.pk) == {old.pk, new.pk}


def test_only_a_merger_that_was_recorded_can_be_voided_backwards():
    one, two, three = MunicipalityFactory.create_batch(3)
    merge(one, two)
    merge(two, three)
    with pytest.raises(ValidationError):
        merge(three, one, kind="voided")


def test_the_admin_page_refuses_a_circle(client):
    one, two = MunicipalityFactory.create_batch(2)
    merge(one, two)
    client.force_login(AdministratorFactory())
    form = {"predecessor": two.pk, "successor": one.pk, "kind": "merged", "on": "", "source": ""}
    response = client.post(reverse("admin:municipalities_succession_add"), form)
    assert response.context["errors"]
    assert Succession.objects.count() == 1


def test_administrators_find_places_in_every_spelling(client):
    place = MunicipalityFactory(name_ru="Узгенский айылный аймак", other_names="Өзгөн")
    MunicipalityFactory()
    client.force_login(AdministratorFactory())
    for words in ["ozgon", "озгон", place.code]:
        response = client.get(reverse("admin:municipalities_municipality_changelist"), {"q": words})
        assert list(response.context["cl"].queryset) == [place]


@pytest.mark.parametrize("model", ["region", "district", "municipality"])
def test_administrators_open_places_and_delete_none(client, model):
    place = MunicipalityFactory()
    place = place if model == "municipality" else getattr(place, model)
    client.force_login(AdministratorFactory())
    address = reverse(f"admin:municipalities_{model}_change", args=[place.pk])
    assert client.get(address).status_code == 200
    delete = reverse(f"admin:municipalities_{model}_delete", args=[place.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403

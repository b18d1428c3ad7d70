"""Service areas stand in an order, in which plans with equal parts of several are cut."""

from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef

from .models import PlanArea, ServiceArea
from .totals import keep_totals


def order():
    """{area: where it stands}"""
    return {pk: where for pk, *where in ServiceArea.objects.values_list("pk", "position", "code")}


def keep_order(before):
    """After a change: plans whose equal areas have moved are cut anew, each in a transaction of its own."""
    now = order()
    moved = [area for area, where in before.items() if now.get(area, where) != where]
    if moved:
        transaction.on_commit(partial(_cut_anew, moved))


def _cut_anew(areas):
    equal = PlanArea.objects.filter(plan=OuterRef("plan"), share=OuterRef("share"))
    tied = PlanArea.objects.filter(Exists(equal.exclude(area=OuterRef("area"))), area__in=areas)
    for plan in sorted(set(tied.values_list("plan", flat=True))):
        keep_totals(plan)

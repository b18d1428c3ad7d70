"""How plans are cut, and whether their cost is known: as they are, or as they were on the day of a report.

Slices know how a plan is cut now; only plans that were cut otherwise, or cost something else, are read anew.
"""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from django.db.models import CharField, DecimalField, IntegerField, Value
from django.db.models.functions import Cast

from action_plans.models import FundingSlice, PlanArea, PlanMunicipality, ServiceArea

from .facts_cut import Place
from .facts_then import MANY

WHOLE = 100


class About(NamedTuple):
    cost: Decimal | None  # of plans that are read anew
    has_cost: bool
    status: str
    places: list


def of_report(plans, of):
    """{plan id: About} of plans that the report is about, in one or two questions."""
    special = plans & of.special
    found = about(special, of, of.within) if special else {}
    others = plans - special
    if not others:
        return found
    # Every slice of theirs: a plan is cut as a whole, whatever part of it is asked for.
    several = {"is_whole": False, "counts": True, "phase__in": of.phases}
    few = {"plan__in": list(others)}
    slices = FundingSlice.objects.filter(**(few if len(others) <= MANY else several))
    columns = ["plan", "status", "has_cost", "municipality", "region", "area", "weight"]
    for plan, status, has_cost, *place in slices.order_by("plan", "position").values_list(*columns):
        if plan in others:
            if plan not in found:
                found[plan] = About(None, has_cost, status, [])
            found[plan].places.append(Place(*place))
    return found


def about(plans, of, within):
    """{plan id: About} of those of these plans that the report is about; of: a Then.

    within: (path, plans) → the condition that they are these, and perhaps some more.
    Places stand in the order in which action_plans.totals cuts.
    """
    municipalities, areas, found = defaultdict(list), defaultdict(list), {}
    for plan, is_area, number, region, share, *order, status, cost in _rows(
        within("plan", plans), of
    ):
        if is_area:
            areas[plan].append((-share, *order, number, share))
        else:
            municipalities[plan].append((*order, number, region, share))
            found[plan] = (of.costs.get(plan, cost), status)
    then = _then(of.areas) if of.areas else {}
    for plan, rows in areas.items():
        areas[plan] = [row[-2:] for row in sorted(rows)]
    return {
        plan: About(
            cost,
            cost is not None,
            status,
            _places(sorted(municipalities[plan]), then.get(plan, areas.get(plan))),
        )
        for plan, (cost, status) in found.items()
        if plan in plans
    }


def _places(municipalities, areas):
    return [
        Place(municipality, region, area, _hundredths(share) * _hundredths(part))
        for _position, _code, municipality, region, share in municipalities
        for area, part in areas or [(None, WHOLE)]
    ]


def _rows(these, of):
    places = PlanMunicipality.objects.order_by().filter(these, of.approved_plans("plan__"))
    areas = PlanArea.objects.order_by().filter(these)
    nothing = {
        "no_region": Cast(Value(None), IntegerField()),
        "no_status": Cast(Value(None), CharField()),
        "no_cost": Cast(Value(None), DecimalField(max_digits=18, decimal_places=2)),
    }
    follows = Cast("is_lead", IntegerField()) * -1
    places = places.annotate(is_area=Value(value=False), position=follows).values_list(
        *["plan", "is_area", "municipality", "municipality__region", "share"],
        *["position", "municipality__code", "plan__status", "plan__cost_kgs"],
    )
    areas = areas.annotate(is_area=Value(value=True), **nothing).values_list(
        *["plan", "is_area", "area", "no_region", "share"],
        *["area__position", "area__code", "no_status", "no_cost"],
    )
    return places.union(areas, all=True)


def _then(areas_then):
    """{plan id: [(area, share)]}: codes as ids, in the order of shares."""
    known = {
        code: (pk, position)
        for pk, code, position in ServiceArea.objects.values_list("pk", "code", "position")
    }
    return {
        plan: [
            (known[code][0], share)
            for code, share in sorted(
                areas, key=lambda area: (-area[1], known[area[0]][1], area[0])
            )
        ]
        for plan, areas in areas_then.items()
    }


def _hundredths(share):
    return int(share * 100)

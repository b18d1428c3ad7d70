"""How plans are cut: their places as they are, or as they were on the day of a report."""

from collections import defaultdict

from action_plans.models import PlanArea, PlanMunicipality, ServiceArea

from .facts_cut import Place

WHOLE = 100


def places_of(condition, plans, areas_then):
    """{plan id: [Place, …]} in the order in which action_plans.totals cuts.

    condition: which plans, and perhaps more; areas_then: {plan id: ((code, share), …)} of those that differ.
    """
    municipalities, areas = _municipalities(condition), _areas(condition, areas_then)
    return {
        plan: [
            Place(municipality, region, area, _hundredths(share) * _hundredths(part))
            for municipality, region, share in municipalities[plan]
            for area, part in areas.get(plan) or [(None, WHOLE)]
        ]
        for plan in plans
    }


def _municipalities(condition):
    found = defaultdict(list)
    rows = PlanMunicipality.objects.filter(condition)
    rows = rows.order_by("plan", "-is_lead", "municipality__code")
    columns = ["plan", "municipality", "municipality__region", "share"]
    for plan, *rest in rows.values_list(*columns):
        found[plan].append(rest)
    return found


def _areas(condition, areas_then):
    found = defaultdict(list)
    rows = PlanArea.objects.filter(condition)
    rows = rows.order_by("plan", "-share", "area__position", "area__code")
    for plan, area, share in rows.values_list("plan", "area", "share"):
        found[plan].append((area, share))
    return found | _then(areas_then) if areas_then else found


def _then(areas_then):
    """Codes as ids, in the order of shares."""
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

"""The figures of one place beside those of its region and of the programme."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from action_plans.models import (
    COUNTED,
    AddedMoney,
    Axis,
    FundingSlice,
    FundingTotal,
    Phase,
    PlanStatus,
)
from action_plans.totals import all_counted_totals
from lib.money_sums import sum_kgs
from municipalities.models import Municipality

from .overview import State
from .rows import NOTHING, Row, Table, plans_link, with_parts


@dataclass(frozen=True)
class PlaceFigures:
    place: Row
    cancelled: Row
    states: list
    compared: list  # the place, its region, the programme
    minimum: Decimal | None  # if one rule applies to all of them
    municipalities: Table | None = None

    @property
    def received_kgs(self):
        return self.place.received_kgs + self.cancelled.received_kgs

    @property
    def received_link(self):
        return self.place.link + ("&status=cancelled" if self.cancelled.received_kgs else "")


def of_municipality(municipality):
    region = municipality.region
    rows = [
        (Axis.MUNICIPALITY, place_row(municipality, municipality=municipality.code)),
        (Axis.REGION, place_row(region, region=region.iso)),
        (Axis.ALL, programme_row()),
    ]
    return _figures(rows, filters={"municipality": municipality.code})


def of_region(region):
    rows = [(Axis.REGION, place_row(region, region=region.iso)), (Axis.ALL, programme_row())]
    figures = _figures(rows, filters={"region": region.iso})
    places = _municipalities(figures.place, Municipality.objects.filter(region=region))
    return replace(figures, municipalities=places)


def of_district(district):
    """There is no kept total of a district: its parts of plans are added up."""
    slices = FundingSlice.objects.filter(municipality__district=district)
    row = place_row(district, district=district.code)
    row = replace(row, measures=_measures(slices.filter(status__in=COUNTED)))
    region = place_row(district.region, region=district.region.iso)
    around = [(Axis.REGION, region), (Axis.ALL, programme_row())]
    rows = [row, *_filled(around, _kept(around))]
    places = _municipalities(row, Municipality.objects.filter(district=district))
    cancelled = _measures(slices.filter(status=PlanStatus.CANCELLED, counts=True))
    plans = dict(
        slices.filter(counts=True)
        .order_by()
        .values_list("status")
        .annotate(Count("plan", distinct=True))
    )
    return PlaceFigures(
        place=row,
        cancelled=_cancelled(cancelled, district=district.code),
        states=_states(plans, district=district.code),
        compared=rows,
        minimum=common_minimum(),
        municipalities=places,
    )


def place_row(place, **filters):
    return Row(
        key=str(place.pk),
        name=place.name,
        thing=place,
        link=plans_link(**filters),
        page=place.get_absolute_url(),
        measures=NOTHING,
    )


def programme_row():
    return Row(key="", name=_("Whole programme"), link=plans_link(), measures=NOTHING)


def common_minimum():
    rules = set(Phase.objects.order_by().values_list("minimum_own_share", flat=True).distinct())
    return rules.pop() if len(rules) == 1 and any(rules) else None


def _figures(rows, *, filters):
    kept, plans = _kept(rows), Counter()
    axis, place = rows[0]
    for total_of_state in kept[axis, place.key]:
        plans[total_of_state.status] += total_of_state.plans
    rows = _filled(rows, kept)
    cancelled = _added(kept[axis, place.key], [PlanStatus.CANCELLED])
    return PlaceFigures(
        place=rows[0],
        cancelled=_cancelled(cancelled, **filters),
        states=_states(plans, **filters),
        compared=rows,
        minimum=common_minimum(),
    )


def _kept(rows):
    """[(axis, row)] → {(axis, key): FundingTotals of each phase and state}, in one query."""
    only, found = Q(), defaultdict(list)
    for axis, row in rows:
        only |= Q(axis=axis, key=row.key)
    for kept in FundingTotal.objects.filter(only):
        found[kept.axis, kept.key].append(kept)
    return found


def _filled(rows, kept):
    return [replace(row, measures=_added(kept[axis, row.key], COUNTED)) for axis, row in rows]


def _added(totals, statuses):
    totals = [row for row in totals if row.status in statuses]
    return {
        name: sum((getattr(row, name) for row in totals), start=nothing)
        for name, nothing in NOTHING.items()
    }


def _municipalities(whole, places):
    places = {str(place.pk): place for place in places.for_list()}
    totals = all_counted_totals(only=Q(axis=Axis.MUNICIPALITY, key__in=list(places)))
    found = totals[Axis.MUNICIPALITY]
    rows = [
        replace(place_row(places[key], municipality=places[key].code), measures=measures)
        for key, measures in found.items()
        if measures["plans"]
    ]
    return Table("municipality", with_parts(rows), whole)


def _states(plans, **filters):
    return [
        State(status, plans[status], plans_link(status=[status], **filters))
        for status in [*COUNTED, PlanStatus.CANCELLED]
        if plans.get(status)
    ]


def _cancelled(measures, **filters):
    link = plans_link(status=["cancelled"], **filters)
    return Row("cancelled", _("Plans cancelled later"), link, measures)


def _measures(slices):
    plans = {
        "plans": Count("plan", distinct=True),
        "plans_with_cost": Count("plan", distinct=True, filter=Q(has_cost=True)),
    }
    return slices.aggregate(**plans, **{name: sum_kgs(name) for name in AddedMoney.MEASURES})

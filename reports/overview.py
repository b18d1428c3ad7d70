"""The programme's figures: some hundred kept totals, read once, as rows by axis.

Counted are plans approved or later. Money that had arrived for plans which were cancelled later stays in
"received so far", in a line of its own.
"""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from action_plans.models import (
    COUNTED,
    PROMISED,
    RECEIVED,
    Axis,
    FundingTotal,
    PlanStatus,
    ServiceArea,
)
from action_plans.phases import fx_texts
from action_plans.totals import all_counted_totals
from lib.money import total
from municipalities.models import Municipality, Region

from .rows import NOTHING, ZERO, Row, SourceRow, Table, added, plans_link, with_parts
from .tables import SOURCE_NAMES

MUNICIPALITIES_SHOWN = 40
SOURCE_COLOURS = {"own_cash_kgs": "own", "own_in_kind_kgs": "in-kind", "grant_kgs": "grant"}


@dataclass(frozen=True)
class State:
    """How many plans are in one state; a badge like a plan's own."""

    status: str
    plans: int
    link: str

    def get_status_display(self):
        return PlanStatus(self.status).label


class Overview:
    """phase: a Phase, or None for all of them; phases: all there are; on: the day it is read."""

    def __init__(self, *, phase=None, phases, on):
        self.phase, self.all_phases, self.on = phase, phases, on
        self.totals = all_counted_totals(phase=phase)
        self.by_status = list(FundingTotal.objects.filter(axis=Axis.ALL))

    @cached_property
    def whole(self):
        return self._row(Axis.ALL, "", name=_("All plans"), link=self._link())

    @cached_property
    def phases(self):
        """Phases with a plan, and the chosen one."""
        used = {row.phase_id for row in self.by_status if row.plans}
        used |= {self.phase.pk} if self.phase else set()
        return [phase for phase in self.all_phases if phase.pk in used]

    @cached_property
    def minimum(self):
        """The required own share, if one rule applies to every plan shown; else None."""
        shown = [self.phase] if self.phase else self.phases
        rules = {phase.minimum_own_share for phase in shown}
        return rules.pop() if len(rules) == 1 and any(rules) else None

    @property
    def fx_text(self):
        """By which policies money in other currencies became som."""
        return fx_texts([self.phase] if self.phase else self.phases)

    @cached_property
    def states(self):
        plans = dict.fromkeys([*COUNTED, PlanStatus.CANCELLED], 0)
        for row in self._shown_by_status():
            if row.status in plans:
                plans[row.status] += row.plans
        return [
            State(status, count, self._link(status=[status]))
            for status, count in plans.items()
            if count
        ]

    @cached_property
    def cancelled(self):
        """What had been received for plans that were cancelled after their approval."""
        rows = [row for row in self._shown_by_status() if row.status == PlanStatus.CANCELLED]
        money = {name: total(getattr(row, name) for row in rows) for name in NOTHING}
        link = self._link(status=["cancelled"])
        return Row("cancelled", _("Plans cancelled later"), link, money)

    @property
    def received_kgs(self):
        return self.whole.received_kgs + self.cancelled.received_kgs

    @property
    def received_link(self):
        """The plans behind what was received: those that count, and cancelled ones with money."""
        status = ["counted", "cancelled"] if self.cancelled.received_kgs else ["counted"]
        return self._link(status=status)

    @cached_property
    def plans_with_area(self):
        without = self.totals[Axis.TOP_AREA].get("")
        return self.whole.plans - (without["plans"] if without else 0)

    @cached_property
    def areas(self):
        known = {str(area.pk): area for area in ServiceArea.objects.filter(parent=None)}
        rows = [self._area_row(key, known.get(key)) for key in self._keys(Axis.TOP_AREA)]
        return Table("area", with_parts(rows), self.whole)

    @cached_property
    def regions(self):
        regions = Region.objects.in_bulk(self._keys(Axis.REGION))
        places = self._regions_of_municipalities()
        rows = [
            self._place_row(
                Axis.REGION,
                region,
                filters={"region": region.iso},
                municipalities=list(places.values()).count(region.pk),
            )
            for region in regions.values()
        ]
        return Table("region", with_parts(rows), self.whole)

    @cached_property
    def years(self):
        """By the year of the start, in order of time."""
        rows = [self._year_row(key) for key in sorted(self._keys(Axis.YEAR), key=_year_order)]
        return Table("year", with_parts(rows), self.whole)

    @property
    def municipalities_count(self):
        return len(self._keys(Axis.MUNICIPALITY))

    @cached_property
    def municipalities(self):
        """All up to forty; of more, those with the largest cost and one row for the others."""
        largest = sorted(self._keys(Axis.MUNICIPALITY), key=self._by_cost)
        shown = Municipality.objects.for_list().in_bulk(largest[:MUNICIPALITIES_SHOWN])
        rows = [
            self._place_row(
                Axis.MUNICIPALITY,
                place,
                filters={"municipality": place.code},
                detail=str(place.district or place.region),
            )
            for place in shown.values()
        ]
        return Table("municipality", with_parts(rows), self.whole)

    @cached_property
    def other_municipalities(self):
        """What the rows of self.municipalities leave out, or None. Joint plans may stand in both."""
        left = sorted(self._keys(Axis.MUNICIPALITY), key=self._by_cost)[MUNICIPALITIES_SHOWN:]
        if not left:
            return None
        totals = [self.totals[Axis.MUNICIPALITY][key] for key in left]
        name = _("Other municipalities: %(number)s") % {"number": len(left)}
        return Row("rest", name, link="", measures=added(totals))

    @cached_property
    def sources(self):
        return source_rows(self.whole)

    def _shown_by_status(self):
        return [row for row in self.by_status if not self.phase or row.phase_id == self.phase.pk]

    def _link(self, **filters):
        return plans_link(phase=self.phase, **filters)

    def _keys(self, axis):
        return [key for key, measures in self.totals[axis].items() if measures["plans"]]

    def _by_cost(self, key):
        return -self.totals[Axis.MUNICIPALITY][key]["cost_kgs"], int(key)

    def _row(self, axis, key, **details):
        return Row(key=key, measures=self.totals[axis].get(key, NOTHING), **details)

    def _area_row(self, key, area):
        if area is None:
            name = pgettext("service area", "Not specified")
            link = self._link(area="none")
            return self._row(Axis.TOP_AREA, key, name=name, link=link, is_unknown=True)
        return self._row(
            Axis.TOP_AREA, key, name=area.name, thing=area, link=self._link(area=area.code)
        )

    def _place_row(self, axis, place, *, filters, **details):
        return self._row(
            axis,
            str(place.pk),
            name=place.name,
            thing=place,
            page=place.get_absolute_url(),
            link=self._link(**filters),
            **details,
        )

    def _year_row(self, key):
        name = key or pgettext("year", "Not known yet")
        link = self._link(year=key or "unknown")
        partial = key == str(self.on.year)
        return self._row(
            Axis.YEAR, key, name=name, link=link, is_unknown=not key, is_partial=partial
        )

    def _regions_of_municipalities(self):
        keys = self._keys(Axis.MUNICIPALITY)
        return dict(Municipality.objects.filter(pk__in=keys).values_list("pk", "region"))


def source_rows(row):
    """The seven sources in the order of every bar, own ones in cash and in kind apart."""
    return [
        SourceRow(
            key=promised,
            name=str(SOURCE_NAMES[promised]),
            colour=SOURCE_COLOURS.get(promised, "other"),
            promised_kgs=row.measures[promised],
            received_kgs=row.measures[received],
        )
        for promised, received in zip(PROMISED, RECEIVED, strict=True)
    ]


def source_total(sources):
    """Outstanding is the sum of what each source still owes: one source's surplus pays no other's debt."""
    return {
        "promised_kgs": sum((source.promised_kgs for source in sources), ZERO),
        "received_kgs": sum((source.received_kgs for source in sources), ZERO),
        "outstanding_kgs": sum((source.outstanding_kgs for source in sources), ZERO),
    }


def _year_order(key):
    return (key == "", key)

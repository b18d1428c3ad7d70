"""The one filter of the list of plans, of the funding report, its files and its charts.

A place or a service area restricts the plans and the money: of a joint plan only its part there is
added up, as the dashboards do. A parameter that is not known shows no plans and says so.
"""

from typing import NamedTuple

from django import forms
from django.db.models import Exists, F, OuterRef, Q
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, MultipleChoiceFilter

from lib.money_sums import sum_kgs
from municipalities.models import District, Municipality, Region, current_language

from .filter_fields import (
    NO_YEAR,
    NOT_KNOWN,
    MunicipalitiesFilter,
    OneOfMany,
    YearFilter,
    choice,
    select,
)
from .filter_totals import KNOWN_AREA, MEASURES, NO_AREA, SUMS, measure, totals_of
from .models import COUNTED, ActionPlan, FundingSlice, Phase, PlanStatus, ServiceArea

COUNTED_STATES = "counted"
STATES = [
    (COUNTED_STATES, pgettext_lazy("filter of plans", "approved and later")),
    *PlanStatus.choices,
]
GAPS = [
    ("gap", pgettext_lazy("filter of plans", "not covered in full")),
    ("surplus", pgettext_lazy("filter of plans", "more promised than needed")),
    ("unknown", pgettext_lazy("filter of plans", "planned cost not known yet")),
]
FUNDING = {"gap": Q(gap_kgs__gt=0), "surplus": Q(surplus_kgs__gt=0), "unknown": Q(cost_kgs=None)}
UNDER_MINIMUM = [("1", pgettext_lazy("filter of plans", "under the minimum"))]
AREAS = [
    (NO_AREA, pgettext_lazy("service area", "not specified")),
    (KNOWN_AREA, pgettext_lazy("service area", "specified")),
]
TAKE_MANY = ["municipality", "status"]
# What the list can be sorted by. Amounts are those of the part that is shown.
AMOUNTS = {
    "cost_kgs": "cost_kgs",
    "own_kgs": "own_kgs",
    "received": "received_kgs",
    "gap_kgs": "gap_kgs",
}
SORTS = ["reference", "municipality", "status", "starts_on", "own_share_pct", *AMOUNTS]


class Chip(NamedTuple):
    label: str
    words: str
    query: str  # the filter without it


class PlanFilter(FilterSet):
    q = CharFilter(
        label=pgettext_lazy("filter of plans", "Search"),
        method="with_words",
        widget=forms.TextInput(attrs={"class": "form-control", "type": "search", "maxlength": 100}),
    )
    region = choice(_("Region"), _("All regions"), method="cut")
    district = choice(_("District"), _("All districts"), method="cut")
    municipality = MunicipalitiesFilter(
        label=_("Municipality"),
        method="cut",
        queryset=Municipality.objects.all(),
        to_field_name="code",
        widget=OneOfMany(attrs={"class": "form-select"}),
        error_messages=NOT_KNOWN,
    )
    area = choice(_("Service area"), _("All areas"), method="cut")
    status = MultipleChoiceFilter(
        label=_("Status"),
        choices=STATES,
        method="in_states",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages=NOT_KNOWN,
    )
    phase = choice(_("Phase"), _("All phases"), field_name="phase__code")
    year = YearFilter(label=_("Year of the start"), method="of_year", widget=select())
    gap = choice(_("Funding"), _("Any funding"), choices=GAPS, method="with_gap_or_surplus")
    under_minimum = choice(
        _("Own share"), _("Any share"), choices=UNDER_MINIMUM, method="under_the_minimum"
    )
    sort = ChoiceFilter(
        choices=[(sign + name, name) for name in SORTS for sign in ("", "-")],
        method="unsorted",
        widget=forms.HiddenInput,
        label=pgettext_lazy("filter of plans", "Order"),
        error_messages=NOT_KNOWN,
    )

    class Meta:
        model = ActionPlan
        fields = []

    def __init__(self, data=None, *args, **kwargs):
        super().__init__(filled(data or {}), *args, **kwargs)
        choices = {
            "region": [(region.iso, region.name) for region in self.regions],
            "district": _districts(),
            "area": [*AREAS, *_tree(self.areas)],
            "phase": [(phase.code, phase.name) for phase in self.phases],
        }
        for name, options in choices.items():
            self.filters[name].extra["choices"] = options

    # What it finds

    def plans(self, user):
        """The plans that match, of those this person may see, in the chosen order."""
        plans = ActionPlan.objects.visible_to(user)
        if not self.is_valid():
            return plans.none()
        plans = self.filter_queryset(plans)
        if self.cuts:
            plans = self._with_a_part(plans)
        return plans.order_by(*self.order)

    def _with_a_part(self, plans):
        """Those that have one there; when its amount sorts them, all parts are added up in one go."""
        if amount := AMOUNTS.get(self._sorting[0]):
            parts = plans.filter(self.part_of("slices__"), slices__isnull=False)
            return parts.alias(amount_of_part=sum_kgs(measure(amount, "slices__")))
        return plans.filter(Exists(FundingSlice.objects.filter(self.part, plan=OuterRef("pk"))))

    def slices(self, plans):
        """The parts of these plans in the chosen places and areas: everything, when none is chosen."""
        return FundingSlice.objects.filter(self.part, plan__in=plans.order_by().values("pk"))

    def totals(self, plans):
        """{measure: som, "plans": …, "own_share": percent} of all plans that match."""
        return totals_of(self, plans)

    def parts(self, plans):
        """{plan id: its money in the chosen places and areas}; empty when none is chosen."""
        if not self.cuts or not plans:
            return {}
        rows = FundingSlice.objects.filter(self.part, plan__in=plans).values("plan")
        return {row.pop("plan"): row for row in rows.annotate(**_renamed(SUMS))}

    @property
    def cuts(self):
        """Whether only a part of a joint plan may be meant."""
        return self.is_valid() and any(self.form.cleaned_data[name] for name in CUTS)

    @cached_property
    def part(self):
        """The condition on a slice."""
        return self.part_of()

    def part_of(self, prefix=""):
        """By keys, for a join would be made again for every plan."""
        condition = Q()
        for name, column in CUTS.items():
            value = self.form.cleaned_data.get(name) if self.is_valid() else None
            if value == NO_AREA:
                condition &= Q(**{f"{prefix}area": None})
            elif value == KNOWN_AREA:
                condition &= Q(**{f"{prefix}area__isnull": False})
            elif value:
                condition &= Q(**{f"{prefix}{column}__in": self.keys(name, value)})
        return condition

    def keys(self, name, value):
        """What a parameter stands for in a slice; an area with its parts."""
        if name == "municipality":
            return [place.pk for place in value]
        if name == "region":
            return [region.pk for region in self.regions if region.iso == value]
        if name == "district":
            places = Municipality.objects.filter(district__code=value)
            return list(places.values_list("pk", flat=True))
        chosen = next(area for area in self.areas if area.code == value)
        return [area.pk for area in self.areas if chosen.pk in (area.pk, area.parent_id)]

    @property
    def states(self):
        """The states that were chosen; none when all are meant."""
        values = set(self.form.cleaned_data["status"])
        return values - {COUNTED_STATES} | set(COUNTED if COUNTED_STATES in values else [])

    @cached_property
    def order(self):
        name, descending = self._sorting
        column = self._sort_column(name)
        first = column.desc(nulls_last=True) if descending else column.asc(nulls_last=True)
        return [first] if name == "reference" else [first, "reference"]

    @property
    def _sorting(self):
        """(name, whether the largest comes first)"""
        chosen = self.form.cleaned_data.get("sort") or "-starts_on"
        return chosen.removeprefix("-"), chosen.startswith("-")

    def _sort_column(self, name):
        if name == "municipality":
            return F(f"lead__sort_{current_language()}")
        if name not in AMOUNTS:
            return F(name)
        return F("amount_of_part") if self.cuts else MEASURES[AMOUNTS[name]]

    # One method per parameter that is more than an equality

    def with_words(self, plans, name, value):
        return plans.search(value)

    def cut(self, plans, name, value):
        return plans  # place and area together choose slices: see part

    def unsorted(self, plans, name, value):
        return plans  # see order

    def in_states(self, plans, name, values):
        return plans.filter(status__in=self.states)

    def of_year(self, plans, name, value):
        return plans.filter(year=None if value == NO_YEAR else value)

    def with_gap_or_surplus(self, plans, name, value):
        return plans.filter(FUNDING[value])

    def under_the_minimum(self, plans, name, value):
        return plans.under_minimum()

    # What the page shows of it

    @cached_property
    def regions(self):
        return list(_named(Region, "iso").by_name())

    @cached_property
    def areas(self):
        return list(ServiceArea.objects.all())

    @cached_property
    def phases(self):
        return list(Phase.objects.all())

    @property
    def query(self):
        """The filter as it stands in an address; it names what was filled in and nothing else."""
        return self.data.urlencode()

    def query_with(self, **values):
        query = self.data.copy()
        for name, value in values.items():
            query[name] = value
        return query.urlencode()

    @cached_property
    def chips(self):
        return [
            Chip(
                self.filters[name].label, self._words(name, value), self._query_without(name, value)
            )
            for name in self.filters
            if name != "sort"
            for value in self.data.getlist(name)
        ]

    @property
    def problems(self):
        """What is not known: [(label, message)]"""
        return [
            (self.filters[name].label, message)
            for name, messages in self.form.errors.items()
            for message in messages
        ]

    def place_options(self):
        """Municipalities of the chosen region or district; all 484 would weigh more than the page."""
        chosen = self.form.cleaned_data.get("municipality") or []
        near = Q(pk__in=[place.pk for place in chosen])
        for name, column in {"region": "region__iso", "district": "district__code"}.items():
            if value := self.form.cleaned_data.get(name):
                near |= Q(**{column: value})
        for place in chosen:
            near |= Q(district=place.district_id, region=place.region_id)
        places = _named(Municipality, "code").filter(near).by_name() if near else []
        return [("", gettext("All municipalities")), *((p.code, p.name) for p in places)]

    def fields(self):
        """The form's fields for the page, with the options that depend on what was chosen."""
        form = self.form
        form.is_valid()
        form.fields["municipality"].widget.choices = self.place_options()
        form.fields["year"].widget.choices = self._year_options()
        return form

    def _year_options(self):
        years = {phase.starts_on.year for phase in self.phases}
        years |= {phase.ends_on.year for phase in self.phases}
        known = [str(year) for year in range(max(years), min(years) - 1, -1)] if years else []
        chosen = self.data.get("year", NO_YEAR)
        extra = [] if chosen in (*known, NO_YEAR) else [chosen]
        options = [(year, year) for year in [*extra, *known]]
        return [("", gettext("All years")), *options, (NO_YEAR, gettext("not known yet"))]

    def _query_without(self, name, value):
        query = self.data.copy()
        query.setlist(name, [other for other in query.getlist(name) if other != value])
        return query.urlencode()

    def _words(self, name, value):
        if name == "municipality" and self.form.is_valid():
            return next(p.name for p in self.form.cleaned_data[name] if p.code == value)
        if name == "year" and value == NO_YEAR:
            return gettext("not known yet")
        options = self.filters[name].extra.get("choices", [])
        return _flat(options).get(value, value).strip()


# Parameter → column of a slice
CUTS = {
    "region": "region",
    "district": "municipality",
    "municipality": "municipality",
    "area": "area",
}


def filled(data):
    """Only our own parameters, only filled ones: no two addresses for one filter.

    What takes one value has the last one, as the form reads it; a chip for another would be untrue.
    """
    lists = data.lists() if hasattr(data, "lists") else ((n, [v]) for n, v in data.items())
    query = QueryDict(mutable=True)
    for name, values in lists:
        kept = [str(value).replace("\x00", "\ufffd").strip() for value in values]
        if name in PlanFilter.base_filters and any(kept):
            values = list(dict.fromkeys(value for value in kept if value))
            query.setlist(name, values if name in TAKE_MANY else values[-1:])
    return query


def _named(model, *columns):
    names = ["name_ky", "name_ru", "name_en"]
    return model.objects.only(*names, *columns)


def _districts():
    """[(region, [(code, district)])], both in the order of the reader's alphabet."""
    by_region = {}
    rows = _named(District, "code", "region").select_related("region")
    rows = rows.order_by(f"region__sort_{current_language()}", f"sort_{current_language()}", "code")
    for row in rows.only("code", "name_ky", "name_ru", "name_en", *_REGION_NAMES):
        by_region.setdefault(row.region.name, []).append((row.code, row.name))
    return list(by_region.items())


_REGION_NAMES = [f"region__name_{language}" for language in ("ky", "ru", "en")]


def _tree(areas):
    """Each top area, its children indented below it."""
    for top in areas:
        if top.parent_id is None:
            yield top.code, top.name
            yield from (
                (area.code, f"\u00a0\u00a0\u00a0{area.name}")
                for area in areas
                if area.parent_id == top.pk
            )


def _flat(options):
    flat = {}
    for value, label in options:
        flat |= dict(label) if isinstance(label, list) else {value: str(label)}
    return flat


def _renamed(sums):
    # A slice has columns of these names; an annotation may not hide one.
    return {f"part_{name}": expression for name, expression in sums.items()}

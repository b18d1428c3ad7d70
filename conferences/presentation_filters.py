"""The filters of presentations: of the public list, and of an event's proposals for the office."""

from typing import NamedTuple

from django import forms
from django.db.models import Max, Min, Q
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet

from action_plans.filter_fields import NOT_KNOWN, MunicipalitiesFilter, OneOfMany, choice
from action_plans.models import ServiceArea
from lib.spelling import MAX_QUERY
from municipalities.models import Municipality, Region

from .models import Event, Presentation, PresentationStatus
from .practice_filters import WordsFilter

NO_AREA = "none"


class Chip(NamedTuple):
    label: str
    words: str
    query: str  # the filter without it


class SavedFilter(FilterSet):
    """The address is the saved filter: it names what was chosen and nothing else."""

    def __init__(self, data, queryset):
        super().__init__(self.filled(data), queryset=queryset)

    @classmethod
    def filled(cls, data):
        """Only our own parameters, only filled ones, one of each: no two addresses for one filter."""
        query = QueryDict(mutable=True)
        for name in cls.base_filters:
            if value := str(data.get(name, "")).replace("\x00", "\ufffd").strip():
                query[name] = value
        return query

    def found(self):
        return self.filter_queryset(self.queryset) if self.is_valid() else self.queryset.none()

    @cached_property
    def areas(self):
        return list(ServiceArea.objects.all())

    def area_choices(self):
        """Each top area, its parts indented below it."""
        yield NO_AREA, pgettext_lazy("service area", "not specified")
        for top in self.areas:
            if top.parent_id is None:
                yield top.code, top.name
                parts = [area for area in self.areas if area.parent_id == top.pk]
                yield from ((area.code, f"\u00a0\u00a0\u00a0{area.name}") for area in parts)

    def in_area(self, talks, name, value):
        """A top area with its parts."""
        if value == NO_AREA:
            return talks.filter(area=None)
        chosen = next(area for area in self.areas if area.code == value)
        keys = [area.pk for area in self.areas if chosen.pk in (area.pk, area.parent_id)]
        return talks.filter(area__in=keys)

    def with_words(self, talks, name, value):
        return talks.search(value)

    @property
    def query(self):
        return self.data.urlencode()

    @property
    def chips(self):
        return [
            Chip(self.filters[name].label, self._words(name), self._query_without(name))
            for name in self.data
        ]

    @property
    def problems(self):
        """What is not known: [(label, message)]"""
        return [
            (self.filters[name].label, message)
            for name, messages in self.form.errors.items()
            for message in messages
        ]

    def _words(self, name):
        value = self.data[name]
        if name == "municipality" and self.form.is_valid():
            return ", ".join(place.name for place in self.form.cleaned_data[name])
        words = str(dict(self.filters[name].extra.get("choices", [])).get(value, value)).strip()
        return f"{words[:40]}…" if len(words) > 60 else words

    def _query_without(self, name):
        query = self.data.copy()
        del query[name]
        return query.urlencode()


def words_filter():
    attrs = {"class": "form-control", "type": "search", "maxlength": MAX_QUERY}
    return WordsFilter(
        label=pgettext_lazy("filter of presentations", "Search"),
        method="with_words",
        widget=forms.TextInput(attrs=attrs),
    )


class PresentationFilter(SavedFilter):
    q = words_filter()
    area = choice(_("Service area"), _("All areas"), method="in_area")
    region = choice(_("Region"), _("All regions"), method="in_region")
    municipality = MunicipalitiesFilter(
        label=_("Municipality"),
        method="of_municipality",
        queryset=Municipality.objects.all(),
        to_field_name="code",
        widget=OneOfMany(attrs={"class": "form-select"}),
        error_messages=NOT_KNOWN,
    )
    year = choice(_("Year"), _("All years"), method="of_year")

    class Meta:
        model = Presentation
        fields = []

    def __init__(self, data, *, user):
        super().__init__(data, Presentation.objects.visible_to(user).accepted())
        regions = [(region.iso, region.name) for region in Region.objects.by_name()]
        self.filters["region"].extra["choices"] = regions
        self.filters["area"].extra["choices"] = list(self.area_choices())
        self.filters["year"].extra["choices"] = [
            (str(year), str(year)) for year in self._years(user)
        ]

    def _years(self, user):
        events = Event.objects.visible_to(user)
        ends = events.aggregate(first=Min("starts_on"), last=Max("starts_on"))
        if not ends["first"]:
            return []
        return range(ends["last"].year, ends["first"].year - 1, -1)

    def talks(self):
        """The newest event first, there in the order of the programme."""
        return self.found().order_by("-event__starts_on", "-event", "starts_at", "pk")

    def in_region(self, talks, name, value):
        places = Municipality.objects.filter(region__iso=value)
        return talks.of_municipality(places.order_by().values("pk"))

    def of_municipality(self, talks, name, value):
        """With the places that were merged into it."""
        if not value:
            return talks
        ids = set()
        for place in value:
            ids |= Municipality.objects.with_predecessors(place.pk)
        return talks.of_municipality(ids)

    def of_year(self, talks, name, value):
        return talks.filter(event__starts_on__year=int(value))

    def fields(self):
        """The form's fields for the page; of the municipalities only those near the chosen ones."""
        form = self.form
        form.is_valid()
        chosen = form.cleaned_data.get("municipality") or []
        region = form.cleaned_data.get("region")
        near = Q(region__in=[place.region_id for place in chosen]) | Q(region__iso=region or "")
        places = Municipality.objects.filter(near).by_name() if chosen or region else []
        options = [("", gettext("All municipalities")), *((p.code, p.name) for p in places)]
        form.fields["municipality"].widget.choices = options
        return form


class ProposalFilter(SavedFilter):
    q = words_filter()
    status = choice(_("Status"), _("All"), choices=PresentationStatus.choices)
    area = choice(_("Service area"), _("All areas"), method="in_area")

    class Meta:
        model = Presentation
        fields = []

    def __init__(self, data, *, event):
        super().__init__(data, event.presentations.all())
        self.filters["area"].extra["choices"] = list(self.area_choices())

"""The filter of the list of events: the address is the saved filter."""

from typing import NamedTuple

from django import forms
from django.db.models import Max, Min, Q
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet

from action_plans.filter_fields import NOT_KNOWN, MunicipalitiesFilter, OneOfMany, choice
from lib.spelling import MAX_QUERY
from municipalities.models import Municipality, Region

from .models import Event, EventKind
from .practice_filters import WordsFilter

COMING, OVER = "coming", "over"
TIMES = [
    (COMING, pgettext_lazy("filter of events", "upcoming")),
    (OVER, pgettext_lazy("filter of events", "past")),
]
OURS, OTHERS = "programme", "others"
ORGANISED = [
    (OURS, pgettext_lazy("filter of events", "of the programme")),
    (OTHERS, pgettext_lazy("filter of events", "of others")),
]
DRAFT, PUBLISHED = "draft", "published"
STATES = [
    (DRAFT, pgettext_lazy("filter of events", "drafts")),
    (PUBLISHED, pgettext_lazy("filter of events", "published")),
]


class Chip(NamedTuple):
    label: str
    words: str
    query: str  # the filter without it


class EventFilter(FilterSet):
    q = WordsFilter(
        label=pgettext_lazy("filter of events", "Search"),
        method="with_words",
        widget=forms.TextInput(
            attrs={"class": "form-control", "type": "search", "maxlength": MAX_QUERY}
        ),
    )
    kind = choice(_("Kind"), _("All kinds"), choices=EventKind.choices)
    year = choice(_("Year"), _("All years"), method="of_year")
    time = choice(_("When"), _("Upcoming and past"), choices=TIMES, method="at_time")
    region = choice(_("Region"), _("All regions"), method="in_region")
    municipality = MunicipalitiesFilter(
        label=_("Municipality"),
        method="of_municipality",
        queryset=Municipality.objects.all(),
        to_field_name="code",
        widget=OneOfMany(attrs={"class": "form-select"}),
        error_messages=NOT_KNOWN,
    )
    of = choice(_("Organised"), _("By the programme and others"), choices=ORGANISED, method="by")
    state = choice(_("Published"), _("Drafts, too"), choices=STATES, method="in_state")

    class Meta:
        model = Event
        fields = []

    def __init__(self, data, *, user, on):
        events = Event.objects.visible_to(user)
        super().__init__(filled(data), queryset=events)
        self.on = on
        self.sees_drafts = user.is_authenticated and user.works_for_programme
        if not self.sees_drafts:
            del self.filters["state"]
        regions = [(region.iso, region.name) for region in Region.objects.by_name()]
        self.filters["region"].extra["choices"] = regions
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in self.years]

    # What it finds

    def events(self):
        """Those that match: what comes first, then what is over."""
        found = self.filter_queryset(self.queryset) if self.is_valid() else self.queryset.none()
        return found.upcoming_first(on=self.on)

    def with_words(self, events, name, value):
        return events.search(value)

    def of_year(self, events, name, value):
        return events.of_year(int(value))

    def at_time(self, events, name, value):
        return events.from_day(self.on) if value == COMING else events.before_day(self.on)

    def in_region(self, events, name, value):
        places = Municipality.objects.filter(region__iso=value)
        return events.of_municipality(places.order_by().values("pk"))

    def of_municipality(self, events, name, value):
        """With the places that were merged into it: their events are part of its history."""
        if not value:
            return events
        ids = set()
        for place in value:
            ids |= Municipality.objects.with_predecessors(place.pk)
        return events.of_municipality(ids)

    def by(self, events, name, value):
        return events.filter(of_programme=value == OURS)

    def in_state(self, events, name, value):
        return events.filter(published_at__isnull=value == DRAFT)

    # What the page shows of it

    @cached_property
    def years(self):
        ends = self.queryset.aggregate(first=Min("starts_on"), last=Max("last_on"))
        if not ends["first"]:
            return []
        return list(range(ends["last"].year, ends["first"].year - 1, -1))

    @property
    def query(self):
        """The filter as it stands in an address; it names what was filled in and nothing else."""
        return self.data.urlencode()

    @property
    def chips(self):
        return [
            Chip(self.filters[name].label, self._words(name), self._query_without(name))
            for name in self.data
            if name in self.filters
        ]

    @property
    def problems(self):
        """What is not known: [(label, message)]"""
        return [
            (self.filters[name].label, message)
            for name, messages in self.form.errors.items()
            for message in messages
        ]

    def fields(self):
        """The form's fields for the page; of the municipalities only those near the chosen ones."""
        form = self.form
        form.is_valid()
        chosen = form.cleaned_data.get("municipality") or []
        near = Q(pk__in=[place.pk for place in chosen])
        near |= Q(region__in=[place.region_id for place in chosen])
        if region := form.cleaned_data.get("region"):
            near |= Q(region__iso=region)
        is_asked = bool(chosen or region)
        places = Municipality.objects.filter(near).by_name() if is_asked else []
        options = [("", gettext("All municipalities")), *((p.code, p.name) for p in places)]
        form.fields["municipality"].widget.choices = options
        return form

    def _words(self, name):
        value = self.data[name]
        if name == "municipality" and self.form.is_valid():
            return ", ".join(place.name for place in self.form.cleaned_data[name])
        words = str(dict(self.filters[name].extra.get("choices", [])).get(value, value))
        return f"{words[:40]}…" if len(words) > 60 else words

    def _query_without(self, name):
        query = self.data.copy()
        del query[name]
        return query.urlencode()


def filled(data):
    """Only our own parameters, only filled ones, one of each: no two addresses for one filter."""
    query = QueryDict(mutable=True)
    for name in EventFilter.base_filters:
        if value := str(data.get(name, "")).replace("\x00", "\ufffd").strip():
            query[name] = value
    return query

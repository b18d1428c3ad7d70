"""The filter of the list of events: the address is the saved filter."""

from django.db.models import Max, Min
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from action_plans.filter_fields import choice
from municipalities.models import Municipality, Region

from .models import Event, EventKind
from .saved_filter import SavedFilter, municipality_filter, words_filter

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


class EventFilter(SavedFilter):
    q = words_filter(pgettext_lazy("filter of events", "Search"))
    kind = choice(_("Kind"), _("All kinds"), choices=EventKind.choices)
    year = choice(_("Year"), _("All years"), method="of_year")
    time = choice(_("When"), _("Upcoming and past"), choices=TIMES, method="at_time")
    region = choice(_("Region"), _("All regions"), method="in_region")
    municipality = municipality_filter()
    of = choice(_("Organised"), _("By the programme and others"), choices=ORGANISED, method="by")
    state = choice(_("Published"), _("Drafts, too"), choices=STATES, method="in_state")

    class Meta:
        model = Event
        fields = []

    def __init__(self, data, *, user, on):
        events = Event.objects.visible_to(user)
        super().__init__(data, events)
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
        return self.found().upcoming_first(on=self.on)

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

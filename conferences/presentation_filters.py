"""The filters of presentations: of the public list, and of an event's proposals for the office."""

from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from action_plans.filter_fields import choice
from municipalities.models import Municipality, Region

from .models import Event, Presentation, PresentationStatus
from .saved_filter import SavedFilter, municipality_filter, without_area, words_filter

SEARCH = pgettext_lazy("filter of presentations", "Search")


class PresentationFilter(SavedFilter):
    q = words_filter(SEARCH)
    area = choice(_("Service area"), _("All areas"), method="in_area")
    region = choice(_("Region"), _("All regions"), method="in_region")
    municipality = municipality_filter()
    year = choice(_("Year"), _("All years"), method="of_year")

    class Meta:
        model = Presentation
        fields = []

    def __init__(self, data, *, user):
        super().__init__(data, Presentation.objects.visible_to(user).accepted())
        regions = [(region.iso, region.name) for region in Region.objects.by_name()]
        self.filters["region"].extra["choices"] = regions
        self.filters["area"].extra["choices"] = [without_area(), *self.area_choices()]
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


class ProposalFilter(SavedFilter):
    q = words_filter(SEARCH)
    status = choice(_("Status"), _("All"), choices=PresentationStatus.choices)
    area = choice(_("Service area"), _("All areas"), method="in_area")

    class Meta:
        model = Presentation
        fields = []

    def __init__(self, data, *, event):
        super().__init__(data, event.presentations.all())
        self.filters["area"].extra["choices"] = [without_area(), *self.area_choices()]

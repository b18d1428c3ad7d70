"""The filter of the list of practices: the address is the saved filter.

Whoever reads it sees what was published; outdated practices come last and are marked.
"""

from django.db.models import F, Func, IntegerField, OuterRef, Q, Subquery
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import ChoiceFilter

from action_plans.filter_fields import NOT_KNOWN, choice, select
from municipalities.filters import districts_by_region
from municipalities.models import Region

from .event_years import years_of_presentations
from .models import Practice, PracticeVersion, Presentation, TakeOver, VersionStatus
from .saved_filter import SavedFilter, municipality_filter, words_filter
from .taking_over import TAKEN

NOT_GIVEN = "unknown"
# Class → from, below
SIZES = {
    "0-5": (0, 5_000),
    "5-10": (5_000, 10_000),
    "10-20": (10_000, 20_000),
    "20-": (20_000, None),
}
COSTS = {
    "0-05": (0, 500_000),
    "05-1": (500_000, 1_000_000),
    "1-3": (1_000_000, 3_000_000),
    "3-5": (3_000_000, 5_000_000),
    "5-": (5_000_000, None),
}
SIZE_WORDS = [
    ("0-5", pgettext_lazy("people in a municipality", "under 5,000 people")),
    ("5-10", pgettext_lazy("people in a municipality", "5,000 to 10,000 people")),
    ("10-20", pgettext_lazy("people in a municipality", "10,000 to 20,000 people")),
    ("20-", pgettext_lazy("people in a municipality", "20,000 people and more")),
    (NOT_GIVEN, pgettext_lazy("people in a municipality", "not known")),
]
COST_WORDS = [
    ("0-05", pgettext_lazy("cost of a practice", "under 500,000 som")),
    ("05-1", pgettext_lazy("cost of a practice", "500,000 to 1 million som")),
    ("1-3", pgettext_lazy("cost of a practice", "1 to 3 million som")),
    ("3-5", pgettext_lazy("cost of a practice", "3 to 5 million som")),
    ("5-", pgettext_lazy("cost of a practice", "5 million som and more")),
    (NOT_GIVEN, pgettext_lazy("cost of a practice", "not recorded")),
]
TAKEN_WORDS = [
    ("1", pgettext_lazy("filter of practices", "taken over by others")),
    ("0", pgettext_lazy("filter of practices", "by nobody yet")),
]
STATES = [
    (VersionStatus.PUBLISHED, pgettext_lazy("filter of practices", "valid")),
    (VersionStatus.OUTDATED, pgettext_lazy("filter of practices", "outdated")),
]
NEWEST, MOST_TAKEN, CHEAPEST, DEAREST = "newest", "taken_over", "cost", "-cost"
SORTS = [
    (NEWEST, pgettext_lazy("order of practices", "newest first")),
    (MOST_TAKEN, pgettext_lazy("order of practices", "most taken over first")),
    (CHEAPEST, pgettext_lazy("order of practices", "least expensive first")),
    (DEAREST, pgettext_lazy("order of practices", "most expensive first")),
]


class PracticeFilter(SavedFilter):
    AREA = "practice__area"
    NEAR = {"region": "region__iso", "district": "district__code"}
    WITHOUT_CHIP = ("sort",)

    q = words_filter(pgettext_lazy("filter of practices", "Search"))
    area = choice(_("Service area"), _("All areas"), method="in_area")
    region = choice(_("Region"), _("All regions"), field_name="practice__municipality__region__iso")
    district = choice(
        _("District"), _("All districts"), field_name="practice__municipality__district__code"
    )
    municipality = municipality_filter()
    size = choice(
        _("Size of the municipality"), _("Any size"), choices=SIZE_WORDS, method="of_size"
    )
    cost = choice(_("Planned cost"), _("Any cost"), choices=COST_WORDS, method="of_cost")
    year = choice(_("Shown at an event of the year"), _("Any year"), method="shown_in")
    taken_over = choice(
        _("Taken over"), _("Taken over or not"), choices=TAKEN_WORDS, method="followed"
    )
    state = choice(_("Validity"), _("Valid and outdated"), choices=STATES, field_name="status")
    sort = ChoiceFilter(
        label=pgettext_lazy("filter of practices", "Order"),
        choices=SORTS,
        empty_label=None,
        method="unsorted",
        widget=select(),
        error_messages=NOT_KNOWN,
    )

    class Meta:
        model = PracticeVersion
        fields = []

    def __init__(self, data=None):
        super().__init__(data or {}, PracticeVersion.objects.readable())
        regions = {region.pk: region for region in Region.objects.by_name()}
        choices = {
            "region": [(region.iso, region.name) for region in regions.values()],
            "district": districts_by_region(regions),
            "area": list(self.area_choices()),
            "year": [(str(year), str(year)) for year in self.years],
        }
        for name, options in choices.items():
            self.filters[name].extra["choices"] = options

    # What it finds

    def keys(self):
        """The ids of the versions that match, in the chosen order."""
        if not self.is_valid():
            return []
        order = ORDERS[self.form.cleaned_data.get("sort") or NEWEST]
        # “published” comes after “outdated” in the alphabet.
        found = self.filter_queryset(self.queryset).order_by("-status", *order)
        return list(found.values_list("pk", flat=True))

    def of_municipality(self, versions, name, value):
        return versions.filter(practice__municipality__in=value) if value else versions

    def of_size(self, versions, name, value):
        return versions.filter(_between("practice__municipality__population", SIZES.get(value)))

    def of_cost(self, versions, name, value):
        return versions.filter(_between("practice__plan__cost_kgs", COSTS.get(value)))

    def shown_in(self, versions, name, value):
        """Presented there, or the plan it was made from was."""
        talks = Presentation.objects.accepted().filter(
            event__published_at__isnull=False, event__starts_on__year=int(value)
        )
        of_practice = talks.filter(practice__isnull=False).values("practice")
        of_plan = talks.filter(plan__isnull=False).values("plan")
        practices = Practice.objects.filter(Q(pk__in=of_practice) | Q(plan__in=of_plan))
        return versions.filter(practice__in=practices.order_by().values("pk"))

    def followed(self, versions, name, value):
        taken = TakeOver.objects.filter(state__in=TAKEN).order_by().values("practice")
        return (
            versions.filter(practice__in=taken)
            if value == "1"
            else versions.exclude(practice__in=taken)
        )

    def unsorted(self, versions, name, value):
        return versions  # see keys

    # What the page shows of it

    @cached_property
    def years(self):
        return years_of_presentations()


# Not Count(): PostgreSQL would group the few take-overs of each practice.
FOLLOWERS = TakeOver.objects.filter(practice=OuterRef("practice"), state__in=TAKEN).order_by()
FOLLOWERS = FOLLOWERS.annotate(number=Func(template="COUNT(*)", output_field=IntegerField()))
ORDERS = {
    NEWEST: ["-published_at", "-pk"],
    MOST_TAKEN: [Subquery(FOLLOWERS.values("number")).desc(), "-published_at", "-pk"],
    CHEAPEST: [F("practice__plan__cost_kgs").asc(nulls_last=True), "-published_at", "-pk"],
    DEAREST: [F("practice__plan__cost_kgs").desc(nulls_last=True), "-published_at", "-pk"],
}


def _between(column, limits):
    """None: not known."""
    if limits is None:
        return Q(**{column: None})
    first, below = limits
    known = Q(**{f"{column}__gte": first})
    return known & Q(**{f"{column}__lt": below}) if below else known

"""What a list shows of each practice: a photo, its title, its place, what it cost, who took it over."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Prefetch

from .models import (
    Document,
    DocumentKind,
    PracticeText,
    PracticeVersion,
    TakeOver,
    TakeOverState,
    VersionStatus,
)
from .taking_over import TAKEN

# What a list reads of the wide rows
COLUMNS = [
    "status",
    "published_at",
    "check_on",
    *(f"practice__{name}" for name in ("slug", "is_sample")),
    *(f"practice__area__name_{code}" for code in ("ky", "ru", "en")),
    *(f"practice__municipality__name_{code}" for code in ("ky", "ru", "en")),
    *(f"practice__municipality__{name}" for name in ("code", "population")),
    *(f"practice__municipality__region__name_{code}" for code in ("ky", "ru", "en")),
    *(f"practice__plan__{name}" for name in ("cost_kgs", "own_cash_kgs", "own_in_kind_kgs")),
    *(f"practice__plan__{name}" for name in ("has_sample", "sample_fields")),
]
PLACE = ["practice__municipality__region", "practice__area", "practice__plan"]
TITLES = PracticeText.objects.only("version", "language", "is_original", "state", "title")
PHOTOS = Document.objects.filter(kind=DocumentKind.PHOTO)


@dataclass
class Card:
    version: PracticeVersion
    counts: dict = field(default_factory=dict)  # {state of taking over: number}

    @property
    def practice(self):
        return self.version.practice

    @property
    def plan(self):
        return self.practice.plan

    @property
    def photo(self):
        return next(iter(self.version.photos), None)

    @property
    def is_outdated(self):
        return self.version.status == VersionStatus.OUTDATED

    @property
    def cost(self) -> Decimal | None:
        return self.plan.cost_kgs if self.plan else None

    @property
    def own_share(self) -> Decimal | None:
        return self.plan.own_share if self.plan else None

    @property
    def taken(self):
        return sum(self.counts.get(state, 0) for state in TAKEN)

    @property
    def interested(self):
        return self.counts.get(TakeOverState.INTERESTED, 0)

    @property
    def is_sample(self):
        return self.practice.is_sample or bool(self.plan and self.plan.is_sample("cost_kgs"))


def cards(keys):
    """In the order of the keys: versions, titles, photos and counts, each in one query."""
    versions = PracticeVersion.objects.select_related(*PLACE).only(*COLUMNS)
    photos = Prefetch("documents", PHOTOS, to_attr="photos")
    found = versions.prefetch_related(Prefetch("texts", TITLES), photos).in_bulk(list(keys))
    counts = _counts([version.practice_id for version in found.values()])
    rows = [found[key] for key in keys if key in found]
    return [Card(version, counts.get(version.practice_id, {})) for version in rows]


def _counts(practices):
    """{practice: {state: number}}"""
    found = {}
    rows = TakeOver.objects.filter(practice__in=practices).order_by()
    rows = rows.values_list("practice", "state").annotate(number=Count("*"))
    for practice, state, number in rows:
        found.setdefault(practice, {})[state] = number
    return found


def titles(practices):
    """{practice: its published version, with its titles}"""
    versions = PracticeVersion.objects.readable().filter(practice__in=set(practices))
    versions = versions.only("practice", "status").prefetch_related(Prefetch("texts", TITLES))
    return {version.practice_id: version for version in versions}

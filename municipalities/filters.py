"""The filter of the list of municipalities: the address is the saved filter."""

import re
from typing import NamedTuple

from django import forms
from django.db.models import Case, Q, When
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, FilterSet

from lib.spelling import MAX_QUERY, fold_words

from .models import District, Municipality, Region, current_language, without_kind
from .plans import with_visible_plans

CODE_START = re.compile(r"[0-9]{3,14}|[Xx][0-9]{1,13}")
NOT_KNOWN = {"invalid_choice": _("“%(value)s” is not known here.")}
WITH_PLANS = [("1", pgettext_lazy("filter of places", "with plans"))]


class Chip(NamedTuple):
    label: str
    words: str
    query: str  # the filter without it


def find(places, words):
    """By name in every spelling, or by the beginning of the code; nothing for words without letters."""
    words = words.strip()
    if CODE_START.fullmatch(words):
        return places.filter(code__startswith=words.upper())
    return places.search(words) if fold_words(without_kind(words)) else places.none()


def best_first(places, words):
    """Those whose name begins with the words, then the others; each by name. Sets rank."""
    first = (fold_words(without_kind(words)) or [words])[0]
    begins = Q(search_key__startswith=first) | Q(search_key__contains=f"|{first}")
    ranked = places.annotate(rank=Case(When(begins, then=0), default=1))
    return ranked.order_by("rank", f"sort_{current_language()}", "code")


def choice(label, any_label, **options):
    return ChoiceFilter(
        label=label,
        empty_label=any_label,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages=NOT_KNOWN,
        **options,
    )


class MunicipalityFilter(FilterSet):
    q = CharFilter(
        label=_("Name in any spelling, or code"),
        method="named",
        widget=forms.TextInput(
            attrs={"class": "form-control", "type": "search", "maxlength": MAX_QUERY}
        ),
    )
    region = choice(_("Region"), _("All regions"), field_name="region__iso")
    district = choice(_("District"), _("All districts"), field_name="district__code")
    kind = choice(_("Kind"), _("All kinds"), choices=Municipality.Kind.choices)
    plans = choice(
        _("Plans"), _("With and without plans"), choices=WITH_PLANS, method="having_plans"
    )

    class Meta:
        model = Municipality
        fields = []

    def __init__(self, data, *, user):
        super().__init__(filled(data), queryset=Municipality.objects.all())
        self.user = user
        regions = {region.pk: region for region in Region.objects.by_name()}
        self.filters["region"].extra["choices"] = [(r.iso, r.name) for r in regions.values()]
        self.filters["district"].extra["choices"] = districts_by_region(regions)

    def places(self):
        return self.qs if self.is_valid() else self.queryset.none()

    def named(self, places, name, value):
        return find(places, value)

    def having_plans(self, places, name, value):
        return with_visible_plans(places, self.user)

    @property
    def words(self):
        return self.data.get("q", "")

    @property
    def query(self):
        return self.data.urlencode()

    @property
    def chips(self):
        """What was chosen besides the words, which stand in their own field."""
        return [
            Chip(self.filters[name].label, self._words(name), self._query_without(name))
            for name in self.data
            if name != "q"
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
        value, known = self.data[name], {}
        for code, label in self.filters[name].extra["choices"]:
            known |= dict(label) if isinstance(label, list) else {code: label}
        return known.get(value, value[:40])

    def _query_without(self, name):
        query = self.data.copy()
        del query[name]
        return query.urlencode()


def filled(data):
    """Only our own parameters, only filled ones, one of each: no two addresses for one filter."""
    query = QueryDict(mutable=True)
    for name in MunicipalityFilter.base_filters:
        if value := data.get(name, "").replace("\x00", "\ufffd").strip():
            query[name] = value
    return query


def districts_by_region(regions):
    """Groups of a select, both in the order of the reader's alphabet."""
    groups = {pk: [] for pk in regions}
    for district in District.objects.by_name():
        groups[district.region_id].append((district.code, district.name))
    return [(regions[pk].name, districts) for pk, districts in groups.items() if districts]

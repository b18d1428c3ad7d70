"""What the filters of events, presentations and practices share: the address is the saved filter."""

from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, FilterSet

from action_plans.filter_fields import NOT_KNOWN, MunicipalitiesFilter, OneOfMany
from action_plans.models import ServiceArea
from lib.spelling import MAX_QUERY, fold_words
from municipalities.models import Municipality

NO_AREA = "none"


class Chip(NamedTuple):
    label: str
    words: str
    query: str  # the filter without it


class WordsField(forms.CharField):
    """What can be looked for: some letters or digits, and no more than somebody types."""

    def clean(self, value):
        value = super().clean(value)
        if len(value) > MAX_QUERY:
            text = _("This is too long to search for. Write at most %(limit)s letters.")
            raise ValidationError(text, params={"limit": MAX_QUERY})
        if value and not fold_words(value):
            raise ValidationError(_("There is no letter and no digit in it to search for."))
        return value


class WordsFilter(CharFilter):
    field_class = WordsField


def words_filter(label):
    attrs = {"class": "form-control", "type": "search", "maxlength": MAX_QUERY}
    return WordsFilter(label=label, method="with_words", widget=forms.TextInput(attrs=attrs))


def municipality_filter():
    return MunicipalitiesFilter(
        label=_("Municipality"),
        method="of_municipality",
        queryset=Municipality.objects.all(),
        to_field_name="code",
        widget=OneOfMany(attrs={"class": "form-select"}),
        error_messages=NOT_KNOWN,
    )


class SavedFilter(FilterSet):
    AREA = "area"  # the column that in_area() asks
    NEAR = {"region": "region__iso"}  # filters that say which municipalities are offered
    WITHOUT_CHIP = ()

    def __init__(self, data, queryset):
        super().__init__(self.filled(data), queryset=queryset)

    @classmethod
    def filled(cls, data):
        """Only our own parameters, only filled ones, one of each: no two addresses for one filter."""
        query = QueryDict(mutable=True)
        for name in cls.base_filters:
            if value := str(data.get(name, "")).replace("\x00", "\ufffd").strip():
                query[name] = value[: 2 * MAX_QUERY]  # too long is said, not repeated in each link
        return query

    # What it finds

    def found(self):
        return self.filter_queryset(self.queryset) if self.is_valid() else self.queryset.none()

    def with_words(self, rows, name, value):
        return rows.search(value)

    def in_area(self, rows, name, value):
        """A top area with its parts."""
        if value == NO_AREA:
            return rows.filter(**{self.AREA: None})
        chosen = next(area for area in self.areas if area.code == value)
        keys = [area.pk for area in self.areas if chosen.pk in (area.pk, area.parent_id)]
        return rows.filter(**{f"{self.AREA}__in": keys})

    # What the page shows of it

    @cached_property
    def areas(self):
        return list(ServiceArea.objects.all())

    def area_choices(self):
        """Each top area, its parts indented below it."""
        for top in self.areas:
            if top.parent_id is None:
                yield top.code, top.name
                parts = [area for area in self.areas if area.parent_id == top.pk]
                yield from ((area.code, f"\u00a0\u00a0\u00a0{area.name}") for area in parts)

    @property
    def words(self):
        return self.data.get("q", "")

    @property
    def query(self):
        """The filter as it stands in an address; it names what was filled in and nothing else."""
        return self.data.urlencode()

    @property
    def chips(self):
        shown = [name for name in self.data if name in self.filters]
        return [
            Chip(self.filters[name].label, self._words(name), self._query_without(name))
            for name in shown
            if name not in self.WITHOUT_CHIP
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
        near = Q(region__in=[place.region_id for place in chosen])
        asked = {column: form.cleaned_data.get(name) for name, column in self.NEAR.items()}
        for column, value in asked.items():
            if value:
                near |= Q(**{column: value})
        is_asked = bool(chosen or any(asked.values()))
        places = Municipality.objects.filter(near).by_name() if is_asked else []
        options = [("", gettext("All municipalities")), *((p.code, p.name) for p in places)]
        form.fields["municipality"].widget.choices = options
        return form

    def _words(self, name):
        value = self.data[name]
        if name == "municipality" and self.form.is_valid():
            return ", ".join(place.name for place in self.form.cleaned_data[name])
        options = _flat(self.filters[name].extra.get("choices", []))
        words = options.get(value, value).strip()
        return f"{words[:40]}…" if len(words) > 60 else words

    def _query_without(self, name):
        query = self.data.copy()
        del query[name]
        return query.urlencode()


def without_area():
    """For filters of what may have no area."""
    return NO_AREA, pgettext_lazy("service area", "not specified")


def _flat(options):
    flat = {}
    for value, label in options:
        flat |= dict(label) if isinstance(label, list) else {value: str(label)}
    return flat

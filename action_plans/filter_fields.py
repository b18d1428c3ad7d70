"""What the filter of plans asks for beyond what django-filter knows."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, Filter

NO_YEAR = "unknown"
KNOWN_YEARS = range(1991, 2101)
NOT_KNOWN = {"invalid_choice": _("“%(value)s” is not known here.")}


class YearField(forms.CharField):
    def clean(self, value):
        value = super().clean(value)
        if value in ("", NO_YEAR):
            return value
        if not (value.isascii() and value.isdigit() and int(value[:5]) in KNOWN_YEARS):
            raise ValidationError(NOT_KNOWN["invalid_choice"], params={"value": value[:40]})
        return int(value)


class YearFilter(Filter):
    field_class = YearField


class MunicipalitiesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, municipality):
        return municipality.name


class OneOfMany(forms.SelectMultiple):
    """Chooses one; an address may name several."""

    allow_multiple_selected = False


class MunicipalitiesFilter(Filter):
    field_class = MunicipalitiesField


def select(**attrs):
    return forms.Select(attrs={"class": "form-select", **attrs})


def choice(label, any_label, **options):
    return ChoiceFilter(
        label=label,
        empty_label=any_label,
        widget=select(),
        error_messages=NOT_KNOWN,
        **options,
    )

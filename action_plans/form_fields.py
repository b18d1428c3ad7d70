"""Fields that read what people type about a plan: a share, a number of people, a date."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lib.dates import Precision, parse_date
from lib.money import format_number

SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’]")
YEARS = range(1990, 2101)


def check_year(day):
    if day.year not in YEARS:
        raise ValidationError(
            _("The year %(year)s cannot be meant. Check the year."),
            code="year",
            params={"year": str(day.year)},
        )


def kept_input(**attrs):
    """Hidden, and kept in the browser with what is typed: see templates/_kept.html."""
    return forms.HiddenInput(attrs={"data-kept": "", **attrs})


class PercentField(forms.Field):
    """33,33 · 33.33 · 33.33 %: a part of 100, at most two decimals."""

    widget = forms.TextInput

    def widget_attrs(self, widget):
        return {"inputmode": "decimal", "autocomplete": "off", "class": "amount"}

    def to_python(self, value):
        if value is None or isinstance(value, Decimal):
            return value
        text = SPACES.sub("", value).removesuffix("%").replace(",", ".")
        if not text:
            return None
        try:
            share = Decimal(text)
        except InvalidOperation:
            share = Decimal("NaN")
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", text) or not 0 < share <= 100:
            raise ValidationError(
                _("“%(text)s” is not a share. Write a number from 0.01 to 100, for example 33.33."),
                code="invalid",
                params={"text": value.strip()[:40]},
            )
        return share.quantize(Decimal("0.01"))

    def prepare_value(self, value):
        return format_number(value) if isinstance(value, Decimal) else value


class CountField(forms.Field):
    """1200 · 1 200 · 1,200: how many people."""

    widget = forms.TextInput

    def widget_attrs(self, widget):
        return {"inputmode": "numeric", "autocomplete": "off", "class": "amount"}

    def to_python(self, value):
        if value is None or isinstance(value, int):
            return value
        text = SPACES.sub("", value)
        if re.fullmatch(r"[1-9][0-9]{0,2}([,.][0-9]{3})+", text):  # people are whole: 5,200 is 5200
            text = re.sub("[,.]", "", text)
        if text and not re.fullmatch("[0-9]{1,9}", text):
            raise ValidationError(
                _("“%(text)s” is not a number of people. Write it in digits, for example 1200."),
                code="invalid",
                params={"text": value.strip()[:40]},
            )
        return int(text) if text else None

    def prepare_value(self, value):
        return format_number(value) if isinstance(value, int) else value


class PartialDate(NamedTuple):
    """A date as far as it is known; beyond that it holds the first day."""

    day: date
    precision: str = Precision.DAY

    @property
    def typed(self):
        """As the form shows it: 16.08.2018, 08.2018 or 2018."""
        shape = {Precision.YEAR: "%Y", Precision.MONTH: "%m.%Y"}.get(self.precision, "%d.%m.%Y")
        return f"{self.day:{shape}}"

    def is_same_as(self, other):
        """Whether typing this says nothing new about the other date."""
        if other is None:
            return False
        return self.day == other.day or (
            self.precision == other.precision and self.typed == other.typed
        )


class PartialDateField(forms.Field):
    """16.08.2018 to the day; a date that is known to the month or year only is 08.2018 or 2018."""

    widget = forms.TextInput

    def widget_attrs(self, widget):
        return {"autocomplete": "off", "maxlength": 20}

    def to_python(self, value):
        if value is None or isinstance(value, PartialDate):
            return value
        text = value.strip()
        if not text:
            return None
        read = self._read(text)
        check_year(read.day)
        return read

    def _read(self, text):
        if re.fullmatch("[0-9]{4}", text):
            return PartialDate(date(max(int(text), 1), 1, 1), Precision.YEAR)
        month = re.fullmatch(r"(0?[1-9]|1[0-2])[./]([0-9]{4})", text)
        if month:
            return PartialDate(date(max(int(month[2]), 1), int(month[1]), 1), Precision.MONTH)
        return PartialDate(parse_date(text), Precision.DAY)

    def prepare_value(self, value):
        return value.typed if isinstance(value, PartialDate) else value

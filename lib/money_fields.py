"""Where people type an amount or a rate."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from .money import format_amount, format_rate, parse_amount, parse_rate


class AmountField(forms.Field):
    """An amount in som: cleans to a Decimal or None, shows again what was typed."""

    widget = forms.TextInput

    def __init__(self, *, max_digits=None, decimal_places=None, **kwargs):
        # A model's DecimalField hands both over; parse_amount() has the limits.
        super().__init__(**kwargs)

    def widget_attrs(self, widget):
        return {"inputmode": "decimal", "autocomplete": "off", "class": "amount"}

    def to_python(self, value):
        if value is None or isinstance(value, Decimal):
            return value
        text = str(value)
        return parse_amount(text) if text.strip() else None

    def prepare_value(self, value):
        return format_amount(value) if isinstance(value, (Decimal, int)) else value

    def has_changed(self, initial, data):
        try:
            return not self.disabled and self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class RateField(AmountField):
    """A rate: cleans to a Decimal or None, shows again what was typed."""

    def to_python(self, value):
        if value is None or isinstance(value, Decimal):
            return value
        text = str(value)
        return parse_rate(text) if text.strip() else None

    def prepare_value(self, value):
        return format_rate(value) if isinstance(value, (Decimal, int)) else value

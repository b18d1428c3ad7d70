"""Measured quantities as people type them: 30 · 12,5 · 1 234.125. Decimal with at most three decimals."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .money import AMBIGUOUS, APOSTROPHES, READINGS, SPACES, format_number

MAX_QUANTITY = Decimal("99999999999")
THOUSANDTH = Decimal("0.001")


def parse_quantity(text):
    """“1,234” could be 1234 or 1.234 and is asked back."""
    plain = APOSTROPHES.sub("'", SPACES.sub(" ", text)).strip()
    if parts := AMBIGUOUS.fullmatch(plain):
        raise _ambiguous(text, *parts.groups())
    match = next(filter(None, (reading.fullmatch(plain) for reading in READINGS)), None)
    if not match:
        raise ValidationError(
            _("“%(text)s” is not a quantity. Write it in digits, for example %(example)s."),
            code="invalid",
            params={"text": text.strip()[:40], "example": format_number(Decimal("12.5"))},
        )
    return _checked(re.sub("[^0-9]", "", match["whole"]), (match["fraction"] or "").rstrip("0"))


def _checked(whole, fraction):
    if len(fraction) > 3:
        raise ValidationError(_("Write at most three decimals."), code="too_precise")
    quantity = Decimal(f"{whole}.{fraction or 0}")
    if quantity > MAX_QUANTITY:
        raise ValidationError(
            _("The quantity is too large. Check the number of zeros."), code="too_large"
        )
    return quantity.quantize(THOUSANDTH)


def _ambiguous(text, whole, fraction):
    point = format_number(Decimal("0.5"))[1]
    return ValidationError(
        _(
            "“%(text)s” can be read as %(whole)s or as %(fraction)s. "
            "Write %(write_whole)s for the first or %(write_fraction)s for the second."
        ),
        code="ambiguous",
        params={
            "text": text.strip()[:40],
            "whole": format_number(int(whole + fraction)),
            "fraction": whole + point + fraction,
            "write_whole": whole + fraction,
            "write_fraction": f"{whole}{point}{fraction}0",
        },
    )


class QuantityField(forms.Field):
    """Cleans to a Decimal or None, shows again what was typed."""

    widget = forms.TextInput

    def __init__(self, *, max_digits=None, decimal_places=None, **kwargs):
        super().__init__(**kwargs)  # a model's DecimalField hands both over

    def widget_attrs(self, widget):
        return {"inputmode": "decimal", "autocomplete": "off", "class": "amount"}

    def to_python(self, value):
        if value is None or isinstance(value, Decimal):
            return value
        return parse_quantity(str(value)) if str(value).strip() else None

    def prepare_value(self, value):
        return format_number(value) if isinstance(value, (Decimal, int)) else value

"""Amounts in som: reading, adding, sharing out and writing them. Decimal only, never float.

Rounding is half-up to 0.01 som and happens once per row; totals add the rounded rows.
A share is a percentage: Decimal("31.959"), not 0.31959.
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

CENT = Decimal("0.01")
MAX_KGS = Decimal("100000000000.00")
RATE_PLACES, MAX_RATE = 8, Decimal(10_000_000)
NBSP = "\u00a0"
UNKNOWN = "—"


# Reading what people type


class AmountError(ValidationError, ValueError):
    """Code: ambiguous, invalid, negative, too_large or too_precise."""


MESSAGES = {
    "ambiguous": _(
        "“%(text)s” can be read as %(whole)s or as %(fraction)s. "
        "Write %(write_whole)s for the first or %(write_fraction)s for the second."
    ),
    "invalid": _("“%(text)s” is not an amount. Write it in digits, for example %(example)s."),
    "negative": _("An amount cannot be below zero. Write it without the minus sign."),
    "too_large": _("The amount is over %(limit)s. Check the number of zeros."),
    "too_precise": _(
        "The amount has more than two decimals. Write som and tyiyn, for example %(example)s."
    ),
    "rate": _(
        "“%(text)s” is not a rate. Write how many som, at most 8 decimals, for example %(example)s."
    ),
    "rate_range": _("A rate is more than 0 and has at most 7 digits before the decimals."),
}
SPACES = re.compile("[\u00a0\u2007\u2008\u2009\u200a\u202f]")
APOSTROPHES = re.compile("[’‘ʼ`´]")
UNIT = re.compile(r"^(?:сом|som|kgs) *| *(?:сом|som|kgs)\.?$", re.IGNORECASE)
AMBIGUOUS = re.compile(r"([1-9][0-9]{0,2})[.,]([0-9]{3})")
READINGS = [
    re.compile(r"(?P<whole>[0-9]+)(?:[.,](?P<fraction>[0-9]+))?"),
    re.compile(
        r"(?P<whole>[1-9][0-9]{0,2}(?:(?P<by>[ '])[0-9]{3})(?:(?P=by)[0-9]{3})*)(?:[.,](?P<fraction>[0-9]+))?"
    ),
    re.compile(r"(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.(?P<fraction>[0-9]+))?"),
    re.compile(r"(?P<whole>[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,(?P<fraction>[0-9]+))?"),
]


def parse_amount(text):
    """Read an amount as people type it in any of the three languages; Decimal to 0.01, or AmountError.

    1 234,50 · 1234.50 · 1'234,50 · 1,234.50 · 1.234,50 · 1,234,567 · 500 сом · KGS 500.
    “1,234” could mean either thing and is asked back.
    """
    plain = UNIT.sub("", APOSTROPHES.sub("'", SPACES.sub(" ", text)).strip())
    if plain.startswith(("-", "−", "–")):
        raise _amount_error("negative", text)
    if parts := AMBIGUOUS.fullmatch(plain):
        raise _ambiguous(text, *parts.groups())
    match = next(filter(None, (reading.fullmatch(plain) for reading in READINGS)), None)
    if not match:
        raise _amount_error("invalid", text)
    return _checked(text, re.sub("[^0-9]", "", match["whole"]), match["fraction"] or "0")


def _checked(text, whole, fraction):
    if len(fraction) > 2:
        raise _amount_error("too_precise", text)
    amount = Decimal(f"{whole}.{fraction}")
    if amount > MAX_KGS:
        raise _amount_error("too_large", text)
    return amount.quantize(CENT)


def _ambiguous(text, whole, fraction):
    point = _style(None).decimal
    return _amount_error(
        "ambiguous",
        text,
        whole=format_number(int(whole + fraction)),
        fraction=whole + point + fraction,
        write_whole=whole + fraction,
        write_fraction=whole + point + fraction[:2],
    )


def _amount_error(code, text, **params):
    params = {
        "text": text.strip()[:40],
        "limit": format_kgs(MAX_KGS),
        "example": format_amount(Decimal("1234.50")),
        **params,
    }
    return AmountError(MESSAGES[code], code=code, params=params)


# Exchange rates: som for one or several units of a currency


def parse_rate(text):
    """Som for a currency as people type it: 70,1234 · 70.1234 · 1 234,5678. Decimal, at most 8 places.

    Nothing is asked back: one comma or point begins the decimals, “70,123” too.
    """
    plain = UNIT.sub("", SPACES.sub(" ", text).strip())
    match = next(filter(None, (reading.fullmatch(plain) for reading in READINGS)), None)
    if not match or len(match["fraction"] or "") > RATE_PLACES:
        raise _rate_error("rate", text)
    rate = Decimal(re.sub("[^0-9]", "", match["whole"]) + "." + (match["fraction"] or "0"))
    if not 0 < rate < MAX_RATE:
        raise _rate_error("rate_range", text)
    return rate


def _rate_error(code, text):
    params = {"text": text.strip()[:40], "example": format_rate(Decimal("70.1234"))}
    return AmountError(MESSAGES[code], code=code, params=params)


# Adding


def round_kgs(value):
    return value.quantize(CENT, ROUND_HALF_UP)


def convert(amount, value, nominal=1):
    """Som for an amount in another currency: `nominal` units of it cost `value` som. Rounded once."""
    return round_kgs(amount * value / nominal)


def total(values):
    """Add amounts; None (not known) counts as nothing."""
    return round_kgs(sum((value for value in values if value is not None), Decimal(0)))


# Shares


def share(part, whole):
    """Percentage, unrounded; None when part or whole is not known or the whole is not above zero."""
    if part is None or whole is None or whole <= 0:
        return None
    return Decimal(part) * 100 / Decimal(whole)


def round_share(value, places=1):
    return (
        None
        if value is None
        else Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    )


def allocate(amount, weights):
    """Split an amount to 0.01 in proportion to the weights; the parts add up exactly.

    It is halved again and again, each half rounded once. So of a larger amount no part is smaller, which
    largest remainders do not promise. Weights: list, or dict (its values). amount None → all None.
    ValueError when a weight is negative or all are zero, unless the amount is zero.
    """
    weights = list(weights.values() if isinstance(weights, dict) else weights)
    if amount is None:
        return [None] * len(weights)
    if len(weights) == 1 and weights[0] > 0:
        return [round_kgs(amount)]  # most plans have one municipality and one service area
    weights = [w if isinstance(w, int) else Fraction(w) for w in weights]
    cents = int(round_kgs(amount).scaleb(2))
    if cents:
        _refuse_bad(weights)
    return [Decimal(part).scaleb(-2) for part in allocate_cents(cents, weights)]


def allocate_cents(cents, weights):
    """The same of whole tyiyn; weights: whole numbers or fractions."""
    parts = _halved(abs(cents), weights)
    return [-part for part in parts] if cents < 0 else parts


def _halved(units, weights):
    """Whole numbers that add up to units."""
    if len(weights) == 1 or not units:
        return [units, *[0] * (len(weights) - 1)]
    first, second = weights[: len(weights) // 2], weights[len(weights) // 2 :]
    whole = sum(weights)
    part = (2 * units * sum(first) + whole) // (2 * whole)
    return _halved(part, first) + _halved(units - part, second)


def _refuse_bad(weights):
    if sum(weights) <= 0 or min(weights) < 0:
        raise ValueError("The weights must not be negative, nor all zero.")


# Writing, with no-break spaces inside, as CLDR does for ru_KG, ky_KG and en


class Style(NamedTuple):
    decimal: str
    group: str
    percent: str
    kgs: str
    thousand: str
    million: str


RU = Style(",", NBSP, f"{NBSP}%", f"{{}}{NBSP}сом", "тыс.", "млн")
KY = RU._replace(percent="%", thousand="миң")
EN = Style(".", ",", "%", f"KGS{NBSP}{{}}", "thousand", "million")
STYLES = {"ru": RU, "ky": KY, "en": EN}


def percent_sign(language=None):
    """With the space that the language puts before it."""
    return _style(language).percent


def _style(language):
    return STYLES.get((language or get_language() or "en")[:2], EN)


def _number(value, style):
    return f"{value:,f}".translate({ord(","): style.group, ord("."): style.decimal})


def format_number(value, language=None):
    """A count or a measured value, grouped, no more decimals than it has. Not for years and codes."""
    if value is None:
        return UNKNOWN
    return _number(Decimal(value).normalize(), _style(language))


def format_amount(value, language=None):
    """1 234,50 without unit; parse_amount() reads it back in every language."""
    if value is None:
        return UNKNOWN
    return _number(round_kgs(Decimal(value)) + 0, _style(language))  # + 0: no minus before 0.00


def format_rate(value, language=None):
    """70,1234: four decimals as the National Bank writes them, more where the rate has more."""
    if value is None:
        return UNKNOWN
    rate = Decimal(value).quantize(Decimal(1).scaleb(-RATE_PLACES), ROUND_HALF_UP).normalize()
    places = min(rate.as_tuple().exponent, -4)
    return _number(rate.quantize(Decimal(1).scaleb(places)), _style(language))


def format_kgs(value, language=None):
    """97 123 456,78 сом or KGS 97,123,456.78, in the current language."""
    return _with_unit(value, format_amount(value, language), language)


def format_compact(value, language=None):
    """97,3 млн сом or KGS 97.3 million; below one thousand in full. Headlines only."""
    number, word = _compact(value, language)
    return _with_unit(value, f"{number}{NBSP}{word}".rstrip(NBSP), language)


def compact_parts(value, language=None):
    """(number, unit) of a figure card: 97.3, million KGS."""
    number, word = _compact(value, language)
    unit = _style(language).kgs.format("").strip(NBSP)
    return number, f"{word}{NBSP}{unit}".lstrip(NBSP)


class Unit(NamedTuple):
    """How many zeros a table leaves away, and how many decimals it shows instead."""

    power: int
    places: int


UNITS = {"som": Unit(0, 2), "thousand": Unit(3, 0), "million": Unit(6, 1)}


def format_in_units(value, units, language=None):
    """1 235 for 1 234 500.00 in thousands: half up, from the exact amount. Never add such figures."""
    if value is None:
        return UNKNOWN
    unit = UNITS[units]
    shown = round_share(Decimal(value).scaleb(-unit.power), unit.places)
    return _number(shown + 0, _style(language))


def _with_unit(value, number, language):
    if value is None:
        return UNKNOWN
    sign = "-" if number.startswith("-") else ""
    return sign + _style(language).kgs.format(number.removeprefix("-"))


def _compact(value, language):
    style = _style(language)
    if value is None or abs(value) < 1000:
        return format_amount(value, language), ""
    # What is shown decides: 999 950 is 1.0 million, not 1 000.0 thousand
    power, word = (3, style.thousand) if abs(value) < 999_950 else (6, style.million)
    return _number(round_share(Decimal(value).scaleb(-power)), style), word


def format_share(value, *, below=None, places=1, language=None):
    """32,0 % (ru), 32,0% (ky), 32.0% (en); None → —.

    below: a limit that rounding must not hide. 9.96 under a limit of 10 is 9.96%, not 10.0%.
    """
    if value is None:
        return UNKNOWN
    if below is not None and value < below:
        while round_share(value, places) >= below:
            places += 1
    style = _style(language)
    return _number(round_share(value, places) + 0, style) + style.percent

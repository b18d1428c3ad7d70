"""Currencies by their ISO 4217 codes, with their names in the reader's language."""

from babel import Locale
from babel.core import UnknownLocaleError
from django.utils.translation import get_language

from lib.money import NBSP, format_amount, format_kgs

KGS = "KGS"
# Those people meet first, then the others of the National Bank's daily and weekly lists.
CODES = [
    *(KGS, "CHF", "USD", "EUR", "RUB", "KZT", "CNY", "GBP", "JPY", "UZS", "TJS", "TRY"),
    *("AED", "AFN", "AMD", "AUD", "AZN", "BGN", "BRL", "BYN", "BYR", "CAD", "CZK", "DKK"),
    *("GEL", "HKD", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "KRW", "KWD", "MDL"),
    *("MNT", "MXN", "MYR", "NOK", "NZD", "PKR", "PLN", "QAR", "RON", "RSD", "SAR", "SEK"),
    *("SGD", "THB", "TMT", "TWD", "UAH", "VND", "XAU", "XDR", "ZAR"),
]


# As the country itself writes it; CLDR says "киргизский сом" and "Kyrgystani Som".
NAMES = {(KGS, "ru"): "кыргызский сом", (KGS, "en"): "Kyrgyz som"}


def name_of(code, language=None):
    """Swiss Franc · швейцарский франк; the code itself where CLDR has no name."""
    language = language or get_language() or "en"
    if name := NAMES.get((code, language)):
        return name
    try:
        names = Locale.parse(language).currencies
    except (UnknownLocaleError, ValueError):
        names = {}
    return names.get(code, code)


def choices():
    """[(code, "CHF · швейцарский франк")], the som first."""
    return [(code, f"{code} · {name_of(code)}") for code in CODES]


def format_money(value, currency, language=None):
    """97 123 456,78 сом · 10 000,00 CHF · CHF 10,000.00 · -CHF 50.00, in the current language."""
    if value is None or currency == KGS:
        return format_kgs(value, language)
    amount = format_amount(value, language)
    if not (language or get_language() or "en").startswith("en"):
        return f"{amount}{NBSP}{currency}"
    sign = "-" if amount.startswith("-") else ""
    return f"{sign}{currency}{NBSP}{amount.removeprefix('-')}"

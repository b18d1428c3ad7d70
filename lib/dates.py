"""Dates that are known to the day, the month or the year, as each language writes them."""

from calendar import monthrange
from datetime import datetime
from functools import lru_cache

from babel.dates import format_date
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class Precision(models.TextChoices):
    DAY = "day", pgettext_lazy("precision of a date", "day")
    MONTH = "month", pgettext_lazy("precision of a date", "month")
    YEAR = "year", pgettext_lazy("precision of a date", "year")


# Babel's patterns, in Russian without “г.”: a sentence may end with a date
PATTERNS = {
    "en": {"day": "d MMM y", "month": "MMMM y", "year": "y"},
    "ru": {"day": "d MMM y", "month": "LLLL y", "year": "y"},
    "ky": {"day": "y-'ж'. d-MMM", "month": "y-'ж'. MMMM", "year": "y"},
}


def format_partial(date, precision=Precision.DAY, language=None):
    """16 Aug 2018 · August 2018 · 2018; "" for None. What is not known is not shown."""
    if date is None:
        return ""
    if isinstance(date, datetime):
        date = date.date()
    code = (language or get_language() or "en")[:2]
    code = code if code in PATTERNS else "en"
    return _written(date, PATTERNS[code][precision], code)


@lru_cache(10_000)
def _written(date, pattern, code):
    return format_date(date, pattern, locale=code)


def format_range(first, last, language=None):
    """1 Jan 2018 – 30 Jun 2018"""
    return f"{format_partial(first, language=language)} – {format_partial(last, language=language)}"


def format_days(first, last, language=None):
    """7–8 Jan 2027 · 30 Nov – 1 Dec 2018: what both days share is written once."""
    code = (language or get_language() or "en")[:2]
    if first.year != last.year:
        return format_range(first, last, language)
    is_kyrgyz = code == "ky"
    if first.month == last.month:
        days = f"'{first.day}–'d"
        pattern = f"y-'ж'. {days}-MMM" if is_kyrgyz else f"{days} MMM y"
        return format_date(last, pattern, locale=code if code in PATTERNS else "en")
    if is_kyrgyz:
        return f"{format_partial(first, language=code)} – {format_date(last, 'd-MMM', locale=code)}"
    short = format_date(first, "d MMM", locale=code if code in PATTERNS else "en")
    return f"{short} – {format_partial(last, language=code)}"


def last_day(day, precision):
    """The last day that a date of this precision may mean; it holds the first one."""
    if precision == Precision.YEAR:
        return day.replace(month=12, day=31)
    if precision == Precision.MONTH:
        return day.replace(day=monthrange(day.year, day.month)[1])
    return day


def format_moment(moment, language=None):
    """14 Dec 2018, 14:05 in local time; "" for None."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{format_partial(local.date(), language=language)}, {local:%H:%M}"


def parse_date(text):
    """Read 16.08.2018, 2018-08-16 or 16/08/2018 (day first, in every language) outside of a form."""
    for pattern in get_format("DATE_INPUT_FORMATS"):
        try:
            return datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
    raise ValidationError(
        _("“%(text)s” is not a date. Write it like 16.08.2018."),
        code="invalid",
        params={"text": text.strip()[:40]},
    )

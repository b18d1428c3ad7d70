"""What the page of exchange rates shows."""

from typing import NamedTuple

from django.core.paginator import Paginator
from django.db.models import Count, Min

from lib.currencies import CODES
from lib.dates import format_partial as day
from lib.money import UNKNOWN, format_share

from . import rates
from .models import ExchangeRate, Payment, RateSource

__all__ = ["Row", "day", "holds", "page", "query", "signed", "waiting"]
PER_PAGE = 50


class Row(NamedTuple):
    rate: ExchangeRate
    change_text: str  # against the nearest earlier day
    is_jump: bool
    is_out_of_date: bool
    may_be_replaced: bool


def page(form, number, *, on):
    """A page of Rows: what the filter asks for, or the newest rate of each currency."""
    found = form.filter(ExchangeRate.objects.all()).values_list("pk", flat=True)
    page = Paginator(found if form.asks else newest(), PER_PAGE).get_page(number)
    # Only of the rates on the page it is asked what was before them.
    read = ExchangeRate.objects.for_list().in_bulk(list(page.object_list))
    page.object_list = [row(read[key], on) for key in page.object_list]
    return page


def row(rate, on):
    change = rates.change(rate.value, rate.nominal, rate.value_before, rate.nominal_before)
    return Row(
        rate,
        signed(change),
        rates.is_jump(change),
        rate.is_out_of_date(on),
        may_be_replaced=rate.source == RateSource.MANUAL and not rate.was_replaced,
    )


def signed(change):
    """+12.3% · −8.0% · — when there is no earlier rate."""
    if change is None:
        return UNKNOWN
    sign = "+" if change > 0 else "−" if change < 0 else ""
    return sign + format_share(abs(change))


def newest():
    """Keys of the newest rate of each currency, those people meet most first."""
    best = {}
    for currency, key in ExchangeRate.objects.latest().best_first().values_list("currency", "pk"):
        best.setdefault(currency, key)
    return [best[code] for code in CODES if code in best]


def query(asked):
    """The filter as it stands in the address, without the page."""
    asked = asked.copy()
    asked.pop("page", None)
    return asked.urlencode()


class Holds(NamedTuple):
    day: object
    rate: ExchangeRate | None


def holds(form):
    """Of one currency and one day: the rate that payments of that day are booked at."""
    if not form.day or not (currency := form.cleaned_data["currency"]):
        return None
    return Holds(form.day, rates.find(currency, form.day))


def waiting():
    """[{currency, number, since}] of payments that wait for a rate."""
    drafts = Payment.objects.waiting().order_by("currency").values("currency")
    return list(drafts.annotate(number=Count("pk"), since=Min("paid_on")))

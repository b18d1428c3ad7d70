"""Exchange rates: which one holds on a day, and how one is entered. Nothing stored is overwritten."""

from datetime import date, timedelta
from functools import wraps

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.dates import format_partial
from lib.money import share
from lib.threads import columns, the_one, written_once

from . import evidence
from .models import FROM_THE_BANK, ExchangeRate, RateSource

DAYS_VALID = 7  # over holidays; a weekly rate says itself how long, up to a month
MAX_DAYS_VALID = 31
DAYS_AHEAD = 31
SOM_SINCE = date(1993, 5, 10)
NOMINALS = [1, 10, 100, 1000, 10_000]
JUMP_PCT = 10


def find(currency, on):
    """The ExchangeRate that holds on that day, or None: holidays keep the last one for some days only."""
    # No rate is valid for longer, so the index leads to the few that can hold.
    rows = _holding([currency], on, on - timedelta(days=MAX_DAYS_VALID))
    return the_one(ExchangeRate, rows) if rows else None


@written_once
def _holding(currencies, on, since):
    recent = ExchangeRate.objects.filter(currency__in=currencies, applies_on__gte=since)
    rates = recent.current().valid_on(on).best_first()
    return rates.values_list(*columns(ExchangeRate))[:1]


def stored(currency, applies_on, source):
    """The last version of that day and source, or None."""
    rates = ExchangeRate.objects.filter(currency=currency, applies_on=applies_on, source=source)
    return rates.order_by("-version").first()


def of_the_bank(currency, applies_on):
    """The rate of that day from a file of the National Bank, or None."""
    files = ExchangeRate.objects.filter(source__in=FROM_THE_BANK)
    return files.filter(currency=currency, applies_on=applies_on).best_first().first()


def before(currency, applies_on):
    """The rate of the nearest earlier day, or None."""
    rates = ExchangeRate.objects.filter(currency=currency, applies_on__lt=applies_on)
    return rates.best_first().first()


def once_more(verb):
    """Two who store the same at the same moment: the second one reads what the first has stored."""

    @wraps(verb)
    def patient(**arguments):
        try:
            with transaction.atomic():
                return verb(**arguments)
        except IntegrityError:
            with transaction.atomic():
                return verb(**arguments)

    return patient


@once_more
def enter(*, currency, applies_on, nominal, value, evidence_file=None, note="", by):
    """Store an official rate from a paper; a further one of the day is a new version, used from now on.

    Without a file the paper of the version before proves this one too. Sent twice, it is stored once.
    """
    _check(applies_on, nominal)
    known = stored(currency, applies_on, RateSource.MANUAL)
    paper = evidence.find_or_add(file=evidence_file, by=by) if evidence_file else None
    paper = paper or (known and known.evidence)
    if known and is_same(known, nominal=nominal, value=value, evidence=paper, note=note):
        return known
    rate = ExchangeRate(
        currency=currency,
        applies_on=applies_on,
        last_on=applies_on + timedelta(days=DAYS_VALID),
        nominal=nominal,
        value=value,
        source=RateSource.MANUAL,
        version=known.version + 1 if known else 1,
        evidence=paper,
        note=note,
        entered_at=timezone.now(),
        entered_by=by,
    )
    rate.full_clean(exclude=["entered_by", "version"])
    rate.save()
    return rate


def _check(applies_on, nominal):
    if nominal not in NOMINALS:
        raise ValidationError({"nominal": _("A rate is for 1, 10, 100, 1000 or 10000 units.")})
    check_day(applies_on, on=timezone.localdate())


def is_same(rate, **values):
    return all(getattr(rate, name) == value for name, value in values.items())


def check_day(applies_on, *, on):
    """A day for which a rate can be known; on: today."""
    if applies_on < SOM_SINCE:
        raise ValidationError(
            {
                "applies_on": ValidationError(
                    _("Before %(day)s there was no som. Check the year."),
                    params={"day": format_partial(SOM_SINCE)},
                )
            }
        )
    if applies_on > on + timedelta(days=DAYS_AHEAD):
        raise ValidationError(
            {
                "applies_on": ValidationError(
                    _("The rate is of %(day)s, more than %(days)s days ahead. Check the date."),
                    params={"day": format_partial(applies_on), "days": DAYS_AHEAD},
                )
            }
        )


def change(value, nominal, value_before, nominal_before):
    """Percent that one unit costs more than before; None when there is no rate before."""
    if value_before is None:
        return None
    return share(value * nominal_before, value_before * nominal) - 100


def is_jump(percent):
    """Over 10 %: it happens, and so does a wrong nominal. Somebody should look."""
    return percent is not None and abs(percent) > JUMP_PCT

"""Exchange rates of all years and the donor's tranches, on a made-up course."""

import datetime as dt
from bisect import bisect_right
from decimal import Decimal

from action_plans.models import ExchangeRate, RateSource, Tranche, UsedRate
from action_plans.rates import DAYS_VALID
from lib.money import convert

FIRST = dt.date(2013, 10, 1)
DAILY = {"USD": 49, "RUB": 1, "KZT": "0.3"}
# There are none of EUR, so payments in it wait for a rate.
WEEKLY = {"CHF": 53, "GBP": 78, "JPY": "0.5", "CNY": 8, "TRY": 22, "UZS": "0.02", "TJS": 10}
WEEKLY |= {"AMD": "0.12", "GEL": 28, "CAD": 46, "PLN": 16, "SEK": 7, "KRW": "0.05", "INR": "0.8"}
UNITS = {"JPY": 10, "KZT": 10, "UZS": 100, "AMD": 10, "KRW": 10}
HALF_YEAR = 182
CHF_OF_PLAN = 2500  # in each tranche
STEP = Decimal("0.0001")


class Rates:
    def __init__(self, add, random, until):
        """add: makes a row of a model."""
        self.add, self.random, self.until = add, random, until
        self.known = {currency: self._course(currency) for currency in [*DAILY, *WEEKLY]}

    def find(self, currency, on):
        """The rate that holds on that day, or None."""
        days, rates = self.known.get(currency, ([], []))
        place = bisect_right(days, on) - 1
        return rates[place] if place >= 0 and rates[place].last_on >= on else None

    def _course(self, currency):
        is_daily = currency in DAILY
        nominal = UNITS.get(currency, 1)
        value = Decimal(str((DAILY | WEEKLY)[currency])) * nominal
        day, days, rates = FIRST, [], []
        while day <= self.until:
            if not is_daily or day.weekday() < 5:
                value = (value * (10_000 + self.random.randrange(-60, 62)) / 10_000).quantize(STEP)
                days.append(day)
                rates.append(self._rate(currency, day, nominal, value, is_daily))
            day += dt.timedelta(days=1 if is_daily else 7)
        return days, rates

    def _rate(self, currency, day, nominal, value, is_daily):
        return self.add(
            ExchangeRate,
            currency=currency,
            applies_on=day,
            last_on=day + dt.timedelta(days=DAYS_VALID),
            nominal=nominal,
            value=value,
            source=RateSource.NBKR_DAILY if is_daily else RateSource.NBKR_WEEKLY,
            entered_at=moment(day),
            is_sample=True,
        )


def add_tranches(add, rates, phase, plans, by):
    """Twice a year as much as that many plans need, changed by the bank near the official rate."""
    day = phase.starts_on
    while day <= min(phase.ends_on, rates.until):
        amount = Decimal(plans * CHF_OF_PLAN).quantize(Decimal("0.01"))
        value = (rates.find("CHF", day).value * 99 / 100).quantize(STEP)
        add(
            Tranche,
            phase=phase,
            donor="Donor",
            received_on=day,
            currency="CHF",
            amount=amount,
            amount_kgs=convert(amount, value),
            rate_value=value,
            rate_on=day,
            rate_source=UsedRate.BANK,
            document_number=f"SWIFT {day:%y%m%d}",
            entered_at=moment(day),
            entered_by=by,
            booked_at=moment(day),
            accounted_on=day,
            booked_by=by,
        )
        day += dt.timedelta(days=HALF_YEAR)


def moment(day):
    return dt.datetime.combine(day, dt.time(9), dt.UTC)

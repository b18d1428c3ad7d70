"""From an amount in its currency to frozen som, by the policy of the phase.

The policies are about donor money: grants of a phase that counts by its tranches or its budget rate.
Everything else, and every other currency, is counted at the official rate of the day.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lib.currencies import KGS
from lib.money import convert

from . import rates, tranche_price
from .models import ExchangeRate, FxPolicy, Source, UsedRate


class Frozen(NamedTuple):
    """What a ledger row keeps of its rate: amount × value ÷ nominal = som, half-up to 0.01."""

    amount_kgs: Decimal
    value: Decimal
    nominal: int
    on: date | None
    source: str
    rate: ExchangeRate | None = None

    def put_into(self, row):
        row.amount_kgs, row.rate = self.amount_kgs, self.rate
        row.rate_value, row.rate_nominal = self.value, self.nominal
        row.rate_on, row.rate_source = self.on, self.source


def freeze(*, phase, source, currency, amount, on):
    """Frozen for money from that source on that day, or None while there is no rate."""
    if currency == KGS:
        return Frozen(amount, Decimal(1), 1, None, UsedRate.SOM)
    if source == Source.GRANT:
        if phase.fx_policy in (FxPolicy.WEIGHTED, FxPolicy.FIFO):
            arrivals = tranche_price.arrivals_of(phase)
            if any(it.currency == currency for it in arrivals):
                return _by_tranches(phase, currency, amount, on, arrivals)
        elif phase.fx_policy == FxPolicy.BUDGET and currency == phase.budget_currency:
            kgs = convert(amount, phase.budget_rate)
            return Frozen(kgs, phase.budget_rate, 1, None, UsedRate.BUDGET)
    return by_rate(rates.find(currency, on), amount)


def by_rate(rate, amount):
    if rate is None:
        return None
    kgs = convert(amount, rate.value, rate.nominal)
    return Frozen(kgs, rate.value, rate.nominal, rate.applies_on, rate.source, rate)


def _by_tranches(phase, currency, amount, on, arrivals):
    priced = tranche_price.price(
        phase=phase, currency=currency, amount=amount, on=on, arrivals=arrivals
    )
    if priced is None:
        return None
    return Frozen(priced.amount_kgs, priced.value, 1, priced.on, phase.fx_policy)

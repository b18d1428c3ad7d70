"""What a donor's account began with, received, paid, got back and ended with: in its currency and in som."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from lib.money import convert, round_kgs

from . import tranche_account
from .models import ExchangeRate, FxPolicy, Phase
from .tranche_account import Account
from .tranche_moves import ACCOUNTED, movements


class Sum(NamedTuple):
    """In the currency and in som; None: not known."""

    amount: Decimal | None
    kgs: Decimal | None


@dataclass(frozen=True)
class Standing:
    """An account at the end of a day: sums since the beginning, rounded once."""

    received: Sum
    paid: Sum
    returned: Sum
    difference_kgs: Decimal
    amount_is_known: bool
    days_without_rate: int
    without_rate_kgs: Decimal
    received_at_budget_kgs: Decimal | None

    @property
    def balance(self):
        """Without the rate of a day nobody knows what is left of the currency, nor what it had cost."""
        amount = self.received.amount - self.paid.amount + self.returned.amount
        kgs = self.received.kgs - self.paid.kgs + self.returned.kgs + self.difference_kgs
        return Sum(
            amount if self.amount_is_known else None, None if self.days_without_rate else kgs
        )


@dataclass(frozen=True)
class Statement:
    """opening + received − paid + returned ± exchange difference = closing, in the currency and in som.

    With a budget rate the som received are two lines: at that rate, and what the bank's rate made of it more
    or less. The difference is between the som of payments and what those units had cost.
    """

    phase: Phase
    currency: str
    policy: str
    starts_on: date
    ends_on: date
    before: Standing
    after: Standing

    @property
    def opening(self):
        return self.before.balance

    @property
    def closing(self):
        return self.after.balance

    @property
    def received(self):
        return self._between("received")

    @property
    def paid(self):
        """Not known in the currency when a day of the period has no rate."""
        paid = self._between("paid")
        return paid if self.amount_is_known else paid._replace(amount=None)

    @property
    def returned(self):
        returned = self._between("returned")
        return returned if self.amount_is_known else returned._replace(amount=None)

    @property
    def amount_is_known(self):
        return self.after.days_without_rate == self.before.days_without_rate

    @property
    def difference_kgs(self):
        """Not known either while it is not known what went out."""
        if self.after.days_without_rate:
            return None
        return self.after.difference_kgs - self.before.difference_kgs

    @property
    def received_at_budget_kgs(self):
        if self.after.received_at_budget_kgs is None:
            return None
        return self.after.received_at_budget_kgs - self.before.received_at_budget_kgs

    @property
    def budget_result_kgs(self):
        """Som received − amount × rate of the budget; None without such a rate."""
        at_budget = self.received_at_budget_kgs
        return None if at_budget is None else self.received.kgs - at_budget

    @property
    def is_overdrawn(self):
        return any(part is not None and part < 0 for part in self.closing)

    @property
    def days_without_rate(self):
        return self.after.days_without_rate

    @property
    def without_rate_kgs(self):
        return self.after.without_rate_kgs

    @property
    def waits_for_a_tranche(self):
        """Som went out before the first tranche: nothing says what they are in the currency."""
        return not self.after.amount_is_known and not self.after.days_without_rate

    @property
    def average(self):
        """Som for one unit, of the tranches of the period; None without one."""
        amount, kgs = self.received
        return kgs / amount if amount else None

    @cached_property
    def period_average(self):
        """Mean of the stored official rates of the period, for equivalents only; None without one."""
        rates = (
            ExchangeRate.objects.filter(currency=self.currency)
            .current()
            .filter(applies_on__range=(self.starts_on, self.ends_on))
        )
        # Of a day the one that holds
        by_day = {rate.applies_on: rate for rate in rates.best_first().reverse()}
        values = [rate.value / rate.nominal for rate in by_day.values()]
        return sum(values) / len(values) if values else None

    @property
    def equivalent_kgs(self):
        """Of the closing balance, at the average of the period."""
        if self.closing.amount is None or self.period_average is None:
            return None
        return convert(self.closing.amount, self.period_average)

    def _between(self, name):
        before, after = getattr(self.before, name), getattr(self.after, name)
        return Sum(after.amount - before.amount, after.kgs - before.kgs)


def statement(*, phase, currency, starts_on, ends_on, known_at=None, by=ACCOUNTED):
    """known_at: without what was booked or entered later. by: the day on which a row is counted."""
    policy = tranche_account.policy_of(phase, currency)
    account = Account(
        first_in_first_out=policy == FxPolicy.FIFO,
        rate_on=_rate_on(phase, currency, policy, ends_on, known_at),
    )
    at_budget = _budget_rate(phase, currency)
    before = None
    for move in movements(phase, currency, ends_on, known_at=known_at, by=by):
        if move.on >= starts_on and not before:
            before = _standing(account, policy, at_budget)
        account.move(move)
    after = _standing(account, policy, at_budget)
    return Statement(phase, currency, policy, starts_on, ends_on, before or after, after)


def _standing(account, policy, at_budget):
    received = account.received.amount
    # A budget rate counts units; the som are those that came and went.
    difference = Decimal(0) if policy == FxPolicy.BUDGET else account.difference_kgs
    return Standing(
        received=_rounded(account.received),
        paid=_rounded(account.paid),
        returned=_rounded(account.returned),
        difference_kgs=round_kgs(difference),
        amount_is_known=account.amount_is_known,
        days_without_rate=account.days_without_rate,
        without_rate_kgs=account.without_rate_kgs,
        received_at_budget_kgs=convert(received, at_budget) if at_budget else None,
    )


def _rounded(layer):
    return Sum(round_kgs(layer.amount), round_kgs(layer.kgs))


def _budget_rate(phase, currency):
    return phase.budget_rate if currency == phase.budget_currency else None


def _rate_on(phase, currency, policy, until, known_at):
    """day → som for one unit, where the policy counts payments in som by a rate and not by the tranches."""
    if policy == FxPolicy.BUDGET:
        return lambda day: phase.budget_rate
    return RatesOfDays(currency, until, known_at).on if policy == FxPolicy.DAY else None


class RatesOfDays:
    """Which rate holds on a day. Same rule as rates.find(), for many days with one query."""

    def __init__(self, currency, until, known_at=None):
        rates = ExchangeRate.objects.filter(currency=currency, applies_on__lte=until)
        # Of one day the last version that was known comes last, and is taken.
        rates = rates.filter(entered_at__lte=known_at) if known_at else rates.current()
        self.rates = list(rates.best_first().reverse())
        self.days = [rate.applies_on for rate in self.rates]
        self.lasting = list(accumulate((rate.last_on for rate in self.rates), max))

    def on(self, day):
        place = bisect_right(self.days, day) - 1
        while place >= 0 and self.lasting[place] >= day:
            rate = self.rates[place]
            if rate.last_on >= day:
                return rate.value / rate.nominal
            place -= 1
        return None

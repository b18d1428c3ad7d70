"""The donor's money as an account: tranches come in, money for plans goes out, and what a som of it cost.

One account per phase and currency. Tranches fill it in that currency and in som. A payment in som takes som,
and the policy says how much of the currency that was; a payment in the currency takes that much of it. What
the som of a payment differ from what they had cost is the exchange difference, a line of its own.
docs/decisions/0007-donor-money-as-accounts.md says why.
"""

from collections import deque
from datetime import date
from decimal import Decimal, localcontext
from itertools import takewhile
from typing import NamedTuple

from lib.currencies import KGS

from .models import FxPolicy, PaymentKind

ZERO = Decimal("0.00")
EXACT = 60  # digits: nothing is rounded before it is shown or stored
ALIKE = Decimal("1e-30")  # two prices: what differs was rounded
IN, BACK, OUT = range(3)  # of one day in this order


class Move(NamedTuple):
    """What one day brought: tranches, money back from plans, or money for plans."""

    on: date
    way: int
    kgs: Decimal
    amount: Decimal | None = None  # None: som were paid, what they are in the currency is asked


class Layer:
    """Money of one price."""

    def __init__(self, amount, kgs):
        self.amount, self.kgs = amount, kgs


class Account:
    """Sums since the beginning. Unrounded inside; amounts are rounded once, where they are shown or stored.

    rate_on: day → som for one unit, or None; how som that are paid become units when they do not simply
    take what the tranches cost (the rate of the day, the rate of the budget).
    """

    def __init__(self, *, first_in_first_out=False, rate_on=None):
        self.first_in_first_out, self.rate_on = first_in_first_out, rate_on
        self.layers = deque()
        self.received = Layer(ZERO, ZERO)
        self.paid = Layer(ZERO, ZERO)
        self.returned = Layer(ZERO, ZERO)
        self.difference_kgs = ZERO
        # More went out than had come in: units, with the som they were counted at, and som.
        self.short = Layer(ZERO, ZERO)
        self.short_kgs = ZERO
        self.value = self.last_value = self.last_on = None
        self.without_rate_kgs, self.days_without_rate = ZERO, 0

    def move(self, move):
        with localcontext(prec=EXACT):
            if move.way == IN and move.amount < 0:
                self.take_out(-move.amount, -move.kgs)
            elif move.way == IN:
                self.put_in(move.amount, move.kgs, move.on)
            elif move.way == OUT:
                self._pay(move)
            else:
                self._take_back(move)

    # In

    def put_in(self, amount, kgs, on):
        self.received.amount += amount
        self.received.kgs += kgs
        self.last_on = on
        self._fill(Layer(amount, kgs), kgs / amount)

    def take_out(self, amount, kgs):
        """A tranche that was counted in an earlier period turned out to be none."""
        self.received.amount -= amount
        self.received.kgs -= kgs
        layer = self._layer_of(amount, kgs)
        if layer:
            self._reduce(layer, amount, kgs)
        else:
            self.difference_kgs += kgs - self._cost_of(amount, kgs)

    def _layer_of(self, amount, kgs):
        """Where all of it still is: money of its own price, or the one price of all of them."""
        holds = [it for it in self.layers if it.amount >= amount and it.kgs >= kgs]
        if self.first_in_first_out:
            holds = [it for it in holds if abs(it.kgs / it.amount - kgs / amount) <= ALIKE]
        return holds[-1] if holds else None

    def _fill(self, layer, value):
        """Money of a price: what is short is taken from it first."""
        counted = self._short_in_units()
        self._settle_units(layer)
        taken = self._settle_kgs(layer)
        self.value = value
        self.paid.amount += taken + self._short_in_units() - counted
        if not layer.amount:
            return
        self.layers.append(layer)
        if not self.first_in_first_out:
            whole = Layer(sum(a.amount for a in self.layers), sum(a.kgs for a in self.layers))
            self.layers = deque([whole])
            self.value = whole.kgs / whole.amount

    def _settle_units(self, layer):
        if not self.short.amount:
            return
        part = min(self.short.amount, layer.amount)
        counted = self.short.kgs * part / self.short.amount
        cost = layer.kgs * part / layer.amount
        self.difference_kgs += counted - cost
        self.short = Layer(self.short.amount - part, self.short.kgs - counted)
        layer.amount, layer.kgs = layer.amount - part, layer.kgs - cost

    def _settle_kgs(self, layer):
        if not self.short_kgs or not layer.kgs:
            return ZERO
        part = min(self.short_kgs, layer.kgs)
        units = layer.amount * part / layer.kgs if part < layer.kgs else layer.amount
        self.short_kgs -= part
        layer.amount, layer.kgs = layer.amount - units, layer.kgs - part
        return units

    def _short_in_units(self):
        """Som that are missing, at the last price; nothing before there is one."""
        return self.short_kgs / self.value if self.value else ZERO

    # Out

    def _pay(self, move):
        self.paid.kgs += move.kgs
        amount = self._units(move)
        if amount is not None:
            self.paid.amount += amount
            self.difference_kgs += move.kgs - self._cost_of(amount, move.kgs)
        elif not self.rate_on:
            self.paid.amount += self._take_kgs(move.kgs)

    def _take_back(self, move):
        self.returned.kgs += move.kgs
        amount = self._units(move)
        if amount is None and self.rate_on:
            return
        if amount is None and not self.value:
            self.short_kgs -= move.kgs  # before the first tranche
            return
        amount = move.kgs / self._price_back() if amount is None else amount
        self.returned.amount += amount
        self._fill(Layer(amount, move.kgs), self.value)
        if self.first_in_first_out:
            self.layers.rotate(1)  # what comes back goes out next

    def _price_back(self):
        """In turn: of the tranche that the last money came from."""
        return (self.first_in_first_out and self.last_value) or self.value

    def _units(self, move):
        """What a payment is in the currency; None when it takes som, or when there is no rate."""
        if move.amount is not None or not self.rate_on:
            return move.amount
        if rate := self.rate_on(move.on):
            return move.kgs / rate
        self.days_without_rate += 1
        self.without_rate_kgs += move.kgs
        return None

    def _cost_of(self, amount, kgs):
        """Take that much of the currency; what it had cost in som."""
        cost = ZERO
        while amount > 0 and self.layers:
            layer = self.layers[0]
            part = min(amount, layer.amount)
            som = layer.kgs * part / layer.amount if part < layer.amount else layer.kgs
            amount, cost, kgs = amount - part, cost + som, kgs - som
            self._reduce(layer, part, som)
        if amount > 0:
            som = amount * self.value if self.value else kgs
            self.short = Layer(self.short.amount + amount, self.short.kgs + som)
            cost += som
        return cost

    def _take_kgs(self, kgs):
        """Take that many som; what they are in the currency."""
        units = ZERO
        while kgs > 0 and self.layers:
            layer = self.layers[0]
            part = min(kgs, layer.kgs)
            amount = layer.amount * part / layer.kgs if part < layer.kgs else layer.amount
            units, kgs = units + amount, kgs - part
            self._reduce(layer, amount, part)
        before = self._short_in_units()
        self.short_kgs += kgs
        return units + self._short_in_units() - before

    def _reduce(self, layer, amount, kgs):
        if layer.kgs:
            self.last_value = layer.kgs / layer.amount
        layer.amount, layer.kgs = layer.amount - amount, layer.kgs - kgs
        if layer.amount <= 0 or layer.kgs <= 0:
            self.layers.remove(layer)

    # Asked

    @property
    def amount_is_known(self):
        """Not while som are missing that nothing says the price of, nor without a rate of a day."""
        return not self.days_without_rate and not (self.short_kgs and not self.value)

    def has_of_one_price(self, moves):
        """Whether all these payments take of one price, and put back at it: their order changes nothing."""
        if self.short.amount or self.short_kgs or not (self.layers and self.value):
            return False
        with localcontext(prec=EXACT):
            value = self.layers[0].kgs / self.layers[0].amount
            if any(m.way == BACK for m in moves) and abs(self._price_back() - value) > ALIKE:
                return False
            alike = takewhile(lambda a: abs(a.kgs / a.amount - value) <= ALIKE, self.layers)
            taken = [m for m in moves if m.way == OUT]
            asked = sum(m.kgs if m.amount is None else m.amount * value for m in taken)
            return asked < sum(layer.kgs for layer in alike)

    def price(self, amount):
        """Som of that many units; nothing is taken."""
        with localcontext(prec=EXACT):
            kgs, left = ZERO, amount
            for layer in self.layers:
                part = min(left, layer.amount)
                kgs, left = kgs + layer.kgs * part / layer.amount, left - part
            return kgs + left * self.value


# What moves an account


def drawn_on(phase, currencies):
    """Which account som are paid from: that of the budget's currency, else that of the first tranche.

    currencies: of the phase's tranches, in the order of their arrival.
    """
    if phase.budget_currency in currencies:
        return phase.budget_currency
    return next(iter(currencies), None)


def policy_of(phase, currency):
    """How payments in som become units of an account. A budget rate is a rate of one currency."""
    if currency == KGS:
        return FxPolicy.WEIGHTED
    if phase.fx_policy == FxPolicy.BUDGET and currency != phase.budget_currency:
        return FxPolicy.DAY
    return phase.fx_policy


DAYS = ["paid_on", "kind", "currency", "amount", "amount_kgs"]


def moves_of(days, currency, columns=DAYS):
    rows = days.order_by(*columns[:3]).values_list(*columns)
    for day, kind, paid_in, amount, kgs in rows:
        way = OUT if kind == PaymentKind.RECEIVED else BACK
        yield Move(day, way, kgs, amount if paid_in == currency != KGS else None)


def in_order(moves):
    # A payment that was taken back on its own day leaves nothing.
    return sorted((move for move in moves if move.kgs), key=lambda move: move[:2])

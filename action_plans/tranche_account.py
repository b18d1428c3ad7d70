"""The donor's money as an account: tranches come in, money for plans goes out, and what a som of it cost.

One account per phase and currency. Tranches fill it in that currency and in som; money that goes to plans
(grants received, less what came back) empties it in som. Two prices can be asked of it: the average of what
is in it (weighted, moving: each tranche is averaged with what was left), or layer by layer (FIFO).
Both empty the account in francs exactly when it is empty in som.
"""

from collections import deque
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lib.money import round_kgs

from .models import FxPolicy, Tranche

ZERO = Decimal("0.00")
PLACES = Decimal("0.0000000001")


class Priced(NamedTuple):
    amount_kgs: Decimal
    value: Decimal  # som for one unit
    on: date  # of the last tranche that it rests on


class Layer:
    """What is left of a tranche."""

    def __init__(self, amount, kgs, on):
        self.amount, self.kgs, self.on = amount, kgs, on


class Account:
    """Unrounded inside; amounts are rounded once, where they are shown or stored."""

    def __init__(self, policy):
        self.policy = policy
        self.layers = deque()
        self.overdrawn_kgs = ZERO  # more went out than had come in
        self.last_value = None

    @property
    def amount(self):
        return sum((layer.amount for layer in self.layers), ZERO)

    @property
    def kgs(self):
        return sum((layer.kgs for layer in self.layers), ZERO)

    def put_in(self, amount, kgs, on):
        self.last_value = kgs / amount
        self.layers.append(Layer(amount, kgs, on))
        if self.policy == FxPolicy.WEIGHTED and len(self.layers) > 1:
            self.layers = deque([Layer(self.amount, self.kgs, on)])
            self.last_value = self.kgs / self.amount

    def take_kgs(self, kgs):
        """Som that go out; answers what they are in the currency."""
        taken = ZERO
        while kgs > 0 and self.layers:
            layer = self.layers[0]
            part = min(kgs, layer.kgs)
            units = layer.amount * part / layer.kgs if part < layer.kgs else layer.amount
            taken, kgs = taken + units, kgs - part
            layer.amount, layer.kgs = layer.amount - units, layer.kgs - part
            if not layer.kgs:
                self.layers.popleft()
        if kgs > 0 and self.last_value:
            self.overdrawn_kgs += kgs
            taken += kgs / self.last_value
        return taken

    def price(self, amount):
        """Som of that many units; nothing is taken."""
        kgs, left = ZERO, amount
        for layer in self.layers:
            part = min(left, layer.amount)
            kgs, left = kgs + layer.kgs * part / layer.amount, left - part
            if not left:
                return kgs
        return kgs + left * self.last_value


def has_tranches(phase, currency):
    return Tranche.objects.booked().filter(phase=phase, currency=currency).exists()


def price(*, phase, currency, amount, on):
    """What that many units cost on that day by the policy of the phase; None before the first tranche."""
    account = account_on(phase, currency, on, policy=phase.fx_policy)
    if account.last_value is None:
        return None
    kgs = account.price(amount)
    return Priced(round_kgs(kgs), (kgs / amount).quantize(PLACES), account.last_on)


def account_on(phase, currency, on, *, policy):
    """The account at the end of that day."""
    account = Account(policy)
    for day, _order, amount, kgs in movements(phase, currency, on):
        account.move(day, amount, kgs)
    return account

"""The sums of the plan's form from what stands in it right now, readable or not.

static/js/plan-form.js computes the same while one types.
"""

from decimal import ROUND_UP, Decimal

from django.core.exceptions import ValidationError

from lib.money import CENT, parse_amount, share

from .models import OTHER, PROMISED
from .totals import ZERO, judgement


class Sums:
    def __init__(self, *, cost, rows, phase):
        """cost: as typed; rows: [(pot or "", amount as typed)]; phase: the chosen one, or None."""
        self.unread = 0
        self.cost = self._read(cost)
        self.money = dict.fromkeys(PROMISED, ZERO)
        for pot, typed in rows:
            amount = self._read(typed) or ZERO
            if pot:
                self.money[pot] += amount
            else:
                self.unread += bool(amount)  # nobody gives it yet
        self.phase = phase
        self.minimum = phase.minimum_own_share if phase else Decimal(0)
        self.in_kind_counts = phase is None or phase.in_kind_counts
        self.promised = sum(self.money.values())
        self.own = self.money["own_cash_kgs"] + self.money["own_in_kind_kgs"]

    def _read(self, typed):
        if typed is None or isinstance(typed, Decimal):
            return typed
        try:
            return parse_amount(str(typed)) if str(typed).strip() else None
        except ValidationError:
            self.unread += 1
            return None

    @property
    def gap(self):
        return max(self.cost - self.promised, ZERO) if self.cost is not None else None

    @property
    def surplus(self):
        return max(self.promised - self.cost, ZERO) if self.cost is not None else None

    @property
    def tested(self):
        """The part of the own contribution that counts towards the minimum."""
        return self.own if self.in_kind_counts else self.money["own_cash_kgs"]

    @property
    def own_limit(self):
        """The minimum, where the own share is tested against it; rounding must not hide it there."""
        return self.minimum if self.in_kind_counts else None

    @property
    def cash_limit(self):
        return None if self.in_kind_counts else self.minimum

    @property
    def own_share(self):
        return share(self.own, self.cost)

    @property
    def cash_share(self):
        return share(self.money["own_cash_kgs"], self.cost)

    @property
    def is_under_minimum(self):
        if not self.phase:
            return False
        return judgement(self.cost, self.money, self.phase)["is_under_minimum"]

    @property
    def needed(self):
        """Own contribution that reaches the minimum, rounded up to the tyiyn."""
        return (self.cost * self.minimum / 100).quantize(CENT, ROUND_UP) if self.cost else ZERO

    @property
    def missing(self):
        return max(self.needed - self.tested, ZERO)

    @property
    def bar(self):
        """Percentages of the whole bar: of the cost, or of the promises when they are more."""
        whole = max(self.cost or ZERO, self.promised)
        parts = {
            "own": self.money["own_cash_kgs"],
            "in_kind": self.money["own_in_kind_kgs"],
            "grant": self.money["grant_kgs"],
            "other": sum(self.money[name] for name in OTHER),
            "gap": self.gap,
        }
        return {name: share(amount, whole) for name, amount in parts.items()} | {
            "minimum": self.minimum * self.cost / whole if self.cost and whole else None
        }

"""Of what a whole is made, in percent that add up to 100."""

from decimal import Decimal
from fractions import Fraction
from math import floor


def composition(parts):
    """{key: amount} → {key: percentage to 0.1}, adding up to exactly 100.0.

    Tie: larger amount first, then key. All None when there is no whole: a sum of zero, a part below zero.
    """
    keys = sorted(parts, key=lambda key: (key is None, key))
    amounts = [parts[key] or Decimal(0) for key in keys]
    if sum(amounts) <= 0 or min(amounts) < 0:
        return dict.fromkeys(parts)
    tenths = dict(zip(keys, _largest_remainder(1000, amounts), strict=True))
    return {key: Decimal(tenths[key]).scaleb(-1) for key in parts}


def _largest_remainder(units, weights):
    """Whole numbers that add up to units. Tie: larger weight, then order."""
    whole = sum(map(Fraction, weights))
    quotas = [units * Fraction(weight) / whole for weight in weights]
    parts = [floor(quota) for quota in quotas]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - quotas[i], -weights[i]))
    for i in order[: units - sum(parts)]:
        parts[i] += 1
    return parts

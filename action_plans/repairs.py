"""A typing error of one digit, when it alone explains why promises and cost do not match. Never applied."""

from decimal import Decimal
from typing import NamedTuple

from lib.money import MAX_KGS

from .models import Contribution


class Repair(NamedTuple):
    contribution: Contribution | None  # None: the planned cost
    now: Decimal
    then: Decimal


def one_digit_repairs(plan, contributions):
    """Each single amount that, with one digit changed, makes the promises equal the cost.

    The grants and promises in their order, then the cost.
    """
    if plan.cost_kgs is None:
        return []
    missing = plan.cost_kgs - sum(row.amount_kgs for row in contributions)
    if not missing:
        return []
    repairs = [Repair(row, row.amount_kgs, row.amount_kgs + missing) for row in contributions]
    repairs.append(Repair(None, plan.cost_kgs, plan.cost_kgs - missing))
    return [repair for repair in repairs if differ_in_one_digit(repair.now, repair.then)]


def differ_in_one_digit(one, other):
    if not (0 < one <= MAX_KGS and 0 < other <= MAX_KGS):
        return False
    digits = f"{one:.2f}", f"{other:.2f}"
    if len(digits[0]) != len(digits[1]):
        return False
    return sum(a != b for a, b in zip(*digits, strict=True)) == 1

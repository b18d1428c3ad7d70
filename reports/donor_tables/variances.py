"""Balance, variance and shares of a row of T2; where there are none, why."""

from decimal import Decimal

from django.utils.translation import gettext as _

from lib.money import share

ZERO = Decimal("0.00")
ACTUAL = ["before_kgs", "corrections_kgs", "actual_kgs", "cumulative_kgs"]


def measured(row):
    """row: budget_kgs and cumulative_kgs, None when nothing was reported: that is not 0."""
    budget, actual = row.get("budget_kgs", ZERO), row["cumulative_kgs"]
    row |= {
        "balance_kgs": budget - (actual or ZERO),
        "variance_kgs": None if actual is None else actual - budget,
        "variance_pct": None if actual is None else share(actual - budget, budget),
        "execution_pct": share(actual, budget),
    }
    if actual is None:
        why = _("nothing was planned") if not budget else _("not reported")
        names = [*ACTUAL, "variance_kgs", "variance_pct", "execution_pct"]
    elif not budget:
        why, names = _("unbudgeted"), ["variance_pct", "execution_pct"]
    elif actual < 0:
        row["execution_pct"], why, names = None, _("no share: below zero"), ["execution_pct"]
    else:
        return row
    return row | {f"{name}_reason": why for name in names}

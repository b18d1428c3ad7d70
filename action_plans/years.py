"""The money of a plan by calendar years and quarters, and how fast it is spent, as of a day.

Planned amounts of a year are those of the budget lines, or the planned cost split by days. What was
received, returned and spent goes by the day of the payment, never pro rata.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models.functions import ExtractQuarter, ExtractYear
from django.utils.translation import gettext_lazy as _

from lib.dates import Precision
from lib.money import round_kgs, round_share, share, total
from lib.money_sums import sum_kgs
from lib.threads import written_once

from .models import COUNTED, Payment, PaymentKind, PlanStatus, Source
from .variance import comparison

ZERO = Decimal("0.00")
MONTH = Decimal("30.4375")  # days; 365.25 ÷ 12
PARTS = {Source.MUNICIPALITY: "own", Source.GRANT: "grant"}
LEAST_DAYS = 30  # less is no pace


@dataclass
class Planned:
    """{year: som}, or why there is none; money of lines without a year stands apart."""

    by_year: dict = field(default_factory=dict)
    without_year: Decimal = ZERO
    basis: str = ""  # lines, days, one_year
    why_not: str = ""

    @property
    def total(self):
        return total([*self.by_year.values(), self.without_year])


@dataclass
class Moved:
    """What happened in a year or a quarter (year, number); amounts of rows, signs included."""

    year: int
    quarter: int | None = None
    received: Decimal = ZERO
    returned: Decimal = ZERO
    own: Decimal = ZERO  # the net by who gave it
    grant: Decimal = ZERO
    other: Decimal = ZERO
    spent: Decimal = ZERO
    cumulative: Decimal = ZERO  # net, from the beginning

    def add(self, name, amount):
        setattr(self, name, getattr(self, name) + amount)

    @property
    def net(self):
        return self.received - self.returned

    @property
    def is_negative(self):
        return self.net < 0

    @property
    def parts(self):
        """The net by who gave it, for a stacked bar; None where there is no whole to be part of."""
        parts = {"own": self.own, "grant": self.grant, "other": self.other}
        return None if self.net <= 0 or min(parts.values()) < 0 else parts

    @property
    def own_share(self):
        return share(self.own, self.net) if self.parts else None


@dataclass
class Burn:
    """Spent of the budget beside the days that have passed; no judgement."""

    budget: Decimal | None
    spent: Decimal
    by_lines: bool  # the budget is that of the lines, else the planned cost
    days: int | None = None
    elapsed: int | None = None
    why_not: str = ""
    is_running: bool = False

    @property
    def share(self):
        return share(self.spent, self.budget)

    @property
    def elapsed_share(self):
        return share(self.elapsed, self.days)

    @property
    def left(self):
        return None if self.budget is None else self.budget - self.spent

    @property
    def months_left(self):
        """How long the rest would last at the pace so far; None where that says nothing."""
        if not (self.is_running and self.left and self.left > 0 and self.spent > 0):
            return None
        return round_share(self.left * self.elapsed / self.spent / MONTH)

    @property
    def bar(self):
        return min(self.share, Decimal(100))


@dataclass
class Years:
    planned: Planned
    years: list
    quarters: list
    burn: Burn


def years(plan, *, on, table=None, sums=None):
    """table, sums: the comparison and the _sums() of that day, when somebody has read them already."""
    table = table or comparison(plan, on=on)
    moved = _moved(_sums([plan.pk], on) if sums is None else sums)
    quarters = _running([moved[key] for key in sorted(moved)])
    return Years(
        planned=planned(plan, [(row.line.year, row.now) for row in table.rows]),
        years=_running(_summed(quarters)),
        quarters=quarters,
        burn=burn(plan, table, total(q.spent for q in quarters), on=on),
    )


# --- Planned --------------------------------------------------------------------------------------


def planned(plan, lines):
    """lines: (year or None, som). Yearly amounts win over the split by days."""
    if any(year for year, _amount in lines):
        sums = defaultdict(lambda: ZERO)
        for year, amount in lines:
            sums[year] += amount
        without = sums.pop(None, ZERO)
        return Planned(dict(sorted(sums.items())), without, basis="lines")
    if plan.cost_kgs is None:
        return Planned(why_not=_("The planned cost is not known yet."))
    if plan.starts_on and plan.ends_on and plan.starts_on.year == plan.ends_on.year:
        return Planned({plan.starts_on.year: plan.cost_kgs}, basis="one_year")
    if why_not := no_days(plan):
        return Planned(why_not=why_not)
    return Planned(by_days(plan.cost_kgs, plan.starts_on, plan.ends_on), basis="days")


def no_days(plan):
    """Why the days of a plan cannot be counted; "" when they can."""
    if plan.starts_on is None and plan.ends_on is None:
        return _("The start and the end are not known yet.")
    if plan.starts_on is None:
        return _("The start is not known yet.")
    if plan.ends_on is None:
        return _("The end is not known yet.")
    vague = Precision.MONTH, Precision.YEAR
    if plan.starts_precision in vague and plan.ends_precision in vague:
        return _("The start and the end are not known to the day.")
    if plan.starts_precision in vague:
        return _("The start is not known to the day.")
    if plan.ends_precision in vague:
        return _("The end is not known to the day.")
    return ""


def by_days(amount, first, last):
    """{year: som}: by days, both ends included; each slice is rounded once, the last takes the rest."""
    days, left, slices = days_of(first, last), amount, {}
    for year in range(first.year, last.year):
        begin, end = max(first, date(year, 1, 1)), date(year, 12, 31)
        slices[year] = min(round_kgs(amount * days_of(begin, end) / days), left)
        left -= slices[year]
    return slices | {last.year: left}


def days_of(first, last):
    return (last - first).days + 1


# --- What happened ----------------------------------------------------------------------------------


@written_once
def _sums(plans, on):
    payments = Payment.objects.booked().filter(contribution__plan__in=plans, paid_on__lte=on)
    periods = {"year": ExtractYear("paid_on"), "quarter": ExtractQuarter("paid_on")}
    by = [*periods, "kind", "contribution__source"]
    sums = payments.order_by().annotate(**periods).values(*by).annotate(sum=sum_kgs("amount_kgs"))
    return sums.values_list(*by, "sum")


def _moved(sums):
    """{(year, quarter): Moved}"""
    found = {}
    for year, quarter, kind, source, amount in sums:
        moved = found.setdefault((year, quarter), Moved(year, quarter))
        if kind == PaymentKind.SPENT:
            moved.spent += amount
            continue
        column = "received" if kind == PaymentKind.RECEIVED else "returned"
        moved.add(column, amount)
        moved.add(PARTS.get(source, "other"), amount if column == "received" else -amount)
    return found


def _running(periods):
    net = ZERO
    for period in periods:
        net += period.net
        period.cumulative = net
    return periods


def _summed(quarters):
    """A Moved of each year."""
    found = {}
    for quarter in quarters:
        whole = found.setdefault(quarter.year, Moved(quarter.year))
        for name in ("received", "returned", "spent", *PARTS.values(), "other"):
            whole.add(name, getattr(quarter, name))
    return list(found.values())


# --- How fast -----------------------------------------------------------------------------------------


def burn(plan, table, spent, *, on):
    by_lines = bool(table.rows)
    found = Burn(table.total.now if by_lines else plan.cost_kgs, spent, by_lines)
    found.why_not = no_days(plan)
    if found.why_not:
        return found
    found.days = days_of(plan.starts_on, plan.ends_on)
    found.elapsed = min(max(days_of(plan.starts_on, on), 0), found.days)
    runs = plan.status in COUNTED and plan.status != PlanStatus.COMPLETED
    found.is_running = runs and found.elapsed >= LEAST_DAYS and on <= plan.ends_on
    return found

"""The section “By year” of the page of a plan's money."""

from dataclasses import dataclass, field
from decimal import Decimal

from .money_page import Known
from .years import Moved, years

ZERO = Decimal(0)


@dataclass
class Bar:
    """In percent of the width: where zero is, and what is drawn from it. Below zero: to its left."""

    zero: Decimal
    parts: list = field(default_factory=list)  # (colour, x, width)


@dataclass
class Row:
    moved: Moved
    planned: Decimal | None = None
    bar: Bar | None = None


def section(plan, *, user, on, known=None):
    """{"years": …} for templates/action_plans/money/_years.html."""
    known = known or Known(plan, user=user, on=on)
    found = years(plan, on=on, table=known.budget, sums=known.by_quarter)
    return {
        "years": {
            "planned": found.planned,
            "rows": _years(found),
            "quarters": with_bars([Row(moved) for moved in found.quarters]),
            "burn": found.burn,
            "total": total_of(found),
        }
    }


def total_of(found):
    whole = Moved(year=0)
    for moved in found.years:
        for name in ("received", "returned", "spent", "own", "grant", "other"):
            whole.add(name, getattr(moved, name))
    return whole


def with_bars(rows):
    highest = max((row.moved.net for row in rows), default=ZERO)
    lowest = min((row.moved.net for row in rows), default=ZERO)
    span = max(highest, ZERO) - min(lowest, ZERO)
    if span:
        zero = -min(lowest, ZERO) * 100 / span
        for row in rows:
            row.bar = _bar(row.moved, zero, span)
    return rows


def _bar(moved, zero, span):
    if moved.parts is None:
        width = abs(moved.net) * 100 / span
        start = zero - width if moved.is_negative else zero
        return Bar(zero, [("all", start, width)] if width else [])
    bar, x = Bar(zero), zero
    for colour, amount in moved.parts.items():
        if amount:
            bar.parts.append((colour, x, amount * 100 / span))
            x += amount * 100 / span
    return bar


def _years(found):
    """A row per year in which something is planned or happened."""
    moved = {year.year: year for year in found.years}
    planned = found.planned.by_year
    rows, before = [], None
    for year in sorted(moved.keys() | planned.keys()):
        here = moved.get(year) or Moved(year, cumulative=before.cumulative if before else ZERO)
        rows.append(Row(here, planned.get(year)))
        before = here
    return with_bars(rows)

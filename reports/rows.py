"""One row of a dashboard: its name, its money, and the address of exactly the plans that make it."""

from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from action_plans.models import OTHER, PROMISED, RECEIVED, FundingTotal
from lib.composition import composition
from lib.money import share

ZERO, HUNDRED = Decimal("0.00"), Decimal("100.0")
NOTHING = dict.fromkeys(FundingTotal.SUMMED, ZERO) | {"plans": 0, "plans_with_cost": 0}


def plans_link(*, phase=None, status=("counted",), **filters):
    """The list of plans with this filter; phase: a Phase or None."""
    if phase:
        filters["phase"] = phase.code
    return f"{reverse('action_plans:list')}?{urlencode({'status': status, **filters}, doseq=True)}"


def quality_link(check="", *, phase=None, **filters):
    """What does not add up in plans approved and later, of every place unless one is named.

    phase: a Phase, its code or None.
    """
    filters = {"check": check, "status": "counted", "municipality": "all", **filters}
    filters["phase"] = getattr(phase, "code", phase)
    filled = {name: value for name, value in filters.items() if value}
    return f"{reverse('ledger:quality')}?{urlencode(filled)}"


def report_link(name, *, phase=None, **filters):
    """The funding report or one of its files with this filter."""
    if phase:
        filters["phase"] = phase.code
    query = urlencode(filters, doseq=True)
    return f"{reverse(f'reports:{name}')}{'?' if query else ''}{query}"


@dataclass(frozen=True)
class Row:
    """Money of counted plans; every amount is a sum, nothing in it is unknown."""

    key: str
    name: str
    link: str
    measures: dict
    thing: object = None  # the place or service area itself; its name may be borrowed from Russian
    detail: str = ""  # what tells two places of one name apart
    page: str = ""  # the place's own page
    is_unknown: bool = False
    is_partial: bool = False  # a year that is not over
    municipalities: int = 0
    part: Decimal | None = None  # of the planned cost of all rows, adding up to 100.0

    def __getattr__(self, name):
        # The measures by their own names: cost_kgs, plans, gap_kgs …
        try:
            return self.__dict__["measures"][name]
        except KeyError as error:
            raise AttributeError(name) from error

    @property
    def lang(self):
        """The language of the name, when it is not the reader's."""
        return self.thing.name_language if self.thing and self.thing.name_is_borrowed else ""

    @property
    def own_kgs(self):
        return self.own_cash_kgs + self.own_in_kind_kgs

    @property
    def other_kgs(self):
        return sum(self.measures[name] for name in OTHER)

    @property
    def promised_kgs(self):
        return sum(self.measures[name] for name in PROMISED)

    @property
    def received_kgs(self):
        return sum(self.measures[name] for name in RECEIVED)

    @property
    def known_cost_kgs(self):
        """None, not 0, when no plan here has a cost."""
        return self.cost_kgs if self.plans_with_cost else None

    @property
    def own_share(self):
        """Of plans whose cost is known: Σ own ÷ Σ cost, never the mean of shares."""
        return share(self.own_of_known_cost_kgs, self.cost_kgs)

    @property
    def rest_share(self):
        return None if self.own_share is None else max(100 - self.own_share, Decimal(0))

    @property
    def rest_kgs(self):
        """What is left of the planned cost for grants and other sources."""
        return max(self.cost_kgs - self.own_of_known_cost_kgs, ZERO)

    @property
    def own_without_cost_kgs(self):
        return self.own_kgs - self.own_of_known_cost_kgs

    @property
    def plans_without_cost(self):
        return self.plans - self.plans_with_cost

    @property
    def fulfilment(self):
        return share(self.received_kgs, self.promised_kgs)


def added(totals):
    """{measure: sum}; plans are added too, a joint one as often as it stands in the totals."""
    return {measure: sum(total[measure] for total in totals) for measure in NOTHING}


def with_parts(rows):
    """The rows with their part of the planned cost of all, adding up to 100.0."""
    parts = composition({row.key: row.cost_kgs for row in rows})
    return [replace(row, part=parts[row.key]) for row in rows]


@dataclass(frozen=True)
class Table:
    """Rows of one axis and their total, counted once: a joint plan stands in two rows."""

    axis: str
    rows: list
    whole: Row

    @property
    def rows_share_plans(self):
        return sum(row.plans for row in self.rows) > self.whole.plans

    def sorted_by(self, value):
        """Largest first; rows that are not known stay last."""
        return sorted(self.rows, key=lambda row: (row.is_unknown, -(value(row) or 0), row.name))

    def by_cost(self):
        return self.sorted_by(lambda row: row.cost_kgs)

    def by_share(self):
        return self.sorted_by(lambda row: row.own_share)


@dataclass(frozen=True)
class SourceRow:
    """What one source promised and gave to counted plans."""

    key: str
    name: str
    colour: str
    promised_kgs: Decimal
    received_kgs: Decimal

    @property
    def fulfilment(self):
        return share(self.received_kgs, self.promised_kgs)

    @property
    def outstanding_kgs(self):
        return max(self.promised_kgs - self.received_kgs, ZERO)

    @property
    def beyond_kgs(self):
        return max(self.received_kgs - self.promised_kgs, ZERO)

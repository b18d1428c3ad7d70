"""What a report is asked about: phase, period, day, place, area, source, donor, currency; read from an address."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from action_plans.models import Phase, ReportingPeriod, ServiceArea
from lib.currencies import KGS
from municipalities.models import Municipality, Region

from .models.template import Basis, RateBasis


@dataclass(frozen=True)
class Scope:
    """day: the last day that counts. known_at: only what had been booked or recorded by then counts.

    With a period, day is its last day; money is told apart by accounted_on: before the period, in it, and in it
    as a correction to an earlier one (late_for). Without one everything up to day is one sum.
    """

    user: object
    day: date
    known_at: datetime
    is_past: bool = False  # an as-of day before today was asked for
    phases: tuple[Phase, ...] = ()  # of the programme, or the one that was chosen
    period: ReportingPeriod | None = None
    region: Region | None = None
    municipality: Municipality | None = None
    area: ServiceArea | None = None
    no_area: bool = False  # plans whose service area is not specified
    source: str = ""
    donor: str = ""
    rows: str = (
        ""  # what a row of the table is, where it can be several things: area, plan, line, region …
    )
    basis: str = Basis.CASH
    currency: str = KGS
    rate_basis: str = RateBasis.END
    # [(label, sentence)] of what the address asks for and nobody knows; then no figures are shown.
    problems: tuple = field(default=())
    # What was asked of the database once for this scope and for others made from it, see scoped.py.
    memory: dict = field(default_factory=dict, compare=False, repr=False)

    @property
    def starts_on(self):
        """First day of what counts as “this period”; None: everything up to day."""
        return self.period.starts_on if self.period else None

    @property
    def is_filtered(self):
        return bool(
            self.region
            or self.municipality
            or self.area
            or self.no_area
            or self.source
            or self.donor
        )

    def with_(self, **changes):
        return replace(self, **changes)

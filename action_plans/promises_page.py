"""The promises on the page of a plan's money: as they were on a day, what arrived, every revision."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import prefetch_related_objects

from lib.money import share, total

from .models import Contribution
from .money_page import REVISIONS, Known
from .plan_page import KEYS
from .promises import Promised, promised_in
from .totals import ZERO


@dataclass
class Row:
    """One source: what it had promised by that day and what became of it."""

    contribution: Contribution
    promise: Promised
    received: Decimal

    @property
    def promised(self):
        return self.promise.amount

    @property
    def fulfilment(self):
        """May be over 100 %; None while nothing is promised."""
        return share(self.received, self.promised)

    @property
    def outstanding(self):
        return max(self.promised - self.received, ZERO)

    @property
    def surplus(self):
        return max(self.received - self.promised, ZERO)

    @property
    def key(self):
        return KEYS.get(self.contribution.pot, "other")

    @property
    def revisions(self):
        return self.contribution.revisions.all()


def section(plan, *, user, on, known=None):
    rows = rows_of(plan, on, known or Known(plan, user=user, on=on))
    promised, received = total(r.promised for r in rows), total(r.received for r in rows)
    return {
        "promises": rows,
        "promises_total": {
            "promised": promised,
            "received": received,
            "fulfilment": share(received, promised),
            "outstanding": total(row.outstanding for row in rows),
            "surplus": total(row.surplus for row in rows),
        },
        "may_promise": user.works_for_programme and plan.was_approved,
    }


def rows_of(plan, on, known):
    contributions = list(plan.contributions.all())
    prefetch_related_objects(contributions, REVISIONS)
    return [
        Row(
            promise,
            promised_in(plan, promise, promise.revisions.all(), on),
            known.received[promise.pk],
        )
        for promise in contributions
    ]

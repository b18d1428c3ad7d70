"""What the page of one plan shows besides the plan's own columns."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch

from lib.composition import composition
from lib.money import share, total

from . import totals
from .known import NO_PAYMENTS, promised_and_paid
from .models import (
    ActionPlan,
    Attachment,
    Contribution,
    Payment,
    PlanArea,
    PlanMunicipality,
    PromiseRevision,
    StatusChange,
)

ZERO = Decimal("0.00")
LAST_ROWS = 5
KEYS = {"own_cash_kgs": "own", "own_in_kind_kgs": "in-kind", "grant_kgs": "grant"}
REVISED = Exists(PromiseRevision.objects.filter(contribution=OuterRef("pk")))
WHOLE = (
    "phase",
    "lead__region",
    "lead__district",
    "approved_by",
    "under_minimum_by",
)
PARTS_OF_HISTORY = [
    "texts",
    Prefetch("municipalities", PlanMunicipality.objects.select_related("municipality")),
    Prefetch("attachments", Attachment.objects.select_related("uploaded_by")),
    Prefetch("steps", StatusChange.objects.select_related("changed_by")),
]
PARTS = [
    *PARTS_OF_HISTORY,
    Prefetch("contributions", Contribution.objects.annotate(was_revised=REVISED)),
    Prefetch("areas", PlanArea.objects.select_related("area")),
]


def plans_for_page(user):
    return ActionPlan.objects.visible_to(user).select_related(*WHOLE).prefetch_related(*PARTS)


def plans_for_history(user):
    return ActionPlan.objects.visible_to(user).prefetch_related(*PARTS_OF_HISTORY)


@dataclass
class Promise:
    """A row of "Who pays": what was promised and what became of it."""

    contribution: Contribution | None
    promised: Decimal
    received: Decimal
    share: Decimal | None
    key: str = "all"

    @property
    def fulfilment(self):
        return share(self.received, self.promised)

    @property
    def bar(self):
        return min(self.fulfilment or 0, Decimal(100))

    @property
    def outstanding(self):
        return max(self.promised - self.received, ZERO)

    @property
    def excess(self):
        return max(self.received - self.promised, ZERO)


def arrived_and_waiting(plan):
    """({contribution id: net som}, how many payments wait for a rate)"""
    promised, paid = promised_and_paid([plan.pk])
    arrived = {promise.pk: promise.received_kgs for promise in promised.get(plan.pk, [])}
    return arrived, paid.get(plan.pk, NO_PAYMENTS)["waiting"]


def promises(plan, arrived):
    """A row per contribution and their total; the shares of promises add up to 100.0."""
    contributions = list(plan.contributions.all())
    shares = composition({c.pk: c.amount_kgs for c in contributions})
    rows = [
        Promise(c, c.amount_kgs, arrived.get(c.pk, ZERO), shares[c.pk], KEYS.get(c.pot, "other"))
        for c in contributions
    ]
    all_of_it = Decimal(100) if rows else None
    received = total(row.received for row in rows)
    return rows, Promise(None, total(row.promised for row in rows), received, all_of_it)


def net_received(plan):
    """{contribution id: what arrived and was not given back}"""
    return totals.net_received(Payment.objects.filter(contribution__plan=plan))


def payments(plan, waiting):
    """The last rows of the ledger, and whether there are more; all of them stand on the money page."""
    rows = Payment.objects.booked().filter(contribution__plan=plan)
    rows = rows.select_related("contribution", "evidence", "reversal")
    rows = list(rows.order_by("-paid_on", "-pk")[: LAST_ROWS + 1])
    return {"rows": rows[:LAST_ROWS], "has_more": len(rows) > LAST_ROWS, "waiting": waiting}


def bar(plan):
    """Parts of the bar in percent of the cost, or of the promises when they are more, and the minimum."""
    parts = {
        "own": plan.own_cash_kgs,
        "in_kind": plan.own_in_kind_kgs,
        "grant": plan.grant_kgs,
        "other": plan.other_kgs,
        "gap": plan.gap_kgs or ZERO,
    }
    whole = total(parts.values())
    limit = plan.cost_kgs and share(plan.phase.minimum_own_share * plan.cost_kgs / 100, whole)
    return composition(parts) | {"minimum": limit}

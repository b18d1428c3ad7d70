"""The page of a plan's money as of a day: its head figures. Each section has a module of its own."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db.models import Count, Prefetch, Q
from django.db.models.functions import ExtractQuarter, ExtractYear
from django.utils import timezone
from django.utils.translation import gettext as _

from lib.dates import format_partial, parse_date
from lib.money import share, total
from lib.money_sums import sum_kgs
from lib.threads import written_once

from . import promises
from .approval import rights_on
from .models import ActionPlan, Contribution, Payment, PaymentKind, PromiseRevision
from .variance import comparison

ZERO = Decimal("0.00")
IN_SOM = [*PaymentKind.values, "rows", "waiting"]
REVISIONS = Prefetch("revisions", PromiseRevision.objects.select_related("revised_by", "document"))


def plans_for_page(user):
    plans = ActionPlan.objects.visible_to(user).select_related("phase", "lead")
    promised = Contribution.objects.prefetch_related(REVISIONS)
    return plans.prefetch_related("texts", Prefetch("contributions", promised))


def day_of(query):
    """(the day that is asked for, "") or (today, why it cannot be that day)."""
    today, typed = timezone.localdate(), query.get("on", "").strip()
    if not typed:
        return today, ""
    try:
        day = parse_date(typed)
    except ValidationError as error:
        return today, error.messages[0]
    if day > today:
        text = _("%(day)s has not come yet. The page shows the money as it is today.")
        return today, text % {"day": format_partial(day)}
    return day, ""


@dataclass(frozen=True)
class Figures:
    """The sums of a plan's money on a day; its contributions one by one make up what is outstanding."""

    cost_kgs: Decimal | None
    promised_kgs: Decimal
    received_kgs: Decimal  # net of what was returned
    returned_kgs: Decimal
    spent_kgs: Decimal
    outstanding_kgs: Decimal
    excess_kgs: Decimal
    waiting: int  # rows without a rate: they are in no sum
    by_contribution: dict  # {contribution: what was promised on that day}

    @property
    def gap_kgs(self):
        return self.cost_kgs and max(self.cost_kgs - self.promised_kgs, ZERO)

    @property
    def surplus_kgs(self):
        return None if self.cost_kgs is None else max(self.promised_kgs - self.cost_kgs, ZERO)

    @property
    def fulfilment(self):
        return share(self.received_kgs, self.promised_kgs)

    @property
    def unspent_kgs(self):
        return self.received_kgs - self.spent_kgs

    @property
    def overspent_kgs(self):
        return -self.unspent_kgs


class Known:
    """What several sections of the page need: each read once, and only when it is asked for."""

    def __init__(self, plan, *, user, on):
        self.plan, self.user, self.on = plan, user, on

    @cached_property
    def sums(self):
        return [dict(zip(SUMS, row, strict=True)) for row in _sums([self.plan.pk], self.on)]

    @cached_property
    def moved(self):
        """{contribution: sums of its rows in som}"""
        moved = defaultdict(Counter)
        for row in self.sums:
            moved[row["contribution"]].update({name: row[name] for name in IN_SOM})
        return moved

    @cached_property
    def by_quarter(self):
        """(year, quarter, kind, source, som) for years(), of what was booked"""
        sources = {
            contribution.pk: contribution.source for contribution in self.plan.contributions.all()
        }
        return [
            (row["year"], row["quarter"], kind, sources[row["contribution"]], row[kind])
            for row in self.sums
            for kind in PaymentKind.values
            if row["rows"] > row["waiting"]
        ]

    @cached_property
    def figures(self):
        return _figures(self)

    @cached_property
    def received(self):
        """{contribution: net som}, 0.00 where nothing arrived."""
        net = {pk: row["received"] - row["returned"] for pk, row in self.moved.items()}
        return defaultdict(lambda: ZERO, net)

    @cached_property
    def promised(self):
        return promises.promised_by_contribution(self.plan, self.on)

    @cached_property
    def rights(self):
        return rights_on(self.plan, self.user, ("edit", "pay", "keep", "work"))

    @cached_property
    def budget(self):
        return comparison(self.plan, on=self.on)


def _figures(known):
    moved, received = known.moved.values(), known.received
    promised = {pk: promise.amount for pk, promise in known.promised.items()}
    owed = [amount - received[pk] for pk, amount in promised.items()]
    return Figures(
        cost_kgs=known.plan.cost_kgs,
        promised_kgs=total(promised.values()),
        received_kgs=total(received.values()),
        returned_kgs=total(row["returned"] for row in moved),
        spent_kgs=total(row["spent"] for row in moved),
        outstanding_kgs=total(max(amount, ZERO) for amount in owed),
        excess_kgs=total(max(-amount, ZERO) for amount in owed),
        waiting=sum(row["waiting"] for row in moved),
        by_contribution=promised,
    )


IN_CURRENCY = [f"{kind}_amount" for kind in PaymentKind.values]
GROUPS = ["contribution", "currency", "year", "quarter"]
SUMS = [*GROUPS, *PaymentKind.values, *IN_CURRENCY, "rows", "waiting"]


@written_once
def _sums(plans, on):
    """Of each contribution, currency and quarter up to that day; rows that take back count with their sign."""
    rows = Payment.objects.filter(contribution__plan__in=plans, paid_on__lte=on)
    rows = rows.annotate(year=ExtractYear("paid_on"), quarter=ExtractQuarter("paid_on"))
    booked = Q(booked_at__isnull=False)
    sums = {kind.value: sum_kgs("amount_kgs", filter=Q(kind=kind)) for kind in PaymentKind}
    sums |= {
        f"{kind.value}_amount": sum_kgs("amount", filter=booked & Q(kind=kind))
        for kind in PaymentKind
    }
    counts = {"rows": Count("pk"), "waiting": Count("pk", filter=~booked)}
    rows = rows.order_by().values(*GROUPS).annotate(**sums, **counts)
    return rows.values_list(*SUMS)

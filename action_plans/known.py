"""What is known of plans: of it totals are made and findings found.

It is read for one plan or for a thousand in the same few queries.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from lib.money_sums import sum_kgs
from lib.threads import written_once

from . import variance
from .models import (
    ActionPlan,
    Attachment,
    BudgetLine,
    Check,
    Contribution,
    Form,
    InKindItem,
    Payment,
    PaymentKind,
    PlanArea,
    PlanMunicipality,
    Source,
)


class Promised(NamedTuple):
    pk: int
    source: str
    form: str
    amount_kgs: Decimal
    decision: str
    is_sample: bool
    received_kgs: Decimal
    sample_payments: int

    @property
    def pot(self):
        return POTS[self.source, self.form]


class Known(NamedTuple):
    plan: ActionPlan  # with its phase, and its money as totals keep it
    promises: list
    has_area: bool
    population: int | None  # of all its municipalities; None when one of them has none
    has_payment: bool
    waiting: int  # payments without a rate
    unproven: int  # payments without document number and evidence
    unverified: int
    claimed_on: date | None  # the first of the unverified
    shared: int  # files that prove something on another plan too
    uncommented: tuple | None  # budget lines: (number, since when; None = already)
    unasked: frozenset = frozenset()  # checks that nothing was read for: they stay as they are kept


# As Contribution.pot says; looked up, for all plans are gone through.
POTS = {
    (source, form): Contribution(source=source, form=form).pot
    for source in Source.values
    for form in Form.values
}


def known(plans):
    """{plan id: Known} of plans that come with their phase and their kept money."""
    keys = [plan.pk for plan in plans]
    promises, paid = promised_and_paid(keys)
    parts = _parts(keys)
    lines = _uncommented([plan for plan in plans if parts[plan.pk].pop("has_lines")])
    found = {}
    for plan in plans:
        row = parts[plan.pk]
        claimed_at = row.pop("claimed_at")
        found[plan.pk] = Known(
            plan=plan,
            promises=promises.get(plan.pk, []),
            claimed_on=claimed_at and timezone.localdate(claimed_at),
            uncommented=lines.get(plan.pk),
            **paid.get(plan.pk, NO_PAYMENTS),
            **row,
        )
    return found


# No payment changes these, and most payments none of the others that are asked for apart.
OF_PLACE = {Check.NO_AREA, Check.BENEFICIARIES, Check.NOT_VERIFIED}


def known_after(plan, payments):
    """known() of a plan in which nothing changed but these rows: only what they can have changed is read."""
    promises, paid = promised_and_paid([plan.pk])
    unproven = not all(row.document_number or row.evidence_id for row in payments)
    proving = any(row.evidence_id for row in payments)
    of_lines = any(row.budget_line_id for row in payments)
    asked = {
        Check.NO_EVIDENCE: unproven,
        Check.SHARED_EVIDENCE: proving,
        Check.NO_COMMENT: of_lines,
    }
    return Known(
        plan=plan,
        promises=promises.get(plan.pk, []),
        has_area=True,
        population=None,
        unverified=0,
        claimed_on=None,
        unproven=len(_unproven_rows([plan.pk])) if unproven else 0,
        shared=len(_shared_rows([plan.pk])) if proving else 0,
        uncommented=_uncommented([plan]).get(plan.pk) if of_lines else None,
        unasked=frozenset(OF_PLACE | {check for check, is_asked in asked.items() if not is_asked}),
        **paid.get(plan.pk, NO_PAYMENTS),
    )


def promised_and_paid(keys):
    """({plan id: promises}, {plan id: numbers of its payments})"""
    promises, paid = {}, {}
    for row in _promise_rows(keys):
        plan, values, sums = row[0], row[1 : 1 + len(COLUMNS)], row[1 + len(COLUMNS) :]
        received, returned, samples, booked, reversals, waiting = sums
        promise = Promised(*values, received - returned, samples)
        promises.setdefault(plan, []).append(promise)
        numbers = paid.setdefault(plan, dict(NO_PAYMENTS))
        # A row that takes another one back leaves two that no longer stand.
        numbers["has_payment"] |= booked > 2 * reversals
        numbers["waiting"] += waiting
    return promises, paid


NO_PAYMENTS = {"has_payment": False, "waiting": 0}
BOOKED = Q(payments__booked_at__isnull=False)
REVERSES = Q(payments__reverses__isnull=False)
DRAFT = Q(payments__isnull=False, payments__booked_at=None)


def _sum(kind):
    return sum_kgs("payments__amount_kgs", filter=BOOKED & Q(payments__kind=kind))


COLUMNS = ["pk", "source", "form", "amount_kgs", "decision", "is_sample"]
SUMS = {
    "received": _sum(PaymentKind.RECEIVED),
    "returned": _sum(PaymentKind.RETURNED),
    "samples": Count("payments", filter=Q(payments__is_sample=True)),
    "booked": Count("payments", filter=BOOKED),
    "reversals": Count("payments", filter=REVERSES),
    "waiting": Count("payments", filter=DRAFT),
}


@written_once
def _promise_rows(keys):
    rows = Contribution.objects.filter(plan__in=keys).order_by("pk")
    return rows.annotate(**SUMS).values_list("plan", *COLUMNS, *SUMS)


def _parts(keys):
    """{plan id: a dict of what its other rows say}"""
    return {pk: dict(zip(PARTS, row, strict=True)) for pk, *row in _part_rows(keys)}


PARTS = [
    "has_area",
    "population",
    "unverified",
    "claimed_at",
    "shared",
    "unproven",
    "has_lines",
]


@written_once
def _part_rows(keys):
    here = {"plan": OuterRef("pk")}
    places = PlanMunicipality.objects.filter(**here).order_by()
    # In one of its municipalities nobody was counted: then how many live there is not known.
    counted = {"places": Count("pk"), "known": Count("municipality__population")}
    population = places.values("plan").annotate(people=Sum("municipality__population"), **counted)
    population = population.filter(places=F("known"))
    claims = InKindItem.objects.filter(contribution__plan=OuterRef("pk"), verified_kgs=None)
    claims = claims.order_by().values("contribution__plan")
    unproven = _unproven().filter(contribution__plan=OuterRef("pk"))
    unproven = unproven.order_by().values("contribution__plan")
    shared = proofs().filter(_proves_elsewhere(), **here).order_by().values("plan")
    columns = {
        "has_area": Exists(PlanArea.objects.filter(**here)),
        "population": Subquery(population.values("people")),
        "unverified": _number(claims),
        "claimed_at": Subquery(claims.annotate(first=Min("claimed_at")).values("first")),
        "shared": _number(shared),
        "unproven": _number(unproven),
        "has_lines": Exists(BudgetLine.objects.filter(**here)),
    }
    plans = ActionPlan.objects.filter(pk__in=keys).order_by()
    return plans.annotate(**columns).values_list("pk", *PARTS)


def _unproven():
    """Payments that stand and have no paper. What was given in kind is proven in its register."""
    without = Payment.objects.filter(document_number="", evidence=None, in_kind=None)
    return without.filter(reverses=None, reversal=None)


@written_once
def _unproven_rows(keys):
    return _unproven().filter(contribution__plan__in=keys).order_by().values_list("pk")


@written_once
def _shared_rows(keys):
    return proofs().filter(_proves_elsewhere(), plan__in=keys).order_by().values_list("pk")


def _number(rows):
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)


def _proves_elsewhere():
    same = proofs().filter(sha256=OuterRef("sha256")).exclude(plan=OuterRef("plan"))
    return Exists(same)


def _uncommented(plans):
    """{plan id: (number, since when)} of budget lines that differ without a comment; since None: already."""
    if not plans:
        return {}
    lines = variance.uncommented(plans)
    return {plan: _since(days) for plan, days in lines.items()}


def _since(days):
    if date.max in days:  # over the budget: at once
        return days.count(date.max), None
    return len(days), min(days)


def proofs():
    """Documents that prove a payment or something given in kind: neither taken back nor refused."""
    payments = Payment.objects.filter(evidence=OuterRef("pk"), reverses=None, reversal=None)
    items = InKindItem.objects.filter(evidence=OuterRef("pk")).exclude(verified_kgs=0)
    return Attachment.objects.filter(Exists(payments) | Exists(items))

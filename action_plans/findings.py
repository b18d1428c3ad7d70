"""What does not add up in a plan: one rule over what is known of it, kept beside its totals.

found() is the rule; it reads nothing. known() reads what it needs, for one plan or for a thousand in
the same few queries. Findings are kept in the transaction that changed the plan, so a page reads them
from an index. What becomes true by waiting alone is kept with the day from which on it is (since_on).
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Exists, F, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from lib.dates import last_day
from lib.money import sum_kgs
from lib.threads import written_once

from . import variance
from .models import (
    COUNTED,
    ActionPlan,
    Attachment,
    BudgetLine,
    Check,
    Contribution,
    Finding,
    Form,
    InKindItem,
    Payment,
    PaymentKind,
    PlanArea,
    PlanMunicipality,
    PlanStatus,
    Source,
    StatedBase,
)

WITHOUT_PAYMENT = timedelta(days=365)
UNVERIFIED = timedelta(days=90)
CHUNK = 1000
# Of a cancelled plan what had been promised is no longer asked for; what was paid still has to be right.
OF_CANCELLED = {
    Check.NO_RATE,
    Check.OVER_PROMISE,
    Check.NO_EVIDENCE,
    Check.NOT_VERIFIED,
    Check.SHARED_EVIDENCE,
}


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


# As Contribution.pot says; looked up, for all plans are gone through.
POTS = {
    (source, form): Contribution(source=source, form=form).pot
    for source in Source.values
    for form in Form.values
}


class Found(NamedTuple):
    number: int = 1
    since_on: date | None = None


# --- The rule -----------------------------------------------------------------------------------


def found(known):
    """{check: Found} of the checks that the plan does not pass. A draft is judged by its own form."""
    plan = known.plan
    if plan.status == PlanStatus.DRAFT:
        return {}
    if plan.status == PlanStatus.CANCELLED and not plan.was_approved:
        return {}
    numbers = _figures(plan) | _rows(known) | _facts(known)
    findings = {check: Found(int(number)) for check, number in numbers.items() if number}
    findings |= _by_waiting(known)
    if plan.status == PlanStatus.CANCELLED:
        return {check: it for check, it in findings.items() if check in OF_CANCELLED}
    return findings


def _figures(plan):
    cost = plan.cost_kgs
    return {
        Check.GRANT_OVER_COST: cost is not None and plan.grant_kgs > cost,
        Check.SURPLUS: bool(plan.surplus_kgs),
        Check.GAP: bool(plan.gap_kgs),
        Check.UNDER_MINIMUM: plan.is_under_minimum,
        Check.OTHER_BASE: plan.stated_base not in ("", StatedBase.COST),
        Check.NO_COST: cost is None,
    }


def _rows(known):
    """How many rows of the plan."""
    own = [promise for promise in known.promises if promise.source == Source.MUNICIPALITY]
    return {
        Check.NO_RATE: known.waiting,
        Check.OVER_PROMISE: sum(p.received_kgs > p.amount_kgs for p in known.promises),
        Check.NO_EVIDENCE: known.unproven,
        Check.NO_DECISION: sum(bool(p.amount_kgs) and not p.decision for p in own),
        Check.SHARED_EVIDENCE: known.shared,
    }


def _facts(known):
    people, population = known.plan.beneficiaries_total, known.population
    return {
        Check.NO_AREA: not known.has_area,
        Check.BENEFICIARIES: None not in (people, population) and people > population,
        Check.OUT_OF_PHASE: is_out_of_phase(known.plan),
    }


def _by_waiting(known):
    findings = {}
    start = known.plan.starts_on
    if known.plan.status in COUNTED and start and not known.has_payment:
        findings[Check.NO_PAYMENT] = Found(1, start + WITHOUT_PAYMENT)
    if known.unverified:
        findings[Check.NOT_VERIFIED] = Found(known.unverified, known.claimed_on + UNVERIFIED)
    if known.uncommented:
        findings[Check.NO_COMMENT] = Found(*known.uncommented)
    return findings


def is_out_of_phase(plan):
    """A date that is known to the month or year is out only when all of it is."""
    dates = [(plan.starts_on, plan.starts_precision), (plan.ends_on, plan.ends_precision)]
    phase = plan.phase
    return any(
        day > phase.ends_on or last_day(day, precision) < phase.starts_on
        for day, precision in dates
        if day
    )


# --- What is known ------------------------------------------------------------------------------


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


# --- Keeping them -------------------------------------------------------------------------------


def keep_findings(about):
    """Of one plan, locked; about: what is known of it, with its money as kept now. Only totals calls this."""
    _keep({about.plan.pk: about})
    others = {pk for (pk,) in _twins([about.plan.pk])} - {about.plan.pk}
    if others:
        # After the commit each looks again: of two plans saved at once the later one sees both.
        transaction.on_commit(
            lambda: recheck(ActionPlan.objects.filter(pk__in=others)), robust=True
        )


def recheck(plans):
    """After a change outside of the plans: of a phase, a population. Chunk by chunk, each locked."""
    keys = list(plans.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        with transaction.atomic():
            # Phases are read after the lock, as keep_totals does.
            locked = ActionPlan.objects.select_for_update(of=("self",)).prefetch_related("phase")
            plans = locked.filter(pk__in=keys[start : start + CHUNK]).order_by("pk")
            _keep(known(list(plans)))


def recheck_if_none():
    """A release before this one kept no findings."""
    if not Finding.objects.exists():
        recheck(ActionPlan.objects.all())


def kept(plans):
    """{plan id: {check: Found}}"""
    rows = {plan.pk: {} for plan in plans}
    for plan, check, *it in _kept_rows(list(rows)):
        rows[plan][check] = Found(*it)
    return rows


@written_once
def _kept_rows(keys):
    findings = Finding.objects.filter(plan__in=keys)
    return findings.values_list("plan", "check_name", "number", "since_on")


def _keep(known):
    """Only differences are written; most changes of a plan change none."""
    before, added = kept([about.plan for about in known.values()]), []
    for pk, about in known.items():
        after = found(about)
        gone = [check for check, it in before[pk].items() if after.get(check) != it]
        if gone:
            Finding.objects.filter(plan=pk, check_name__in=gone).delete()
        added += [
            Finding(plan_id=pk, check_name=check, number=it.number, since_on=it.since_on)
            for check, it in after.items()
            if before[pk].get(check) != it
        ]
    Finding.objects.bulk_create(added, batch_size=CHUNK)


@written_once
def _twins(keys):
    """The plans that have a document with the same content, these themselves too."""
    mine = Attachment.objects.filter(plan__in=keys).values("sha256")
    return Attachment.objects.filter(sha256__in=mine).order_by().values_list("plan").distinct()

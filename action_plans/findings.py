"""What does not add up in a plan: one rule over what is known of it, kept beside its totals.

found() is the rule; it reads nothing, known.py reads what it needs. Findings are kept in the transaction
that changed the plan, so a page reads them from an index. What becomes true by waiting alone is kept with
the day from which on it is (since_on).
"""

from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction

from lib.dates import last_day
from lib.threads import written_once

from .known import known
from .models import (
    COUNTED,
    ActionPlan,
    Attachment,
    Check,
    Finding,
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


# --- Keeping them -------------------------------------------------------------------------------


def keep_findings(about):
    """Of one plan, locked; about: what is known of it, with its money as kept now. Only totals calls this."""
    _keep({about.plan.pk: about})
    if Check.SHARED_EVIDENCE in about.unasked:
        return
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
        unasked = {check: it for check, it in before[pk].items() if check in about.unasked}
        after = found(about) | unasked
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

"""Contributions in kind: claimed by who works on the plan, verified by the office, then in the ledger.

Claimed and verified are two figures. Only what was verified is received: one ledger row per item.
"""

from django.core.exceptions import BadRequest, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.dates import format_moment, format_partial
from lib.money import MAX_KGS, format_kgs, round_kgs
from lib.threads import written_once
from lib.uploads import sha256_of

from . import corrections, documents, fx, periods
from .known import proofs
from .models import ActionPlan, Attachment, Form, InKindItem, Payment, PaymentKind
from .totals import keep_totals

TYPED = ["contribution", "given_on", "what", "quantity", "unit"]
TYPED += ["unit_value_kgs", "valuation", "valuation_note"]


@transaction.atomic
def claim(*, plan, claim_key, by, evidence=None, **claimed):
    """A new claim; the same form sent twice answers with the item it made.

    claimed: contribution, given_on, what, quantity, unit, unit_value, valuation, valuation_note.
    evidence: an uploaded file, kept among the documents of the plan.
    """
    plan = _lock(plan.pk, "payable_by", by)
    typed = _typed(**claimed)
    known = InKindItem.objects.filter(claim_key=claim_key, contribution__plan=plan).first()
    if known:
        return _same(known, typed, evidence)
    if InKindItem.objects.filter(claim_key=claim_key).exists():
        raise BadRequest("claim_key of another plan")
    item = InKindItem(claim_key=claim_key, claimed_at=timezone.now(), claimed_by=by)
    return _write(plan, item, typed, evidence, by)


@transaction.atomic
def change(*, item, by, version=None, evidence=None, **claimed):
    """Put a claim right before it is verified. version: what version_of() said when it was opened."""
    plan, item = _locked(item, "payable_by", by)
    typed = _typed(**claimed)
    if _says(item) == typed and not evidence:
        return item
    _not_verified(item)
    _unchanged(item, version)
    if item.contribution_id != typed["contribution"].pk and item.payments.exists():
        raise ValidationError(
            _("This was verified once for another contribution, so it stays with that one.")
        )
    return _write(plan, item, typed, evidence, by)


@transaction.atomic
def remove(*, item, by):
    """Take a claim out of the register. The evidence stays among the documents, the claim in the history."""
    plan, item = _locked(item, "payable_by", by)
    _not_verified(item)
    if item.payments.exists():
        raise ValidationError(
            _("This was verified once, and rows of the ledger name it. It stays in the register.")
        )
    item._history_user = by
    item.delete()
    keep_totals(plan.pk)


@transaction.atomic
def verify(*, item, accepted, by, note="", version=None):
    """Accept all of a claim, a part, or nothing; what is accepted is booked as received."""
    plan, item = _locked(item, "money_kept_by", by)
    note = note.strip()
    if item.verified_by == by and (item.verified_kgs, item.verification_note) == (accepted, note):
        return item  # a double click
    _not_verified(item)
    _unchanged(item, version)
    _acceptable(item, accepted, note)
    item.verified_kgs, item.verification_note = accepted, note
    item.verified_at, item.verified_by = timezone.now(), by
    _save(item, by)
    booked = [_book(plan, item, by)] if accepted else []
    keep_totals(plan.pk, booked=booked)
    return item


@transaction.atomic
def withdraw(*, item, reason, by):
    """Take a verification back, with its ledger row: the item is claimed again."""
    plan, item = _locked(item, "money_kept_by", by)
    if not reason.strip():
        raise ValidationError(_("Give a reason. It is kept with the plan."), code="required")
    if not item.is_verified:
        raise ValidationError(_("The verification was withdrawn already."), code="withdrawn")
    taken = [
        corrections.take_back(plan, row, reason, by, timezone.now())
        for row in item.payments.standing()
    ]
    item.verified_kgs, item.verification_note = None, ""
    item.verified_at, item.verified_by = None, None
    item._change_reason = reason.strip()[:100]
    _save(item, by)
    keep_totals(plan.pk, booked=taken)
    return item


def version_of(item):
    """Grows with every change: who saves says on which version."""
    return item.history.count()


def shared_evidence(plan):
    """Documents of OTHER plans that prove something there, while the same file proves something here."""
    here = proofs().filter(plan=plan).values("sha256")
    others = proofs().filter(sha256__in=here).exclude(plan=plan)
    return others.select_related("plan").order_by("sha256", "plan__reference")


@written_once
def proven_elsewhere(plans):
    """(content, reference of another plan) of shared_evidence()"""
    here = proofs().filter(plan__in=plans).values("sha256")
    others = proofs().filter(sha256__in=here).exclude(plan__in=plans)
    return others.order_by("sha256", "plan__reference").values_list("sha256", "plan__reference")


# --- Writing --------------------------------------------------------------------------------------


def _write(plan, item, typed, evidence, by):
    _possible(plan, typed)
    for name, value in typed.items():
        setattr(item, name, value)
    item.is_sample = False
    item.claimed_kgs = _value(typed["quantity"], typed["unit_value_kgs"])
    if evidence:
        item.evidence = documents.find_or_add(
            plan=plan, file=evidence, kind=Attachment.Kind.ACT, by=by
        )
    item.full_clean(exclude=["claimed_by", "verified_by", "evidence", "contribution"])
    _save(item, by)
    keep_totals(plan.pk)
    return item


def _book(plan, item, by):
    now = timezone.now()
    row = Payment(
        contribution=item.contribution,
        kind=PaymentKind.RECEIVED,
        paid_on=item.given_on,
        amount=item.verified_kgs,
        in_kind=item,
        evidence=item.evidence,
        is_sample=item.is_sample,
        entered_at=now,
        entered_by=by,
        booked_at=now,
        booked_by=by,
    )
    fx.freeze(
        phase=plan.phase,
        source=item.contribution.source,
        currency=row.currency,
        amount=row.amount,
        on=row.paid_on,
    ).put_into(row)
    periods.place(row, periods=periods.held_for(plan))
    row.save()
    return row


def _save(item, by):
    item._history_user = by
    item.save()


# --- Checking ---------------------------------------------------------------------------------------


def _lock(plan_id, open_to, by):
    plans = ActionPlan.objects.select_for_update(of=("self",)).select_related("phase")
    plan = plans.get(pk=plan_id)
    if not getattr(ActionPlan.objects, open_to)(by).filter(pk=plan.pk).exists():
        raise ValidationError(
            _("Contributions in kind are recorded from approval on. This plan is: %(status)s."),
            code="state",
            params={"status": plan.get_status_display()},
        )
    return plan


def _locked(item, open_to, by):
    """The plan and the item as they are now; the plan is always locked first."""
    plan = _lock(item.contribution.plan_id, open_to, by)
    items = InKindItem.objects.select_related("contribution", "evidence", "verified_by")
    if found := items.filter(pk=item.pk).first():
        return plan, found
    raise ValidationError(
        _("Meanwhile somebody removed this contribution in kind."), code="removed"
    )


def _typed(*, contribution, given_on, what, quantity, unit, unit_value, valuation, valuation_note):
    values = [contribution, given_on, what.strip(), quantity, unit.strip()]
    values += [unit_value, valuation, valuation_note.strip()]
    return dict(zip(TYPED, values, strict=True))


def _says(item):
    return {name: getattr(item, name) for name in TYPED}


def _same(known, typed, file):
    """Back, something else typed or another file, and sent again: that is another contribution."""
    proof = known.evidence
    same_file = not file or (proof and proof.sha256 == sha256_of(file))
    if _says(known) == typed and same_file:
        return known
    raise ValidationError(
        _(
            "“%(what)s” was entered from this form already. If this is another contribution, "
            "press the button once more."
        ),
        code="entered",
        params={"what": known.what},
    )


def _not_verified(item):
    if item.is_verified:
        raise ValidationError(
            _("%(who)s verified this on %(when)s: %(amount)s was accepted."),
            code="verified",
            params={
                "who": item.verified_by or "—",
                "when": format_moment(item.verified_at),
                "amount": format_kgs(item.verified_kgs),
            },
        )


def _unchanged(item, version):
    if version is None or version == version_of(item):
        return
    last = item.history.select_related("history_user").first()
    raise ValidationError(
        _(
            "Meanwhile %(who)s changed this: %(what)s, %(amount)s. Nothing was saved yet; "
            "press the button once more if you agree."
        ),
        code="changed",
        params={
            "who": last.history_user or "—",
            "what": item,
            "amount": format_kgs(item.claimed_kgs),
        },
    )


def _possible(plan, typed):
    contribution = typed["contribution"]
    if contribution.plan_id != plan.pk or contribution.form != Form.IN_KIND:
        raise ValidationError({"contribution": _("Choose a contribution in kind of this plan.")})
    if typed["given_on"] > timezone.localdate():
        raise ValidationError(
            {"given_on": _("The date is in the future. Enter it when it has been given.")}
        )
    if typed["given_on"] < plan.phase.starts_on:
        raise ValidationError(
            {
                "given_on": ValidationError(
                    _("The date is before the phase, which starts on %(day)s."),
                    params={"day": format_partial(plan.phase.starts_on, "day")},
                )
            }
        )


def _value(quantity, unit_value):
    """Rounded once, half-up."""
    value = round_kgs(quantity * unit_value)
    if value > MAX_KGS:
        raise ValidationError(
            _("The value is over %(limit)s. Check the number of zeros."),
            params={"limit": format_kgs(MAX_KGS)},
        )
    return value


def _acceptable(item, accepted, note):
    if not 0 <= accepted <= item.claimed_kgs:
        raise ValidationError(
            {
                "accepted": ValidationError(
                    _("Between nothing and the claim, %(claimed)s, can be accepted."),
                    params={"claimed": format_kgs(item.claimed_kgs)},
                )
            }
        )
    if accepted and not item.evidence:
        raise ValidationError(
            _("Without evidence nothing can be accepted. Add the act to the claim first."),
            code="evidence",
        )
    if accepted < item.claimed_kgs and not note:
        raise ValidationError({"note": _("Say why less is accepted than was claimed.")})

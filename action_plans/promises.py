"""Promises after approval: revised by a decision, or new ones; and what was promised on any day."""

from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.dates import format_partial
from lib.money import format_kgs
from lib.uploads import sha256_of

from . import documents
from .models import ActionPlan, Attachment, Contribution, PromiseRevision
from .totals import ZERO, keep_totals

NOT_APPROVED = _("The plan was approved later.")
NOT_PROMISED = _("This was promised later.")


class Promised(NamedTuple):
    amount: Decimal
    reason: str = ""  # why it is nothing


@transaction.atomic
def revise(*, contribution, amount, effective_on, reason, decision, by, document=None, number=None):
    """A promise changes from a day on. document: an uploaded file, kept among those of the plan.

    number: that of the revision the form was opened for; the same form sent twice is one revision,
    and who comes second is told what the first one did.
    """
    plan = _lock(contribution.plan_id, by)
    promise = Contribution.objects.get(pk=contribution.pk)
    before = promise.revisions.select_related("revised_by", "document").last()
    typed = (amount, effective_on, reason.strip(), decision.strip())
    if number and before and before.number >= number:
        return _same(before, number, typed, document, by)
    _revisable(plan, promise, before, amount, effective_on)
    revision = PromiseRevision(
        contribution=promise,
        number=before.number + 1 if before else 1,
        effective_on=effective_on,
        before_kgs=promise.amount_kgs,
        amount_kgs=amount,
        reason=reason.strip(),
        decision=decision.strip(),
        revised_at=timezone.now(),
        revised_by=by,
    )
    revision.full_clean(exclude=["contribution", "document", "revised_by"])
    if document:
        revision.document = documents.find_or_add(
            plan=plan, file=document, kind=Attachment.Kind.DECISION, by=by
        )
    revision.save()
    promise.amount_kgs, promise.is_sample = amount, False
    _save(promise, by, at=revision.revised_at, reason=revision.reason)
    keep_totals(plan.pk)
    return revision


@transaction.atomic
def add(*, plan, source, form, amount, promised_on, decision, by, reason="", after=None):
    """A promise that came after the approval.

    after: the newest contribution the form knew; the same form sent twice adds one.
    """
    plan = _lock(plan.pk, by)
    promise = Contribution(
        plan=plan,
        source=source,
        form=form,
        amount_kgs=amount,
        promised_on=promised_on,
        decision=decision.strip(),
        recorded_at=timezone.now(),
    )
    if after is not None and (twin := _added_since(promise, after)):
        return twin
    if amount <= 0:
        raise ValidationError({"amount": _("A new promise is more than 0.")})
    _on_a_possible_day("promised_on", promised_on, _approved_on(plan))
    promise.full_clean(exclude=["plan"])
    _save(promise, by, at=promise.recorded_at, reason=reason.strip())
    keep_totals(plan.pk)
    return promise


def newest_contribution(plan):
    """For the form of a new promise: 0 when there is none yet."""
    return plan.contributions.order_by("pk").values_list("pk", flat=True).last() or 0


# --- Reading ----------------------------------------------------------------------------------------


def promised_on(contribution, day):
    """What was promised on that day."""
    return promised_in(contribution.plan, contribution, contribution.revisions.all(), day)


def promised_by_contribution(plan, day):
    """{contribution id: Promised}, in two queries for any number of them; what was read is not read again."""
    promises = list(plan.contributions.all())
    prefetch_related_objects(promises, "revisions")
    return {p.pk: promised_in(plan, p, p.revisions.all(), day) for p in promises}


def promised_in(plan, promise, revisions, day):
    approved_on = _approved_on(plan)
    if approved_on and day < approved_on:
        return Promised(ZERO, NOT_APPROVED)
    if promise.promised_on and day < promise.promised_on:
        return Promised(ZERO, NOT_PROMISED)
    revisions = sorted(revisions, key=lambda revision: revision.number)
    if in_force := [revision for revision in revisions if revision.effective_on <= day]:
        return Promised(in_force[-1].amount_kgs)
    return Promised(revisions[0].before_kgs if revisions else promise.amount_kgs)


def _approved_on(plan):
    return timezone.localdate(plan.approved_at) if plan.approved_at else None


# --- Checking ---------------------------------------------------------------------------------------


def _lock(plan_id, by):
    plans = ActionPlan.objects.select_for_update(of=("self",)).select_related("phase")
    plan = plans.get(pk=plan_id)
    if not ActionPlan.objects.money_kept_by(by).filter(pk=plan.pk).exists():
        raise ValidationError(
            _("Promises are revised from approval on. This plan is: %(status)s."),
            code="state",
            params={"status": plan.get_status_display()},
        )
    return plan


def _same(last, number, typed, file, by):
    """A double click answers with what it made; somebody else's revision is named."""
    made = (last.amount_kgs, last.effective_on, last.reason, last.decision)
    if last.number == number and last.revised_by == by and made == typed:
        _same_document(last, file)
        return last
    raise ValidationError(
        _(
            "Meanwhile %(who)s revised this promise to %(amount)s from %(day)s on. "
            "Nothing was saved yet; press the button once more if you want to revise that."
        ),
        code="revised",
        params={
            "who": last.revised_by or "—",
            "amount": format_kgs(last.amount_kgs),
            "day": format_partial(last.effective_on),
        },
    )


def _same_document(last, file):
    proof = last.document
    if not file or (proof and proof.sha256 == sha256_of(file)):
        return
    raise ValidationError(
        _(
            "This revision was saved already, with %(document)s. The other file was not kept; "
            "add it to the documents of the plan."
        ),
        code="document",
        params={"document": f"“{proof}”" if proof else _("no document")},
    )


def _revisable(plan, promise, before, amount, effective_on):
    if amount == promise.amount_kgs:
        raise ValidationError(
            {
                "amount": ValidationError(
                    _("%(amount)s is promised already. Write what is promised now."),
                    params={"amount": format_kgs(amount)},
                )
            }
        )
    since = before.effective_on if before else promise.promised_on or _approved_on(plan)
    _on_a_possible_day("effective_on", effective_on, since)


def _on_a_possible_day(field, day, since):
    if day > timezone.localdate():
        raise ValidationError(
            {field: _("The date is in the future. Enter it when it has come into force.")}
        )
    if since and day < since:
        message = _("The date is before the approval or the last change of the promise, %(day)s.")
        params = {"day": format_partial(since)}
        raise ValidationError({field: ValidationError(message, params=params)})


def _added_since(promise, after):
    return Contribution.objects.filter(
        plan=promise.plan,
        source=promise.source,
        form=promise.form,
        amount_kgs=promise.amount_kgs,
        promised_on=promise.promised_on,
        decision=promise.decision,
        pk__gt=after,
    ).first()


def _save(promise, by, *, at, reason):
    # The history of the plan shows the revision in place of this record: both have the same time.
    promise._history_user, promise._history_date = by, at
    promise._change_reason = reason[:100] or None
    promise.save()

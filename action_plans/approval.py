"""The steps of a plan: each locks it, checks state, person and content, and writes who did what and why."""

from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.money import format_share

from .models import ActionPlan, PlanStatus, StatusChange
from .totals import keep_totals

TOO_LITTLE = _(
    "Own contribution is %(share)s; at least %(minimum)s is needed. "
    "Raise it, or ask the project staff to confirm the lower share with a reason."
)
TOO_LITTLE_CASH = _(
    "Own contribution in cash is %(share)s; at least %(minimum)s is needed, and in this phase "
    "contributions in kind do not count. "
    "Raise it, or ask the project staff to confirm the lower share with a reason."
)


class Step(NamedTuple):
    name: str
    after: str
    open_to: str  # method of the queryset: plans on which this person can take the step now
    refusal: str  # when the plan is in another state


STEPS = {
    step.name: step
    for step in [
        Step(
            "submit",
            PlanStatus.SUBMITTED,
            "submittable_by",
            _("Only a draft or a returned plan can be submitted. This plan is: %(status)s."),
        ),
        Step(
            "return",
            PlanStatus.RETURNED,
            "reviewable_by",
            _("Only a submitted plan can be returned to its author. This plan is: %(status)s."),
        ),
        Step(
            "approve",
            PlanStatus.APPROVED,
            "reviewable_by",
            _("Only a submitted plan can be approved. This plan is: %(status)s."),
        ),
        Step(
            "start",
            PlanStatus.IMPLEMENTATION,
            "startable_by",
            _("Only an approved plan can be started. This plan is: %(status)s."),
        ),
        Step(
            "complete",
            PlanStatus.COMPLETED,
            "completable_by",
            _("Only a plan in implementation can be completed. This plan is: %(status)s."),
        ),
        Step(
            "cancel",
            PlanStatus.CANCELLED,
            "cancellable_by",
            _(
                "A plan can be cancelled after submission, until it is completed. This plan is: %(status)s."
            ),
        ),
    ]
}
RIGHTS = {step.name: step.open_to for step in STEPS.values()} | {
    "edit": "editable_by",
    "pay": "payable_by",
    "keep": "money_kept_by",
    "work": "workable_by",
}


def rights_on(plan, user, names=tuple(RIGHTS)):
    """{step, "edit", "pay", "keep" or "work": whether this person can do it now}, asked in one query."""
    here = ActionPlan.objects.filter(pk=plan.pk).order_by()
    # A union of names is planned in a third of the time that a subquery for each would need.
    asked = [getattr(here, RIGHTS[name])(user).values_list(Value(name)) for name in names]
    given = {name for (name,) in asked[0].union(*asked[1:], all=True)}
    return {f"may_{name}": name in given for name in names}


def may_ever(step, user):
    """The plans on which this person can take the step in some state; other plans are a 404."""
    if step == "submit" and user.submits_plans:
        return ActionPlan.objects.workable_by(user)
    return ActionPlan.objects.all() if user.works_for_programme else ActionPlan.objects.none()


@transaction.atomic
def submit(*, plan_id, by):
    plan = _lock(plan_id, STEPS["submit"], by)
    _complete_enough(plan)
    return _go(plan, STEPS["submit"], by)


@transaction.atomic
def return_to_author(*, plan_id, reason, by):
    plan = _lock(plan_id, STEPS["return"], by)
    return _go(plan, STEPS["return"], by, reason=_needed(reason))


@transaction.atomic
def approve(*, plan_id, by):
    plan = _lock(plan_id, STEPS["approve"], by)
    _complete_enough(plan)  # the minimum of the phase may have been raised meanwhile
    plan.approved_by, plan.approved_at = by, timezone.now()
    return _go(plan, STEPS["approve"], by, changed=["approved_by", "approved_at"])


@transaction.atomic
def start(*, plan_id, on, by):
    plan = _lock(plan_id, STEPS["start"], by)
    _not_in_the_future(on)
    plan.started_on = on
    return _go(plan, STEPS["start"], by, changed=["started_on"])


@transaction.atomic
def complete(*, plan_id, on, by):
    plan = _lock(plan_id, STEPS["complete"], by)
    _not_in_the_future(on)
    if plan.started_on and on < plan.started_on:
        raise ValidationError(_("The plan cannot be completed before it was started."))
    plan.completed_on = on
    return _go(plan, STEPS["complete"], by, changed=["completed_on"])


@transaction.atomic
def cancel(*, plan_id, reason, by):
    plan = _lock(plan_id, STEPS["cancel"], by)
    return _go(plan, STEPS["cancel"], by, reason=_needed(reason))


def what_is_missing(plan):
    """What keeps a plan from being submitted and approved, as whole sentences."""
    if not any(text.title for text in plan.texts.all()):
        yield _("The plan has no title. Write it in at least one language.")
    if not plan.contributions.exists():
        yield _("The plan has no contribution. Say who gives how much.")
    if plan.starts_on and plan.ends_on and plan.ends_on < plan.starts_on:
        yield _("The end is before the start. Check the year.")
    if plan.is_under_minimum and not plan.under_minimum_at:
        limit = plan.phase.minimum_own_share
        yield ValidationError(
            TOO_LITTLE if plan.phase.in_kind_counts else TOO_LITTLE_CASH,
            params={
                "share": format_share(plan.tested_share, below=limit),
                "minimum": format_share(limit),
            },
        )


def _complete_enough(plan):
    if problems := list(what_is_missing(plan)):
        raise ValidationError(problems)


def _lock(plan_id, step, by):
    """The plan, locked; a person who acts a moment later is told what happened meanwhile."""
    plan = ActionPlan.objects.select_for_update(of=("self",)).get(pk=plan_id)
    if not getattr(ActionPlan.objects, step.open_to)(by).filter(pk=plan_id).exists():
        status = plan.get_status_display()
        raise ValidationError(step.refusal, code="state", params={"status": status})
    return plan


def _go(plan, step, by, *, reason="", changed=()):
    before, plan.status = plan.status, step.after
    plan.version += 1
    # First: after a closing the database lets the status change only with its step.
    StatusChange.objects.create(
        plan=plan,
        before=before,
        after=plan.status,
        reason=reason,
        changed_at=timezone.now(),
        changed_by=by,
    )
    plan._change_reason, plan._history_user = reason[:100] or None, by
    plan.save(update_fields=["status", "version", *changed])
    return keep_totals(plan.pk)


def _needed(reason):
    if not reason.strip():
        raise ValidationError(_("Give a reason. It is kept with the plan."), code="required")
    return reason.strip()


def _not_in_the_future(day):
    if day > timezone.localdate():
        raise ValidationError(_("The date is in the future. Give the day on which it happened."))

"""One page to create and to edit a plan with its contributions."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from action_plans import approval
from action_plans.conflict import compare
from action_plans.editing import Conflict, Locked, create_plan, save_plan
from action_plans.entry import PlanEntry, rearranged
from action_plans.models import ActionPlan, PlanStatus
from lib.money import MESSAGES, STYLES


def plan_create(request):
    if not (request.user.works_for_programme or request.user.is_municipal):
        raise Http404
    return _page(request, plan=None)


def plan_edit(request, reference):
    plans = ActionPlan.objects.editable_by(request.user)
    if request.POST.get("version"):  # somebody may have submitted it while this person typed
        plans = ActionPlan.objects.workable_by(request.user)
    plan = get_object_or_404(
        plans.select_related("lead", "phase").prefetch_related("texts"), reference=reference
    )
    return _page(request, plan=plan)


def _page(request, *, plan):
    today = timezone.localdate()
    if request.method != "POST":
        return _show(request, PlanEntry(user=request.user, plan=plan, today=today))
    data = rearranged(request.POST)
    entry = PlanEntry(
        user=request.user, plan=plan, today=today, data=request.POST if data is None else data
    )
    if data is not None:
        entry.keep_quiet()
        return _show(request, entry)
    if not entry.is_valid():
        return _show(request, entry)
    return _save(request, entry)


def _save(request, entry):
    try:
        plan = _write(entry, by=request.user)
    except Conflict as conflict:
        return _ask(request, conflict.plan, entry)
    except Locked as locked:
        return _show(request, entry, locked=locked.plan)
    except ValidationError as refusal:
        entry.money.non_form_errors().extend(refusal.messages)
        return _show(request, entry)
    return _saved(request, plan, kept_as=_kept_as(entry.plan))


def _write(entry, *, by):
    now = timezone.now()
    if entry.plan:
        return save_plan(plan_id=entry.plan.pk, facts=entry.typed(), base=entry.base, by=by, at=now)
    return create_plan(
        facts=entry.typed(), by=by, key=entry.key, on=timezone.localdate(now), at=now
    )


def _ask(request, plan, entry):
    """Somebody else saved meanwhile: both people's changes in one form, and what the other changed."""
    comparison = compare(plan, base=entry.base or 1, mine=entry.typed())
    merged = PlanEntry(user=request.user, plan=plan, facts=comparison.merged)
    return _show(request, merged, comparison=comparison)


def _saved(request, plan, *, kept_as):
    if "submit" in request.POST and request.user.submits_plans:
        try:
            approval.submit(plan_id=plan.pk, by=request.user)
        except ValidationError as refusal:
            _say_saved(request, kept_as)
            for message in refusal.messages:
                messages.error(request, message)
            return _go_on(plan, request.user)
        messages.success(request, _("The plan was submitted."), extra_tags=kept_as)
        return redirect(plan)
    _say_saved(request, kept_as)
    return _go_on(plan, request.user)


def _go_on(plan, user):
    if ActionPlan.objects.editable_by(user).filter(pk=plan.pk).exists():
        return redirect("action_plans:edit", plan.reference)
    if ActionPlan.objects.visible_to(user).filter(pk=plan.pk).exists():
        return redirect(plan)
    return redirect("action_plans:list")  # took the own municipality out of a joint plan


def _say_saved(request, kept_as):
    time = timezone.localtime().strftime("%H:%M")
    messages.success(
        request,
        _("Draft saved at %(time)s. It has not been submitted.") % {"time": time},
        extra_tags=kept_as,
    )


def _show(request, entry, **context):
    plan = entry.plan
    back = plan.get_absolute_url() if plan else reverse("action_plans:list")
    action = reverse("action_plans:edit", args=[plan.reference]) if plan else request.path
    context |= {"entry": entry, "plan": plan, "back": back, "action": action}
    context["keep"] = _kept_as(plan)
    if plan and plan.status == PlanStatus.RETURNED:
        context["returned"] = plan.steps.filter(after=PlanStatus.RETURNED).first()
    context["script"] = _for_script(request, entry)
    return render(request, "action_plans/plan_form.html", context)


def _kept_as(plan):
    """Under this name the browser keeps what is typed until it is saved."""
    return f"plan-{plan.reference}" if plan else "plan-new"


def _for_script(request, entry):
    """What plan-form.js needs to write figures and questions as the server does."""
    style = STYLES.get(request.LANGUAGE_CODE, STYLES["en"])
    return {
        "style": style._asdict(),
        "amounts": {code: str(message) for code, message in MESSAGES.items()},
        "words": {
            "unknown": _("not known yet"),
            "find": _("Find in the list"),
            "found": _("Found: %(number)s"),
        },
        "minimums": {
            pk: {"share": str(phase.minimum_own_share), "in_kind": phase.in_kind_counts}
            for pk, phase in entry.form.phases.items()
        },
    }

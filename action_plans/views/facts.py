"""Single facts of an approved plan, corrected by the office."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from action_plans import facts_correction
from action_plans.conflict import compare
from action_plans.editing import Conflict
from action_plans.entry import rearranged
from action_plans.facts import facts_of
from action_plans.forms_facts import FactsEntry
from action_plans.models import ActionPlan

from .doors import office_only, say_closed


@office_only
def plan_facts(request, reference):
    plans = ActionPlan.objects.select_related("phase", "lead").prefetch_related("texts")
    plan = get_object_or_404(plans, reference=reference)
    if not plan.was_approved:
        text = _("Facts are corrected here from approval on. This plan is: %(status)s.")
        messages.error(request, text % {"status": plan.get_status_display()})
        return redirect(plan)
    if request.method != "POST":
        return _show(request, plan, FactsEntry(plan=plan))
    data = rearranged(request.POST)
    entry = FactsEntry(plan=plan, data=request.POST if data is None else data)
    if data is not None:
        entry.keep_quiet()
    elif entry.is_valid():
        return _save(request, plan, entry)
    return _show(request, plan, entry)


def _save(request, plan, entry):
    try:
        saved = facts_correction.correct(
            plan_id=plan.pk,
            facts=entry.typed(),
            base=entry.base,
            **entry.given,
            by=request.user,
            at=timezone.now(),
        )
    except Conflict as conflict:
        return _ask(request, conflict.plan, entry)
    except ValidationError as refusal:
        entry.form.add_error(None, refusal)
        return _show(request, plan, entry)
    if saved.version == entry.base:
        messages.info(request, _("Nothing was changed: the plan has these facts already."))
    else:
        text = _("The facts were corrected. The reason stands in the history.")
        messages.success(request, text, extra_tags=_kept_as(plan))
        say_closed(request, plan, entry.given["effective_on"], entry.given["areas_on"])
    return redirect(saved)


def _ask(request, plan, entry):
    """Somebody else corrected meanwhile: both people's changes in one form."""
    mine = facts_correction.with_corrected(facts_of(plan), entry.typed())
    comparison = compare(plan, base=entry.base or 1, mine=mine)
    merged = FactsEntry(plan=plan, facts=comparison.merged, kept=entry.given)
    return _show(request, plan, merged, comparison=comparison)


def _show(request, plan, entry, **context):
    context |= {"plan": plan, "entry": entry, "keep": _kept_as(plan), "action": request.path}
    return render(request, "action_plans/facts_form.html", context)


def _kept_as(plan):
    return f"facts-{plan.reference}"

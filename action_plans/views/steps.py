"""The steps of a plan, each a POST from the plan page."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from action_plans import approval
from action_plans.forms_money import DayForm, ReasonForm

from .pages import show_plan

DONE = {
    "submit": _("The plan was submitted. The project staff will approve or return it."),
    "return": _("The plan was returned to its author, with the reason."),
    "approve": _("The plan was approved. It counts in the totals of the programme from now on."),
    "start": _("The plan is in implementation."),
    "complete": _("The plan is completed."),
    "cancel": _("The plan was cancelled. Money that was paid stays in its history."),
}


@require_POST
def plan_submit(request, reference):
    return take(request, reference, "submit", approval.submit)


@require_POST
def plan_return(request, reference):
    return take(
        request,
        reference,
        "return",
        approval.return_to_author,
        ReasonForm(request.POST, auto_id="return_%s"),
    )


@require_POST
def plan_approve(request, reference):
    return take(request, reference, "approve", approval.approve)


@require_POST
def plan_start(request, reference):
    return take(
        request, reference, "start", approval.start, DayForm(request.POST, auto_id="start_%s")
    )


@require_POST
def plan_complete(request, reference):
    return take(
        request,
        reference,
        "complete",
        approval.complete,
        DayForm(request.POST, auto_id="complete_%s"),
    )


@require_POST
def plan_cancel(request, reference):
    return take(
        request, reference, "cancel", approval.cancel, ReasonForm(request.POST, auto_id="cancel_%s")
    )


def take(request, reference, name, verb, form=None):
    plan = get_object_or_404(approval.may_ever(name, request.user), reference=reference)
    if form and not form.is_valid():
        return show_plan(request, reference, **{name: form})
    try:
        verb(plan_id=plan.pk, by=request.user, **(form.cleaned_data if form else {}))
    except ValidationError as error:
        if form and getattr(error, "code", "") != "state":
            form.add_error(None, error)
            return show_plan(request, reference, **{name: form})
        for message in error.messages:
            messages.error(request, message)
    else:
        messages.success(request, DONE[name], extra_tags=f"{name}-{reference}")
    return redirect(plan)

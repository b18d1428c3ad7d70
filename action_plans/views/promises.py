"""Promises after approval: a new one, or a revision of one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from action_plans import promises
from action_plans.forms_in_kind import AddPromiseForm, ReviseForm
from action_plans.models import ActionPlan, Contribution
from lib.money import format_kgs

from .doors import say_closed


def promise_add(request, reference):
    plan = _plan(request, reference)
    if refusal := _not_approved(request, plan):
        return refusal
    after = promises.newest_contribution(plan)
    form = AddPromiseForm(request.POST or None, after=after)
    keep = f"promise-{plan.reference}-new"
    if form.is_valid() and (promise := _add(form, plan, request.user)):
        say_closed(request, plan, promise.promised_on)
        return _done(request, plan, _("The promise was added."), kept_as=keep)
    context = {"plan": plan, "form": form, "keep": keep}
    return render(request, "action_plans/promise_form.html", context)


def promise_revise(request, reference, pk):
    plan = _plan(request, reference)
    promise = get_object_or_404(Contribution, pk=pk, plan=plan)
    if refusal := _not_approved(request, plan):
        return refusal
    form = ReviseForm(
        request.POST or None, request.FILES or None, number=promise.revisions.count() + 1
    )
    keep = f"promise-{plan.reference}-{promise.pk}"
    if form.is_valid() and (revision := _revise(form, promise, request.user)):
        text = _("The promise was revised from %(before)s to %(after)s.") % {
            "before": format_kgs(revision.before_kgs),
            "after": format_kgs(revision.amount_kgs),
        }
        say_closed(request, plan, revision.effective_on)
        return _done(request, plan, text, kept_as=keep)
    promise.refresh_from_db()
    context = {"plan": plan, "form": form, "promise": promise, "keep": keep}
    return render(request, "action_plans/promise_form.html", context)


def _plan(request, reference):
    if not request.user.works_for_programme:
        raise Http404
    plans = ActionPlan.objects.select_related("phase", "lead").prefetch_related("texts")
    return get_object_or_404(plans, reference=reference)


def _not_approved(request, plan):
    if plan.was_approved:
        return None
    text = _("Promises are revised from approval on. This plan is: %(status)s.")
    messages.error(request, text % {"status": plan.get_status_display()})
    return redirect(plan)


def _add(form, plan, user):
    try:
        return promises.add(plan=plan, by=user, **form.cleaned_data)
    except ValidationError as error:
        form.refuse(error)
        return None


def _revise(form, promise, user):
    try:
        return promises.revise(contribution=promise, by=user, **form.cleaned_data)
    except ValidationError as error:
        form.refuse(error)
        if getattr(error, "code", "") == "revised":
            form.go_on_with(number=promise.revisions.count() + 1)
        return None


def _done(request, plan, text, *, kept_as):
    messages.success(request, text, extra_tags=kept_as)
    return redirect(reverse("action_plans:money", args=[plan.reference]) + "#promises")

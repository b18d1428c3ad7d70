"""The budget of a plan: entering, revising and commenting on its lines."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from action_plans import budget, variance
from action_plans.forms_budget import LineForm, RevisionForm, VarianceForm
from action_plans.models import OPEN_TO_EDIT, ActionPlan, BudgetLine
from lib.money import format_kgs

from .doors import say_closed


def budget_add(request, reference):
    plan = _plan(request, reference)
    is_draft = plan.status in OPEN_TO_EDIT
    may_revise = plan.was_approved and request.user.works_for_programme
    if not (is_draft or may_revise):
        return _refuse(request, plan, budget.OPEN)
    like = plan.budget_lines.filter(pk=_number(request.GET.get("like"))).first()
    form = LineForm(request.POST or None, plan=plan, like=like, is_draft=is_draft)
    if form.is_valid() and (line := _added(form, plan, request.user)):
        return _saved(request, plan, line, _kept_as(plan))
    context = {"plan": plan, "form": form, "keep": _kept_as(plan), "is_draft": is_draft}
    return render(request, "action_plans/budget_form.html", context | _sum(plan))


def budget_edit(request, reference, pk):
    plan = _plan(request, reference)
    line = _line(plan, pk)
    if plan.status not in OPEN_TO_EDIT:
        return _refuse(request, plan, budget.OPEN)
    form = LineForm(request.POST or None, plan=plan, line=line)
    if form.is_valid() and _changed(form, line, request.user):
        return _saved(request, plan, line, _kept_as(plan, line))
    context = {"plan": plan, "line": line, "form": form, "keep": _kept_as(plan, line)}
    return render(request, "action_plans/budget_form.html", context | _sum(plan))


def budget_remove(request, reference, pk):
    plan = _plan(request, reference)
    if request.method == "POST" and budget.was_removed(plan, pk):
        return redirect(_budget(plan))  # a second click
    line = _line(plan, pk)
    if plan.status not in OPEN_TO_EDIT:
        return _refuse(request, plan, budget.OPEN)
    if request.method == "POST":
        try:
            budget.remove_line(line=line, by=request.user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect(_budget(plan))
        text = _("“%(line)s” was taken out of the budget.") % {"line": line.title}
        return _done(request, plan, text, _kept_as(plan, line))
    context = {"plan": plan, "line": line, "original": line.revisions.first()}
    return render(request, "action_plans/budget_remove.html", context)


def budget_revise(request, reference, pk):
    if not request.user.works_for_programme:
        raise Http404
    plan = _plan(request, reference)
    line = _line(plan, pk)
    if not plan.was_approved:
        return _refuse(request, plan, budget.REVISED)
    last = line.revisions.last()
    form = RevisionForm(request.POST or None, line=line, last=last)
    if form.is_valid() and (revision := _revised(form, line, request.user)):
        text = _("“%(line)s” is revised: %(product)s.")
        product = {"line": line.title, "product": _product(revision)}
        say_closed(request, plan, revision.effective_on)
        return _done(request, plan, text % product, _kept_as(plan, line))
    context = {"plan": plan, "line": line, "last": last, "form": form}
    context["keep"] = _kept_as(plan, line)
    return render(request, "action_plans/budget_revise.html", context)


def budget_comment(request, reference, pk):
    plan = _plan(request, reference)
    line = _line(plan, pk)
    if not plan.was_approved:
        return _refuse(request, plan, budget.COMMENTED)
    form = VarianceForm(request.POST or None, line=line)
    if form.is_valid() and _commented(form, line, request.user):
        text = _("The comment on “%(line)s” was saved.") % {"line": line.title}
        return _done(request, plan, text, _kept_as(plan, line))
    rows = variance.comparison(plan, on=timezone.localdate()).rows
    context = {
        "plan": plan,
        "line": line,
        "row": next((row for row in rows if row.line == line), None),
        "form": form,
        "keep": _kept_as(plan, line),
    }
    return render(request, "action_plans/budget_comment.html", context)


# --- Who and which --------------------------------------------------------------------------------


def _plan(request, reference):
    plans = ActionPlan.objects.workable_by(request.user)
    plans = plans.select_related("phase", "lead").prefetch_related("texts")
    return get_object_or_404(plans, reference=reference)


def _line(plan, pk):
    return get_object_or_404(BudgetLine, pk=pk, plan=plan)


def _number(text):
    return int(text) if (text or "").isdecimal() and len(text) < 10 else None


def _kept_as(plan, line=None):
    return f"budget-{plan.reference}-{line.pk if line else 'new'}"


# --- What the verbs answer --------------------------------------------------------------------------


def _added(form, plan, by):
    position = form.cleaned_data["position"]
    try:
        return budget.add_line(plan=plan, position=position, by=by, **form.typed())
    except ValidationError as refusal:
        return form.refuse(refusal)


def _changed(form, line, by):
    try:
        return budget.change_line(line=line, by=by, **form.typed())
    except ValidationError as refusal:
        if getattr(refusal, "code", "") == "conflict":
            form.go_on_with(seen=budget.seen_of(line.revisions.first()))
        return form.refuse(refusal)


def _revised(form, line, by):
    try:
        return budget.revise(line=line, by=by, **form.cleaned_data)
    except ValidationError as refusal:
        if getattr(refusal, "code", "") == "conflict":
            form.go_on_with(number=line.revisions.last().number + 1)
        return form.refuse(refusal)


def _commented(form, line, by):
    try:
        return budget.comment(line=line, by=by, **form.cleaned_data)
    except ValidationError as refusal:
        if getattr(refusal, "code", "") == "conflict":
            line.refresh_from_db()
            form.go_on_with(seen=budget.seen_comment(line))
        return form.refuse(refusal)


# --- What the person reads --------------------------------------------------------------------------


def _refuse(request, plan, refusal):
    messages.error(request, refusal % {"status": plan.get_status_display()})
    return redirect(_budget(plan))


def _saved(request, plan, line, kept_as):
    text = _("“%(line)s” was saved: %(product)s.")
    product = {"line": line.title, "product": _product(line.revisions.last())}
    if "another" not in request.POST:
        return _done(request, plan, text % product, kept_as)
    messages.success(request, text % product, extra_tags=kept_as)
    return redirect(f"{reverse('action_plans:budget_add', args=[plan.reference])}?like={line.pk}")


def _done(request, plan, text, kept_as):
    messages.success(request, text, extra_tags=kept_as)
    return redirect(_budget(plan))


def _product(revision):
    return f"{revision.product} = {format_kgs(revision.amount_kgs)}"


def _budget(plan):
    return reverse("action_plans:money", args=[plan.reference]) + "#budget"


def _sum(plan):
    table = variance.comparison(plan, on=timezone.localdate())
    return {"lines": len(table.rows), "planned": table.total.now}

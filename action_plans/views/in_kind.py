"""The register of contributions in kind: claiming, verifying, withdrawing."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from action_plans import in_kind
from action_plans.forms_in_kind import ClaimForm, VerifyForm
from action_plans.forms_money import ReasonForm
from action_plans.models import ActionPlan, Form, InKindItem
from lib.money import format_kgs


def in_kind_add(request, reference):
    plan = _plan(request, reference)
    if refusal := _not_payable(request, plan) or _nothing_promised(request, plan):
        return refusal
    form = ClaimForm(request.POST or None, request.FILES or None, plan=plan)
    if form.is_valid() and (item := _claim(form, plan, request.user)):
        text = _("“%(what)s” was entered. It counts once the project staff have verified it.")
        return _done(request, plan, text % {"what": item.what}, kept_as=_kept_as(plan))
    context = {"plan": plan, "form": form, "keep": _kept_as(plan)}
    return render(request, "action_plans/in_kind_form.html", context)


def in_kind_edit(request, reference, pk):
    plan = _plan(request, reference)
    item = _item(plan, pk)
    if refusal := _not_payable(request, plan) or _verified(request, plan, item):
        return refusal
    version = in_kind.version_of(item)
    form = ClaimForm(
        request.POST or None, request.FILES or None, plan=plan, item=item, version=version
    )
    if form.is_valid() and _change(form, item, request.user):
        text = _("“%(what)s” was changed.") % {"what": form.cleaned_data["what"]}
        return _done(request, plan, text, kept_as=_kept_as(plan, item))
    context = {"plan": plan, "form": form, "item": item, "keep": _kept_as(plan, item)}
    return render(request, "action_plans/in_kind_form.html", context)


def in_kind_remove(request, reference, pk):
    plan = _plan(request, reference)
    item = _item(plan, pk)
    if refusal := _not_payable(request, plan) or _verified(request, plan, item):
        return refusal
    if request.method == "POST":
        try:
            in_kind.remove(item=item, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(_register(plan))
        text = _("“%(what)s” was taken out of the register.") % {"what": item.what}
        return _done(request, plan, text)
    return render(request, "action_plans/in_kind_remove.html", {"plan": plan, "item": item})


def in_kind_verify(request, reference, pk):
    plan = _plan_of_office(request, reference)
    item = _item(plan, pk)
    if refusal := _not_payable(request, plan):
        return refusal
    if request.method != "POST" and item.is_verified:
        return _verified(request, plan, item)
    form = VerifyForm(request.POST or None, item=item, version=in_kind.version_of(item))
    if form.is_valid() and (done := _verify(form, item, request.user)):
        amount = format_kgs(done.verified_kgs)
        text = _("Verified: %(amount)s was accepted and booked.") % {"amount": amount}
        if not done.verified_kgs:
            text = _("Verified: nothing was accepted, nothing was booked.")
        return _done(request, plan, text, kept_as=_kept_as(plan, item))
    context = {"plan": plan, "form": form, "item": item, "keep": _kept_as(plan, item)}
    context["elsewhere"] = _elsewhere(plan, item)
    return render(request, "action_plans/in_kind_verify.html", context)


def in_kind_withdraw(request, reference, pk):
    plan = _plan_of_office(request, reference)
    item = _item(plan, pk)
    if refusal := _not_payable(request, plan):
        return refusal
    if not item.is_verified:
        messages.error(request, _("This is not verified, so there is nothing to withdraw."))
        return redirect(_register(plan))
    form = ReasonForm(request.POST or None)
    if form.is_valid() and _withdraw(form, item, request.user):
        text = _("The verification was withdrawn. “%(what)s” is claimed again.")
        kept_as = _kept_as(plan, item)
        return _done(request, plan, text % {"what": item.what}, kept_as=kept_as)
    context = {"plan": plan, "form": form, "item": item, "keep": _kept_as(plan, item)}
    return render(request, "action_plans/in_kind_withdraw.html", context)


# --- Who and which --------------------------------------------------------------------------------


def _plan(request, reference):
    plans = ActionPlan.objects.workable_by(request.user)
    plans = plans.select_related("phase", "lead").prefetch_related("texts")
    return get_object_or_404(plans, reference=reference)


def _plan_of_office(request, reference):
    if not request.user.works_for_programme:
        raise Http404
    return _plan(request, reference)


def _item(plan, pk):
    items = InKindItem.objects.select_related(
        "contribution", "evidence", "claimed_by", "verified_by"
    )
    return get_object_or_404(items, pk=pk, contribution__plan=plan)


def _register(plan):
    return reverse("action_plans:money", args=[plan.reference]) + "#in-kind"


def _kept_as(plan, item=None):
    return f"in-kind-{plan.reference}-{item.pk if item else 'new'}"


# --- What only the state forbids --------------------------------------------------------------------


def _not_payable(request, plan):
    if plan.was_approved:
        return None
    text = _("Contributions in kind are recorded from approval on. This plan is: %(status)s.")
    messages.error(request, text % {"status": plan.get_status_display()})
    return redirect(plan)


def _nothing_promised(request, plan):
    if plan.contributions.filter(form=Form.IN_KIND).exists():
        return None
    messages.error(
        request,
        _("Nothing is promised in kind for this plan. The project staff add a promise first."),
    )
    return redirect(reverse("action_plans:money", args=[plan.reference]) + "#promises")


def _verified(request, plan, item):
    if not item.is_verified:
        return None
    messages.error(
        request,
        _(
            "“%(what)s” is verified. To change it, the project staff withdraw the verification first."
        )
        % {"what": item.what},
    )
    return redirect(_register(plan))


# --- Doing it ---------------------------------------------------------------------------------------


def _claim(form, plan, user):
    key = form.cleaned_data["claim_key"]
    try:
        return in_kind.claim(plan=plan, claim_key=key, by=user, **form.claimed())
    except ValidationError as error:
        form.refuse(error)
        if getattr(error, "code", "") == "entered":
            form.begin_another()
        return None


def _change(form, item, user):
    version = form.cleaned_data["version"]
    try:
        return in_kind.change(item=item, version=version, by=user, **form.claimed())
    except ValidationError as error:
        _refuse(form, item, error)
        return None


def _verify(form, item, user):
    try:
        return in_kind.verify(item=item, by=user, **form.cleaned_data)
    except ValidationError as error:
        _refuse(form, item, error)
        return None


def _refuse(form, item, error):
    form.refuse(error)
    if getattr(error, "code", "") == "changed":
        item.refresh_from_db()
        form.go_on_with(version=in_kind.version_of(item))


def _withdraw(form, item, user):
    try:
        return in_kind.withdraw(item=item, reason=form.cleaned_data["reason"], by=user)
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _elsewhere(plan, item):
    """Documents of other plans with the same content."""
    if not item.evidence:
        return []
    return in_kind.shared_evidence(plan).filter(sha256=item.evidence.sha256)


def _done(request, plan, text, *, kept_as=""):
    messages.success(request, text, extra_tags=kept_as)
    return redirect(_register(plan))

"""The ledger of a plan: recording money, and putting mistakes right."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from action_plans import corrections, fx, ledger_words, payments, plan_page, rates
from action_plans.forms_payment import CorrectionForm, PaymentForm, TakeBackForm, put_errors
from action_plans.models import ActionPlan, Form, Payment

from .rates import tell_booked


def payment_create(request, reference):
    plan = open_plan(request, reference)
    if not was_approved(request, plan):
        return redirect(plan)
    received = plan_page.net_received(plan)
    form = PaymentForm(request.POST or None, request.FILES or None, plan=plan, received=received)
    keep = f"payment-{plan.reference}"
    if form.is_valid() and (rows := book(form, plan, request.user)):
        return to_ledger(request, plan, rows, ledger_words.booked(rows), kept_as=keep)
    has_in_kind = any(row.form == Form.IN_KIND for row in plan.contributions.all())
    context = {"plan": plan, "form": form, "keep": keep, "has_in_kind": has_in_kind}
    return render(request, "action_plans/payment_form.html", context)


def book(form, plan, user):
    names = ("kind", "paid_on", "currency", "document_number", "evidence", "booking_key")
    typed = {name: form.cleaned_data[name] for name in names}
    try:
        return payments.book(plan=plan, lines=form.lines(), by=user, **typed)
    except ValidationError as error:
        put_errors(form, error)
        if getattr(error, "code", "") == "booked":
            form.begin_another()
        return None


def payment_reverse(request, reference, pk):
    plan, payment = open_row(request, reference, pk)
    form = TakeBackForm(request.POST or None)
    return put_right(request, plan, payment, form, "reverse")


def payment_correct(request, reference, pk):
    plan, payment = open_row(request, reference, pk)
    form = CorrectionForm(request.POST or None, request.FILES or None, plan=plan, payment=payment)
    return put_right(request, plan, payment, form, "correct")


def payment_repost(request, reference, pk):
    plan, payment = open_row(request, reference, pk)
    rate = rates.find(payment.currency, payment.paid_on) if payment.is_foreign else None
    form = TakeBackForm(request.POST or None)
    now = fx.by_rate(rate, payment.amount)
    return put_right(request, plan, payment, form, "repost", now=now)


def put_right(request, plan, payment, form, name, **context):
    """The page and the press of its button; name: of the verb, and of its words and template."""
    if not was_approved(request, plan):
        return redirect(plan)
    if wrong := corrections.refusal(payment):
        return cannot(request, plan, payment, wrong)
    keep = f"{name}-{payment.pk}"
    if form.is_valid():
        verb, words = getattr(corrections, name), getattr(ledger_words, name)
        try:
            row = verb(payment=payment, by=request.user, **form.typed())
        except ValidationError as error:
            if getattr(error, "code", "") == "state":
                return cannot(request, plan, payment, error.messages[0])
            put_errors(form, error)
        else:
            return to_ledger(request, plan, [row], words(payment, row), kept_as=keep)
    context |= {"plan": plan, "payment": payment, "form": form, "keep": keep}
    return render(request, f"action_plans/payment_{name}.html", context)


@require_POST
def payment_discard(request, reference, pk):
    plan = open_plan(request, reference)
    if Payment.objects.filter(pk=pk).exclude(contribution__plan=plan).exists():
        raise Http404
    try:
        payments.discard(payment_id=pk, plan=plan, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(ledger_of(plan))
    return to_ledger(request, plan, [], _("The row that waited was discarded."))


# --- Who comes in, and where it ends --------------------------------------------------------------


def open_plan(request, reference):
    """A plan that this person works on; others have no ledger to write in."""
    plans = ActionPlan.objects.workable_by(request.user)
    plans = plans.select_related("phase", "lead").prefetch_related("texts", "contributions")
    return get_object_or_404(plans, reference=reference)


def open_row(request, reference, pk):
    plan = open_plan(request, reference)
    rows = Payment.objects.select_related(
        "contribution", "budget_line", "evidence", "booked_by", "reversal__booked_by"
    )
    payment = get_object_or_404(rows, pk=pk, contribution__plan=plan)
    payment.contribution.plan = plan
    return plan, payment


def was_approved(request, plan):
    if plan.was_approved:
        return True
    text = _("Money is recorded from approval on. This plan is: %(status)s.")
    messages.error(request, text % {"status": plan.get_status_display()})
    return False


def cannot(request, plan, payment, wrong):
    """Only the state of the row forbids it; after a second press it is no news."""
    taken = Payment.objects.filter(reverses=payment, booked_by=request.user).exists()
    (messages.info if taken else messages.error)(request, wrong)
    return redirect(ledger_of(plan))


def to_ledger(request, plan, rows, text, *, kept_as=""):
    messages.success(request, text, extra_tags=kept_as)
    for said in dict.fromkeys(ledger_words.waiting(plan, row) for row in rows if not row.is_booked):
        messages.warning(request, said)
    # What was to be returned may have waited for money to arrive.
    tell_booked(request, payments.book_waiting(plan=plan, by=request.user))
    return redirect(ledger_of(plan))


def ledger_of(plan):
    return reverse("action_plans:money", args=[plan.reference]) + "#ledger"

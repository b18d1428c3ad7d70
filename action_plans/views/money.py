"""Recording money."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from action_plans import payments
from action_plans.forms_money import PaymentForm
from action_plans.models import ActionPlan


def payment_create(request, reference):
    if not request.user.works_for_programme:
        raise Http404
    plans = ActionPlan.objects.select_related("phase", "lead").prefetch_related("texts")
    plan = get_object_or_404(plans, reference=reference)
    if not ActionPlan.objects.payable_by(request.user).filter(pk=plan.pk).exists():
        messages.error(
            request,
            _("Money is recorded from approval on. This plan is: %(status)s.")
            % {"status": plan.get_status_display()},
        )
        return redirect(plan)
    form = PaymentForm(request.POST or None, request.FILES or None, plan=plan)
    if form.is_valid() and book(form, request.user):
        kept_as = f"payment-{plan.reference}"
        messages.success(request, _("The payment was booked."), extra_tags=kept_as)
        return redirect(plan)
    return render(request, "action_plans/payment_form.html", {"plan": plan, "form": form})


def book(form, user):
    typed = form.cleaned_data
    try:
        return payments.book(
            contribution=typed["contribution"],
            kind=typed["kind"],
            paid_on=typed["paid_on"],
            amount=typed["amount_kgs"],
            document_number=typed["document_number"],
            evidence=typed["evidence"],
            booking_key=typed["booking_key"],
            by=user,
        )
    except ValidationError as error:
        form.add_error(None, error)
        if getattr(error, "code", "") == "booked":
            form.begin_another()
        return None

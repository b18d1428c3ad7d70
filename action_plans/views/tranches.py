"""Donor tranches: the office enters them, donors look; and the settings of a phase."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import Role
from action_plans import payments, phases, tranche_page, tranches
from action_plans.forms_tranches import PeriodForm, PhaseForm, TakeTrancheBackForm, TrancheForm
from action_plans.models import Phase, Tranche
from lib.currencies import KGS, format_money

from .doors import office_only
from .rates import tell_booked


@require_safe
def tranche_list(request):
    if not (request.user.works_for_programme or request.user.role == Role.DONOR):
        raise Http404
    phase, every = tranche_page.phase_asked(request.GET)
    if request.GET.get("phase") and phase is None:
        raise Http404
    form = PeriodForm(request.GET)
    context = {"phase": phase, "phases": every, "form": form, "KGS": KGS}
    context["may_enter"] = request.user.works_for_programme
    if phase:
        context |= account(phase, request.GET, form.period(phase, on=timezone.localdate()))
    return render(request, "action_plans/tranche_list.html", context)


def account(phase, query, period):
    """Of one phase: the account that was asked for. When all its tranches were taken back, there is none."""
    rows = tranche_page.with_late_words(phase, list(tranche_page.tranches_of(phase)))
    currency, currencies = tranche_page.currency_asked(phase, rows, query)
    if rows and currency is None:
        raise Http404
    known = tranche_page.accounts(rows)
    shown = [row for row in rows if row.currency == currency]
    found = {"rows": shown, "currencies": currencies, "currency": currency}
    found |= {"policy": tranche_page.policy_text(phase), "has_account": currency in known}
    if currency in known:
        found["draws"] = tranche_page.draws(phase, currency, known)
        found["explained"] = tranche_page.explained(phase, currency)
        found["total"] = tranche_page.total_text(shown, currency)
        if period:
            found |= in_words(phase, currency, period, shown)
    return found


def in_words(phase, currency, period, rows):
    statement = tranche_page.statement_of(phase, currency, period)
    return {
        "statement": statement,
        "lines": list(tranche_page.lines(statement)),
        "doubts": list(tranche_page.doubts(statement)),
        "equivalent": tranche_page.equivalent(statement),
        "has_sample": tranche_page.has_sample(phase, rows),
    }


@office_only
def tranche_add(request):
    phase, _every = tranche_page.phase_asked(request.GET)
    form = TrancheForm(request.POST or None, request.FILES or None, initial={"phase": phase})
    if form.is_valid() and (tranche := enter(form, request.user)):
        said = _("The tranche was booked: %(amount)s.")
        said %= {"amount": format_money(tranche.amount, tranche.currency)}
        messages.success(request, said, extra_tags="tranche-new")
        for doubt in tranches.doubts(tranche):
            messages.warning(request, doubt)
        booked = payments.book_waiting(
            currency=tranche.currency, phase=tranche.phase, by=request.user
        )
        tell_booked(request, booked)
        return redirect(of_account(tranche))
    return render(request, "action_plans/tranche_form.html", {"form": form})


def enter(form, user):
    try:
        return tranches.enter(**form.arguments(), by=user)
    except ValidationError as error:
        form.put_errors(error)
        return None


@office_only
def tranche_reverse(request, pk):
    tranche = get_object_or_404(Tranche.objects.select_related("phase", "reverses"), pk=pk)
    if tranche.reverses_id or tranche.was_reversed:
        messages.error(request, _("This tranche was taken back already."))
        return redirect(of_account(tranche))
    form = TakeTrancheBackForm(request.POST or None)
    priced = tranches.priced_by(tranche).count()
    if form.is_valid() and take_back(form, tranche, request.user):
        messages.success(request, _("The tranche was taken back."), extra_tags=f"tranche-{pk}")
        if priced:
            messages.warning(request, priced_text(priced))
        return redirect(of_account(tranche))
    context = {"tranche": tranche, "form": form, "priced": priced and priced_text(priced)}
    return render(request, "action_plans/tranche_reverse.html", context)


def take_back(form, tranche, user):
    try:
        return tranches.reverse(tranche=tranche, reason=form.cleaned_data["reason"], by=user)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None


def priced_text(number):
    text = ngettext(
        "%(number)s payment was counted by the tranches of this currency. It keeps its som; what they "
        "differ now stands in the exchange difference.",
        "%(number)s payments were counted by the tranches of this currency. They keep their som; what "
        "they differ now stands in the exchange difference.",
        number,
    )
    return text % {"number": number}


def of_account(tranche):
    query = f"phase={tranche.phase.code}&currency={tranche.currency}"
    return f"{reverse('ledger:tranches')}?{query}"


@office_only
def phase_settings(request, code):
    """The office reads; an administrator changes."""
    phase = get_object_or_404(Phase.objects.select_related("programme"), code=code)
    may_change = request.user.is_administrator
    if request.method == "POST" and not may_change:
        raise Http404
    form = PhaseForm(request.POST or None, instance=phase) if may_change else None
    if form and form.is_valid() and (changed := change(form, code, request.user)):
        messages.success(request, _("The settings were saved."), extra_tags=f"phase-{code}")
        tell_booked(request, payments.book_waiting(phase=changed, by=request.user))
        return redirect("ledger:phase", code=changed.code)
    stored = Phase.objects.get(code=code)  # a form puts what was typed into its phase
    context = {"phase": stored, "form": form, "policy": tranche_page.policy_text(stored)}
    context["changes"] = phases.past_changes(stored)
    context["under_minimum"] = stored.plans.under_minimum().was_approved().count()
    return render(request, "action_plans/phase_form.html", context)


def change(form, code, user):
    try:
        phase = Phase.objects.get(code=code)
        return phases.change_settings(phase=phase, by=user, **form.changes())
    except ValidationError as error:
        form.put_errors(error)
        return None

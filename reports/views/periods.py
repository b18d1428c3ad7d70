"""Reporting periods: the office adds, closes and opens them again; donors look."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from action_plans.models import ReportingPeriod
from action_plans.views.doors import office_only
from reports import closing, period_page
from reports.asked import sees_donor_report
from reports.period_forms import CloseForm, DaysForm, PeriodForm, ReopenForm


@require_safe
def periods(request):
    if not sees_donor_report(request.user):
        raise Http404
    context = {"phases": period_page.phases(), "may_keep": request.user.works_for_programme}
    return render(request, "reports/period_list.html", context)


@require_safe
def period(request, pk):
    found = _found(request, pk)
    return render(request, "reports/period.html", period_page.about(found, request.user))


@office_only
@require_http_methods(["GET", "HEAD", "POST"])
def period_add(request):
    phase = period_page.phase_for_new(request.GET, on=timezone.localdate())
    initial = period_page.proposed_days(phase) if phase else None
    form = PeriodForm(request.POST or None, initial=initial)
    if form.is_valid() and (added := _tried(form, closing.add, by=request.user)):
        messages.success(request, _("The period %(period)s was added.") % {"period": added})
        return redirect(added)
    return render(request, "reports/period_form.html", {"form": form, "phase": phase})


@office_only
@require_http_methods(["GET", "HEAD", "POST"])
def period_change(request, pk):
    found = _found(request, pk)
    initial = {"starts_on": found.starts_on, "ends_on": found.ends_on}
    form = DaysForm(request.POST or None, initial=initial)
    if form.is_valid() and (changed := _tried(form, closing.change, period=found, by=request.user)):
        messages.success(request, _("The days of the period were changed."))
        return redirect(changed)
    context = {"form": form, "period": found, "phase": found.phase}
    return render(request, "reports/period_form.html", context)


@office_only
@require_POST
def period_remove(request, pk):
    found = _found(request, pk)
    try:
        closing.remove(period=found, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect(found)
    messages.success(request, _("The period %(period)s was removed.") % {"period": found})
    return redirect("reports:periods")


@office_only
@require_http_methods(["GET", "HEAD", "POST"])
def period_close(request, pk):
    found = _found(request, pk)
    if not found.is_open:
        messages.info(request, _("This period is closed already."))
        return redirect(found)
    form = CloseForm(request.POST or None, initial=_next_period(found))
    if form.is_valid():
        try:
            closing.close(
                period=found,
                accepted=form.cleaned_data["accepted"],
                following=form.following,
                by=request.user,
            )
        except ValidationError as refusal:
            if getattr(refusal, "code", "") in ("state", "removed"):
                messages.info(request, refusal.messages[0])
                return redirect("reports:periods")
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The period was closed. Now an approver can sign it."))
            return redirect(found)
    return _close_page(request, found, form)


def _next_period(found):
    days = closing.next_days(found, period_page.periods_of(found.phase))
    return dict(zip(("starts_on", "ends_on"), days, strict=True)) if days else {}


def _close_page(request, found, form):
    """The list as it is now: its digest goes with the form, and its tick with another list."""
    gaps, digest = period_page.gaps_of(found)
    if form.is_bound:
        form.data = form.data.copy()
        if form.data.get("accepted") != digest:
            form.data.pop("read", None)
        form.data["accepted"] = digest
    else:
        form.initial["accepted"] = digest
    context = {
        "form": form,
        "period": found,
        "phase": found.phase,
        "gaps": gaps,
        "problems": period_page.what_is_missing(found),
        "has_next": any(p.starts_on > found.ends_on for p in period_page.periods_of(found.phase)),
    }
    return render(request, "reports/period_close.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def period_reopen(request, pk):
    if not request.user.may_reopen:
        raise Http404
    found = _found(request, pk)
    if found.is_open:
        messages.info(request, _("This period is open already."))
        return redirect(found)
    if wrong := closing.why_not_reopened(found, period_page.periods_of(found.phase)):
        messages.error(request, wrong)
        return redirect(found)
    form = ReopenForm(request.POST or None)
    if form.is_valid() and _tried(form, closing.reopen, period=found, by=request.user):
        messages.success(request, _("The period is open again."), extra_tags=f"reopen-{pk}")
        return redirect(found)
    context = {"form": form, "period": found, "phase": found.phase}
    return render(request, "reports/period_reopen.html", context)


def _found(request, pk):
    if not sees_donor_report(request.user):
        raise Http404
    rows = ReportingPeriod.objects.select_related("phase", "closed_by")
    return get_object_or_404(rows, pk=pk)


def _tried(form, verb, **arguments):
    """What the verb answers; None when it refuses, which the form then says."""
    try:
        return verb(**form.cleaned_data, **arguments)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None

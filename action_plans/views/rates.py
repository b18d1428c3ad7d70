"""Exchange rates: everybody may look them up, the office enters and imports them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from action_plans import evidence, payments, rate_files, rate_page, rates
from action_plans.forms_rates import RateFileForm, RateFilterForm, RateForm
from action_plans.models import ActionPlan, Evidence, ExchangeRate, RateSource
from lib.money import format_share

from .doors import office_only

SHOWN = 20


@require_safe
def rate_list(request):
    form = RateFilterForm(request.GET)
    context = {
        "form": form,
        "page": rate_page.page(form, request.GET.get("page"), on=timezone.localdate()),
        "query": rate_page.query(request.GET),
        "holds": rate_page.holds(form),
        "may_enter": request.user.works_for_programme,
        "waiting": rate_page.waiting() if request.user.works_for_programme else [],
    }
    return render(request, "action_plans/rate_list.html", context)


@office_only
def rate_add(request):
    form = RateForm(request.POST or None, request.FILES or None)
    if request.method != "POST" and (version_of := request.GET.get("version_of", "")).isdecimal():
        by_hand = ExchangeRate.objects.filter(source=RateSource.MANUAL)
        form.begin_version_of(get_object_or_404(by_hand, pk=version_of))
    if form.is_valid() and (rate := enter(form, request.user)):
        said = _("%(rate)s from %(day)s: the rate is stored.")
        said %= {"rate": rate.equation, "day": rate_page.day(rate.applies_on)}
        messages.success(request, said, extra_tags="rate-new")
        tell_booked(request, payments.book_waiting(currency=rate.currency, by=request.user))
        return redirect(f"{reverse('ledger:rates')}?currency={rate.currency}")
    return render(request, "action_plans/rate_form.html", {"form": form})


def enter(form, user):
    typed = form.cleaned_data
    names = ["currency", "applies_on", "nominal", "value", "note"]
    try:
        return rates.enter(
            **{name: typed[name] for name in names}, evidence_file=typed["evidence"], by=user
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None


@office_only
def rate_import(request):
    form = RateFileForm(request.POST or None, request.FILES or None)
    if form.is_valid() and (imported := import_file(form, request.user)):
        tell_imported(request, imported)
        tell_booked(request, rate_files.book_waiting(imported, by=request.user))
        of_file = f"?file={imported.paper.pk}" if imported.paper else ""
        return redirect(f"{reverse('ledger:rates')}{of_file}")
    context = {"form": form, "addresses": rate_files.ADDRESSES}
    return render(request, "action_plans/rate_import.html", context)


def import_file(form, user):
    data, name = form.read()
    try:
        return rate_files.import_file(data=data, filename=name, by=user)
    except ValidationError as error:
        form.add_error("file", error.messages)
        return None


@require_safe
def evidence_file(request, pk):
    return evidence.serve(get_object_or_404(Evidence.objects.visible_to(request.user), pk=pk))


# What the person is told


def tell_imported(request, imported):
    said = {"source": imported.source.label, "day": rate_page.day(imported.applies_on)}
    if not imported.paper:
        text = _("%(source)s, %(day)s: all rates of the file are stored already.")
        messages.info(request, text % said)
    else:
        said |= {"new": len(imported.new), "versions": len(imported.versions)}
        said |= {"unchanged": imported.unchanged}
        text = _(
            "%(source)s, %(day)s: the rates are stored. New: %(new)s. New versions: %(versions)s. "
            "Stored already: %(unchanged)s."
        )
        messages.success(request, text % said)
    for text in warnings(imported):
        messages.warning(request, text)


def warnings(imported):
    if imported.versions:
        changed = [f"{new.equation} ({old.equation})" for old, new in imported.versions]
        text = _(
            "Other values of this day were stored before, shown in brackets. The new ones are used "
            "from now on; rows that are booked keep theirs. %(rates)s."
        )
        yield text % {"rates": "; ".join(changed)}
    if imported.jumps:
        changed = [
            f"{rate.equation}, {rate_page.signed(percent)}" for rate, percent in imported.jumps
        ]
        text = _("More than %(limit)s away from the rate before. Check: %(rates)s.")
        limit = format_share(rates.JUMP_PCT, places=0)
        yield text % {"limit": limit, "rates": "; ".join(changed)}
    if imported.skipped:
        text = _("The portal does not know these currencies, so they were left out: %(codes)s.")
        yield text % {"codes": ", ".join(imported.skipped)}


def tell_booked(request, booked):
    if not booked:
        return
    plans = ActionPlan.objects.filter(contributions__payments__in=booked).distinct()
    references = list(plans.order_by("reference").values_list("reference", flat=True))
    said = ngettext(
        "%(number)s payment waited for this and is booked now:",
        "%(number)s payments waited for this and are booked now:",
        len(booked),
    ) % {"number": len(booked)}
    links = [(reverse("action_plans:money", args=[r]), r) for r in references[:SHOWN]]
    listed = format_html_join(", ", '<a href="{}#ledger">{}</a>', links)
    more = " …" if len(references) > SHOWN else ""
    messages.success(request, format_html("{} {}{}", said, listed, more))

"""The approver reads the figures of a closed period and signs them."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from action_plans.models import ReportingPeriod
from reports import signed_reports, signing, snapshots
from reports.models import ReportTemplate
from reports.sign_form import SignForm
from reports.table_view import TableView


@require_http_methods(["GET", "HEAD", "POST"])
def period_sign(request, pk):
    period = _period(request.user, pk)
    if (refused := _refused(period, request.user)) is not None:
        messages.error(request, refused)
        return redirect(_instead(period, request.user))
    template, templates = _template(request, period)
    if template is None:
        messages.error(request, _("There is no template of a report yet. Add one first."))
        return redirect(period)
    form = SignForm(request.POST or None, initial={"name": request.user.name})
    if form.is_valid() and (report := _signed(request, form, period, template)):
        messages.success(request, _("The report was signed. Nothing in it changes any more."))
        return redirect(report)
    return _page(request, form, period, template, templates)


def _period(user, pk):
    if not user.may_sign:
        raise Http404
    periods = ReportingPeriod.objects.select_related("phase__programme", "closed_by")
    return get_object_or_404(periods, pk=pk)


def _refused(period, user):
    """Why this person cannot sign now, or None."""
    try:
        signing.refuse(period, None, user)
    except ValidationError as refusal:
        return " ".join(refusal.messages)
    return None


def _instead(period, user):
    """The second click on the button leads to what the first one signed."""
    versions = signed_reports.versions_of(period, user)
    return versions.last() if period.is_signed and versions else period


def _template(request, period):
    """(the one asked for, else that of the version before, else one for such a length; all in use)."""
    templates = list(ReportTemplate.objects.filter(is_retired=False))
    before = period.reports.defer("snapshot").order_by("-version").first()
    asked = request.POST.get("template") or request.GET.get("template")
    wanted = [each for each in templates if each.slug == asked]
    if not asked and before:
        wanted = [each for each in templates if each.pk == before.template_id]
    if asked and not wanted:
        raise Http404
    months = _months(period)
    fitting = [each for each in templates if each.period_months == months]
    return next(iter([*wanted, *fitting, *templates]), None), templates


def _months(period):
    after = period.ends_on + dt.timedelta(days=1)
    first = period.starts_on
    return (after.year - first.year) * 12 + after.month - first.month


def _signed(request, form, period, template):
    """The report; None when it was refused, which the form then says."""
    try:
        return signing.sign(
            period=period,
            template=template,
            by=request.user,
            site=request.build_absolute_uri("/"),
            **form.cleaned_data,
        )
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None


def _page(request, form, period, template, templates):
    period.refresh_from_db()
    if (refused := _refused(period, request.user)) is not None:  # somebody else was faster
        messages.error(request, refused)
        return redirect(_instead(period, request.user))
    data, sha256 = signing.proposed(period, template)
    tables = snapshots.tables_from(data, get_language())
    with override(template.language):
        certificate = template.certificate  # as it will stand in the report
    context = {
        "form": form,
        "period": period,
        "template": template,
        "certificate": certificate,
        "templates": templates,
        "version": data["version"],
        "sha256": sha256,
        "views": [TableView(table) for table in tables],
        "earlier": signed_reports.versions_of(period, request.user),
    }
    return render(request, "reports/period_sign.html", context)

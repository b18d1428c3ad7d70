"""The catalogue of reports and the donor's funding report: one filter, one set of tables, three forms."""

from django.db.models import Exists, OuterRef
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from action_plans.models import FundingSlice, Phase
from municipalities.models import Region
from reports import asked, catalogue, signed_reports
from reports.donor_tables.registry import tables_for
from reports.exports.csv import to_csv
from reports.exports.xlsx import to_xlsx
from reports.funding import FundingReport

from .jobs import made_later

COUNTED_THERE = FundingSlice.objects.filter(region=OuterRef("pk"), counts=True)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def report_list(request):
    context = {
        "catalogue": catalogue,
        "phases": Phase.objects.all(),
        "regions": Region.objects.filter(Exists(COUNTED_THERE)).by_name(),
        "report": FundingReport(request.GET, user=request.user),
        "lists": catalogue.lists_for(request.user),
        "tables": tables_for(request.user),
        "sees_donor_report": asked.sees_donor_report(request.user),
        "templates": asked.templates_in_use(),
        "signed": signed_reports.recent(request.user, 5),
    }
    return render(request, "reports/report_list.html", context)


@require_safe
def funding(request):
    report = FundingReport(request.GET, user=request.user)
    if any(value == "" for name, value in request.GET.items() if name != "status"):
        # An empty form sends each field; the address names what was chosen.
        return redirect(f"{reverse('reports:funding')}?{report.page_query}")
    context = {
        "report": report,
        "filter": report.filter,
        "form": report.filter.fields(),
        "catalogue": catalogue,
    }
    return render(request, "reports/funding.html", context)


@require_safe
def funding_csv(request):
    report = FundingReport(request.GET, user=request.user)
    if not report.filter.is_valid():
        return _to_page(report)
    return _file(to_csv(report.rows), "csv", "text/csv; charset=utf-8")


@require_safe
def funding_xlsx(request):
    report = FundingReport(request.GET, user=request.user)
    if not report.filter.is_valid():
        return _to_page(report)
    rows = report.total["plans"]
    if later := made_later(request, title=_("Funding report"), rows=rows):
        return later
    address = request.build_absolute_uri(_page(report))
    return _file(to_xlsx(report, at=timezone.now(), address=address), "xlsx", XLSX)


def _page(report):
    return f"{reverse('reports:funding')}?{report.query}"


def _to_page(report):
    """An empty file would look like an answer; the page says what is not known in the filter."""
    return redirect(_page(report))


def _file(file, ending, content_type):
    name = f"funding-{timezone.localdate():%Y-%m-%d}.{ending}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    # Everybody sees other plans: no proxy and no shared computer may keep the file.
    response["Cache-Control"] = "private, no-store"
    return response

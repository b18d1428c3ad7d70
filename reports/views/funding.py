"""The catalogue of reports and the donor's funding report: one filter, one set of tables, three forms."""

from io import BytesIO
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from action_plans.filters import COUNTED_STATES
from action_plans.models import FundingSlice, Phase
from municipalities.models import Region
from reports import asked, catalogue, signed_reports
from reports.donor_tables.registry import tables_for
from reports.exports.csv import to_csv
from reports.exports.funding_pdf import to_funding_pdf
from reports.exports.xlsx import to_xlsx
from reports.funding import FundingReport

from .jobs import made_later

# What of this report's filter the tables of a past day have, too.
KNOWN_THEN = ["as_of", "phase", "region", "municipality", "area"]
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
    if then := _as_of(request):
        return then
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
    if then := _as_of(request, "csv"):
        return then
    report = FundingReport(request.GET, user=request.user)
    if not report.filter.is_valid():
        return _to_page(report)
    return _file(to_csv(report.rows), "csv", "text/csv; charset=utf-8")


@require_safe
def funding_xlsx(request):
    if then := _as_of(request, "xlsx"):
        return then
    report = FundingReport(request.GET, user=request.user)
    if not report.filter.is_valid():
        return _to_page(report)
    rows = report.total["plans"]
    if later := made_later(request, title=_("Funding report"), rows=rows):
        return later
    address = request.build_absolute_uri(_page(report))
    return _file(to_xlsx(report, at=timezone.now(), address=address), "xlsx", XLSX)


@require_safe
def funding_pdf(request):
    if then := _as_of(request, "pdf"):
        return then
    report = FundingReport(request.GET, user=request.user)
    if not report.filter.is_valid():
        return _to_page(report)
    address = request.build_absolute_uri(_page(report))
    content = to_funding_pdf(report, at=timezone.now(), address=address)
    return _file(BytesIO(content), "pdf", "application/pdf")


def _as_of(request, ending=""):
    """A past day is answered by the tables that know it, with what of the filter they have as well."""
    if not request.GET.get("as_of"):
        return None
    kept = {name: request.GET[name] for name in KNOWN_THEN if request.GET.get(name)}
    if _is_narrower(request.GET):
        # A file of more plans than were asked for would look like the answer: the page says it first.
        ending = ""
        messages.warning(
            request,
            _(
                "A part of your filter was left out, because these tables do not have it: more plans are "
                "counted here than you asked for."
            ),
        )
    name = f"reports:table_{ending}" if ending else "reports:table"
    if not ending:
        text = _(
            "The funding report shows what is known today. What was known on a past day stands in these "
            "tables: budgets here, sources and the others below."
        )
        messages.info(request, text)
    return redirect(f"{reverse(name, args=['budget'])}?{urlencode(kept)}")


def _is_narrower(query):
    """Whether the address asks for fewer plans than KNOWN_THEN can name."""
    chosen = {name for name, value in query.items() if value} - {*KNOWN_THEN, "units"}
    return bool(chosen - ({"status"} if query.getlist("status") == [COUNTED_STATES] else set()))


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

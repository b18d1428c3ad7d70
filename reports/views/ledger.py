"""The files of a plan's ledger, for everybody who sees the plan."""

from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from action_plans import money_page
from reports.exports.ledger_csv import to_csv
from reports.exports.ledger_xlsx import to_xlsx
from reports.ledger import Ledger

from .funding import XLSX


@require_safe
def ledger_csv(request, reference):
    ledger, problem = _ledger(request, reference)
    if problem:
        return _to_page(request, reference)
    return _file(ledger, to_csv(ledger), "csv", "text/csv; charset=utf-8")


@require_safe
def ledger_xlsx(request, reference):
    ledger, problem = _ledger(request, reference)
    if problem:
        return _to_page(request, reference)
    address = request.build_absolute_uri(ledger.address)
    return _file(ledger, to_xlsx(ledger, at=timezone.now(), address=address), "xlsx", XLSX)


def _ledger(request, reference):
    plan = get_object_or_404(money_page.plans_for_page(request.user), reference=reference)
    on, problem = money_page.day_of(request.GET)
    return Ledger(plan, on=on, user=request.user), problem


def _to_page(request, reference):
    """A file of another day would look like an answer; the page says what is wrong with the day."""
    page = reverse("action_plans:money", args=[reference])
    return redirect(f"{page}?{request.GET.urlencode()}")


def _file(ledger, file, ending, content_type):
    name = f"{ledger.plan.reference}-money-{ledger.on:%Y-%m-%d}.{ending}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    return response

"""What municipalities propose for an event, for the office that decides."""

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from action_plans.views.doors import office_only
from conferences import proposals_csv
from conferences.models import Event, PresentationStatus
from conferences.presentation_filters import ProposalFilter
from conferences.presentation_page import proposal_rows

PER_PAGE = 50


@office_only
@require_safe
def proposals(request, slug):
    event = get_object_or_404(Event.objects.editable_by(request.user), slug=slug)
    if "" in request.GET.values():
        query = ProposalFilter.filled(request.GET).urlencode()
        return redirect(f"{request.path}?{query}".rstrip("?"))
    found = ProposalFilter(request.GET, event=event)
    page = Paginator(proposal_rows(found.found()), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "event": event,
        "filter": found,
        "form": found.form,
        "page": page,
        "counts": _counts(event),
    }
    return render(request, "conferences/proposals.html", context)


def _counts(event):
    """[(status, in words, how many)], of those there are."""
    rows = event.presentations.order_by().values("status").annotate(number=Count("pk"))
    numbers = dict(rows.values_list("status", "number"))
    return [(s.value, s.label, numbers[s]) for s in PresentationStatus if s in numbers]


@office_only
@require_safe
def proposals_file(request, slug):
    event = get_object_or_404(Event.objects.editable_by(request.user), slug=slug)
    talks = proposal_rows(ProposalFilter(request.GET, event=event).found())
    response = HttpResponse(proposals_csv.to_csv(talks), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{event.slug}-proposals.csv"'
    return response

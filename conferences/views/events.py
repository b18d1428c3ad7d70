"""Finding and reading events; everybody may, signed in or not."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from conferences import event_page
from conferences.event_filters import EventFilter
from conferences.models import Event
from lib.htmx import render_page_or_partial

PER_PAGE = 25


@login_not_required
@require_safe
def event_list(request):
    if not request.htmx and "" in request.GET.values():
        # An empty form sends each field; the address is the saved filter, so it names what was chosen.
        return redirect(f"{request.path}?{EventFilter.filled(request.GET).urlencode()}".rstrip("?"))
    event_filter = EventFilter(request.GET, user=request.user, on=timezone.localdate())
    page = Paginator(event_filter.events().for_list(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": event_filter,
        "form": event_filter.fields(),
        "page": page,
        "has_sample": any(each.is_sample for each in page.object_list),
        "is_partial": request.htmx and not request.htmx.history_restore_request,
    }
    template = "conferences/event_list.html"
    response = render_page_or_partial(request, template, context, partial="results")
    response.headers["HX-Push-Url"] = f"{request.path}?{event_filter.query}".rstrip("?")
    return response


@login_not_required
@require_safe
def event(request, slug):
    found = get_object_or_404(Event.objects.visible_to(request.user).for_list(), slug=slug)
    context = event_page.context_of(found, request.user, at=timezone.now())
    return render(request, "conferences/event.html", context)

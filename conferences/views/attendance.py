"""Who came to an event: rows by municipality or institution and role; the office enters them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conferences.attendance import fingerprint, rows_of, save
from conferences.attendance_forms import Rows
from conferences.conflict import Conflict
from conferences.event_page import People
from conferences.models import Event
from conferences.place_fields import Places


@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request, slug):
    event = get_object_or_404(Event.objects.editable_by(request.user), slug=slug)
    stored = rows_of(event)
    places = Places(keep={row.municipality_id for row in stored})
    if request.method != "POST":
        rows = Rows(places=places, stored=stored, seen=fingerprint(stored))
        return _show(request, event, rows)
    rows = Rows(places=places, data=request.POST)
    if "more" in request.POST:
        rows.more()
        return _show(request, event, rows)
    if not rows.is_valid():
        return _show(request, event, rows, problems=rows.problems)
    try:
        save(event_id=event.pk, rows=rows.rows(), seen=rows.seen, by=request.user)
    except Conflict as conflict:
        return _ask(request, event, places, conflict)
    messages.success(request, _("The attendance was saved."), extra_tags=_kept_as(event))
    return redirect(event)


def _ask(request, event, places, conflict):
    """Somebody else saved meanwhile: what I typed in the form, what is stored above it."""
    stored = rows_of(event)
    data = request.POST.copy()
    data["seen"] = fingerprint(stored)
    rows = Rows(places=places, data=data)
    context = {"conflict": conflict, "stored": stored, "stored_people": People.of(stored)}
    return _show(request, event, rows, **context)


def _show(request, event, rows, **context):
    context |= {"event": event, "rows": rows, "totals": rows.totals(), "keep": _kept_as(event)}
    return render(request, "conferences/attendance.html", context)


def _kept_as(event):
    return f"attendance-{event.slug}"

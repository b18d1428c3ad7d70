"""What is on now, for the hall's screen and for phones; the event for a calendar. Both are public."""

import datetime as dt
import hashlib
from urllib.parse import quote, urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from action_plans.form_fields import YEARS
from conferences.ics import has_calendar, to_ics
from conferences.models import Event
from conferences.now import now_at
from conferences.reading import in_language, language_of

SECONDS = 5  # a board is drawn so often, for however many phones


@login_not_required
@require_safe
@in_language
def now(request, slug):
    """?hall= one hall; ?language=; ?at=2018-11-30T10:00 for the office, to try the screen before the day."""
    event = _event(request, slug)
    tried = _tried_at(request, event)
    hall = _hall(request, event)
    asked = {"hall": hall and hall.pk, "language": language_of(request), "at": tried}
    at = tried or timezone.now()
    board = _board(event, hall, at, {name: value for name, value in asked.items() if value})
    if request.htmx and not request.htmx.history_restore_request:
        response = _not_sent_twice(request, HttpResponse(board))
    else:
        context = {"event": event, "hall": hall, "halls": event.halls.all(), "board": board}
        response = render(request, "conferences/now.html", context)
    patch_vary_headers(response, ["HX-Request", "Accept-Language", "Cookie"])
    patch_cache_control(response, private=True, max_age=SECONDS)
    return response


@login_not_required
@require_safe
@in_language
def event_ics(request, slug):
    event = _event(request, slug)
    if not has_calendar(event):
        raise Http404
    address = request.build_absolute_uri(event.get_absolute_url())
    content = to_ics(event, address=address, at=timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="{event.slug}.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def _event(request, slug):
    events = Event.objects.visible_to(request.user).prefetch_related("texts")
    return get_object_or_404(events, slug=slug)


def _hall(request, event):
    """None: all halls, also when the hall was removed while its screen hung there."""
    asked = request.GET.get("hall", "")
    return event.halls.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 18 else None


def _tried_at(request, event):
    """The office tries the screen before the day; others see the moment it is."""
    typed = request.GET.get("at", "")
    if not typed or not Event.objects.editable_by(request.user).filter(pk=event.pk).exists():
        return None
    try:
        moment = parse_datetime(typed)
    except ValueError:
        return None
    if moment is None or moment.year not in YEARS:
        return None
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _board(event, hall, at, asked):
    """The revision is in the key: what the office changes is on the screens at once."""
    query = urlencode(asked)
    address = f"{reverse('conferences:now', args=[event.slug])}{query and '?'}{query}"

    def drawn():
        found = now_at(event, at=at, hall=hall)
        # A phone in a pocket does not ask for ever about what was over yesterday.
        goes_on = found.state != "over" or at.date() <= event.last_on + dt.timedelta(days=1)
        context = {"event": event, "found": found, "at": at, "address": address}
        return render_to_string("conferences/_now.html", context | {"goes_on": goes_on})

    key = quote(f"now {event.revision} {get_language()} {address}")
    return cache.get_or_set(key, drawn, SECONDS)


def _not_sent_twice(request, response):
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response)

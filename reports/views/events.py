"""The programme of an event as a PDF; public like the event."""

import hashlib
import json

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from conferences.models import Event
from conferences.reading import in_language
from reports.exports.programme_pdf import programme_data, to_programme_pdf

SECONDS = 3600  # setting a page costs a second, and whoever asks needs no account


@login_not_required
@require_safe
@in_language
def programme_pdf(request, slug):
    events = Event.objects.visible_to(request.user).prefetch_related("texts")
    event = get_object_or_404(events, slug=slug)
    address = request.build_absolute_uri(event.get_absolute_url())
    data = programme_data(event, address=address, on=timezone.localdate())
    key = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    content = cache.get_or_set(f"programme-{key}", lambda: to_programme_pdf(data), SECONDS)
    name = f"{event.slug}-{data['lang']}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)

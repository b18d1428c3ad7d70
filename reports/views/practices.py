"""A practice as a PDF of two pages; public like its page."""

import hashlib
import json

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from conferences import practice_page
from conferences.reading import in_language
from reports.exports.practice_pdf import practice_data, to_practice_pdf

SECONDS = 3600  # setting two pages costs a second, and whoever asks needs no account


@login_not_required
@require_safe
@in_language
def practice_pdf(request, slug):
    version, versions = practice_page.version_or_404(request.user, slug)
    context = practice_page.context_of(version, versions, request.user)
    address = request.build_absolute_uri(version.practice.get_absolute_url())
    data = practice_data(context, address=address, on=timezone.localdate())
    photo = next(iter(context["photos"]), None)
    said = json.dumps([data, photo and photo.sha256], sort_keys=True)
    key = f"practice-{hashlib.sha256(said.encode()).hexdigest()}"
    made = cache.get_or_set(key, lambda: to_practice_pdf(data, _picture(photo, version)), SECONDS)
    name = f"{version.practice.slug}-{data['lang']}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _picture(photo, version):
    if not photo or not photo.small:
        return None
    try:
        with photo.small.open() as file:
            return {"data": file.read(), "alt": photo.title or version.title}
    except FileNotFoundError:
        return None  # the sheet is still of use without its picture

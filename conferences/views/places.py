"""What a municipality presented, does well and takes over: a page, and the section of the municipality's page."""

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from conferences import shared_sections
from lib.htmx import render_page_or_partial
from municipalities.models import Municipality


@require_safe
def of_place(request, code):
    """The page; for the municipality's own page the section, which htmx fetches when it comes into view."""
    place, user = get_object_or_404(Municipality.objects.for_list(), code=code), request.user
    is_own = user.is_municipal and user.municipality_id == place.pk
    context = shared_sections.of_place(place, user) | {"place": place, "is_own": is_own}
    return render_page_or_partial(request, "conferences/place.html", context, partial="shared")

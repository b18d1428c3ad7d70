from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from lib.htmx import render_page_or_partial

from . import pages
from .models import District, Municipality, Region


@require_safe
def municipality_list(request):
    context = pages.list_context(request)
    response = render_page_or_partial(
        request, "municipalities/municipality_list.html", context, partial="results"
    )
    # The address in the browser names what was filled in and nothing else.
    response.headers["HX-Push-Url"] = f"{request.path}?{context['filter'].query}".rstrip("?")
    return response


@require_safe
def municipality_detail(request, code):
    municipality = get_object_or_404(Municipality.objects.for_list(), code=code)
    context = pages.municipality_context(request, municipality)
    return render(request, "municipalities/municipality_detail.html", context)


@require_safe
def region_list(request):
    context = pages.regions_context(request)
    return render(request, "municipalities/region_list.html", context)


@require_safe
def region_detail(request, iso):
    region = get_object_or_404(Region, iso=iso)
    context = pages.region_context(request, region)
    return render(request, "municipalities/region_detail.html", context)


@require_safe
def district_detail(request, code):
    district = get_object_or_404(District.objects.select_related("region"), code=code)
    context = pages.district_context(request, district)
    return render(request, "municipalities/district_detail.html", context)


@require_safe
def search(request):
    return render(request, "municipalities/search.html", pages.search_context(request))

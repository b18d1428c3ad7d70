"""The pages of places, with their figures. municipalities.pages has what the places themselves show."""

from django.db.models import Count, Window, prefetch_related_objects
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from action_plans.waiting import waiting_for
from municipalities import pages
from municipalities.models import District, Municipality, Region
from reports import place_figures
from reports.frames import share_bars
from reports.notices import findings_number, has_sample_at
from reports.place_plans import next_dates, plans_of
from reports.rows import HUNDRED, quality_link

WAITING_SHOWN = 5


@require_safe
def municipality(request, code):
    place = get_object_or_404(Municipality.objects.for_list(), code=code)
    return municipality_page(request, place)


def municipality_page(request, place):
    figures = place_figures.of_municipality(place)
    plans, dates = plans_of(place, request.user), next_dates(place, timezone.localdate())
    is_own = request.user.is_municipal and request.user.municipality_id == place.pk
    waiting = waiting_context(request.user) if is_own else {}
    # The texts of all three lists at once
    shown = [*plans, *(date.plan for date in dates), *waiting.get("waiting", [])]
    prefetch_related_objects(shown, "texts")
    context = {
        **pages.municipality_context(request, place),
        "figures": figures,
        "bars": share_bars(figures.compared),
        "has_sample": has_sample_at(municipality=place),
        "findings": findings_number(on=timezone.localdate(), municipalities__municipality=place),
        "findings_link": quality_link(municipality=place.code),
        "plans": plans,
        "dates": dates,
        "is_own": is_own,
        **waiting,
    }
    return render(request, "reports/municipality.html", context)


@require_safe
def region(request, iso):
    place = get_object_or_404(Region, iso=iso)
    figures = place_figures.of_region(place)
    context = pages.region_context(request, place) | area_context(figures)
    context["has_sample"] = has_sample_at(region=place)
    return render(request, "reports/region.html", context)


@require_safe
def district(request, code):
    place = get_object_or_404(District.objects.select_related("region"), code=code)
    figures = place_figures.of_district(place)
    context = pages.district_context(request, place) | area_context(figures)
    context["has_sample"] = has_sample_at(municipality__district=place)
    return render(request, "reports/district.html", context)


def area_context(figures):
    return {
        "figures": figures,
        "minimum": figures.minimum,
        "bars": share_bars(figures.municipalities.by_share()),
        "compared": share_bars(figures.compared),
        "hundred": HUNDRED if figures.place.cost_kgs else None,
    }


def waiting_context(user):
    """The first that wait, without their texts; each row knows how many there are: the top bar need not ask."""
    rows = list(waiting_for(user).annotate(number=Window(Count("pk")))[:WAITING_SHOWN])
    return {"waiting": rows, "inbox_count": rows[0].number if rows else 0}

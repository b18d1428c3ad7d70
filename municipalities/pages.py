"""What the pages of places show. Views of places call these; a view that adds figures calls them too."""

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q

from .filters import MunicipalityFilter, best_first, find
from .models import District, Municipality, Region, Succession
from .plans import plan_counts
from .succession import standing

PER_PAGE, SEARCH_LIMIT = 50, 20


def list_context(request):
    places = MunicipalityFilter(request.GET, user=request.user)
    found = places.places().for_list().prefetch_related(successors())
    found = best_first(found, places.words) if places.words else found.by_name()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    count_plans(page.object_list, request.user)
    return {"filter": places, "page": page}


def regions_context(request):
    regions = list(
        Region.objects.by_name().annotate(
            district_count=Count("districts", distinct=True),
            municipality_count=Count("municipalities", distinct=True),
        )
    )
    counts = plan_counts(request.user, "municipality__region")
    for region in regions:
        region.plan_count = counts.get(region.pk, 0)
    return {"regions": regions}


def region_context(request, region):
    districts = list(
        region.districts.by_name().annotate(municipality_count=Count("municipalities"))
    )
    counts = plan_counts(request.user, "municipality__district", municipality__region=region)
    for district in districts:
        district.plan_count = counts.get(district.pk, 0)
    whole = plan_counts(request.user, "municipality__region", municipality__region=region)
    return {
        "region": region,
        "place": region,
        "districts": districts,
        "municipality_count": region.municipalities.count(),
        # Cities that belong to no district
        "municipalities": _municipalities(
            region.municipalities.filter(district=None), request.user
        ),
        "plan_count": whole.get(region.pk, 0),
    }


def district_context(request, district):
    whole = plan_counts(request.user, "municipality__district", municipality__district=district)
    return {
        "district": district,
        "place": district,
        "municipalities": _municipalities(district.municipalities.all(), request.user),
        "plan_count": whole.get(district.pk, 0),
    }


def municipality_context(request, municipality):
    became = list(
        standing(municipality.successions.all()).select_related("successor", "successor__district")
    )
    predecessors = list(standing(municipality.precessions.all()).select_related("predecessor"))
    places = [municipality, *(succession.predecessor for succession in predecessors)]
    count_plans(places, request.user)
    return {
        "municipality": municipality,
        "place": municipality,
        "became": became,
        "predecessors": predecessors,
        "namesakes": namesakes(municipality),
        "plan_count": municipality.plan_count,
    }


def namesakes(municipality):
    """Other municipalities of the same name: 31 aimak names are used more than once."""
    same = Q(pk=None)
    for name in ["name_ru", "name_en", "name_ky"]:
        if getattr(municipality, name):
            same |= Q(**{name: getattr(municipality, name)})
    others = Municipality.objects.filter(same).exclude(pk=municipality.pk)
    return list(others.for_list().by_name())


def search_context(request):
    words = request.GET.get("q", "").replace("\x00", "\ufffd").strip()
    places = search_places(words) if words else []
    return {
        "words": words,
        "places": places[:SEARCH_LIMIT],
        "has_more": len(places) > SEARCH_LIMIT,
    }


def search_places(words):
    """Regions, districts and municipalities; those whose name begins with the words come first."""
    found = []
    for places in [
        Region.objects.all(),
        District.objects.select_related("region"),
        Municipality.objects.for_list(),
    ]:
        found += best_first(find(places, words), words)[: SEARCH_LIMIT + 1]
    return sorted(found, key=lambda place: place.rank)


def successors():
    """Prefetches place.became: what the place is a part of now."""
    successions = standing(Succession.objects.select_related("successor"))
    return Prefetch("successions", queryset=successions, to_attr="became")


def count_plans(places, user):
    """Puts plan_count on each municipality: one query for all of them."""
    ids = [place.pk for place in places]
    counts = plan_counts(user, "municipality", municipality__in=ids)
    for place in places:
        place.plan_count = counts.get(place.pk, 0)


def _municipalities(municipalities, user):
    places = list(municipalities.prefetch_related(successors()).by_name())
    count_plans(places, user)
    return places

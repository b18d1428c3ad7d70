"""Finding and reading best practices; everybody may, signed in or not."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from conferences import practice_cards, practice_page
from conferences.models.practice import READABLE
from conferences.practice_filters import PracticeFilter
from lib.htmx import render_page_or_partial

PER_PAGE = 24


@login_not_required
@require_safe
def practice_list(request):
    if not request.htmx and "" in request.GET.values():
        # An empty form sends each field; the address is the saved filter, so it names what was chosen.
        return redirect(
            f"{request.path}?{PracticeFilter.filled(request.GET).urlencode()}".rstrip("?")
        )
    practice_filter = PracticeFilter(request.GET)
    page = Paginator(practice_filter.keys(), PER_PAGE).get_page(request.GET.get("page"))
    cards = practice_cards.cards(page.object_list)
    context = {
        "filter": practice_filter,
        "form": practice_filter.fields(),
        "page": page,
        "cards": cards,
        "has_sample": any(card.is_sample for card in cards),
        "is_partial": request.htmx and not request.htmx.history_restore_request,
        "may_write": request.user.is_authenticated
        and (request.user.works_for_programme or request.user.is_municipal),
    }
    template = "conferences/practice_list.html"
    response = render_page_or_partial(request, template, context, partial="results")
    response.headers["HX-Push-Url"] = f"{request.path}?{practice_filter.query}".rstrip("?")
    return response


@login_not_required
@require_safe
def practice(request, slug):
    """What is published; who may see it reads the draft where nothing is published yet."""
    version, versions = practice_page.version_or_404(request.user, slug)
    return show(request, version, versions)


@require_safe
def practice_version(request, slug, number):
    """An older version, or the one that is being written."""
    version, versions = practice_page.version_or_404(request.user, slug, number)
    if version.status in READABLE:
        return redirect(version.practice)
    return show(request, version, versions)


def show(request, version, versions):
    everybody = "all" in request.GET
    context = practice_page.context_of(version, versions, request.user, all_followers=everybody)
    return render(request, "conferences/practice.html", context)

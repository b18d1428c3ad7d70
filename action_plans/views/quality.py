"""What does not add up, over all plans that a person sees."""

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from action_plans.quality import Quality, filled
from action_plans.quality_rows import Rows
from action_plans.quality_words import MENDS, WHY

PER_PAGE = 25


@require_safe
def quality(request):
    if "" in request.GET.values():
        # An empty form sends each field; the address names what was chosen.
        return redirect(f"{request.path}?{filled(request.GET).urlencode()}")
    found = Quality(request.GET, user=request.user, on=timezone.localdate())
    context = {"quality": found, "sections": [], "page": None}
    if found.is_known and found.check:
        page = Paginator(found.of(found.check), PER_PAGE).get_page(request.GET.get("page"))
        context["page"] = page
        context["sections"] = sections(found, {found.check: list(page)}, request.user)
    elif found.is_known:
        context["sections"] = sections(found, found.first, request.user)
    return render(request, "action_plans/quality.html", context)


def sections(quality, findings, user):
    """One per check that some plan does not pass."""
    rows = Rows(findings, user)
    return [
        {
            "check": check,
            "number": quality.numbers.get(check, 0),
            "why": WHY[check],
            "mends": MENDS[check],
            "rows": rows.of(check),
            "query": quality.query_with(check=check.value),
        }
        for check in findings
        if findings[check]
    ]

"""The first page of each role, the programme's overview and its charts."""

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Role
from action_plans.models import Phase
from municipalities.models import Municipality
from reports import charts, frames
from reports.notices import findings_number, has_sample, notices
from reports.overview import Overview
from reports.published import statements
from reports.rows import HUNDRED, quality_link, report_link

from .places import municipality_page, waiting_context


@require_safe
def home(request):
    """The overview of who is signed in."""
    if request.user.is_municipal:
        own = Municipality.objects.for_list().get(pk=request.user.municipality_id)
        return municipality_page(request, own)
    if request.user.role == Role.DONOR:
        return donor(request)
    waiting = waiting_context(request.user)
    prefetch_related_objects(waiting["waiting"], "texts")
    return programme_page(request, **waiting)


@require_safe
def programme(request):
    return programme_page(request)


def programme_page(request, **waiting):
    overview, error = read_overview(request)
    context = {**page_of(overview, frames.FRAMES.values()), "filter_error": error}
    context |= {"notices": notices(overview), "statements": statements(), **waiting}
    return render(request, "reports/programme.html", context)


def donor(request):
    overview, error = read_overview(request)
    shown = [frames.sources, frames.areas, frames.share_by_area, frames.regions, frames.years]
    context = {**page_of(overview, shown), "filter_error": error, "notices": notices(overview)}
    return render(request, "reports/donor.html", context)


@require_safe
def chart(request, slug):
    overview, error = read_overview(request)
    if error or slug not in frames.FRAMES:
        raise Http404
    figure = charts.figure_of(frames.FRAMES[slug](overview))
    return HttpResponse(figure.to_json(), content_type="application/json")


def page_of(overview, shown):
    """What every overview shows."""
    found = [frame(overview) for frame in shown]
    return {
        "overview": overview,
        "minimum": overview.minimum,
        "frames": {frame.slug.replace("-", "_"): frame for frame in found},
        "hundred": HUNDRED if overview.whole.cost_kgs else None,
        "has_sample": has_sample(overview.phase),
        "findings": findings_number(overview.phase, on=overview.on),
        "findings_link": quality_link(phase=overview.phase),
        "phase_chips": phase_chips(overview),
        "downloads": {
            name: report_link(address, phase=overview.phase)
            for name, address in [
                ("report", "funding"),
                ("csv", "funding_csv"),
                ("xlsx", "funding_xlsx"),
            ]
        },
    }


def phase_chips(overview):
    """[(name, query, whether it is the current one)]: a chip is a link."""
    chips = [(_("All phases"), "", overview.phase is None)]
    return chips + [
        (phase.name, f"phase={phase.code}", phase == overview.phase) for phase in overview.phases
    ]


def read_overview(request):
    """(the overview, what was wrong with the filter). A phase that is not known shows nothing."""
    code, error = request.GET.get("phase", ""), ""
    phases = {phase.code: phase for phase in Phase.objects.all()}
    phase = phases.get(code)
    if code and phase is None:
        phase, error = (
            Phase(pk=0, code=code),
            _("“%(value)s” is not known here.") % {"value": code[:40]},
        )
    return Overview(phase=phase, phases=phases.values(), on=timezone.localdate()), error

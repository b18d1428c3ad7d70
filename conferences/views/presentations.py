"""Presentations: the list, the page of one, proposing, editing, and the steps from draft to accepted."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conferences import presentations
from conferences.conflict import Conflict, with_revision
from conferences.models import Event, Presentation, PresentationStatus
from conferences.presentation_entry import PresentationEntry, rearranged
from conferences.presentation_filters import PresentationFilter
from conferences.presentation_page import context_of
from lib.htmx import render_page_or_partial

PER_PAGE = 25
FORM = require_http_methods(["GET", "HEAD", "POST"])
DONE = {
    PresentationStatus.DRAFT: gettext_lazy("The draft was saved. It has not been proposed."),
    PresentationStatus.PROPOSED: gettext_lazy(
        "The presentation was proposed. The office reads it and decides; slides and photos can be added below."
    ),
    PresentationStatus.ACCEPTED: gettext_lazy("The presentation was accepted."),
    PresentationStatus.DECLINED: gettext_lazy("The presentation was declined."),
    PresentationStatus.WITHDRAWN: gettext_lazy("The presentation was withdrawn."),
}


@login_not_required
@require_safe
def presentation_list(request):
    if not request.htmx and "" in request.GET.values():
        # An empty form sends each field; the address is the saved filter, so it names what was chosen.
        query = PresentationFilter.filled(request.GET).urlencode()
        return redirect(f"{request.path}?{query}".rstrip("?"))
    talk_filter = PresentationFilter(request.GET, user=request.user)
    page = Paginator(talk_filter.talks().for_list(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": talk_filter,
        "form": talk_filter.fields(),
        "page": page,
        "is_partial": request.htmx and not request.htmx.history_restore_request,
        **_waiting(request.user),
    }
    template = "conferences/presentation_list.html"
    response = render_page_or_partial(request, template, context, partial="results")
    response.headers["HX-Push-Url"] = f"{request.path}?{talk_filter.query}".rstrip("?")
    return response


def _waiting(user):
    """Of a municipality: its own, and which calls are open; of the office: what waits for a decision, by event."""
    if not user.is_authenticated:
        return {}
    if user.is_municipal:
        own = Presentation.objects.of_own_municipality(user).exclude(
            status=PresentationStatus.ACCEPTED
        )
        calls = Event.objects.with_open_call(at=timezone.now()).prefetch_related("texts")
        return {"own": own.for_list().order_by("-created_at", "-pk")[:50], "calls": calls}
    if not user.works_for_programme:
        return {}
    waits = Presentation.objects.waiting().order_by().values("event")
    counts = dict(waits.annotate(number=Count("pk")).values_list("event", "number"))
    events = Event.objects.filter(pk__in=counts).prefetch_related("texts")
    return {"to_decide": [(event, counts[event.pk]) for event in events]}


@login_not_required
@require_safe
def presentation(request, pk):
    return show(request, pk)


def show(request, pk, **problem):
    """The page, with what was refused and the reason that was typed."""
    talks = Presentation.objects.visible_to(request.user).for_list()
    talk = get_object_or_404(talks.select_related("plan", "practice"), pk=pk)
    context = context_of(talk, request.user) | problem
    return render(request, "conferences/presentation.html", context)


@require_POST
def presentation_step(request, pk, step):
    talk = get_object_or_404(presentations.step_open_to(step, request.user), pk=pk)
    seen, reason = request.POST.get("revision", ""), request.POST.get("reason", "")
    try:
        talk = presentations.take(
            step=step,
            talk_id=talk.pk,
            by=request.user,
            reason=reason[:2000],
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None,
        )
    except ValidationError as refused:
        problem = {"refused": refused, "refused_step": step, "reason": reason}
        return show(request, pk, **problem)
    messages.success(request, DONE[talk.status], extra_tags=f"step-{step}-{pk}")
    return redirect(talk)


# --- Proposing and editing ------------------------------------------------------------------------


@FORM
def propose(request, slug):
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=slug)
    if not (request.user.works_for_programme or request.user.is_municipal):
        raise Http404
    closed = _closed(event, request.user)
    if request.method != "POST":
        entry = PresentationEntry(user=request.user, event=event)
        return _form(request, entry, refused=closed, is_closed=bool(closed))
    data = rearranged(request.POST)
    entry = PresentationEntry(user=request.user, event=event, data=data or request.POST)
    if data or closed or not entry.is_valid():
        if data or closed:
            entry.keep_quiet()
        return _form(request, entry, refused=closed)
    try:
        talk = presentations.create(
            event_id=event.pk,
            facts=entry.facts(),
            texts=entry.texts,
            after=request.POST.get("save") or PresentationStatus.DRAFT,
            key=entry.key,
            by=request.user,
        )
    except Conflict as conflict:
        return _conflict(request, entry, conflict)
    except ValidationError as refused:
        return _form(request, entry, refused=refused)
    messages.success(request, DONE[talk.status], extra_tags=_kept_as(entry))
    return redirect(talk)


def _closed(event, user):
    try:
        presentations.check_call(event, user)
    except ValidationError as refused:
        return refused
    return None


@FORM
def presentation_edit(request, pk):
    """What was typed is shown again also when somebody decided meanwhile."""
    talks = Presentation.objects.select_related("event", "plan", "practice")
    open_to = talks.workable_by if request.method == "POST" else talks.editable_by
    talk = get_object_or_404(open_to(request.user), pk=pk)
    if request.method != "POST":
        return _form(request, PresentationEntry(user=request.user, event=talk.event, talk=talk))
    data = rearranged(request.POST)
    entry = PresentationEntry(
        user=request.user, event=talk.event, talk=talk, data=data or request.POST
    )
    if data:
        entry.keep_quiet()
    if data or not entry.is_valid():
        return _form(request, entry)
    try:
        talk = presentations.save(
            talk_id=pk,
            facts=entry.facts(),
            texts=entry.texts,
            revision=entry.revision,
            by=request.user,
        )
    except Conflict as conflict:
        return _conflict(request, entry, conflict)
    except ValidationError as refused:
        return _form(request, entry, refused=refused)
    messages.success(request, _("The presentation was saved."), extra_tags=_kept_as(entry))
    return redirect(talk)


def _conflict(request, entry, conflict):
    """Everything typed, as if over the row that is stored now: the next press of “save” is a decision."""
    talk = Presentation.objects.select_related("event", "plan", "practice").get(pk=conflict.row.pk)
    data = with_revision(request.POST, talk)
    mine = PresentationEntry(user=request.user, event=talk.event, talk=talk, data=data)
    mine.is_valid()
    fresh = Presentation.objects.select_related("event", "plan", "practice").get(pk=talk.pk)
    stored = PresentationEntry(user=request.user, event=talk.event, talk=fresh)
    found = mine.differences_from(stored)
    return _form(request, mine, conflict=conflict, differences=found)


def _form(request, entry, **context):
    talk = entry.talk
    context |= {
        "entry": entry,
        "event": entry.event,
        "talk": talk,
        "is_office": request.user.works_for_programme,
        "keep": _kept_as(entry),
        "found_words": _("Found: %(number)s"),
    }
    return render(request, "conferences/presentation_form.html", context)


def _kept_as(entry):
    """Under this name the browser keeps what is typed until it is saved."""
    return f"presentation-{entry.talk.pk}" if entry.talk else f"presentation-new-{entry.event.pk}"

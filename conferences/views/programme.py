"""Halls and sessions of an event: the office adds, changes, orders and removes them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from action_plans.views.doors import office_only
from conferences import programme as verbs
from conferences import programme_moves
from conferences.conflict import Conflict, differences
from conferences.forms_programme import DelayForm, HallForm, PutOnForm, SessionForm
from conferences.models import Event
from conferences.programme_page import programme_of
from conferences.session_proposal import proposed

FORM = ["GET", "HEAD", "POST"]


@office_only
@require_safe
def programme(request, slug):
    event = office_event(request, slug)
    return _programme_page(request, event)


def _programme_page(request, event, **forms):
    found = programme_of(event)
    context = {
        "event": event,
        "halls": event.halls.all(),
        "programme": found,
        "delay": forms.get("delay") or DelayForm(event=event),
        "put_on": forms.get("put_on") or PutOnForm(event=event),
    }
    return render(request, "conferences/programme_edit.html", context)


# --- Halls ------------------------------------------------------------------------------------------


@office_only
@require_http_methods(FORM)
def hall_add(request, slug):
    event = office_event(request, slug)
    form = HallForm(request.POST or None)
    if form.is_valid() and (hall := _tried(form, verbs.add_hall, event, request.user)):
        keep = _kept_as(event, "hall")
        _say(request, _("The hall “%(name)s” was added.") % {"name": hall}, keep)
        return redirect(_page(event))
    return _form_page(request, "hall", event, form)


@office_only
@require_http_methods(FORM)
def hall_edit(request, slug, pk):
    event = office_event(request, slug)
    hall = get_object_or_404(event.halls, pk=pk)
    form = HallForm(request.POST or None, hall=hall)
    context = {"row": hall}
    if form.is_valid():
        try:
            saved = _tried(
                form,
                verbs.change_hall,
                event,
                request.user,
                hall_id=pk,
                seen=form.cleaned_data["seen"],
            )
        except Conflict as conflict:
            hall.refresh_from_db()
            context |= _conflict(form, HallForm(hall=hall), conflict)
        else:
            if saved:
                keep = _kept_as(event, "hall", hall)
                _say(request, _("The hall “%(name)s” was saved.") % {"name": saved}, keep)
                return redirect(_page(event))
    return _form_page(request, "hall", event, form, **context)


@office_only
@require_POST
def hall_move(request, slug, pk):
    event = office_event(request, slug)
    up = request.POST.get("to") != "down"
    try:
        verbs.move_hall(event_id=event.pk, hall_id=pk, up=up, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect(f"{_page(event)}#halls")


@office_only
@require_POST
def hall_remove(request, slug, pk):
    event = office_event(request, slug)
    try:
        hall = verbs.remove_hall(event_id=event.pk, hall_id=pk, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        _say(request, _("The hall “%(name)s” was removed.") % {"name": hall})
    return redirect(_page(event))


# --- Sessions ---------------------------------------------------------------------------------------


@office_only
@require_http_methods(FORM)
def session_add(request, slug):
    event = office_event(request, slug)
    initial = proposed(event, request.GET)
    form = SessionForm(request.POST or None, event=event, initial=initial)
    if form.is_valid() and (session := _tried(form, verbs.add_session, event, request.user)):
        keep = _kept_as(event, "session")
        _say(request, _("The session “%(name)s” was added.") % {"name": session}, keep)
        if "another" in request.POST:
            return redirect(f"{request.path}?after={session.pk}")
        return redirect(f"{_page(event)}#session-{session.pk}")
    return _form_page(request, "session", event, form)


@office_only
@require_http_methods(FORM)
def session_edit(request, slug, pk):
    event = office_event(request, slug)
    session = get_object_or_404(event.sessions.select_related("hall"), pk=pk)
    form = SessionForm(request.POST or None, event=event, session=session)
    context = {"row": session, "talks": session.presentations.count()}
    if form.is_valid():
        try:
            saved = _tried(
                form,
                verbs.change_session,
                event,
                request.user,
                session_id=pk,
                seen=form.cleaned_data["seen"],
            )
        except Conflict as conflict:
            session.refresh_from_db()
            context |= _conflict(form, SessionForm(event=event, session=session), conflict)
        else:
            if saved:
                keep = _kept_as(event, "session", session)
                _say(request, _("The session “%(name)s” was saved.") % {"name": saved}, keep)
                return redirect(f"{_page(event)}#session-{pk}")
    return _form_page(request, "session", event, form, **context)


@office_only
@require_http_methods(FORM)
def session_remove(request, slug, pk):
    """A page of its own: what is in the session goes back to what is not scheduled."""
    event = office_event(request, slug)
    session = get_object_or_404(event.sessions.select_related("hall"), pk=pk)
    problem = ""
    if request.method == "POST":
        tick = "unschedule" in request.POST
        try:
            verbs.remove_session(event_id=event.pk, session_id=pk, unschedule=tick, by=request.user)
        except ValidationError as refusal:
            problem = refusal.messages[0]
        else:
            _say(request, _("The session “%(name)s” was removed.") % {"name": session})
            return redirect(_page(event))
    talks = session.presentations.prefetch_related("texts").order_by("starts_at")
    context = {"event": event, "session": session, "talks": talks, "problem": problem}
    return render(request, "conferences/session_remove.html", context)


# --- The whole programme ----------------------------------------------------------------------------


@office_only
@require_POST
def programme_delay(request, slug):
    event = office_event(request, slug)
    form = DelayForm(request.POST, event=event)
    if form.is_valid():
        try:
            minutes = form.cleaned_data["minutes"]
            programme_moves.delay(
                event_id=event.pk, begins_at=form.begins_at(), minutes=minutes, by=request.user
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            _say(
                request, _("The programme was moved by %(minutes)s minutes.") % {"minutes": minutes}
            )
            return redirect(_page(event))
    return _programme_page(request, event, delay=form)


@office_only
@require_POST
def programme_days(request, slug):
    event = office_event(request, slug)
    form = PutOnForm(request.POST, event=event)
    if form.is_valid():
        try:
            first_on = form.cleaned_data["first_on"]
            programme_moves.put_on(event_id=event.pk, first_on=first_on, by=request.user)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            _say(request, _("The event and its programme are on other days now."))
            return redirect(_page(event))
    return _programme_page(request, event, put_on=form)


# --- What they share --------------------------------------------------------------------------------


def office_event(request, slug):
    events = Event.objects.editable_by(request.user).prefetch_related("texts")
    return get_object_or_404(events, slug=slug)


def _tried(form, verb, event, by, **which):
    """What the verb saved; None when it refused and the form says why."""
    try:
        return verb(event_id=event.pk, by=by, **which, **form.values())
    except ValidationError as refusal:
        return form.refuse(refusal)


def _conflict(form, stored, conflict):
    """What was typed stays, beside what is stored now; to save once more is a decision."""
    form.go_on_with(seen=stored.initial["seen"])
    return {"conflict": conflict, "differences": differences([form], [stored])}


def _form_page(request, name, event, form, **context):
    context |= {"event": event, "form": form, "keep": _kept_as(event, name, context.get("row"))}
    return render(request, f"conferences/{name}_form.html", context)


def _kept_as(event, name, row=None):
    return f"{name}-{event.slug}-{row.pk if row else 'new'}"


def _say(request, text, keep=""):
    messages.success(request, text, extra_tags=keep)


def _page(event):
    return reverse("conferences:programme", args=[event.slug])

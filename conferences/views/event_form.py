"""Entering, changing, publishing and deleting an event; the office does."""

import uuid

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conferences import events
from conferences.conflict import Conflict, differences, with_revision
from conferences.event_forms import EventForm
from conferences.models import Event, EventText
from conferences.text_forms import Texts

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
def event_add(request):
    if not request.user.works_for_programme:
        raise Http404
    return _page(request, None)


@require_http_methods(FORM)
def event_edit(request, slug):
    return _page(request, _event(request, slug))


def _event(request, slug):
    return get_object_or_404(Event.objects.editable_by(request.user), slug=slug)


def _page(request, event):
    form, texts = _forms(event, request.POST if request.method == "POST" else None)
    valid = [form.is_valid(), texts.is_valid()]  # both show what is wrong
    if request.method != "POST" or not all(valid):
        if {"revision", "key"} & form.errors.keys():
            raise BadRequest("hidden fields of an event's form")
        return _show(request, event, form, texts)
    try:
        saved = _save(request, event, form, texts)
    except Conflict as conflict:
        return _ask(request, event, conflict)
    except ValidationError as refusal:  # the programme is on other days
        form.add_error("starts_on", refusal)
        return _show(request, event, form, texts)
    messages.success(request, _("The event was saved."), extra_tags=_kept_as(event))
    return redirect(saved)


def _forms(event, data):
    # The form writes into its row while it reads: the page's own event stays as it is stored.
    stored = Event.objects.get(pk=event.pk) if event else None
    return EventForm(data, instance=stored), Texts(EventText, "event", event, data)


def _save(request, event, form, texts):
    typed = {
        "facts": form.facts,
        "hosts": form.cleaned_data["hosts"],
        "texts": texts,
        "by": request.user,
    }
    if event:
        revision = form.cleaned_data["revision"]
        return events.save_event(event_id=event.pk, revision=revision, **typed)
    return events.create_event(key=form.cleaned_data["key"] or uuid.uuid4(), **typed)


def _ask(request, event, conflict):
    """Somebody else saved meanwhile: everything typed, beside what is stored now."""
    row = Event.objects.get(pk=conflict.row.pk)
    form, texts = _forms(row, with_revision(request.POST, row))
    stored_form, stored_texts = _forms(row, None)
    found = differences([form, *texts.all_forms], [stored_form, *stored_texts.all_forms])
    # A form of a new event that was sent before goes on as an edit of what it made.
    context = {"conflict": conflict, "differences": found, "keep": _kept_as(event)}
    return _show(request, row, form, texts, **context)


def _show(request, event, form, texts, **context):
    is_sent = form.is_bound and "conflict" not in context
    context = {
        "event": event,
        "form": form,
        "texts": texts,
        "problems": [*texts.problems, *form.problems] if is_sent else [],
        "keep": _kept_as(event),
        "back": event.get_absolute_url() if event else reverse("conferences:event_list"),
        "action": reverse("conferences:event_edit", args=[event.slug]) if event else request.path,
        **context,
    }
    return render(request, "conferences/event_form.html", context)


def _kept_as(event):
    """Under this name the browser keeps what is typed until it is saved."""
    return f"event-{event.slug}" if event else "event-new"


@require_POST
def event_publish(request, slug):
    return _step(
        request,
        slug,
        events.publish,
        _("The event is published: everybody can read it, without signing in."),
    )


@require_POST
def event_unpublish(request, slug):
    return _step(
        request, slug, events.unpublish, _("The event was withdrawn: only the office sees it now.")
    )


def _step(request, slug, verb, done):
    event = _event(request, slug)
    try:
        verb(event_id=event.pk, by=request.user)
    except ValidationError as refusal:
        for message in refusal.messages:
            messages.error(request, message)
    else:
        messages.success(request, done)
    return redirect(event)


@require_http_methods(FORM)
def event_remove(request, slug):
    event = _event(request, slug)
    problem = None
    if request.method == "POST":
        try:
            events.remove(event_id=event.pk, by=request.user)
        except ValidationError as refusal:
            problem = refusal.messages[0]
        else:
            messages.success(request, _("“%(event)s” was deleted.") % {"event": event})
            return redirect("conferences:event_list")
    context = {"event": event, "belongings": events.belongings(event), "problem": problem}
    return render(request, "conferences/event_remove.html", context)

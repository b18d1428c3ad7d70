"""Accepted presentations are put into the programme, moved and taken out of it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from action_plans.views.doors import office_only
from conferences import scheduling
from conferences.forms_programme import ScheduleForm
from conferences.models import Session
from conferences.programme import clock
from conferences.programme_page import accepted_talks, programme_of

from .programme import office_event


@office_only
@require_safe
def schedule(request, slug):
    event = office_event(request, slug)
    waiting = event.presentations.waiting().count()
    context = {"event": event, "programme": programme_of(event), "waiting": waiting}
    return render(request, "conferences/schedule.html", context)


@office_only
@require_http_methods(["GET", "HEAD", "POST"])
def schedule_talk(request, slug, pk):
    event = office_event(request, slug)
    talk = get_object_or_404(accepted_talks(event).select_related("session__hall"), pk=pk)
    sessions = scheduling.for_talks(event)
    form = ScheduleForm(request.POST or None, talk=talk, sessions=sessions)
    if form.is_valid() and (saved := _scheduled(form, event, talk, request.user)):
        text = _("“%(title)s” is in the programme: %(session)s, %(begins)s–%(ends)s.")
        words = {"title": saved, "session": saved.session}
        words |= {"begins": clock(saved.starts_at), "ends": clock(saved.ends_at)}
        messages.success(request, text % words, extra_tags=f"slot-{pk}")
        return redirect(f"{_page(event)}#talk-{pk}")
    context = {"event": event, "talk": talk, "form": form, "keep": f"slot-{pk}"}
    return render(request, "conferences/schedule_form.html", context | _choices(event, talk, form))


def _scheduled(form, event, talk, by):
    """None when it was refused and the form says why."""
    typed = form.cleaned_data
    session, minutes = typed["session"], typed["minutes"]
    starts_at = form.starts_at()
    try:
        if starts_at is None:
            starts_at = scheduling.next_free(session, talk, minutes, scheduling.busy(event))
        if starts_at is None:
            raise ValidationError({"session": _("There is no free time of this length in it.")})
        return scheduling.schedule(
            event_id=event.pk,
            talk_id=talk.pk,
            session_id=session.pk,
            starts_at=starts_at,
            minutes=minutes,
            seen=typed["seen"],
            by=by,
        )
    except ValidationError as refusal:
        talk.refresh_from_db(fields=["session", "starts_at", "ends_at", "minutes"])
        form.go_on_with(seen=scheduling.seen_of(talk))
        return form.refuse(refusal)


def _choices(event, talk, form):
    """Each session with what is in it and its next free time; the first that has one is proposed."""
    taken = scheduling.busy(event)
    minutes = form["minutes"].value()
    minutes = int(minutes) if str(minutes).isdecimal() and len(str(minutes)) < 4 else talk.minutes
    chosen = str(form["session"].value() or "")
    sessions = [
        {
            "session": session,
            "free_at": scheduling.next_free(session, talk, minutes or 1, taken),
            "talks": sum(one.session_id == session.pk for one in taken),
            "is_chosen": str(session.pk) == chosen,
        }
        for session in form.fields["session"].queryset
    ]
    if not chosen:
        _propose(sessions)
    return {"choices": sessions}


def _propose(sessions):
    free = [each for each in sessions if each["free_at"]]
    of_talks = [each for each in free if each["session"].kind == Session.Kind.TALKS]
    for each in (of_talks or free)[:1]:
        each["is_chosen"] = True


@office_only
@require_POST
def unschedule(request, slug, pk):
    event = office_event(request, slug)
    if not event.presentations.filter(pk=pk).exists():
        raise Http404
    try:
        talk = scheduling.unschedule(event_id=event.pk, talk_id=pk, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        text = _("“%(title)s” is no longer in the programme. It stays accepted.")
        messages.success(request, text % {"title": talk})
    return redirect(_page(event))


def _page(event):
    return reverse("conferences:schedule", args=[event.slug])

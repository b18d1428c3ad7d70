"""What an event asks of somebody, and what came of it: each step with who took it and what proves it."""

from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from . import documents
from .conflict import refuse_older
from .models import DocumentKind, Event, Recommendation, RecommendationState, RecommendationStep


class Step(NamedTuple):
    name: str
    after: str
    before: tuple
    label: str
    note_is_needed: bool = False


STATE = RecommendationState
STEPS = {
    step.name: step
    for step in [
        Step(
            "start",
            STATE.STARTED,
            (STATE.OPEN, STATE.DROPPED),
            pgettext_lazy("step of a recommendation", "Under way"),
        ),
        Step(
            "done",
            STATE.DONE,
            (STATE.OPEN, STATE.STARTED),
            pgettext_lazy("step of a recommendation", "Done"),
        ),
        Step(
            "drop",
            STATE.DROPPED,
            (STATE.OPEN, STATE.STARTED),
            pgettext_lazy("step of a recommendation", "Drop it"),
            note_is_needed=True,
        ),
        Step(
            "reopen",
            STATE.OPEN,
            (STATE.DONE, STATE.DROPPED),
            pgettext_lazy("step of a recommendation", "Open again"),
            note_is_needed=True,
        ),
    ]
}


def steps_for(recommendation):
    return [step for step in STEPS.values() if recommendation.state in step.before]


@transaction.atomic
def add(*, event, texts, municipality, due_on, source, by):
    """texts: a valid conferences.text_forms.Texts."""
    Event.objects.select_for_update(of=("self",)).get(pk=event.pk)  # numbers follow each other
    facts = {"municipality": municipality, "due_on": due_on, "source": source}
    for known in Recommendation.objects.filter(event=event, **facts):
        if not texts.differ_from(known):
            return known  # the same form, sent twice
    last = Recommendation.objects.filter(event=event).aggregate(Max("number"))["number__max"] or 0
    recommendation = Recommendation(event=event, number=last + 1, **facts)
    recommendation._history_user = by
    recommendation.save()
    texts.save(recommendation, by=by)
    return recommendation


@transaction.atomic
def change(*, recommendation, texts, municipality, due_on, source, revision, by):
    row = _lock(recommendation)
    refuse_older(row, revision)
    row.municipality, row.due_on, row.source = municipality, due_on, source
    _save(row, by)
    texts.save(row, by=by)
    return row


@transaction.atomic
def take(*, recommendation, step, by, note="", link="", file=None):
    """A step with what proves it: a note, a link or a file. ValidationError where it is not open."""
    row, step = _lock(recommendation), STEPS[step]
    if row.state not in step.before:
        raise ValidationError(
            _("This recommendation is: %(state)s. Somebody may have changed it a moment ago."),
            code="state",
            params={"state": row.get_state_display()},
        )
    note, link = note.strip(), link.strip()
    if step.note_is_needed and not note:
        raise ValidationError({"note": _("Say why. It is kept with the recommendation.")})
    if step.name == "done" and not (note or link or file):
        raise ValidationError(
            {"note": _("Say what proves it: a note, a link or a file.")}, code="required"
        )
    taken = RecommendationStep(
        recommendation=row,
        before=row.state,
        after=step.after,
        note=note,
        link=link,
        evidence=_evidence(row, file, by),
        changed_at=timezone.now(),
        changed_by=by,
    )
    taken.full_clean()
    taken.save()
    row.state = step.after
    row.done_on = timezone.localdate() if step.name == "done" else None
    _save(row, by)
    return row


@transaction.atomic
def remove(*, recommendation, by):
    """Only what nobody has worked on; afterwards it is dropped with a reason."""
    row = _lock(recommendation)
    if row.steps.exists():
        raise ValidationError(
            _("Something was done about this recommendation, so it stays. It can be dropped.")
        )
    row._history_user = by
    row.delete()


def _evidence(row, file, by):
    if not file:
        return None
    kind = DocumentKind.EVIDENCE
    return documents.find_or_add(
        owner=row.event, file=file, kind=kind, by=by, title=file.name[:200]
    )


def _lock(recommendation):
    rows = Recommendation.objects.select_for_update(of=("self",)).select_related("event")
    return rows.get(pk=recommendation.pk)


def _save(row, by):
    row.revision += 1
    row._history_user = by
    row.save()

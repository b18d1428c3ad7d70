"""The events, talks and recommendations that sources tell of: fixtures/, loaded where they are missing.

What somebody edited in the portal stays as it is: a row that is there already is left alone.
"""

from collections import Counter
from datetime import date

from django.db import transaction
from django.utils import timezone

from action_plans.models import ActionPlan, Phase, ServiceArea
from lib.dates import Precision
from lib.fixtures import read
from municipalities.models import Municipality

from . import presentation_search
from .event_search import fill_search_key
from .models import (
    Event,
    EventText,
    Presentation,
    PresentationSpeaker,
    PresentationStatus,
    PresentationText,
    Recommendation,
    RecommendationText,
    Speaker,
)
from .texts import add_texts

PLAIN = ["slug", "kind", "source"]


@transaction.atomic
def load_events():
    """{model: Counter of new, unchanged}. Places and areas come first; plans are named where they are there."""
    done = {Event: _load(read("events.json"), _event)}
    events = {event.slug: event for event in Event.objects.all()}
    talks = [{**row, "event": events[row["event"]]} for row in read("presentations.json")]
    done[Presentation] = _load(talks, _presentation)
    asked = [{**row, "event": events[row["event"]]} for row in read("recommendations.json")]
    done[Recommendation] = _load(asked, _recommendation)
    return done


def _load(rows, make):
    return Counter("new" if make(row) else "unchanged" for row in rows)


def _event(row):
    if Event.objects.filter(slug=row["slug"]).exists():
        return None
    event = Event.objects.create(
        **{name: row[name] for name in PLAIN},
        source_note=row.get("source_note", ""),
        of_programme=row.get("of_programme", True),
        phase=Phase.objects.get(code=row["phase"]) if "phase" in row else None,
        starts_on=date.fromisoformat(row["starts_on"]),
        starts_precision=row.get("starts_precision", Precision.DAY),
        ends_on=date.fromisoformat(row["ends_on"]) if "ends_on" in row else None,
        published_at=timezone.now(),
    )
    event.hosts.set(_places(row.get("hosts", [])))
    add_texts(EventText, row, event=event)
    fill_search_key(event)
    return event


def _presentation(row):
    """Known by its event and its original title: a source gives a talk no number."""
    title = row["texts"][row["original"]]["title"]
    known = PresentationText.objects.filter(presentation__event=row["event"], title=title)
    if known.exists():
        return None
    talk = Presentation.objects.create(
        event=row["event"],
        status=PresentationStatus.ACCEPTED,
        by_municipality=row.get("by_municipality", True),
        area=ServiceArea.objects.get(code=row["area"]) if "area" in row else None,
        plan=_plan_of_source(row.get("plan")),
        source=row["source"],
        source_note=row.get("source_note", ""),
    )
    talk.municipalities.set(_places(row.get("municipalities", [])))
    add_texts(PresentationText, row, presentation=talk)
    if roles := row.get("speaker_role"):
        PresentationSpeaker.objects.create(presentation=talk, speaker=_speaker(talk.event, roles))
    presentation_search.fill_search_key(talk)
    return talk


def _speaker(event, roles):
    """roles: {language: role}; the sources give no names."""
    columns = {f"role_{language}": role for language, role in roles.items()}
    known = {"event": event, "name": "", "role": roles["en"]}
    return Speaker.objects.get_or_create(**known, defaults=columns)[0]


def _recommendation(row):
    if Recommendation.objects.filter(event=row["event"], number=row["number"]).exists():
        return None
    due = row.get("due_on")
    recommendation = Recommendation.objects.create(
        event=row["event"],
        number=row["number"],
        due_on=date.fromisoformat(due) if due else None,
        source=row["source"],
    )
    add_texts(RecommendationText, row, recommendation=recommendation)
    return recommendation


def _plan_of_source(reference):
    return ActionPlan.objects.filter(reference=reference).first() if reference else None


def _places(codes):
    places = list(Municipality.objects.filter(code__in=codes))
    if missing := set(codes) - {place.code for place in places}:
        raise ValueError(f"No municipality {', '.join(sorted(missing))}: load the registry first.")
    return places

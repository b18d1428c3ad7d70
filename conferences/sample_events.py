"""What belongs to a sample event: halls, sessions, talks, who came, what was recommended."""

import datetime as dt

from django.utils import timezone

from action_plans.models import ServiceArea

from .models import (
    Attendance,
    Hall,
    Presentation,
    PresentationSpeaker,
    PresentationText,
    Recommendation,
    RecommendationState,
    RecommendationStep,
    RecommendationText,
    Session,
    Speaker,
)
from .presentation_search import fill_search_key
from .texts import add_texts

NAMES = ("name_ky", "name_ru", "name_en")
ROLES = ("role", "role_ru", "role_en")


def load_parts(event, row, places, plans, practices):
    sessions = _programme(event, row)
    for talk in row.get("talks", []):
        _talk(event, talk, sessions, places, plans, practices)
    for came in row.get("attendance", []):
        _attendance(event, came, places)
    for number, asked in enumerate(row.get("recommendations", []), start=1):
        _recommendation(event, number, asked, places)


def _programme(event, row):
    halls = [
        Hall.objects.create(event=event, position=place, **dict(zip(NAMES, names, strict=True)))
        for place, names in enumerate(row.get("halls", []))
    ]
    return [
        Session.objects.create(
            event=event,
            hall=None if hall is None else halls[hall],
            kind=kind,
            starts_at=_moment(event, day, begins),
            ends_at=_moment(event, day, ends),
            **dict(zip(NAMES, names, strict=True)),
        )
        for hall, kind, day, begins, ends, names in row.get("sessions", [])
    ]


def _moment(event, day, time):
    date = event.starts_on + dt.timedelta(days=day)
    return timezone.make_aware(dt.datetime.combine(date, dt.time.fromisoformat(time)))


def _talk(event, row, sessions, places, plans, practices):
    slot = {}
    if "session" in row:
        session = sessions[row["session"]]
        begins = session.starts_at + dt.timedelta(minutes=row["at"])
        ends = begins + dt.timedelta(minutes=row["minutes"])
        slot = {"session": session, "starts_at": begins, "ends_at": ends}
    talk = Presentation.objects.create(
        event=event,
        status=row["status"],
        plan=plans[row["plan"]],
        practice=practices.get(row.get("practice")),
        area=ServiceArea.objects.get(code=row["area"]),
        minutes=row["minutes"],
        is_sample=True,
        **slot,
    )
    place = places[row["municipality"]]
    talk.municipalities.add(place)
    add_texts(PresentationText, row, presentation=talk)
    roles = dict(zip(ROLES, row["role"], strict=True))
    speaker = Speaker.objects.create(event=event, municipality=place, **roles)
    PresentationSpeaker.objects.create(presentation=talk, speaker=speaker)
    fill_search_key(talk)


def _attendance(event, row, places):
    women, men = row.get("women"), row.get("men")
    code = row.get("municipality")
    Attendance.objects.create(
        event=event,
        municipality=places[code] if code else None,
        institution=row.get("institution", ""),
        role=row["role"],
        women=women,
        men=men,
        total=row["total"] if "total" in row else women + men,
    )


def _recommendation(event, number, row, places):
    now, state = timezone.now(), row["state"]
    done = state == RecommendationState.DONE
    code = row.get("municipality")
    recommendation = Recommendation.objects.create(
        event=event,
        number=number,
        municipality=places[code] if code else None,
        due_on=timezone.localdate() + dt.timedelta(days=row["due_in"]),
        state=state,
        done_on=timezone.localdate() - dt.timedelta(days=45) if done else None,
        is_sample=True,
    )
    add_texts(RecommendationText, row, recommendation=recommendation)
    if state != RecommendationState.OPEN:
        RecommendationStep.objects.create(
            recommendation=recommendation,
            before=RecommendationState.OPEN,
            after=state,
            note=row.get("note", ""),
            changed_at=now,
        )

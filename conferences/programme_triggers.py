"""A hall holds one session at a time, a session one talk, a speaker one place: for every way in (lib/triggers.py).

A session without a hall is for everybody, so nothing else happens meanwhile. PostgreSQL holds the event while it
looks: of two who write at once the second sees what the first wrote. Who changes the programme locks the event
first, then the presentation (conferences/programme.py, scheduling.py).
"""

from django.utils.translation import gettext_lazy as _

from lib.triggers import Guard, Guards

from .models import Presentation, Session

WORDS = {
    "hall_taken": _("Two sessions cannot be in one hall at the same time. Nothing was saved."),
    "hall_elsewhere": _("The hall, the session and the presentation belong to one event."),
    "talks_outside": _(
        "Presentations of this session would lie outside of its time. Nothing was saved."
    ),
    "talk_outside": _("The presentation does not lie within its session. Nothing was saved."),
    "slot_taken": _("Another presentation takes place there at this time. Nothing was saved."),
    "speaker_elsewhere": _(
        "A speaker of this presentation speaks in another one at this time. Nothing was saved."
    ),
    "replaced": _("There is such a row already, and it is not replaced."),
    "emptied": _("This table is not emptied."),
}
P = "conferences_"
EVENT, HALL, SESSION, TALK = f"{P}event", f"{P}hall", f"{P}session", f"{P}presentation"
SPEAKER, SPEAKING = f"{P}speaker", f"{P}presentationspeaker"

OVERLAP = (
    f"EXISTS (SELECT 1 FROM {SESSION} AS other WHERE other.event_id = {{event}} AND other.id <> {{id}} "
    "AND other.starts_at < {ends} AND other.ends_at > {starts} "
    "AND (other.hall_id IS NULL OR {hall} IS NULL OR other.hall_id = {hall}))"
)
SLOT = (
    f"EXISTS (SELECT 1 FROM {TALK} AS other WHERE other.session_id = {{session}} AND other.id <> {{id}} "
    "AND other.starts_at < {ends} AND other.ends_at > {starts})"
)
SPEAKERS = (
    f"EXISTS (SELECT 1 FROM {SPEAKING} AS mine JOIN {SPEAKING} AS theirs "
    "ON theirs.speaker_id = mine.speaker_id AND theirs.presentation_id <> mine.presentation_id "
    f"JOIN {TALK} AS other ON other.id = theirs.presentation_id WHERE mine.presentation_id = {{id}} "
    "AND other.starts_at < {ends} AND other.ends_at > {starts})"
)
SPEAKS = (
    f"EXISTS (SELECT 1 FROM {TALK} AS mine JOIN {SPEAKING} AS theirs "
    "ON theirs.speaker_id = {speaker} AND theirs.presentation_id <> mine.id "
    f"JOIN {TALK} AS other ON other.id = theirs.presentation_id WHERE mine.id = {{talk}} "
    "AND other.starts_at < mine.ends_at AND other.ends_at > mine.starts_at)"
)
NEW = {"id": "NEW.id", "starts": "NEW.starts_at", "ends": "NEW.ends_at"}
SQLITE = {
    "overlap": OVERLAP.format(event="NEW.event_id", hall="NEW.hall_id", **NEW).replace(
        "<> NEW.id", "IS NOT NEW.id"
    ),
    "slot": SLOT.format(session="NEW.session_id", **NEW).replace("<> NEW.id", "IS NOT NEW.id"),
    "speakers": SPEAKERS.format(**NEW),
    "speaks": SPEAKS.format(speaker="NEW.speaker_id", talk="NEW.presentation_id"),
}
POSTGRESQL = {
    "overlap": "programme_overlap(NEW.id, NEW.event_id, NEW.hall_id, NEW.starts_at, NEW.ends_at)",
    "slot": "programme_slot(NEW.id, NEW.event_id, NEW.session_id, NEW.starts_at, NEW.ends_at)",
    "speakers": "programme_speakers(NEW.id, NEW.event_id, NEW.starts_at, NEW.ends_at)",
    "speaks": "programme_speaks(NEW.presentation_id, NEW.speaker_id)",
}
CONDITIONS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}

# The arguments of a function, as the conditions call them.
GIVEN = {"id": "of_row", "starts": "from_at", "ends": "to_at"}
HOLD = f"PERFORM 1 FROM {EVENT} WHERE id = of_event FOR NO KEY UPDATE;"
TIMES = "from_at timestamptz, to_at timestamptz"


def _function(name, arguments, hold, condition):
    return (
        f"CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS boolean LANGUAGE plpgsql AS $$ "
        f"BEGIN {hold} RETURN {condition}; END $$; "
    )


FUNCTIONS = (
    _function(
        "programme_overlap",
        f"of_row bigint, of_event bigint, of_hall bigint, {TIMES}",
        HOLD,
        OVERLAP.format(event="of_event", hall="of_hall", **GIVEN),
    )
    + _function(
        "programme_slot",
        f"of_row bigint, of_event bigint, of_session bigint, {TIMES}",
        HOLD,
        SLOT.format(session="of_session", **GIVEN),
    )
    + _function(
        "programme_speakers",
        f"of_row bigint, of_event bigint, {TIMES}",
        HOLD
        + f" PERFORM 1 FROM {SPEAKER} WHERE id IN (SELECT speaker_id FROM {SPEAKING} "
        + "WHERE presentation_id = of_row) ORDER BY id FOR UPDATE;",
        SPEAKERS.format(**GIVEN),
    )
    # Whoever adds a speaker holds the presentation, not the event: the speaker is what both wait for.
    + _function(
        "programme_speaks",
        "of_talk bigint, of_speaker bigint",
        f"PERFORM 1 FROM {SPEAKER} WHERE id = of_speaker FOR SHARE;",
        SPEAKS.format(talk="of_talk", speaker="of_speaker"),
    )
)


def rules(vendor):
    sql = CONDITIONS[vendor]
    yield from _halls()
    yield from _sessions(sql)
    yield from _talks(sql)
    yield from _speakers(sql)


def _halls():
    moved = "NEW.event_id <> OLD.event_id"
    yield Guard("hall_moved", HALL, "UPDATE OF event_id", moved, "hall_elsewhere")


def _sessions(sql):
    columns = ["event_id", "hall_id", "starts_at", "ends_at"]
    elsewhere = f"EXISTS (SELECT 1 FROM {HALL} WHERE id = NEW.hall_id AND event_id <> NEW.event_id)"
    for name, event, when in _written("session", columns):
        yield Guard(name, SESSION, event, sql["overlap"], "hall_taken", when=when)
        yield Guard(f"{name}_hall", SESSION, event, elsewhere, "hall_elsewhere", when=when)
    moved = "NEW.event_id <> OLD.event_id"
    yield Guard("session_moved", SESSION, "UPDATE OF event_id", moved, "hall_elsewhere")
    outside = (
        f"EXISTS (SELECT 1 FROM {TALK} WHERE session_id = NEW.id "
        "AND (starts_at < NEW.starts_at OR ends_at > NEW.ends_at))"
    )
    times = "UPDATE OF starts_at, ends_at"
    # PostgreSQL fires them by name: this one after session_set, which holds the event.
    yield Guard("session_talks", SESSION, times, outside, "talks_outside", when=_differ(times))


def _talks(sql):
    columns = ["event_id", "session_id", "starts_at", "ends_at"]
    inside = (
        f"EXISTS (SELECT 1 FROM {SESSION} WHERE id = NEW.session_id AND event_id = NEW.event_id "
        "AND starts_at <= NEW.starts_at AND ends_at >= NEW.ends_at)"
    )
    for name, event, when in _written("talk", columns):
        when = " AND ".join(filter(None, ["NEW.session_id IS NOT NULL", when]))
        yield Guard(f"{name}_inside", TALK, event, f"NOT {inside}", "talk_outside", when=when)
        yield Guard(name, TALK, event, sql["slot"], "slot_taken", when=when)
        yield Guard(f"{name}_speakers", TALK, event, sql["speakers"], "speaker_elsewhere", when)


def _speakers(sql):
    yield Guard("speaker_new", SPEAKING, "INSERT", sql["speaks"], "speaker_elsewhere")
    columns = "UPDATE OF presentation_id, speaker_id"
    yield Guard("speaker_set", SPEAKING, columns, sql["speaks"], "speaker_elsewhere")


def _written(name, columns):
    yield f"{name}_new", "INSERT", ""
    event = f"UPDATE OF {', '.join(columns)}"
    yield f"{name}_set", event, f"({_differ(event)})"


def _differ(event):
    columns = event.removeprefix("UPDATE OF ").split(", ")
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


GUARDS = Guards(
    label="programme",
    words=WORDS,
    rules=rules,
    tables=lambda: [Session, Presentation],
    functions=FUNCTIONS,
    emptied_if="FALSE",
)

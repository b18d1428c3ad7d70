"""Who speaks: one person is one Speaker of an event, known by name and municipality in any spelling."""

from typing import NamedTuple

from lib.spelling import fold

from .models import PresentationSpeaker, Speaker

TRANSLATED = ["role_ky", "role_ru", "role_en"]


class SpeakerFacts(NamedTuple):
    speaker_id: int | None  # the row of the form stood for this speaker
    name: str
    role: str
    agrees: bool


def keep_speakers(talk, rows, *, home):
    """Makes these the speakers of the talk, in this order; True when anything changed. The event is locked.

    home: the municipality of who is new.
    """
    known = {row.speaker_id: row for row in talk.speaking.select_related("speaker__municipality")}
    wanted, changed = [], False
    for row in rows:
        speaker, is_changed = _speaker(talk, row, known.get(row.speaker_id), home)
        changed |= is_changed
        if speaker.pk not in wanted:
            wanted.append(speaker.pk)
    if wanted == list(known):
        return changed
    _arrange(talk, wanted, known)
    return True


def _arrange(talk, wanted, known):
    gone = known.keys() - set(wanted)
    talk.speaking.filter(speaker__in=gone).delete()
    for position, pk in enumerate(wanted):
        if pk not in known:
            PresentationSpeaker.objects.create(presentation=talk, speaker_id=pk, position=position)
        elif known[pk].position != position:
            talk.speaking.filter(speaker=pk).update(position=position)
    Speaker.objects.filter(pk__in=gone, speaking=None).delete()


def _speaker(talk, row, known, home):
    place = known.speaker.municipality if known else home
    key = fold(row.name)[:150]
    same = key and talk.event.speakers.filter(name_key=key, municipality=place).first()
    speaker = same or _own(talk, known, key) or Speaker(event=talk.event, municipality=place)
    facts = {"name": row.name, "role": row.role, "agrees": bool(row.agrees and row.name)}
    changed = {name for name, value in facts.items() if getattr(speaker, name) != value}
    if changed or not speaker.pk:
        for name in changed:
            setattr(speaker, name, facts[name])
        if "role" in changed:
            for name in TRANSLATED:  # they translate what no longer stands there
                setattr(speaker, name, "")
        speaker.save()
    return speaker, bool(changed)


def _own(talk, known, key):
    """The row's speaker, unless the name became another and somebody else's talk has this person, too."""
    if not known:
        return None
    speaker = known.speaker
    is_shared = speaker.speaking.exclude(presentation=talk).exists()
    return None if is_shared and speaker.name_key != key else speaker

"""The proposals of an event for a spreadsheet; with the full names of speakers, so for the office only."""

from django.utils import timezone

from lib.csv_cells import BOM, as_text, cell

from .models import PresentationStatus

COLUMNS = {
    "number": lambda talk: talk.pk,
    "status": lambda talk: talk.status,
    "topic": lambda talk: talk.title,
    "language": lambda talk: talk.original.language if talk.original else "",
    "municipalities": lambda talk: "; ".join(p.name for p in talk.municipalities.all()),
    "soate": lambda talk: " ".join(p.code for p in talk.municipalities.all()),
    "area": lambda talk: talk.area.code if talk.area else "",
    "plan": lambda talk: talk.plan.reference if talk.plan else "",
    "minutes": lambda talk: talk.minutes,
    "speakers": lambda talk: "; ".join(full_name(s.speaker) for s in talk.speaking.all()),
    "names_published": lambda talk: "; ".join(
        s.speaker.name for s in talk.speaking.all() if s.speaker.agrees
    ),
    "proposed_at": lambda talk: _day_and_time(talk),
    "abstract": lambda talk: talk.text.abstract if talk.text else "",
    "links": lambda talk: " ".join(link.url for link in talk.links.all()),
}


def to_csv(talks):
    rows = [",".join(COLUMNS)]
    for talk in talks:
        values = [read(talk) for read in COLUMNS.values()]
        rows.append(",".join(cell(as_text("" if v is None else str(v))) for v in values))
    return f"{BOM}{chr(10).join(rows)}\n".encode()


def full_name(speaker):
    return ", ".join(filter(None, [speaker.name, speaker.shown_role]))


def _day_and_time(talk):
    steps = [step for step in talk.steps.all() if step.after == PresentationStatus.PROPOSED]
    return f"{timezone.localtime(steps[0].changed_at):%Y-%m-%d %H:%M}" if steps else ""

"""“Presentations and practices” on the pages of plans and places: two queries, whatever there is."""

from datetime import date
from itertools import groupby
from typing import NamedTuple

from django.db.models import CharField, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast
from django.urls import reverse

from municipalities.models import current_language

from .models import (
    Attendance,
    Event,
    EventText,
    Practice,
    PracticeText,
    Presentation,
    PresentationText,
    TakeOver,
    TakeOverState,
)
from .models.practice import READABLE

SHOWN = 10
STATES = dict(TakeOverState.choices)
COLUMNS = ["kind", "address", "language", "is_original", "title", "day", "precision", "sample"]


class Shared(NamedTuple):
    """A title that leads somewhere."""

    title: str
    language: str
    url: str
    is_sample: bool
    day: date | None = None
    precision: str = ""
    state: str = ""  # of taking a practice over

    @property
    def state_words(self):
        return STATES.get(self.state, "")


def of_plan(plan, user):
    texts = PracticeText.objects.filter(version__practice__plan=plan)
    talks = PresentationText.objects.filter(presentation__in=_talks(user).filter(plan=plan))
    shown = _dated(_talk_rows(talks).order_by("-day", "address")[: 3 * SHOWN])
    return {"practices": _practices(texts), "talks": shown[:SHOWN]}


def of_place(place, user):
    followed = TakeOver.objects.filter(municipality=place)
    state = followed.filter(practice=OuterRef("version__practice")).values("state")[:1]
    # Not “or”: PostgreSQL would read all texts.
    mine = Practice.objects.filter(municipality=place).order_by().values("pk")
    mine = mine.union(followed.order_by().values("practice"))
    texts = PracticeText.objects.filter(version__practice__in=mine)
    practices = _practices(texts.annotate(followed=Subquery(state)))
    events, talks = _dated_of(place, user)
    return {
        "practices": [row for row in practices if not row.state][:SHOWN],
        "followed": [row for row in practices if row.state][:SHOWN],
        "talks": talks[:SHOWN],
        "events": events[:SHOWN],
    }


# --- Practices --------------------------------------------------------------------------------------


def _practices(texts):
    """Newest first; of each the reader's language or the original."""
    texts = texts.filter(version__status__in=READABLE).select_related("version__practice")
    texts = texts.only("title", "language", "is_original", *_OF_VERSION)
    texts = texts.order_by("-version__published_at", "-version_id")[: 6 * SHOWN]
    found = []
    for version, rows in groupby(texts, key=lambda text: text.version):
        row, practice = _best(list(rows)), version.practice
        state = getattr(row, "followed", None) or ""
        url = practice.get_absolute_url()
        found.append(Shared(row.title, row.language, url, practice.is_sample, state=state))
    return found


_OF_VERSION = ["version__published_at", "version__practice__slug", "version__practice__is_sample"]


def _best(rows):
    return min(rows, key=lambda row: (row.language != current_language(), not row.is_original))


# --- Events and presentations: alike enough for one query ---------------------------------------------


def _talks(user):
    return Presentation.objects.visible_to(user).accepted()


def _talk_rows(texts):
    return _rows(
        texts,
        kind=Value("presentation"),
        address=Cast("presentation", CharField()),
        day=F("presentation__event__starts_on"),
        precision=F("presentation__event__starts_precision"),
        sample=F("presentation__is_sample"),
    )


def _event_rows(texts):
    return _rows(
        texts,
        kind=Value("event"),
        address=Cast("event__slug", CharField()),
        day=F("event__starts_on"),
        precision=F("event__starts_precision"),
        sample=F("event__is_sample"),
    )


def _rows(texts, **columns):
    return texts.annotate(**columns).order_by().values_list(*COLUMNS, named=True)


def _dated_of(place, user):
    """(events, presentations) that the municipality hosted, came to or gave; newest first."""
    given = Presentation.municipalities.through.objects.filter(municipality=place)
    talks = _talks(user).filter(pk__in=given.values("presentation"))
    hosted = Event.hosts.through.objects.filter(municipality=place).values("event")
    joined = Attendance.objects.filter(municipality=place).values("event")
    here = Q(pk__in=hosted) | Q(pk__in=joined) | Q(pk__in=talks.values("event"))
    events = EventText.objects.filter(event__in=Event.objects.visible_to(user).filter(here))
    texts = PresentationText.objects.filter(presentation__in=talks)
    rows = _event_rows(events).union(_talk_rows(texts), all=True)
    found = _dated(rows.order_by("-day", "kind", "address")[: 9 * SHOWN])
    are_events = [row for row in found if row.url.startswith(reverse("conferences:event_list"))]
    return are_events, [row for row in found if row not in are_events]


def _dated(rows):
    found = []
    for (kind, address), group in groupby(rows, key=lambda row: (row.kind, row.address)):
        row = _best(list(group))
        url = reverse(f"conferences:{kind}", args=[address])
        shared = Shared(row.title, row.language, url, row.sample, row.day, row.precision)
        found.append(shared)
    return found

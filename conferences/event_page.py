"""What the page of an event shows, in a fixed number of queries however many presentations there are."""

from functools import cache
from typing import NamedTuple

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.html import format_html

from action_plans.templatetags.plans import lang
from lib.money import share
from municipalities.models import Municipality, current_language

from .models import (
    DocumentKind,
    PracticeText,
    PracticeVersion,
    PresentationSpeaker,
    PresentationStatus,
    PresentationText,
    VersionStatus,
)
from .programme_page import address_of_talks
from .templatetags.events import named

NAMES = ["name_ky", "name_ru", "name_en", "code"]
TITLE = ["language", "is_original", "title"]
SPEAKER = ["name", "agrees", "role", "role_ky", "role_ru", "role_en"]
LISTED = ["practice__slug", "practice__is_sample"]
LISTED += [f"practice__{row}__{name}" for row in ("municipality", "area") for name in NAMES]
PRINTED = ["by_municipality", "event", "session", "starts_at", "ends_at", "source", "is_sample"]


def context_of(event, user, *, at):
    is_office = user.is_authenticated and user.works_for_programme
    presentations = presentations_of(event)
    practices = practices_of(event) if presentations else []
    attendance = list(event.attendance.select_related("municipality"))
    documents = _documents(event, user)
    event.done_share = event.recommendations.done_share()
    return {
        "event": event,
        "text": event.text,
        "is_over": event.is_over(),
        "is_office": is_office,
        "call_is_open": event.call_is_open(at=at),
        "presentations": presentations,
        "talks": talk_rows([talk for talk in presentations if not talk.session_id], user),
        "in_programme": sum(1 for talk in presentations if talk.session_id),
        "practices": practice_rows(practices, user),
        "attendance": attendance,
        "photos": [each for each in documents if each.kind == DocumentKind.PHOTO],
        "documents": [each for each in documents if each.kind != DocumentKind.PHOTO],
        "may_remove": is_office,
        "people": People.of(attendance),
        "figures": Figures.of(event, presentations, practices, attendance),
    }


def presentations_of(event):
    """The accepted ones, in the order of the programme; of each only what the page prints."""
    read = Q(language=current_language()) | Q(is_original=True)
    titles = PresentationText.objects.filter(read).only("presentation", *TITLE)
    speaking = PresentationSpeaker.objects.select_related("speaker")
    speaking = speaking.only("presentation", *(f"speaker__{name}" for name in SPEAKER))
    return list(
        event.presentations.filter(status=PresentationStatus.ACCEPTED)
        .select_related("area")
        .only(*PRINTED, *(f"area__{name}" for name in NAMES))
        .prefetch_related(
            Prefetch("texts", queryset=titles, to_attr="read_texts"),
            Prefetch("municipalities", Municipality.objects.only(*NAMES), to_attr="read_places"),
            Prefetch("speaking", queryset=speaking, to_attr="read_speaking"),
        )
    )


class TalkRow(NamedTuple):
    """A presentation without a time as the table shows it, ready to print: there may be hundreds."""

    url: str
    title: str
    lang: str
    places: list  # of names, links for who may open them
    is_unnamed: bool
    area: str
    speakers: str
    is_sample: bool


def talk_rows(presentations, user):
    name = cache(lambda place: named(place, link=user.is_authenticated))
    area_name = cache(named)
    address = address_of_talks()
    rows = []
    for talk in presentations:
        text, places = talk.text, [name(place) for place in talk.places]
        row = TalkRow(
            url=address(talk.pk),
            title=text.title if text else str(talk),
            lang=lang(text),
            places=places,
            is_unnamed=not places and talk.municipality_is_unnamed,
            area=area_name(talk.area) if talk.area else "",
            speakers="; ".join(speaker.shown for speaker in talk.people),
            is_sample=talk.is_sample,
        )
        rows.append(row)
    return rows


def practices_of(event):
    """Published practices that were shown there."""
    shown = event.presentations.filter(status=PresentationStatus.ACCEPTED)
    read = Q(language=current_language()) | Q(is_original=True)
    titles = PracticeText.objects.filter(read).only("version", *TITLE)
    return list(
        PracticeVersion.objects.readable()
        .filter(practice__in=shown.order_by().values("practice"))
        .select_related("practice__municipality", "practice__area")
        .only("status", "number", *LISTED)
        .prefetch_related(Prefetch("texts", queryset=titles, to_attr="read_texts"))
        .order_by("-published_at", "-pk")
    )


class PracticeRow(NamedTuple):
    """A practice as the list shows it, ready to print: as many as presentations."""

    url: str
    title: str
    lang: str
    is_outdated: bool
    where: str  # the municipality and the service area


def practice_rows(versions, user):
    place_name = cache(lambda place: named(place, link=user.is_authenticated))
    area_name = cache(named)
    before, _slug, after = reverse("conferences:practice", args=["-"]).rpartition("-")
    rows = []
    for version in versions:
        text, practice = version.text, version.practice
        where = place_name(practice.municipality)
        if practice.area:
            where = format_html("{} · {}", where, area_name(practice.area))
        row = PracticeRow(
            url=f"{before}{practice.slug}{after}",
            title=text.title if text and text.title else practice.slug,
            lang=lang(text),
            is_outdated=version.status == VersionStatus.OUTDATED,
            where=where,
        )
        rows.append(row)
    return rows


def _documents(event, user):
    documents = event.documents.all()
    if not user.is_authenticated:
        documents = documents.exclude(kind=DocumentKind.EVIDENCE)
    return list(documents)


class People(NamedTuple):
    """How many came. What no row says is None, not 0."""

    all: int | None
    women: int | None
    men: int | None

    @classmethod
    def of(cls, rows):
        return cls(
            *(_sum(getattr(row, name) for row in rows) for name in ("total", "women", "men"))
        )

    @property
    def counted(self):
        """Those of whom somebody said whether women or men; None unless both are known."""
        return None if None in (self.women, self.men) else self.women + self.men

    @property
    def women_share(self):
        return share(self.women, self.counted)

    @property
    def men_share(self):
        return share(self.men, self.counted)


def _sum(values):
    known = [value for value in values if value is not None]
    return sum(known) if known else None


class Figures(NamedTuple):
    """What came of an event, in numbers."""

    municipalities: int  # that are named in the attendance or presented
    presentations: int
    practices: int
    recommendations: int  # that count: what was dropped does not
    done: int
    done_share: object

    @classmethod
    def of(cls, event, presentations, practices, attendance):
        done, counted, done_share = event.done_share
        places = {row.municipality_id for row in attendance} - {None}
        places |= {place.pk for talk in presentations for place in talk.places}
        return cls(len(places), len(presentations), len(practices), counted, done, done_share)

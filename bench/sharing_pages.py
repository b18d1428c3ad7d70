"""Finding and reading practices, events with many talks: what the public and other municipalities open."""

from contextlib import contextmanager
from functools import partial

from django.db.models import Count
from django.utils import timezone

from conferences.models import (
    Event,
    Practice,
    PracticeVersion,
    Presentation,
    PresentationStatus,
    TakeOver,
    VersionStatus,
)
from conferences.models.practice import READABLE
from lib.money import format_number
from municipalities.models import Municipality

from .data import home, person

# Of bench.words.TITLES, asked of the texts and not of the key that the search reads; searched for in Latin letters
WITH_TRUCK = {"texts__language": "ru", "texts__title__contains": "мусоровоз"}


def pages_of_sharing(page):
    """page: makes a Page."""
    donor, officer = person("donor"), person("officer")
    event, practice = largest_event(), most_taken_over()
    region = home().region
    counted = partial(page, in_words=as_count)
    return [
        counted("Practices", "/practices/", donor, 100, practices, one_less),
        counted(
            "Practices, words",
            "/practices/?q=musorovoz",
            officer,
            100,
            partial(practices, **WITH_TRUCK),
            partial(one_less, **WITH_TRUCK),
        ),
        counted(
            "Practices, a region, most taken over",
            f"/practices/?region={region.iso}&sort=taken_over",
            donor,
            100,
            partial(practices, practice__municipality__region=region),
            partial(one_less, practice__municipality__region=region),
        ),
        page(
            "Practice",
            practice.get_absolute_url(),
            officer,
            50,
            partial(taken_over, practice),
            partial(one_more_follows, practice),
            in_words=lambda number: f'<p class="figure-value">{format_number(number)} <small>',
        ),
        page(
            "Event, 200 presentations",
            event.get_absolute_url(),
            donor,
            100,
            partial(presentations, event),
            partial(one_talk_less, event),
            in_words=lambda number: f'<span class="quiet num">{format_number(number)}</span>',
        ),
    ]


def as_count(number):
    return f'<b class="num">{format_number(number)}</b>'


def largest_event():
    return Event.objects.annotate(talks=Count("presentations")).order_by("-talks", "pk")[0]


def most_taken_over():
    return Practice.objects.annotate(number=Count("take_overs")).order_by("-number", "pk")[0]


def practices(**conditions):
    return PracticeVersion.objects.filter(status__in=READABLE, **conditions).count()


def taken_over(practice):
    states = ["planning", "running"]
    return TakeOver.objects.filter(practice=practice, state__in=states).count()


def presentations(event):
    return Presentation.objects.filter(event=event).accepted().count()


@contextmanager
def one_less(**conditions):
    """A newer version is written in place of one: for a moment nobody reads either."""
    version = PracticeVersion.objects.published().filter(**conditions).order_by("pk")[0]
    row = PracticeVersion.objects.filter(pk=version.pk)
    row.update(status=VersionStatus.REPLACED)
    try:
        yield -1
    finally:
        row.update(status=VersionStatus.PUBLISHED)


@contextmanager
def one_more_follows(practice):
    taken = TakeOver.objects.filter(practice=practice).values("municipality")
    places = Municipality.objects.exclude(pk__in=taken).exclude(pk=practice.municipality_id)
    row = TakeOver.objects.create(
        practice=practice,
        municipality=places.order_by("code")[0],
        state="running",
        noted_at=timezone.now(),
    )
    try:
        yield 1
    finally:
        row.delete()


@contextmanager
def one_talk_less(event):
    talk = Presentation.objects.filter(event=event).accepted().order_by("pk").last()
    row = Presentation.objects.filter(pk=talk.pk)
    kept = {"session": talk.session, "starts_at": talk.starts_at, "ends_at": talk.ends_at}
    gone = {"session": None, "starts_at": None, "ends_at": None}
    row.update(status=PresentationStatus.WITHDRAWN, **gone)
    try:
        yield -1
    finally:
        row.update(status=PresentationStatus.ACCEPTED, **kept)

"""Factories of events, presentations and practices fill required fields only."""

import datetime as dt

import factory
from django.utils import timezone

from conferences.models import (
    Attendance,
    Event,
    EventText,
    Hall,
    Practice,
    PracticeText,
    PracticeVersion,
    Presentation,
    PresentationSpeaker,
    PresentationText,
    Recommendation,
    RecommendationText,
    Session,
    Speaker,
    TakeOver,
)
from tests.factories import Factory, MunicipalityFactory, StaffFactory

MORNING = dt.datetime(2018, 11, 30, 3, 0, tzinfo=dt.UTC)  # nine o'clock in Bishkek


class EventFactory(Factory):
    """published=False: only the office sees it; title="": without a text."""

    class Meta:
        model = Event

    slug = factory.Sequence("event-{}".format)
    starts_on = dt.date(2018, 11, 30)
    published_at = MORNING

    @classmethod
    def _create(cls, model_class, *args, title="Conference", published=True, **kwargs):
        if not published:
            kwargs["published_at"] = None
        event = super()._create(model_class, *args, **kwargs)
        if title:
            EventText.objects.create(
                event=event, language="en", title=title, is_original=True, state="original"
            )
        return event


class HallFactory(Factory):
    class Meta:
        model = Hall

    event = factory.SubFactory(EventFactory)
    name_en = factory.Sequence("Hall {}".format)
    position = factory.Sequence(int)


class SessionFactory(Factory):
    class Meta:
        model = Session

    event = factory.SubFactory(EventFactory)
    name_en = "Session"
    starts_at = MORNING
    ends_at = factory.LazyAttribute(lambda session: session.starts_at + dt.timedelta(hours=2))


class SpeakerFactory(Factory):
    class Meta:
        model = Speaker

    event = factory.SubFactory(EventFactory)
    role = "Head of the municipality"


class PresentationFactory(Factory):
    """municipality=…: whose it is; speaker=…: who speaks."""

    class Meta:
        model = Presentation

    event = factory.SubFactory(EventFactory)
    status = "accepted"

    @classmethod
    def _create(cls, model_class, *args, title="Topic", municipality=None, speaker=None, **kwargs):
        row = super()._create(model_class, *args, **kwargs)
        PresentationText.objects.create(
            presentation=row, language="en", title=title, is_original=True, state="original"
        )
        if municipality:
            row.municipalities.add(municipality)
        if speaker:
            PresentationSpeaker.objects.create(presentation=row, speaker=speaker)
        return row


class AttendanceFactory(Factory):
    class Meta:
        model = Attendance

    event = factory.SubFactory(EventFactory)
    municipality = factory.SubFactory(MunicipalityFactory)
    total = 2


class RecommendationFactory(Factory):
    class Meta:
        model = Recommendation

    event = factory.SubFactory(EventFactory)
    number = factory.Sequence(lambda n: n + 1)

    @classmethod
    def _create(cls, model_class, *args, what="Do it", institution="Agency", **kwargs):
        row = super()._create(model_class, *args, **kwargs)
        RecommendationText.objects.create(
            recommendation=row,
            language="en",
            what=what,
            institution=institution,
            is_original=True,
            state="original",
        )
        return row


class PracticeFactory(Factory):
    """A practice without a version."""

    class Meta:
        model = Practice

    slug = factory.Sequence("practice-{}".format)
    municipality = factory.SubFactory(MunicipalityFactory)


class VersionFactory(Factory):
    """A draft; published() makes a published one."""

    class Meta:
        model = PracticeVersion

    practice = factory.SubFactory(PracticeFactory)
    number = 1
    author = factory.SubFactory(StaffFactory)

    @classmethod
    def _create(cls, model_class, *args, title="Practice", **kwargs):
        row = super()._create(model_class, *args, **kwargs)
        PracticeText.objects.create(
            version=row, language="en", title=title, is_original=True, state="original"
        )
        return row


class PublishedFactory(VersionFactory):
    status = "published"
    first_reviewer = factory.SubFactory(StaffFactory)
    second_reviewer = factory.SubFactory(StaffFactory)
    published_at = factory.LazyFunction(timezone.now)
    check_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=730))


def publish(version):
    """A draft with what it says, as it stands after its publication: its words do not change any more."""
    rows = PracticeVersion.objects.filter(pk=version.pk)
    rows.update(status="review", first_reviewer=StaffFactory(), second_reviewer=StaffFactory())
    today = timezone.localdate()
    rows.update(
        status="published",
        published_at=timezone.now(),
        check_on=today + dt.timedelta(days=730),
    )
    version.refresh_from_db()
    return version


class TakeOverFactory(Factory):
    class Meta:
        model = TakeOver

    practice = factory.SubFactory(PracticeFactory)
    municipality = factory.SubFactory(MunicipalityFactory)
    noted_at = factory.LazyFunction(timezone.now)

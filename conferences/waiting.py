"""Practices that wait for a person: the lists of /practices/work/ and the counts for the overview."""

from typing import NamedTuple

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Value, When

from .models import (
    PracticeText,
    PracticeVersion,
    Presentation,
    Remark,
    TextState,
    VersionStatus,
    VersionStep,
)
from .models.practice import OPEN, READABLE

DONE = [TextState.ORIGINAL, TextState.CHECKED]
LANGUAGES = 3


class Waiting(NamedTuple):
    """How many versions of practices wait for this person, by what they wait for; and proposals of events."""

    review: int = 0  # in review, and this person may approve
    publish: int = 0  # approved by two
    remarks: int = 0  # with remarks that the writers have not settled
    drafts: int = 0
    check: int = 0  # published two years ago
    translations: int = 0  # missing, or a draft that nobody checked
    proposals: int = 0  # presentations that the office decides on

    @property
    def urgent(self):
        """Practices without drafts and translations, which nobody waits for."""
        return self.review + self.publish + self.remarks + self.check


# What an overview says; the others need a look at every practice.
URGENT = ["review", "publish", "remarks", "check", "proposals"]


def practices_waiting(user, *, on, names=Waiting._fields):
    """In one query."""
    lists = lists_for(user, on=on, names=names)
    if "proposals" in names:
        lists["proposals"] = _office(user, Presentation.objects.waiting())
    asked = [_counted(name, lists[name]) for name in names]
    found = {row["waits"]: row["number"] for row in asked[0].union(*asked[1:], all=True)}
    return Waiting(**found)


def _counted(name, rows):
    rows = rows.order_by().annotate(waits=Value(name)).values("waits")
    return rows.annotate(number=Count("pk"))


def lists_for(user, *, on, names=Waiting._fields):
    """{name: versions} of those names, in the order in which they are urgent."""
    versions = PracticeVersion.objects
    lists = {
        "review": lambda: versions.reviewable_by(user).order_by("submitted_at", "pk"),
        "publish": lambda: to_publish(user).order_by("submitted_at", "pk"),
        "remarks": lambda: with_open_remarks(user).order_by("submitted_at", "pk"),
        "drafts": lambda: drafts_of(user).order_by("-saved_at", "-pk"),
        "check": lambda: _office(user, versions.to_check(on=on)).order_by("check_on", "pk"),
        "translations": lambda: translations_waiting(user).order_by(
            _published_first(), "-saved_at", "-pk"
        ),
    }
    return {name: versions_of() for name, versions_of in lists.items() if name in names}


def drafts_of(user):
    return PracticeVersion.objects.editable_by(user).filter(status=VersionStatus.DRAFT)


def in_review(user):
    """All that is in review and that this person writes, whoever it waits for."""
    return PracticeVersion.objects.editable_by(user).filter(status=VersionStatus.REVIEW)


def to_publish(user):
    """Approved by two, nothing left to settle. Same rule as reviewing.why_not_published()"""
    return _office(
        user,
        PracticeVersion.objects.filter(
            ~_has_open_remarks(),
            status=VersionStatus.REVIEW,
            first_reviewer__isnull=False,
            second_reviewer__isnull=False,
        ),
    )


def with_open_remarks(user):
    """Remarks wait for the municipality, and for those of the office who wrote the version."""
    versions = PracticeVersion.objects.editable_by(user).filter(_has_open_remarks())
    if not user.works_for_programme:
        return versions
    wrote = PracticeVersion.writers.through.objects.filter(
        practiceversion=OuterRef("pk"), user=user
    )
    return versions.filter(Q(author=user) | Exists(wrote))


def translations_waiting(user):
    """The newest version of each practice that this person may write, where a language is not done."""
    if not (user.works_for_programme or user.is_municipal):
        return PracticeVersion.objects.none()
    newer = PracticeVersion.objects.filter(practice=OuterRef("practice"), status__in=OPEN)
    versions = PracticeVersion.objects.filter(
        Q(status__in=OPEN) | (Q(status__in=READABLE) & ~Exists(newer))
    )
    if user.is_municipal:
        versions = versions.filter(practice__municipality__in=user.municipality_ids)
    # All that are done in one reading of the texts: asked for each version, ten thousand would take long.
    done = PracticeText.objects.filter(state__in=DONE).order_by().values("version")
    done = done.annotate(languages=Count("pk")).filter(languages__gte=LANGUAGES)
    return versions.exclude(pk__in=done.values("version"))


def was_returned():
    """For annotate(): the last step of a draft that came back from its review."""
    back = VersionStep.objects.filter(version=OuterRef("pk"), action=VersionStep.Action.RETURNED)
    return Exists(back)


def _has_open_remarks():
    return Exists(Remark.objects.filter(version=OuterRef("pk"), settled_at=None))


def _published_first():
    return Case(
        When(status__in=READABLE, then=Value(0)), default=Value(1), output_field=IntegerField()
    )


def _office(user, versions):
    return versions if user.works_for_programme else versions.none()

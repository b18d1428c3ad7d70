from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from action_plans.models import ActionPlan, ServiceArea
from lib.spelling import fold_words
from municipalities.models import Municipality

from .text import Written


class VersionStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("status of a practice", "Draft")
    REVIEW = "review", pgettext_lazy("status of a practice", "In review")
    PUBLISHED = "published", pgettext_lazy("status of a practice", "Published")
    REPLACED = "replaced", pgettext_lazy("status of a practice", "Replaced by a newer version")
    OUTDATED = "outdated", pgettext_lazy("status of a practice", "Outdated")


OPEN = [VersionStatus.DRAFT, VersionStatus.REVIEW]
# What has been published once is never edited: it was read, printed, quoted.
FROZEN = [VersionStatus.PUBLISHED, VersionStatus.REPLACED, VersionStatus.OUTDATED]
READABLE = [VersionStatus.PUBLISHED, VersionStatus.OUTDATED]


class PracticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The office: all. Others: what is or was published; a municipality its own drafts, too."""
        if getattr(user, "works_for_programme", False):
            return self
        published = PracticeVersion.objects.filter(status__in=READABLE)
        public = Q(pk__in=published.order_by().values("practice"))
        if not getattr(user, "is_municipal", False):
            return self.filter(public)
        return self.filter(public | Q(municipality__in=user.municipality_ids))

    def workable_by(self, user):
        """The office writes all of them, a municipality its own."""
        if getattr(user, "works_for_programme", False):
            return self
        if not getattr(user, "is_municipal", False):
            return self.none()
        return self.filter(municipality__in=user.municipality_ids)


class Practice(models.Model):
    """Something that works and that others can repeat: /practices/<slug>/. What it says is in its versions."""

    slug = models.SlugField(_("address"), max_length=80, unique=True, editable=False)
    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        related_name="practices",
        verbose_name=_("municipality"),
    )
    # Where its cost and who paid are read; never typed again.
    plan = models.OneToOneField(
        ActionPlan,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="practice",
        verbose_name=_("action plan"),
    )
    area = models.ForeignKey(
        ServiceArea,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="practices",
        verbose_name=_("service area"),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    creation_key = models.UUIDField(null=True, unique=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)
    source = models.TextField(_("source"), blank=True)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("best practice")
        verbose_name_plural = _("best practices")
        ordering = ["slug"]

    def __str__(self):
        return self.slug

    def get_absolute_url(self):
        return reverse("conferences:practice", args=[self.slug])


class PracticeVersionQuerySet(models.QuerySet):
    def readable(self):
        """What anybody reads under the address of the practice: published, or outdated and marked so."""
        return self.filter(status__in=READABLE)

    def published(self):
        return self.filter(status=VersionStatus.PUBLISHED)

    def open(self):
        return self.filter(status__in=OPEN)

    def visible_to(self, user):
        """The office: all. Whoever is signed in: what was published; a municipality its own drafts. Public: readable."""
        if getattr(user, "works_for_programme", False):
            return self
        if not user.is_authenticated:
            return self.readable()
        seen = Q(status__in=FROZEN)
        if user.is_municipal:
            seen |= Q(practice__municipality__in=user.municipality_ids)
        return self.filter(seen)

    def editable_by(self, user):
        """Drafts and what is in review, by who may write the practice."""
        if getattr(user, "works_for_programme", False):
            return self.open()
        if not getattr(user, "is_municipal", False):
            return self.none()
        return self.open().filter(practice__municipality__in=user.municipality_ids)

    def reviewable_by(self, user):
        """In review, not written by this person and not yet approved by them."""
        if not getattr(user, "works_for_programme", False):
            return self.none()
        return (
            self.filter(status=VersionStatus.REVIEW)
            .exclude(author=user)
            .exclude(writers=user)
            .exclude(first_reviewer=user)
            .exclude(second_reviewer=user)
        )

    def to_check(self, *, on):
        """Published and due to be looked at again. Same rule as PracticeVersion.is_to_check()"""
        return self.filter(status=VersionStatus.PUBLISHED, check_on__lte=on)

    def search(self, words):
        folded = fold_words(words)
        for word in folded:
            self = self.filter(search_key__contains=word)
        return self if folded else self.none()

    def for_list(self):
        return self.select_related(
            "practice__municipality__region",
            "practice__municipality__district",
            "practice__area",
            "practice__plan",
        ).prefetch_related("texts")


class PracticeVersion(Written):
    """What a practice says, from draft to published. A newer version replaces it; it never changes again."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"), editable=False)
    status = models.CharField(
        _("status"),
        choices=VersionStatus,
        default=VersionStatus.DRAFT,
        max_length=10,
        editable=False,
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # Everybody who saved it: who wrote does not review.
    writers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", editable=False
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # Of what it says; steps of the review are in its log.
    saved_at = models.DateTimeField(auto_now_add=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    submitted_at = models.DateTimeField(null=True, editable=False)
    # The two who approved what stands there now: a later edit takes their names away.
    first_reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    second_reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    published_at = models.DateTimeField(null=True, editable=False)
    check_on = models.DateField(_("to be checked again on"), null=True, editable=False)
    outdated_reason = models.TextField(_("why it is outdated"), blank=True, editable=False)
    search_key = models.TextField(editable=False, default="")

    objects = PracticeVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a practice")
        verbose_name_plural = _("versions of practices")
        ordering = ["practice_id", "-number"]
        indexes = [
            models.Index(fields=["status", "-published_at"], name="practice_newest"),
            # The order of the list; with the practice, so that the wide rows are not read for it.
            models.Index(
                fields=["-status", "-published_at", "-id", "practice"],
                name="practice_readable_newest",
                condition=Q(status__in=["published", "outdated"]),
            ),
            models.Index(
                fields=["check_on"], name="practice_to_check", condition=Q(status="published")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="practice_version_numbered_once", fields=["practice", "number"]
            ),
            models.UniqueConstraint(
                name="practice_one_readable_version",
                fields=["practice"],
                condition=Q(status__in=["published", "outdated"]),
            ),
            models.UniqueConstraint(
                name="practice_one_open_version",
                fields=["practice"],
                condition=Q(status__in=["draft", "review"]),
            ),
            models.CheckConstraint(
                name="practice_status_known", condition=Q(status__in=VersionStatus.values)
            ),
            # Published only after two other people approved it: whatever way somebody tries.
            models.CheckConstraint(
                name="practice_published_after_two_reviews",
                condition=Q(status__in=["draft", "review"])
                | Q(
                    first_reviewer__isnull=False,
                    second_reviewer__isnull=False,
                    published_at__isnull=False,
                    check_on__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="practice_reviewed_by_two_people",
                condition=Q(first_reviewer=None)
                | Q(second_reviewer=None)
                | ~Q(first_reviewer=F("second_reviewer")),
            ),
            models.CheckConstraint(
                name="practice_not_reviewed_by_its_author",
                condition=(Q(first_reviewer=None) | Q(author=None) | ~Q(first_reviewer=F("author")))
                & (Q(second_reviewer=None) | Q(author=None) | ~Q(second_reviewer=F("author"))),
            ),
            models.CheckConstraint(
                name="practice_outdated_with_a_reason",
                condition=~Q(status="outdated") | ~Q(outdated_reason=""),
            ),
        ]

    def __str__(self):
        return self.title or self.practice.slug

    def get_absolute_url(self):
        if self.status in READABLE:
            return self.practice.get_absolute_url()
        return reverse("conferences:practice_version", args=[self.practice.slug, self.number])

    @property
    def is_frozen(self):
        return self.status in FROZEN

    @property
    def approvals(self):
        return [person for person in (self.first_reviewer, self.second_reviewer) if person]

    def is_to_check(self, *, on=None):
        day = on or timezone.localdate()
        return self.status == VersionStatus.PUBLISHED and self.check_on <= day

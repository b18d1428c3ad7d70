"""What a version of a practice is made of: its texts, its steps with weeks, the remarks and the log."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.models import current_language

from .practice import PracticeVersion
from .text import LanguageText, text_rules


class PracticeText(LanguageText):
    """Structured so that another municipality can repeat it. Cost and payers come from the plan."""

    version = models.ForeignKey(PracticeVersion, on_delete=models.CASCADE, related_name="texts")
    title = models.CharField(_("title"), max_length=250)
    problem = models.TextField(_("problem"), blank=True)
    solution = models.TextField(_("solution"), blank=True)
    legal_acts = models.TextField(_("legal acts and model documents"), blank=True)
    provider = models.TextField(_("who provides the service"), blank=True)
    tariff = models.TextField(_("tariff"), blank=True)
    results = models.TextField(_("results"), blank=True)
    upkeep = models.TextField(_("how upkeep is paid"), blank=True)
    went_wrong = models.TextField(_("what went wrong"), blank=True)
    conditions = models.TextField(_("conditions to repeat it"), blank=True)
    contact = models.TextField(_("which office to ask"), blank=True)

    SECTIONS = [
        "problem",
        "solution",
        "legal_acts",
        "provider",
        "tariff",
        "results",
        "upkeep",
        "went_wrong",
        "conditions",
        "contact",
    ]

    class Meta:
        verbose_name = _("text of a practice")
        verbose_name_plural = _("texts of practices")
        ordering = ["version_id", "-is_original", "language"]
        constraints = text_rules("version")

    def __str__(self):
        return self.title


class PracticeStep(models.Model):
    """A step to repeat it, from which week and how long. One row, written in up to three languages."""

    version = models.ForeignKey(PracticeVersion, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    first_week = models.PositiveSmallIntegerField(
        _("from week"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(520)],
    )
    weeks = models.PositiveSmallIntegerField(
        _("weeks"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(520)],
    )
    text_ky = models.TextField(_("step in Kyrgyz"), blank=True)
    text_ru = models.TextField(_("step in Russian"), blank=True)
    text_en = models.TextField(_("step in English"), blank=True)

    class Meta:
        verbose_name = _("step of a practice")
        verbose_name_plural = _("steps of practices")
        ordering = ["version_id", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="practice_step_says_something",
                condition=~Q(text_ky="", text_ru="", text_en=""),
                violation_error_message=_("Write the step in at least one language."),
            ),
            models.CheckConstraint(
                name="practice_step_weeks_sane",
                condition=(Q(first_week=None) | Q(first_week__gte=1, first_week__lte=520))
                & (Q(weeks=None) | Q(weeks__gte=1, weeks__lte=520)),
                violation_error_message=_("Weeks are between 1 and 520."),
            ),
        ]

    def __str__(self):
        return self.text

    @property
    def language(self):
        """The language the shown text is in: the reader's, else any there is."""
        for code in [current_language(), "ru", "ky", "en"]:
            if getattr(self, f"text_{code}"):
                return code
        return current_language()

    @property
    def text(self):
        return getattr(self, f"text_{self.language}")


class Remark(models.Model):
    """What a reviewer asks about one section; it stays with the version, answered or not."""

    version = models.ForeignKey(PracticeVersion, on_delete=models.CASCADE, related_name="remarks")
    section = models.CharField(_("section"), max_length=20, blank=True)
    text = models.TextField(_("remark"))
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.TextField(_("answer"), blank=True)
    settled_at = models.DateTimeField(null=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("remark of a reviewer")
        verbose_name_plural = _("remarks of reviewers")
        ordering = ["version_id", "written_at", "pk"]
        constraints = [
            models.CheckConstraint(name="remark_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="remark_settled_by_somebody",
                condition=Q(settled_at=None, settled_by=None) | Q(settled_at__isnull=False),
            ),
        ]

    def __str__(self):
        return self.text


class VersionStep(models.Model):
    """Who submitted, approved, returned, published, checked again, and why. Only grows."""

    class Action(models.TextChoices):
        CREATED = "created", pgettext_lazy("step of a practice", "Draft begun")
        SUBMITTED = "submitted", pgettext_lazy("step of a practice", "Sent to review")
        APPROVED = "approved", pgettext_lazy("step of a practice", "Approved by a reviewer")
        RETURNED = "returned", pgettext_lazy("step of a practice", "Returned with remarks")
        EDITED = "edited", pgettext_lazy("step of a practice", "Edited during the review")
        PUBLISHED = "published", pgettext_lazy("step of a practice", "Published")
        CHECKED = "checked", pgettext_lazy("step of a practice", "Checked again")
        OUTDATED = "outdated", pgettext_lazy("step of a practice", "Marked as outdated")
        RESTORED = "restored", pgettext_lazy("step of a practice", "Valid again")
        REPLACED = "replaced", pgettext_lazy("step of a practice", "Replaced by a newer version")

    version = models.ForeignKey(PracticeVersion, on_delete=models.CASCADE, related_name="log")
    action = models.CharField(max_length=10, choices=Action)
    reason = models.TextField(_("reason"), blank=True)
    done_at = models.DateTimeField()
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("step of a version")
        verbose_name_plural = _("steps of versions")
        ordering = ["-done_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="version_step_back_has_a_reason",
                condition=~Q(action__in=["returned", "outdated"]) | ~Q(reason=""),
            ),
        ]

    def __str__(self):
        return f"{self.version_id}: {self.action}"

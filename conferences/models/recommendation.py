from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from lib.money import share
from municipalities.models import Municipality

from .event import Event
from .text import LanguageText, Written, text_rules


class RecommendationState(models.TextChoices):
    OPEN = "open", pgettext_lazy("state of a recommendation", "Open")
    STARTED = "started", pgettext_lazy("state of a recommendation", "Under way")
    DONE = "done", pgettext_lazy("state of a recommendation", "Done")
    DROPPED = "dropped", pgettext_lazy("state of a recommendation", "Dropped")


UNFINISHED = [RecommendationState.OPEN, RecommendationState.STARTED]


class RecommendationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever is signed in, of the events that are visible."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(event__in=Event.objects.visible_to(user))

    def editable_by(self, user):
        return self if getattr(user, "works_for_programme", False) else self.none()

    def overdue(self, *, on):
        # Same rule as Recommendation.is_overdue()
        return self.filter(state__in=UNFINISHED, due_on__lt=on)

    def done_share(self):
        """(done, counted, percent unrounded or None): what was dropped does not count."""
        counts = self.aggregate(
            done=Count("pk", filter=Q(state=RecommendationState.DONE)),
            counted=Count("pk", filter=~Q(state=RecommendationState.DROPPED)),
        )
        done, counted = counts["done"], counts["counted"]
        return done, counted, share(done, counted)


class Recommendation(Written):
    """What an event asks of somebody: to which institution, by when, and what came of it."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="recommendations")
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    municipality = models.ForeignKey(
        Municipality,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="recommendations",
        verbose_name=_("to the municipality"),
    )
    due_on = models.DateField(_("by when"), null=True, blank=True)
    state = models.CharField(
        _("state"),
        choices=RecommendationState,
        default=RecommendationState.OPEN,
        max_length=10,
        editable=False,
    )
    done_on = models.DateField(_("done on"), null=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    source = models.TextField(_("source"), blank=True)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = RecommendationQuerySet.as_manager()
    history = HistoricalRecords(app="conferences")

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering = ["event_id", "number"]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="recommendation_unfinished",
                condition=Q(state__in=["open", "started"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="recommendation_numbered_once", fields=["event", "number"]
            ),
            models.CheckConstraint(
                name="recommendation_done_has_its_day",
                condition=Q(state="done", done_on__isnull=False)
                | (~Q(state="done") & Q(done_on=None)),
            ),
            models.CheckConstraint(
                name="recommendation_state_known",
                condition=Q(state__in=RecommendationState.values),
            ),
        ]

    def __str__(self):
        return self.text.what if self.text else f"#{self.number}"

    def is_overdue(self, *, on=None):
        day = on or timezone.localdate()
        return self.state in UNFINISHED and self.due_on is not None and self.due_on < day


class RecommendationText(LanguageText):
    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.CASCADE, related_name="texts"
    )
    what = models.TextField(_("what is recommended"))
    institution = models.CharField(_("to which institution"), max_length=250, blank=True)

    history = HistoricalRecords(app="conferences")

    class Meta:
        verbose_name = _("text of a recommendation")
        verbose_name_plural = _("texts of recommendations")
        ordering = ["recommendation_id", "-is_original", "language"]
        constraints = text_rules("recommendation")

    def __str__(self):
        return self.what


class RecommendationStep(models.Model):
    """What was done about it, with the evidence. Only grows."""

    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.CASCADE, related_name="steps"
    )
    before = models.CharField(max_length=10, choices=RecommendationState, blank=True)
    after = models.CharField(max_length=10, choices=RecommendationState)
    note = models.TextField(_("note"), blank=True)
    link = models.URLField(_("link to the evidence"), max_length=500, blank=True)
    evidence = models.ForeignKey(
        "conferences.Document",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="recommendation_steps",
        verbose_name=_("evidence"),
    )
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("step of a recommendation")
        verbose_name_plural = _("steps of recommendations")
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="recommendation_dropped_with_a_reason",
                condition=~Q(after="dropped") | ~Q(note=""),
            ),
            models.CheckConstraint(
                name="recommendation_done_with_its_evidence",
                condition=~Q(after="done") | ~Q(note="") | ~Q(link="") | Q(evidence__isnull=False),
            ),
            models.CheckConstraint(
                name="recommendation_link_is_of_the_web",
                condition=Q(link="")
                | Q(link__startswith="https://")
                | Q(link__startswith="http://"),
                violation_error_message=_("A link begins with https:// or http://."),
            ),
        ]

    def __str__(self):
        return f"{self.recommendation_id}: {self.before} → {self.after}"

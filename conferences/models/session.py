"""The programme of an event: halls, and what happens in them from when until when."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.models import Named

from .event import Event


class Hall(Named):
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="halls")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("hall")
        verbose_name_plural = _("halls")
        ordering = ["event_id", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="hall_has_a_name",
                condition=~Q(name_ky="", name_ru="", name_en=""),
                violation_error_message=_("Write the name of the hall in at least one language."),
            ),
        ]


class Session(Named):
    """Without a hall: for everybody, in all halls. Times of one hall never overlap."""

    class Kind(models.TextChoices):
        TALKS = "talks", pgettext_lazy("kind of session", "Presentations")
        PLENARY = "plenary", pgettext_lazy("kind of session", "Plenary")
        DISCUSSION = "discussion", pgettext_lazy("kind of session", "Discussion")
        VISIT = "visit", pgettext_lazy("kind of session", "Site visit")
        BREAK = "break", pgettext_lazy("kind of session", "Break")
        OTHER = "other", pgettext_lazy("kind of session", "Other")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sessions")
    hall = models.ForeignKey(
        Hall,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sessions",
        verbose_name=_("hall"),
        help_text=_("Empty: for everybody, in all halls."),
    )
    kind = models.CharField(_("kind"), choices=Kind, default=Kind.TALKS, max_length=10)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    moderator = models.CharField(_("moderator"), max_length=200, blank=True)

    @property
    def kind_in_words(self):
        """ "" where the name says it already, as that of a break, or the talks do."""
        words = str(self.get_kind_display())
        silent = self.kind in (self.Kind.TALKS, self.Kind.OTHER)
        return "" if silent or words.casefold() == self.name.casefold() else words

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["event_id", "starts_at", "hall__position", "pk"]
        indexes = [models.Index(fields=["event", "starts_at", "ends_at"], name="session_by_time")]
        constraints = [
            models.CheckConstraint(
                name="session_ends_after_it_begins",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The session ends before it begins."),
            ),
            models.CheckConstraint(
                name="session_has_a_name",
                condition=~Q(name_ky="", name_ru="", name_en=""),
                violation_error_message=_(
                    "Write the name of the session in at least one language."
                ),
            ),
            models.CheckConstraint(
                name="session_kind_known",
                condition=Q(kind__in=["talks", "plenary", "discussion", "visit", "break", "other"]),
            ),
        ]

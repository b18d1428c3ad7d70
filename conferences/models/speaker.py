from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.spelling import fold
from municipalities.models import Municipality, current_language

from .event import Event


class Speaker(models.Model):
    """Who speaks at an event. The name is shown only if the person agreed, else the role."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="speakers")
    municipality = models.ForeignKey(
        Municipality,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("municipality"),
    )
    name = models.CharField(_("name"), max_length=150, blank=True)
    # Kept by save(): one person in two spellings is one speaker.
    name_key = models.CharField(max_length=150, editable=False, default="")
    role = models.CharField(_("role"), max_length=200, blank=True)
    # The role as others translated it; `role` is what the person wrote.
    role_ky = models.CharField(_("role in Kyrgyz"), max_length=200, blank=True)
    role_ru = models.CharField(_("role in Russian"), max_length=200, blank=True)
    role_en = models.CharField(_("role in English"), max_length=200, blank=True)
    agrees = models.BooleanField(
        _("agrees that the name is published"),
        default=False,
        help_text=_("Not ticked: the programme shows the role only."),
    )

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ["event_id", "pk"]
        constraints = [
            models.CheckConstraint(
                name="speaker_has_a_name_or_a_role",
                condition=~Q(name="", role=""),
                violation_error_message=_("Write the name or the role of the speaker."),
            ),
            models.CheckConstraint(
                name="speaker_without_a_name_agrees_to_nothing",
                condition=Q(agrees=False) | ~Q(name=""),
            ),
            models.UniqueConstraint(
                name="speaker_once_per_municipality",
                fields=["event", "name_key", "municipality"],
                condition=~Q(name_key="") & Q(municipality__isnull=False),
            ),
            models.UniqueConstraint(
                name="speaker_once_without_municipality",
                fields=["event", "name_key"],
                condition=~Q(name_key="") & Q(municipality=None),
            ),
        ]

    def __str__(self):
        return self.shown

    def save(self, *args, **kwargs):
        self.name_key = fold(self.name)[:150]
        super().save(*args, **kwargs)

    @property
    def shown(self):
        """What the public reads: never a name that its owner did not give free."""
        return ", ".join(filter(None, [self.name if self.agrees else "", self.shown_role]))

    @property
    def shown_role(self):
        return getattr(self, f"role_{current_language()}") or self.role


class PresentationSpeaker(models.Model):
    presentation = models.ForeignKey(
        "conferences.Presentation", on_delete=models.CASCADE, related_name="speaking"
    )
    speaker = models.ForeignKey(Speaker, on_delete=models.PROTECT, related_name="speaking")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("speaker of a presentation")
        verbose_name_plural = _("speakers of presentations")
        ordering = ["presentation_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="presentation_speaker_once", fields=["presentation", "speaker"]
            ),
        ]

    def __str__(self):
        return self.speaker.shown

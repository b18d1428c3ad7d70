from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.models import Municipality

from .event import Event


class AttendanceQuerySet(models.QuerySet):
    def totals(self):
        """{"people", "women", "men"}: sums; None when no row says it."""
        return self.aggregate(people=Sum("total"), women=Sum("women"), men=Sum("men"))


class Attendance(models.Model):
    """How many came, by municipality or institution and role. What nobody counted is empty, not 0."""

    class Role(models.TextChoices):
        HEAD = "head", pgettext_lazy("role at an event", "Heads of municipalities")
        OFFICER = "officer", pgettext_lazy("role at an event", "Municipal staff")
        DEPUTY = "deputy", pgettext_lazy("role at an event", "Deputies of councils")
        PROVIDER = "provider", pgettext_lazy("role at an event", "Service providers")
        RESIDENT = "resident", pgettext_lazy("role at an event", "Residents")
        STATE = "state", pgettext_lazy("role at an event", "State bodies")
        PARTNER = "partner", pgettext_lazy("role at an event", "Donors and partners")
        EXPERT = "expert", pgettext_lazy("role at an event", "Experts and project staff")
        MEDIA = "media", pgettext_lazy("role at an event", "Media")
        OTHER = "other", pgettext_lazy("role at an event", "Others")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="attendance")
    municipality = models.ForeignKey(
        Municipality,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attendance",
        verbose_name=_("municipality"),
    )
    institution = models.CharField(_("institution"), max_length=200, blank=True)
    role = models.CharField(_("role"), choices=Role, default=Role.OTHER, max_length=10)
    women = models.PositiveIntegerField(_("women"), null=True, blank=True)
    men = models.PositiveIntegerField(_("men"), null=True, blank=True)
    total = models.PositiveIntegerField(
        pgettext_lazy("attendance", "People"),
        help_text=_("In all, with those of whom nobody said whether women or men."),
    )

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ["event_id", "pk"]
        constraints = [
            models.CheckConstraint(
                name="attendance_total_holds_its_parts",
                condition=(Q(women=None) | Q(women__lte=F("total")))
                & (Q(men=None) | Q(men__lte=F("total")))
                & (Q(women=None) | Q(men=None) | Q(total__gte=F("women") + F("men"))),
                violation_error_message=_("There are more women and men than people in all."),
            ),
            models.CheckConstraint(
                name="attendance_of_a_municipality_or_an_institution",
                condition=Q(municipality=None) | Q(institution=""),
                violation_error_message=_(
                    "Choose a municipality or write an institution, not both."
                ),
            ),
            models.CheckConstraint(
                name="attendance_sane",
                condition=Q(total__lte=1_000_000),
                violation_error_message=_("At most 1,000,000 people."),
            ),
            models.UniqueConstraint(
                name="attendance_once_of_a_municipality",
                fields=["event", "municipality", "role"],
                condition=Q(municipality__isnull=False),
                violation_error_message=_("This municipality stands there already with this role."),
            ),
            models.UniqueConstraint(
                name="attendance_once_of_an_institution",
                fields=["event", "institution", "role"],
                condition=Q(municipality=None),
                violation_error_message=_("This institution stands there already with this role."),
            ),
        ]

    def __str__(self):
        return f"{self.municipality or self.institution}: {self.total}"

"""Reporting periods of a phase: free ranges of days, open → closed → signed, and back only with a reason.

What is booked for a day of a closed period is accounted on the first day of an open one and names the
closed one (LedgerRow.late_for). The database refuses every other change: action_plans/triggers.py.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.dates import format_range

from .reference import Phase


class PeriodStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("status of a period", "Open")
    CLOSED = "closed", pgettext_lazy("status of a period", "Closed")
    SIGNED = "signed", pgettext_lazy("status of a period", "Signed")


class PeriodQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=PeriodStatus.OPEN)

    def shut(self):
        """Closed or signed: nothing in them changes."""
        return self.exclude(status=PeriodStatus.OPEN)

    def with_day(self, day):
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class ReportingPeriod(models.Model):
    phase = models.ForeignKey(
        Phase, on_delete=models.PROTECT, related_name="periods", verbose_name=_("phase")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    status = models.CharField(
        _("status"), choices=PeriodStatus, default=PeriodStatus.OPEN, max_length=10, editable=False
    )
    # The number of the last PeriodStep: the database lets the status change only with its step.
    step = models.PositiveSmallIntegerField(default=0, editable=False)
    # The closing that holds; empty while it is open.
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        ordering = ["phase_id", "starts_on"]
        constraints = [
            models.CheckConstraint(
                name="period_status_known", condition=Q(status__in=PeriodStatus.values)
            ),
            models.CheckConstraint(
                name="period_ends_after_it_starts",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day is before the first. Check the year."),
            ),
            models.UniqueConstraint(name="period_starts_once", fields=["phase", "starts_on"]),
            models.CheckConstraint(
                name="period_closed_says_when_and_by_whom",
                condition=Q(status=PeriodStatus.OPEN, closed_at=None, closed_by=None)
                | (
                    ~Q(status=PeriodStatus.OPEN)
                    & Q(closed_at__isnull=False, closed_by__isnull=False)
                ),
            ),
        ]

    def __str__(self):
        return format_range(self.starts_on, self.ends_on)

    def get_absolute_url(self):
        return reverse("reports:period", args=[self.pk])

    def holds(self, day):
        return self.starts_on <= day <= self.ends_on

    @property
    def is_open(self):
        return self.status == PeriodStatus.OPEN

    @property
    def is_signed(self):
        return self.status == PeriodStatus.SIGNED


class PeriodStep(models.Model):
    """Closed, signed or opened again: by whom, when, in which role and why. Never changed."""

    period = models.ForeignKey(ReportingPeriod, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    before = models.CharField(max_length=10, choices=PeriodStatus)
    after = models.CharField(max_length=10, choices=PeriodStatus)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(max_length=150, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    # Of a closing: the gaps (T11) that were read and accepted, [{"check": …, "number": …}, …].
    accepted_gaps = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("step of a reporting period")
        verbose_name_plural = _("steps of reporting periods")
        ordering = ["period_id", "number"]
        constraints = [
            models.UniqueConstraint(name="period_step_once", fields=["period", "number"]),
            models.CheckConstraint(
                name="period_step_known",
                condition=Q(before=PeriodStatus.OPEN, after=PeriodStatus.CLOSED)
                | Q(before=PeriodStatus.CLOSED, after=PeriodStatus.SIGNED)
                | Q(
                    before__in=[PeriodStatus.CLOSED, PeriodStatus.SIGNED],
                    after=PeriodStatus.OPEN,
                ),
            ),
            models.CheckConstraint(
                name="period_opened_again_with_a_reason",
                condition=~Q(after=PeriodStatus.OPEN) | ~Q(reason=""),
            ),
        ]

    def __str__(self):
        return f"{self.period_id}/{self.number}: {self.before} → {self.after}"

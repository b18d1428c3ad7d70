"""What was signed: figures as canonical JSON with its SHA-256, and the files made from it. Never changed.

A later version of the same period stands beside the earlier ones; all of them stay.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from action_plans.models import ReportingPeriod
from municipalities.models import Named

from .template import ReportTemplate


class SignedReport(Named):
    """Its name is what its template was called on that day."""

    period = models.ForeignKey(ReportingPeriod, on_delete=models.PROTECT, related_name="reports")
    version = models.PositiveSmallIntegerField()
    template = models.ForeignKey(ReportTemplate, on_delete=models.PROTECT, related_name="reports")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    # Canonical JSON (reports.snapshots), UTF-8; sha256 is that of exactly these bytes.
    snapshot = models.TextField()
    sha256 = models.CharField(max_length=64)
    certificate = models.TextField(_("certificate"))
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    prepared_name = models.CharField(max_length=150)
    prepared_role = models.CharField(max_length=150)
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # As typed by who signed.
    approved_name = models.CharField(_("your name"), max_length=150)
    approved_role = models.CharField(_("your role"), max_length=150)
    has_sample = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("signed report")
        verbose_name_plural = _("signed reports")
        ordering = ["-approved_at"]
        constraints = [
            models.UniqueConstraint(
                name="signed_report_version_once", fields=["period", "version"]
            ),
            models.CheckConstraint(
                name="signed_report_by_two_persons", condition=~Q(prepared_by=F("approved_by"))
            ),
            models.CheckConstraint(
                name="signed_report_is_whole",
                condition=Q(version__gte=1)
                & ~Q(snapshot="")
                & ~Q(certificate="")
                & ~Q(approved_name="")
                & ~Q(approved_role=""),
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="signed_report_by_hash")]

    def __str__(self):
        return f"{self.period}, {self.version}"

    def get_absolute_url(self):
        return reverse("reports:signed", args=[self.pk])

    @property
    def code(self):
        """What is printed in the footer of its files: PSI-12-v2."""
        return f"PSI-{self.period_id}-v{self.version}"


class FileFormat(models.TextChoices):
    JSON = "json", "JSON"
    XLSX = "xlsx", "XLSX"
    PDF = "pdf", "PDF"
    CSV = "csv", "CSV"


class SignedFile(models.Model):
    report = models.ForeignKey(SignedReport, on_delete=models.PROTECT, related_name="files")
    format = models.CharField(max_length=4, choices=FileFormat)
    file = models.FileField(upload_to="signed/")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("file of a signed report")
        verbose_name_plural = _("files of signed reports")
        ordering = ["report_id", "format"]
        constraints = [
            models.UniqueConstraint(name="signed_file_once", fields=["report", "format"]),
            models.CheckConstraint(
                name="signed_file_format_known", condition=Q(format__in=FileFormat.values)
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="signed_file_by_hash")]

    def __str__(self):
        return f"{self.report} {self.format}"

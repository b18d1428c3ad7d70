from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class JobStatus(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("state of a file", "waiting")
    RUNNING = "running", pgettext_lazy("state of a file", "being made")
    READY = "ready", pgettext_lazy("state of a file", "ready")
    FAILED = "failed", pgettext_lazy("state of a file", "failed")


class FileJob(models.Model):
    """A long file, made beside the server: who asked for what, how far it is, and the file itself."""

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="file_jobs"
    )
    # The same question is asked once: the address of the file with its filter.
    address = models.CharField(max_length=2000)
    title = models.CharField(max_length=250)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to="made/", blank=True)
    file_name = models.CharField(max_length=150, blank=True)
    asked_at = models.DateTimeField()
    # Of the last sign of life of who makes it; older than a minute while running: it crashed.
    alive_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("long file")
        verbose_name_plural = _("long files")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                name="file_job_status_known", condition=Q(status__in=JobStatus.values)
            ),
            models.CheckConstraint(
                name="file_job_ready_has_its_file",
                condition=~Q(status=JobStatus.READY) | (Q(finished_at__isnull=False) & ~Q(file="")),
            ),
        ]
        indexes = [models.Index(fields=["asked_by", "-asked_at"], name="file_job_of_person")]

    def __str__(self):
        return f"{self.title} {self.status}"

    def get_absolute_url(self):
        return reverse("reports:job", args=[self.pk])

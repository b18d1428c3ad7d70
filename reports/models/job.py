from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FRESH = timedelta(minutes=10)  # who asks again meanwhile gets the same file
SILENT = timedelta(minutes=1)  # without a sign of life: whoever made it is no more
KEPT = timedelta(days=7)


class JobStatus(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("state of a file", "waiting")
    RUNNING = "running", pgettext_lazy("state of a file", "being made")
    READY = "ready", pgettext_lazy("state of a file", "ready")
    FAILED = "failed", pgettext_lazy("state of a file", "failed")


class FileJobQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Everybody sees other rows: a file is for the person alone who asked for it."""
        return self.filter(asked_by=user.pk)

    def waiting(self):
        return self.filter(status=JobStatus.WAITING)

    def running(self):
        return self.filter(status=JobStatus.RUNNING)

    def silent(self, at):
        return self.running().filter(alive_at__lt=at - SILENT)

    def as_good_as_new(self, at):
        """Under way, or finished just now."""
        fresh = Q(status=JobStatus.READY, finished_at__gt=at - FRESH)
        return self.filter(fresh | Q(status__in=[JobStatus.WAITING, JobStatus.RUNNING]))

    def outlived(self, at):
        return self.filter(
            Q(finished_at__lt=at - KEPT) | Q(finished_at=None, asked_at__lt=at - KEPT)
        )


class FileJob(models.Model):
    """A long file, made beside the server: who asked for what, how far it is, and the file itself."""

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="file_jobs"
    )
    # The same question is asked once: the whole address of the file with its filter.
    address = models.CharField(max_length=2000)
    title = models.CharField(max_length=250)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.WAITING)
    # Also tells apart who makes it: a maker that was silent for too long no longer counts.
    tries = models.PositiveSmallIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to="made/", blank=True)
    file_name = models.CharField(max_length=150, blank=True)
    asked_at = models.DateTimeField()
    # Of the last sign of life of who makes it; older than a minute while running: it crashed.
    alive_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = FileJobQuerySet.as_manager()

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

    @property
    def is_waiting(self):
        return self.status == JobStatus.WAITING

    @property
    def is_running(self):
        return self.status == JobStatus.RUNNING

    @property
    def is_ready(self):
        return self.status == JobStatus.READY

    @property
    def is_failed(self):
        return self.status == JobStatus.FAILED

    @property
    def percent(self):
        """Of the rows that are done; never 100 before the file is whole."""
        if not self.rows_total:
            return 0
        return min(99, self.rows_done * 100 // self.rows_total)

    @property
    def removed_on(self):
        """The day on which a finished file is removed."""
        return self.finished_at and self.finished_at + KEPT

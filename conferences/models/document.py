"""Files of events, presentations and practices: photos without the place they were taken at, slides, papers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.photos import SMALL_SIDE

from .event import Event
from .practice import PracticeVersion
from .presentation import Presentation


def stored_as(document, filename):
    """By its content: the versions of a practice share a photo. Never the person's own file name."""
    return f"shared/{document.sha256}"


def small_stored_as(document, filename):
    return f"shared/{document.sha256}.small"


class DocumentKind(models.TextChoices):
    PHOTO = "photo", pgettext_lazy("kind of document", "Photo")
    SLIDES = "slides", pgettext_lazy("kind of document", "Slides")
    PROGRAMME = "programme", pgettext_lazy("kind of document", "Programme")
    MINUTES = "minutes", pgettext_lazy("kind of document", "Minutes")
    MODEL = "model", pgettext_lazy("kind of document", "Model document")
    LEGAL_ACT = "legal_act", pgettext_lazy("kind of document", "Legal act")
    EVIDENCE = "evidence", pgettext_lazy("kind of document", "Evidence")
    OTHER = "other", pgettext_lazy("kind of document", "Other")


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """With what it belongs to; evidence of a recommendation: whoever is signed in."""
        mine = (
            Q(event__in=Event.objects.visible_to(user))
            | Q(presentation__in=Presentation.objects.visible_to(user))
            | Q(version__in=PracticeVersion.objects.visible_to(user))
        )
        seen = self.filter(mine)
        return seen if user.is_authenticated else seen.exclude(kind=DocumentKind.EVIDENCE)

    def photos(self):
        return self.filter(kind=DocumentKind.PHOTO)

    def papers(self):
        return self.exclude(kind=DocumentKind.PHOTO)


class Document(models.Model):
    event = models.ForeignKey(
        Event, null=True, blank=True, on_delete=models.PROTECT, related_name="documents"
    )
    presentation = models.ForeignKey(
        Presentation, null=True, blank=True, on_delete=models.PROTECT, related_name="documents"
    )
    version = models.ForeignKey(
        PracticeVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="documents"
    )
    kind = models.CharField(
        _("kind"), choices=DocumentKind, default=DocumentKind.OTHER, max_length=10
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    credit = models.CharField(_("photo by"), max_length=200, blank=True)
    file = models.FileField(_("file"), upload_to=stored_as, max_length=200)
    small = models.FileField(upload_to=small_stored_as, max_length=200, blank=True, editable=False)
    filename = models.CharField(max_length=200, editable=False)
    content_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveIntegerField(editable=False)
    # Of a photo, in pixels
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    position = models.PositiveSmallIntegerField(default=0)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    is_sample = models.BooleanField(default=False, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["position", "uploaded_at", "pk"]
        indexes = [models.Index(fields=["sha256"], name="shared_file_by_content")]
        constraints = [
            models.CheckConstraint(
                name="shared_document_has_one_owner",
                condition=Q(event__isnull=False, presentation=None, version=None)
                | Q(event=None, presentation__isnull=False, version=None)
                | Q(event=None, presentation=None, version__isnull=False),
            ),
            models.CheckConstraint(
                name="shared_document_kind_known", condition=Q(kind__in=DocumentKind.values)
            ),
            models.UniqueConstraint(
                name="shared_document_once_per_event",
                fields=["event", "sha256"],
                condition=Q(event__isnull=False),
            ),
            models.UniqueConstraint(
                name="shared_document_once_per_presentation",
                fields=["presentation", "sha256"],
                condition=Q(presentation__isnull=False),
            ),
            models.UniqueConstraint(
                name="shared_document_once_per_version",
                fields=["version", "sha256"],
                condition=Q(version__isnull=False),
            ),
        ]

    def __str__(self):
        return self.title or self.filename

    def get_absolute_url(self):
        return reverse("conferences:file", args=[self.pk])

    @property
    def small_size(self):
        """(width, height) of the small picture, so that the page does not jump."""
        scale = min(1, SMALL_SIDE / max(self.width, self.height))
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))

    @property
    def is_picture(self):
        return bool(self.small)

    @property
    def owner(self):
        return self.event or self.presentation or self.version

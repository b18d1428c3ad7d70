from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from action_plans.models import ActionPlan, ServiceArea
from lib.spelling import fold_words
from municipalities.models import Municipality

from .event import Event
from .session import Session
from .speaker import Speaker
from .text import LanguageText, Written, text_rules


class PresentationStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("status of a presentation", "Draft")
    PROPOSED = "proposed", pgettext_lazy("status of a presentation", "Proposed")
    ACCEPTED = "accepted", pgettext_lazy("status of a presentation", "Accepted")
    DECLINED = "declined", pgettext_lazy("status of a presentation", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("status of a presentation", "Withdrawn")


CLOSED = [PresentationStatus.DECLINED, PresentationStatus.WITHDRAWN]


class PresentationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The office: all. Others: what was accepted for a published event; a municipality its own, too."""
        if getattr(user, "works_for_programme", False):
            return self
        public = Q(status=PresentationStatus.ACCEPTED, event__published_at__isnull=False)
        if not getattr(user, "is_municipal", False):
            return self.filter(public)
        return self.filter(public | self._own(user))

    def _own(self, user):
        own = Presentation.municipalities.through.objects.filter(
            municipality__in=user.municipality_ids
        )
        return Q(Exists(own.filter(presentation=OuterRef("pk"))))

    def of_own_municipality(self, user):
        if not getattr(user, "is_municipal", False):
            return self.none()
        return self.filter(self._own(user))

    def workable_by(self, user):
        """The office on all, a municipality on its own."""
        if getattr(user, "works_for_programme", False):
            return self
        return self.of_own_municipality(user)

    def editable_by(self, user):
        """The office always; a municipality until somebody decided."""
        if getattr(user, "works_for_programme", False):
            return self
        open_to_edit = [PresentationStatus.DRAFT, PresentationStatus.PROPOSED]
        return self.of_own_municipality(user).filter(status__in=open_to_edit)

    def with_files_from(self, user):
        """Slides usually come after the decision: the municipality adds them to what was accepted, too."""
        if getattr(user, "works_for_programme", False):
            return self
        return self.of_own_municipality(user).exclude(status__in=CLOSED)

    def search(self, words):
        """Every spelling: of its topic, abstract, area and municipalities, or of its event."""
        folded = fold_words(words)
        for word in folded:
            self = self.filter(Q(search_key__contains=word) | Q(event__search_key__contains=word))
        return self if folded else self.none()

    def accepted(self):
        return self.filter(status=PresentationStatus.ACCEPTED)

    def waiting(self):
        return self.filter(status=PresentationStatus.PROPOSED)

    def scheduled(self):
        return self.accepted().filter(starts_at__isnull=False)

    def of_municipality(self, ids):
        own = Presentation.municipalities.through.objects.filter(municipality__in=ids)
        return self.filter(Exists(own.filter(presentation=OuterRef("pk"))))

    def for_list(self):
        return self.select_related("event", "area", "session__hall").prefetch_related(
            "texts", "municipalities", "speaking__speaker", "event__texts"
        )


class Presentation(Written):
    """What was or will be shown at an event: /presentations/<id>/"""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="presentations")
    status = models.CharField(
        _("status"),
        choices=PresentationStatus,
        default=PresentationStatus.DRAFT,
        max_length=10,
        editable=False,
    )
    municipalities = models.ManyToManyField(
        Municipality,
        blank=True,
        related_name="presentations",
        verbose_name=_("municipalities"),
    )
    by_municipality = models.BooleanField(
        _("given by a municipality"),
        default=True,
        help_text=_("Without a municipality the page says that the source does not name it."),
    )
    plan = models.ForeignKey(
        ActionPlan,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="presentations",
        verbose_name=_("action plan"),
    )
    practice = models.ForeignKey(
        "conferences.Practice",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="presentations",
        verbose_name=_("best practice"),
    )
    area = models.ForeignKey(
        ServiceArea,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="presentations",
        verbose_name=_("service area"),
    )
    speakers = models.ManyToManyField(
        Speaker,
        through="conferences.PresentationSpeaker",
        related_name="presentations",
        verbose_name=_("speakers"),
    )
    minutes = models.PositiveSmallIntegerField(
        _("length, minutes"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(480)],
    )
    # Where and when, once it is in the programme: within its session, and never two at a time in one.
    session = models.ForeignKey(
        Session,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="presentations",
        verbose_name=_("session"),
    )
    starts_at = models.DateTimeField(_("begins"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    creation_key = models.UUIDField(null=True, unique=True, editable=False)
    source = models.TextField(_("source"), blank=True)
    source_note = models.TextField(_("note on the source"), blank=True)
    is_sample = models.BooleanField(default=False, editable=False)
    # Kept by conferences.presentation_search
    search_key = models.TextField(editable=False, default="")

    objects = PresentationQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["creation_key", "search_key"], app="conferences")

    class Meta:
        verbose_name = _("presentation")
        verbose_name_plural = _("presentations")
        ordering = ["event_id", "starts_at", "pk"]
        indexes = [
            models.Index(fields=["event", "status", "starts_at"], name="presentation_of_event"),
        ]
        constraints = [
            models.CheckConstraint(
                name="presentation_status_known",
                condition=Q(status__in=PresentationStatus.values),
            ),
            models.CheckConstraint(
                name="presentation_slot_is_whole",
                condition=Q(session=None, starts_at=None, ends_at=None)
                | Q(session__isnull=False, starts_at__isnull=False, ends_at__gt=F("starts_at")),
                violation_error_message=_(
                    "A place in the programme is a session, a begin and an end."
                ),
            ),
            models.CheckConstraint(
                name="presentation_only_accepted_is_scheduled",
                condition=Q(session=None) | Q(status="accepted"),
                violation_error_message=_("Only an accepted presentation is in the programme."),
            ),
            models.CheckConstraint(
                name="presentation_minutes_sane", condition=Q(minutes__gte=1, minutes__lte=480)
            ),
            models.UniqueConstraint(
                name="presentation_alone_in_its_slot",
                fields=["session", "starts_at"],
                violation_error_message=_("Another presentation begins there at this time."),
            ),
        ]

    def __str__(self):
        return self.title or f"#{self.pk}"

    def get_absolute_url(self):
        return reverse("conferences:presentation", args=[self.pk])

    @property
    def takes_files(self):
        """From its municipality. Same rule as PresentationQuerySet.with_files_from(); the office always adds."""
        return self.status not in CLOSED

    @property
    def is_scheduled(self):
        return self.starts_at is not None

    @property
    def municipality_is_unnamed(self):
        """A source names the topic and not whose it is."""
        return bool(self.by_municipality and self.source and not self.places)

    @property
    def places(self):
        """Its municipalities; those that a page of hundreds has read by Prefetch(to_attr="read_places")."""
        rows = self.__dict__.get("read_places")
        return list(self.municipalities.all()) if rows is None else rows

    @property
    def people(self):
        """Who speaks, in their order; read by Prefetch(to_attr="read_speaking") on a page of hundreds."""
        rows = self.__dict__.get("read_speaking")
        rows = self.speaking.all() if rows is None else rows
        return [row.speaker for row in rows]


class PresentationText(LanguageText):
    presentation = models.ForeignKey(Presentation, on_delete=models.CASCADE, related_name="texts")
    title = models.CharField(_("topic"), max_length=250)
    abstract = models.TextField(_("abstract"), blank=True)

    history = HistoricalRecords(app="conferences")

    class Meta:
        verbose_name = _("text of a presentation")
        verbose_name_plural = _("texts of presentations")
        ordering = ["presentation_id", "-is_original", "language"]
        constraints = text_rules("presentation")

    def __str__(self):
        return self.title


class PresentationLink(models.Model):
    presentation = models.ForeignKey(Presentation, on_delete=models.CASCADE, related_name="links")
    url = models.URLField(_("address"), max_length=500)
    title = models.CharField(_("what it leads to"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("link of a presentation")
        verbose_name_plural = _("links of presentations")
        ordering = ["presentation_id", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="presentation_link_is_of_the_web",
                condition=Q(url__startswith="https://") | Q(url__startswith="http://"),
                violation_error_message=_("A link begins with https:// or http://."),
            ),
        ]

    def __str__(self):
        return self.title or self.url


class PresentationStep(models.Model):
    """Who proposed, accepted, declined, withdrew, and why. Only grows."""

    presentation = models.ForeignKey(Presentation, on_delete=models.CASCADE, related_name="steps")
    before = models.CharField(max_length=10, choices=PresentationStatus, blank=True)
    after = models.CharField(max_length=10, choices=PresentationStatus)
    reason = models.TextField(_("reason"), blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("step of a presentation")
        verbose_name_plural = _("steps of presentations")
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="presentation_declined_with_a_reason",
                condition=~Q(after="declined") | ~Q(reason=""),
            ),
        ]

    def __str__(self):
        return f"{self.presentation_id}: {self.before} → {self.after}"

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from action_plans.models import Phase
from lib.dates import Precision, last_day
from lib.spelling import fold_words
from municipalities.models import Municipality

from .text import LanguageText, Written, text_rules


class EventKind(models.TextChoices):
    CONFERENCE = "conference", pgettext_lazy("kind of event", "Conference")
    FORUM = "forum", pgettext_lazy("kind of event", "Forum")
    FAIR = "fair", pgettext_lazy("kind of event", "Fair")
    EXCHANGE_VISIT = "exchange_visit", pgettext_lazy("kind of event", "Exchange visit")
    TRAINING = "training", pgettext_lazy("kind of event", "Training")
    AWARD = "award", pgettext_lazy("kind of event", "Award")
    OPENING = "opening", pgettext_lazy("kind of event", "Opening")
    OTHER = "other", pgettext_lazy("kind of event", "Other event")


class EventQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The office: all. Everybody else, signed in or not: what was published."""
        if getattr(user, "works_for_programme", False):
            return self
        return self.filter(published_at__isnull=False)

    def editable_by(self, user):
        return self if getattr(user, "works_for_programme", False) else self.none()

    def with_open_call(self, *, at):
        """Proposals are taken now. Same rule as Event.call_is_open()"""
        return self.filter(published_at__isnull=False, call_opens_at__lte=at, call_closes_at__gt=at)

    def from_day(self, day):
        """Events that are not over on this day."""
        return self.filter(last_on__gte=day)

    def before_day(self, day):
        return self.filter(last_on__lt=day)

    def of_year(self, year):
        """Held in that year, or in a part of it."""
        return self.filter(starts_on__lte=date(year, 12, 31), last_on__gte=date(year, 1, 1))

    def of_municipality(self, ids):
        """Where it is host, took part or presented; `ids` may be a queryset of them."""
        hosts = Event.hosts.through.objects.filter(municipality__in=ids).values("event")
        came = Event.objects.filter(attendance__municipality__in=ids).order_by().values("pk")
        talks = Event.objects.filter(
            presentations__status="accepted", presentations__municipalities__in=ids
        )
        showed = talks.order_by().values("pk")
        return self.filter(Q(pk__in=hosts) | Q(pk__in=came) | Q(pk__in=showed))

    def upcoming_first(self, *, on):
        """What comes, soonest first; then what is over, newest first. Sets is_past."""
        comes = When(last_on__gte=on, then=F("starts_on"))
        over = Case(When(last_on__lt=on, then=Value(1)), default=Value(0))
        return self.annotate(is_past=over).order_by("is_past", Case(comes), "-starts_on", "-pk")

    def search(self, words):
        """Every spelling; nothing for words without letters or digits."""
        folded = fold_words(words)
        for word in folded:
            self = self.filter(search_key__contains=word)
        return self if folded else self.none()

    def for_list(self):
        return self.select_related("phase").prefetch_related("texts", "hosts")


class Event(Written):
    """A conference, fair, exchange visit, training …: /conferences/<slug>/"""

    slug = models.SlugField(_("address"), max_length=80, unique=True, editable=False)
    kind = models.CharField(
        _("kind"), choices=EventKind, default=EventKind.CONFERENCE, max_length=15
    )
    phase = models.ForeignKey(
        Phase,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="events",
        verbose_name=_("phase"),
    )
    of_programme = models.BooleanField(
        _("event of the programme"),
        default=True,
        help_text=_("Not ticked: an event of others that is worth knowing."),
    )
    hosts = models.ManyToManyField(
        Municipality,
        blank=True,
        related_name="hosted_events",
        verbose_name=_("host municipalities"),
    )
    starts_on = models.DateField(_("first day"))
    starts_precision = models.CharField(
        _("known to the"), max_length=5, choices=Precision, default=Precision.DAY
    )
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    # Kept by save(): the last day that the dates may mean.
    last_on = models.DateField(editable=False)
    in_ky = models.BooleanField(_("held in Kyrgyz"), default=False)
    in_ru = models.BooleanField(_("held in Russian"), default=False)
    in_en = models.BooleanField(_("held in English"), default=False)
    call_opens_at = models.DateTimeField(_("proposals from"), null=True, blank=True)
    call_closes_at = models.DateTimeField(_("proposals until"), null=True, blank=True)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # Counts each save of the event, its halls and sessions: who saves an older one is told.
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
    source = models.TextField(
        _("source"), blank=True, help_text=_("Where these facts were published.")
    )
    source_note = models.TextField(_("note on the source"), blank=True)
    is_sample = models.BooleanField(default=False, editable=False)
    search_key = models.TextField(editable=False, default="")

    objects = EventQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["search_key", "creation_key", "last_on"], app="conferences"
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-starts_on", "-pk"]
        indexes = [
            models.Index(fields=["-starts_on", "-id"], name="event_by_day"),
            models.Index(fields=["last_on"], name="event_by_last_day"),
        ]
        constraints = [
            models.CheckConstraint(name="event_kind_known", condition=Q(kind__in=EventKind.values)),
            models.CheckConstraint(
                name="event_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day is before the first day."),
            ),
            models.CheckConstraint(
                name="event_call_closes_after_it_opens",
                condition=Q(call_opens_at=None, call_closes_at=None)
                | Q(call_closes_at__gt=F("call_opens_at")),
                violation_error_message=_(
                    "Say from when until when proposals are taken: the end is after the beginning."
                ),
            ),
        ]

    def __str__(self):
        return self.title or self.slug

    def save(self, *args, **kwargs):
        self.last_on = last_day(self.ends_on or self.starts_on, self.starts_precision)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("conferences:event", args=[self.slug])

    @property
    def is_published(self):
        return self.published_at is not None

    def call_is_open(self, *, at=None):
        at = at or timezone.now()
        opens, closes = self.call_opens_at, self.call_closes_at
        return bool(self.is_published and opens and closes and opens <= at < closes)

    def is_over(self, *, on=None):
        return self.last_on < (on or timezone.localdate())

    @property
    def languages(self):
        """The languages it is held in: ["ky", "ru"]; empty when nobody said."""
        return [code for code in ("ky", "ru", "en") if getattr(self, f"in_{code}")]


class EventText(LanguageText):
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="texts")
    title = models.CharField(_("title"), max_length=250)
    place = models.CharField(_("place"), max_length=250, blank=True)
    organisers = models.TextField(_("organisers"), blank=True)
    participants = models.TextField(
        _("who takes part"), blank=True, help_text=_("In words; numbers go into the attendance.")
    )
    about = models.TextField(_("what it is about"), blank=True)
    results = models.TextField(_("results"), blank=True)
    call = models.TextField(_("call for presentations"), blank=True)

    history = HistoricalRecords(app="conferences")

    class Meta:
        verbose_name = _("text of an event")
        verbose_name_plural = _("texts of events")
        ordering = ["event_id", "-is_original", "language"]
        constraints = text_rules("event")

    def __str__(self):
        return self.title

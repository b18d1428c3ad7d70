from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.currencies import CODES, KGS, name_of
from lib.money import format_rate


class RateSource(models.TextChoices):
    NBKR_DAILY = "nbkr-daily", pgettext_lazy("source of a rate", "National Bank, daily")
    NBKR_WEEKLY = "nbkr-weekly", pgettext_lazy("source of a rate", "National Bank, weekly")
    MANUAL = "manual", pgettext_lazy("source of a rate", "entered by hand")


# What a person types needs a paper; the bank's files are kept as evidence themselves.
FROM_THE_BANK = [RateSource.NBKR_DAILY, RateSource.NBKR_WEEKLY]


class ExchangeRateQuerySet(models.QuerySet):
    def valid_on(self, day):
        return self.filter(applies_on__lte=day, last_on__gte=day)

    def current(self):
        """Without the versions that a later one of the same day and source has replaced."""
        return self.filter(~Exists(self._later()))

    def best_first(self):
        """The newest day first; of one day the last version entered."""
        return self.order_by("-applies_on", "-entered_at", "-pk")

    def latest(self):
        """Of each currency the rates of its newest day."""
        days = self.order_by().values("currency").annotate(day=Max("applies_on"))
        newest = [Q(currency=row["currency"], applies_on=row["day"]) for row in days]
        return self.filter(reduce(or_, newest)) if newest else self.none()

    def for_list(self):
        """With what a list says of each: whether it was replaced, and the rate of an earlier day."""
        before = self.model.objects.filter(
            currency=OuterRef("currency"), applies_on__lt=OuterRef("applies_on")
        ).best_first()
        return self.select_related("evidence", "entered_by").annotate(
            was_replaced=Exists(self._later()),
            value_before=Subquery(before.values("value")[:1]),
            nominal_before=Subquery(before.values("nominal")[:1]),
        )

    def _later(self):
        same = {name: OuterRef(name) for name in ("currency", "applies_on", "source")}
        return self.model.objects.filter(**same, version__gt=OuterRef("version"))


class ExchangeRate(models.Model):
    """What one or `nominal` units of a currency cost in som. Never changed: a mistake gets a new version."""

    currency = models.CharField(_("currency"), max_length=3)
    applies_on = models.DateField(_("applies from"))
    # Holidays: the last rate stays valid for some days, and no longer.
    last_on = models.DateField(_("valid to"), editable=False)
    nominal = models.PositiveIntegerField(_("for how many units"), default=1)
    value = models.DecimalField(_("som"), max_digits=18, decimal_places=8)
    source = models.CharField(_("source"), choices=RateSource, max_length=12)
    version = models.PositiveSmallIntegerField(default=1, editable=False)
    evidence = models.ForeignKey(
        "Evidence",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rates",
        verbose_name=_("evidence"),
    )
    note = models.CharField(_("where it stands"), max_length=250, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    is_sample = models.BooleanField(default=False, editable=False)

    objects = ExchangeRateQuerySet.as_manager()

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["-applies_on", "currency", "-entered_at", "-pk"]
        indexes = [models.Index(fields=["currency", "-applies_on"], name="rate_by_currency")]
        constraints = [
            models.UniqueConstraint(
                name="rate_version_once", fields=["currency", "applies_on", "source", "version"]
            ),
            models.CheckConstraint(
                name="rate_currency_known",
                condition=Q(currency__in=[code for code in CODES if code != KGS]),
                violation_error_message=_("This is not a currency that the portal knows."),
            ),
            models.CheckConstraint(
                name="rate_source_known", condition=Q(source__in=RateSource.values)
            ),
            models.CheckConstraint(
                name="rate_above_zero",
                condition=Q(value__gt=0, nominal__gte=1),
                violation_error_message=_("A rate is more than 0."),
            ),
            models.CheckConstraint(
                name="rate_lasts_from_its_day", condition=Q(last_on__gte=F("applies_on"))
            ),
            models.CheckConstraint(
                name="rate_by_hand_has_evidence",
                condition=Q(source__in=FROM_THE_BANK)
                | Q(is_sample=True)
                | Q(evidence__isnull=False),
                violation_error_message=_("A rate entered by hand needs a paper that proves it."),
            ),
        ]

    def __str__(self):
        return f"{self.nominal} {self.currency} = {self.value} KGS, {self.applies_on}"

    @property
    def currency_name(self):
        return name_of(self.currency)

    @property
    def equation(self):
        """10 JPY = 4,7578 som, in the reader's language."""
        return _("%(nominal)s %(currency)s = %(value)s som") % {
            "nominal": self.nominal,
            "currency": self.currency,
            "value": format_rate(self.value),
        }

    def is_out_of_date(self, on):
        return self.last_on < on

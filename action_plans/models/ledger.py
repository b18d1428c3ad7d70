"""What every booked amount has: its currency, the rate that was used, the frozen som, who and when.

A row waits (booked_at is empty) until there is a rate; booked, it is never changed and never deleted.
A mistake is taken back by a row that names it (`reverses`, a negative amount) and put right by one
that stands in its place (`corrects`). Totals are sums of amount_kgs of booked rows, signs included.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.currencies import CODES, KGS
from lib.money import MAX_KGS


class UsedRate(models.TextChoices):
    """Where the rate of a row comes from: a stored rate, or the policy of the phase."""

    SOM = "som", pgettext_lazy("rate that was used", "som")
    NBKR_DAILY = "nbkr-daily", pgettext_lazy("rate that was used", "National Bank, daily")
    NBKR_WEEKLY = "nbkr-weekly", pgettext_lazy("rate that was used", "National Bank, weekly")
    BANK = "bank", pgettext_lazy("rate that was used", "bank that changed the money")
    MANUAL = "manual", pgettext_lazy("rate that was used", "entered by hand")
    WEIGHTED = "weighted", pgettext_lazy("rate that was used", "weighted average of tranches")
    FIFO = "fifo", pgettext_lazy("rate that was used", "tranches, first in, first out")
    BUDGET = "budget", pgettext_lazy("rate that was used", "budget rate of the phase")


class LedgerQuerySet(models.QuerySet):
    def booked(self):
        return self.filter(booked_at__isnull=False)

    def waiting(self):
        """Drafts: there is no rate for their day yet."""
        return self.filter(booked_at=None)

    def standing(self):
        """Booked, and neither taken back nor itself a row that takes back."""
        return self.booked().filter(reversal=None, reverses=None)


class LedgerRow(models.Model):
    currency = models.CharField(_("currency"), max_length=3, default=KGS)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    rate = models.ForeignKey(
        "ExchangeRate", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Copied, so that the row says for ever what was used: amount × value ÷ nominal = som.
    rate_value = models.DecimalField(max_digits=24, decimal_places=10, null=True, editable=False)
    rate_nominal = models.PositiveIntegerField(default=1, editable=False)
    rate_on = models.DateField(null=True, editable=False)
    rate_source = models.CharField(choices=UsedRate, max_length=12, blank=True, editable=False)
    amount_kgs = models.DecimalField(
        _("amount, som"), max_digits=18, decimal_places=2, null=True, editable=False
    )
    document_number = models.CharField(_("document number"), max_length=100, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    booked_at = models.DateTimeField(null=True, editable=False)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # The day on which reports count it: its own, or, when the period of that day was closed already, the
    # first day of the open period it was booked in. Then late_for is the closed one.
    accounted_on = models.DateField(null=True, editable=False)
    late_for = models.ForeignKey(
        "ReportingPeriod",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    reverses = models.OneToOneField(
        "self", null=True, editable=False, on_delete=models.PROTECT, related_name="reversal"
    )
    corrects = models.OneToOneField(
        "self", null=True, editable=False, on_delete=models.PROTECT, related_name="correction"
    )
    reason = models.TextField(_("reason"), blank=True)
    # The form's own key: the same form sent twice books once.
    booking_key = models.UUIDField(null=True, unique=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self.pk and type(self).objects.booked().filter(pk=self.pk).exists():
            raise ValidationError(_("A booked row is never changed. Take it back or correct it."))
        if self.booked_at and not self.accounted_on:
            self.accounted_on = self.day
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        if self.booked_at:
            raise ValidationError(_("A booked row is never deleted. Take it back or correct it."))
        return super().delete(*args, **kwargs)

    @property
    def day(self):
        """When the money moved."""
        return getattr(self, self.DAY)

    @property
    def is_booked(self):
        return self.booked_at is not None

    @property
    def is_foreign(self):
        return self.currency != KGS

    @property
    def was_reversed(self):
        return hasattr(self, "reversal")


def ledger_constraints(name, *, day):
    """Of a concrete table of ledger rows; name: how their constraints begin; day: its column of the day."""
    positive = Q(amount__gt=0, amount__lte=MAX_KGS) & (
        Q(amount_kgs=None) | Q(amount_kgs__gt=0, amount_kgs__lte=MAX_KGS)
    )
    negative = Q(amount__lt=0, amount__gte=-MAX_KGS, amount_kgs__lt=0, amount_kgs__gte=-MAX_KGS)
    return [
        models.CheckConstraint(
            name=f"{name}_amount_within_limits",
            condition=(Q(reverses=None) & positive) | (Q(reverses__isnull=False) & negative),
            violation_error_message=_(
                "The amount must be more than 0 and at most 100,000,000,000 som."
            ),
        ),
        models.CheckConstraint(
            name=f"{name}_currency_known",
            condition=Q(currency__in=CODES),
            violation_error_message=_("This is not a currency that the portal knows."),
        ),
        models.CheckConstraint(
            name=f"{name}_som_are_som",
            condition=~Q(currency=KGS)
            | (Q(amount_kgs=F("amount"), rate=None, rate_value=1, rate_nominal=1)),
        ),
        models.CheckConstraint(
            name=f"{name}_booked_with_its_rate",
            condition=Q(booked_at=None, amount_kgs=None, rate_value=None, rate_source="")
            | (
                Q(booked_at__isnull=False, amount_kgs__isnull=False, rate_value__gt=0)
                & Q(rate_source__in=UsedRate.values, rate_nominal__gte=1)
            ),
        ),
        models.CheckConstraint(
            name=f"{name}_change_has_a_reason",
            condition=Q(reverses=None, corrects=None) | ~Q(reason=""),
        ),
        models.CheckConstraint(
            name=f"{name}_takes_back_or_replaces",
            condition=Q(reverses=None) | Q(corrects=None),
        ),
        models.CheckConstraint(
            name=f"{name}_accounted_on_its_day_or_late",
            condition=Q(booked_at=None, accounted_on=None, late_for=None)
            | Q(booked_at__isnull=False, late_for=None, accounted_on=F(day))
            | Q(booked_at__isnull=False, late_for__isnull=False, accounted_on__gt=F(day)),
        ),
    ]

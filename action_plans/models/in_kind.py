from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from lib.money import MAX_KGS

from .funding import Contribution


class Valuation(models.TextChoices):
    MARKET = "market", pgettext_lazy("how it was valued", "market price")
    WAGE = "wage", pgettext_lazy("how it was valued", "pay for similar work")
    RENT = "rent", pgettext_lazy("how it was valued", "rent of the same thing")
    NORM = "norm", pgettext_lazy("how it was valued", "official norm or price list")
    APPRAISAL = "appraisal", pgettext_lazy("how it was valued", "report of an appraiser")


class InKindItem(models.Model):
    """Sand, labour, hours of a machine: claimed by who gives it, received once it is verified.

    A verified item has one ledger row (Payment.in_kind) over what was accepted; 0.00 accepted = refused.
    """

    contribution = models.ForeignKey(
        Contribution,
        on_delete=models.PROTECT,
        related_name="in_kind_items",
        verbose_name=_("contribution"),
    )
    given_on = models.DateField(_("given on"))
    what = models.CharField(_("what"), max_length=250)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    unit = models.CharField(_("unit"), max_length=40)
    unit_value_kgs = models.DecimalField(_("value of a unit, som"), max_digits=18, decimal_places=2)
    claimed_kgs = models.DecimalField(
        _("claimed value, som"), max_digits=18, decimal_places=2, editable=False
    )
    valuation = models.CharField(_("how it was valued"), choices=Valuation, max_length=10)
    valuation_note = models.CharField(_("where the value comes from"), max_length=250, blank=True)
    evidence = models.ForeignKey(
        "Attachment",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="in_kind_items",
        verbose_name=_("evidence"),
    )
    claimed_at = models.DateTimeField()
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    verified_kgs = models.DecimalField(
        _("accepted value, som"), max_digits=18, decimal_places=2, null=True, editable=False
    )
    verification_note = models.TextField(_("remark on the verification"), blank=True)
    verified_at = models.DateTimeField(null=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    claim_key = models.UUIDField(null=True, unique=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    history = HistoricalRecords(app="action_plans", excluded_fields=["claim_key"])

    class Meta:
        verbose_name = _("in-kind contribution")
        verbose_name_plural = _("in-kind contributions")
        ordering = ["given_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="in_kind_amounts_within_limits",
                condition=Q(
                    quantity__gt=0,
                    unit_value_kgs__gt=0,
                    claimed_kgs__gt=0,
                    claimed_kgs__lte=MAX_KGS,
                ),
                violation_error_message=_("Quantity and value must be more than 0."),
            ),
            models.CheckConstraint(
                name="in_kind_valuation_known", condition=Q(valuation__in=Valuation.values)
            ),
            models.CheckConstraint(
                name="in_kind_accepted_up_to_the_claim",
                condition=Q(verified_kgs=None)
                | Q(verified_kgs__gte=0, verified_kgs__lte=F("claimed_kgs")),
                violation_error_message=_("No more can be accepted than was claimed."),
            ),
            models.CheckConstraint(
                name="in_kind_verified_says_when",
                condition=Q(verified_kgs=None, verified_at=None, verified_by=None)
                | Q(verified_kgs__isnull=False, verified_at__isnull=False),
            ),
            models.CheckConstraint(
                name="in_kind_accepted_with_evidence",
                condition=Q(verified_kgs=None)
                | Q(verified_kgs=0)
                | Q(is_sample=True)
                | Q(evidence__isnull=False),
                violation_error_message=_("Without evidence nothing can be accepted."),
            ),
            models.CheckConstraint(
                name="in_kind_less_than_claimed_has_a_remark",
                condition=Q(verified_kgs=None)
                | Q(verified_kgs=F("claimed_kgs"))
                | ~Q(verification_note=""),
                violation_error_message=_("Say why less is accepted than was claimed."),
            ),
        ]

    def __str__(self):
        return f"{self.what}: {self.quantity} {self.unit}"

    @property
    def is_verified(self):
        return self.verified_kgs is not None

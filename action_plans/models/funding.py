from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from lib.money import MAX_KGS

from .plan import ActionPlan


class Source(models.TextChoices):
    GRANT = "grant", pgettext_lazy("source of money", "Programme grant")
    MUNICIPALITY = "municipality", pgettext_lazy("source of money", "Municipality")
    COMMUNITY = "community", pgettext_lazy("source of money", "Residents (community)")
    OBLAST = "oblast", pgettext_lazy("source of money", "Oblast budget")
    REPUBLIC = "republic", pgettext_lazy("source of money", "Republican budget")
    DONOR = "donor", pgettext_lazy("source of money", "Other donor")


class Form(models.TextChoices):
    CASH = "cash", pgettext_lazy("form of a contribution", "in cash")
    IN_KIND = "in_kind", pgettext_lazy("form of a contribution", "in kind")


class Contribution(models.Model):
    """A promise: who gives how much to a plan, in cash or in kind."""

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="contributions")
    source = models.CharField(_("source"), choices=Source, max_length=20)
    form = models.CharField(_("form"), choices=Form, default=Form.CASH, max_length=10)
    amount_kgs = models.DecimalField(_("amount, som"), max_digits=18, decimal_places=2)
    decision = models.CharField(_("decision or letter"), max_length=250, blank=True)
    is_sample = models.BooleanField(default=False, editable=False)

    history = HistoricalRecords(app="action_plans")

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["plan_id", "pk"]
        indexes = [
            # What the report finds missing: few rows of many.
            models.Index(
                name="promise_without_decision",
                fields=["plan"],
                condition=Q(source=Source.MUNICIPALITY, decision=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="contribution_source_known", condition=Q(source__in=Source.values)
            ),
            models.CheckConstraint(
                name="contribution_form_known", condition=Q(form__in=Form.values)
            ),
            models.CheckConstraint(
                name="contribution_amount_within_limits",
                condition=Q(amount_kgs__gt=0, amount_kgs__lte=MAX_KGS),
                violation_error_message=_(
                    "The amount must be more than 0 and at most 100,000,000,000 som."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.get_source_display()}: {self.amount_kgs}"

    @property
    def pot(self):
        """The column of Money this promise is counted in."""
        if self.source == Source.MUNICIPALITY:
            return "own_cash_kgs" if self.form == Form.CASH else "own_in_kind_kgs"
        return f"{self.source}_kgs"


class PaymentKind(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("kind of payment", "received")
    SPENT = "spent", pgettext_lazy("kind of payment", "spent")
    RETURNED = "returned", pgettext_lazy("kind of payment", "returned")


class Payment(models.Model):
    """A movement of one contribution. Never edited once booked, never deleted."""

    contribution = models.ForeignKey(
        Contribution, on_delete=models.PROTECT, related_name="payments"
    )
    kind = models.CharField(
        _("kind"), choices=PaymentKind, default=PaymentKind.RECEIVED, max_length=10
    )
    paid_on = models.DateField(_("date"))
    amount_kgs = models.DecimalField(_("amount, som"), max_digits=18, decimal_places=2)
    document_number = models.CharField(_("document number"), max_length=100, blank=True)
    evidence = models.ForeignKey(
        "Attachment",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="payments",
        verbose_name=_("evidence"),
    )
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # The form's own key: the same form sent twice books one payment.
    booking_key = models.UUIDField(null=True, unique=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["paid_on", "pk"]
        indexes = [
            models.Index(
                name="payment_without_document",
                fields=["contribution"],
                condition=Q(document_number="", evidence=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="payment_kind_known", condition=Q(kind__in=PaymentKind.values)
            ),
            models.CheckConstraint(
                name="payment_amount_within_limits",
                condition=Q(amount_kgs__gt=0, amount_kgs__lte=MAX_KGS),
                violation_error_message=_(
                    "The amount must be more than 0 and at most 100,000,000,000 som."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.paid_on} {self.amount_kgs}"

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from lib.choices import label_of
from lib.money import MAX_KGS

from .ledger import LedgerRow, ledger_constraints
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
    # Empty: promised with the plan, that is on the day of its approval.
    promised_on = models.DateField(_("promised on"), null=True, blank=True, editable=False)
    # When a promise that came after the approval was entered; what was known on a day depends on it.
    recorded_at = models.DateTimeField(null=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)
    get_source_display = label_of("source", Source)

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
            # Promised after the approval: few rows of many.
            models.Index(
                name="promise_made_later",
                fields=["plan"],
                condition=Q(promised_on__isnull=False),
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
                # 0: a promise that was withdrawn later; a new one is more than 0.
                condition=Q(amount_kgs__gte=0, amount_kgs__lte=MAX_KGS),
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


class Payment(LedgerRow):
    """A movement of one contribution: a row of the plan's ledger."""

    DAY = "paid_on"
    contribution = models.ForeignKey(
        Contribution, on_delete=models.PROTECT, related_name="payments"
    )
    kind = models.CharField(
        _("kind"), choices=PaymentKind, default=PaymentKind.RECEIVED, max_length=10
    )
    paid_on = models.DateField(_("date"))
    budget_line = models.ForeignKey(
        "BudgetLine",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="payments",
        verbose_name=_("budget line"),
    )
    # Set on the row that a verification of in-kind goods or work has booked.
    in_kind = models.ForeignKey(
        "InKindItem",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="payments",
    )
    evidence = models.ForeignKey(
        "Attachment",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="payments",
        verbose_name=_("evidence"),
    )
    get_kind_display = label_of("kind", PaymentKind)

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
            models.Index(
                name="payment_waits_for_a_rate",
                fields=["currency", "paid_on"],
                condition=Q(booked_at=None),
            ),
            # What a period adds is a small part of all there is; reports read it from here, without the rows.
            models.Index(
                name="payment_counted",
                fields=["accounted_on", "contribution", "kind", "late_for", "amount_kgs"],
                condition=Q(booked_at__isnull=False),
            ),
            models.Index(
                name="payment_is_late", fields=["late_for"], condition=Q(late_for__isnull=False)
            ),
            # A portal in use has none, and the statement of a phase asks.
            models.Index(
                name="payment_is_sample", fields=["contribution"], condition=Q(is_sample=True)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="payment_kind_known", condition=Q(kind__in=PaymentKind.values)
            ),
            models.CheckConstraint(
                name="payment_only_spending_names_a_budget_line",
                condition=Q(budget_line=None) | Q(kind=PaymentKind.SPENT),
                violation_error_message=_("Only money that was spent belongs to a budget line."),
            ),
            *ledger_constraints("payment", day="paid_on"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.paid_on} {self.amount} {self.currency}"

    @property
    def sign(self):
        """What was returned stands with a minus, and with a plus where that was taken back."""
        return -1 if self.kind == PaymentKind.RETURNED else 1

    @property
    def signed_amount(self):
        return self.sign * self.amount

    @property
    def signed_kgs(self):
        return None if self.amount_kgs is None else self.sign * self.amount_kgs

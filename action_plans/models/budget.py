from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from lib.choices import label_of
from lib.money import MAX_KGS, NBSP, format_amount, format_number

from .funding import Source
from .plan import ActionPlan


class BudgetLine(models.Model):
    """What money is planned for. Its amounts stand in BudgetRevision: number 0 is the original."""

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="budget_lines")
    position = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("what for"), max_length=200)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    source = models.CharField(_("who pays"), choices=Source, max_length=20)
    # A plan with yearly amounts is not split by days.
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    comment = models.TextField(_("why it differs"), blank=True)
    commented_at = models.DateTimeField(null=True, editable=False)
    commented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_sample = models.BooleanField(default=False, editable=False)
    get_source_display = label_of("source", Source)

    history = HistoricalRecords(app="action_plans")

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ["plan_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(name="budget_line_number_once", fields=["plan", "position"]),
            models.CheckConstraint(
                name="budget_line_source_known", condition=Q(source__in=Source.values)
            ),
            models.CheckConstraint(
                name="budget_line_comment_says_when",
                condition=Q(comment="", commented_at=None)
                | (~Q(comment="") & Q(commented_at__isnull=False)),
            ),
        ]

    def __str__(self):
        return f"{self.position}. {self.title}"


class BudgetRevision(models.Model):
    """What a line amounted to from a day on. Earlier values stay."""

    line = models.ForeignKey(BudgetLine, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField(editable=False)
    # Empty for the original: it holds from the beginning.
    effective_on = models.DateField(_("from which day"), null=True, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    unit_cost_kgs = models.DecimalField(_("cost of a unit, som"), max_digits=18, decimal_places=2)
    amount_kgs = models.DecimalField(
        _("amount, som"), max_digits=18, decimal_places=2, editable=False
    )
    reason = models.TextField(_("reason"), blank=True)
    revised_at = models.DateTimeField()
    revised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("amount of a budget line")
        verbose_name_plural = _("amounts of budget lines")
        ordering = ["line_id", "number"]
        constraints = [
            models.UniqueConstraint(name="budget_revision_number_once", fields=["line", "number"]),
            models.CheckConstraint(
                name="budget_amount_within_limits",
                condition=Q(
                    quantity__gte=0,
                    unit_cost_kgs__gte=0,
                    amount_kgs__gte=0,
                    amount_kgs__lte=MAX_KGS,
                ),
                violation_error_message=_("The amount must be between 0 and 100,000,000,000 som."),
            ),
            models.CheckConstraint(
                name="budget_revision_has_day_and_reason",
                condition=Q(number=0, effective_on=None)
                | (Q(number__gt=0, effective_on__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self):
        return f"{self.line_id}/{self.number}: {self.amount_kgs}"

    @property
    def product(self):
        """1 200 m × 850.00"""
        quantity = NBSP.join(filter(None, [format_number(self.quantity), self.line.unit]))
        return f"{quantity} ×{NBSP}{format_amount(self.unit_cost_kgs)}"

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.currencies import CODES, KGS
from lib.money import MAX_KGS
from municipalities.models import Named


class Programme(Named):
    code = models.SlugField(_("code"), unique=True)
    source = models.TextField(_("source"), blank=True)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["code"]


class FxPolicy(models.TextChoices):
    """How foreign donor money is counted in som. Chosen once; every report prints it."""

    DAY = "day", pgettext_lazy("exchange rate policy", "official rate of the day of the payment")
    WEIGHTED = "weighted", pgettext_lazy("exchange rate policy", "weighted average of the tranches")
    FIFO = "fifo", pgettext_lazy("exchange rate policy", "tranches in turn: first in, first out")
    BUDGET = "budget", pgettext_lazy("exchange rate policy", "rate of the budget")


class PhaseQuerySet(models.QuerySet):
    def on(self, day):
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class Phase(Named):
    """A stretch of a programme. Dates are free: there is a gap of 15 months between II and III."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="phases", verbose_name=_("programme")
    )
    code = models.SlugField(_("code"), unique=True)
    contract = models.CharField(_("contract or project number"), max_length=100, blank=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    budget = models.DecimalField(
        _("budget"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    budget_currency = models.CharField(_("currency of the budget"), max_length=3, blank=True)
    minimum_own_share = models.DecimalField(
        _("minimum own contribution, % of the total"),
        max_digits=5,
        decimal_places=2,
        default=10,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    in_kind_counts = models.BooleanField(
        _("contributions in kind count towards the minimum"), default=True
    )
    fx_policy = models.CharField(
        _("exchange rate policy"), choices=FxPolicy, default=FxPolicy.WEIGHTED, max_length=10
    )
    # Set by the first tranche or foreign payment: from then on the policy stays.
    fx_policy_fixed = models.BooleanField(default=False, editable=False)
    budget_rate = models.DecimalField(
        _("rate of the budget, som for one unit of its currency"),
        max_digits=18,
        decimal_places=8,
        null=True,
        blank=True,
    )
    # A budget line that differs by more than both needs a comment.
    variance_pct = models.DecimalField(
        _("variance that needs a comment, %"),
        max_digits=5,
        decimal_places=2,
        default=10,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    variance_kgs = models.DecimalField(
        _("variance that needs a comment, som"),
        max_digits=18,
        decimal_places=2,
        default=50_000,
    )
    source = models.TextField(_("source"), blank=True)

    objects = PhaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        ordering = ["starts_on", "code"]
        constraints = [
            models.CheckConstraint(
                name="phase_ends_after_it_starts",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The end date is before the start date."),
            ),
            models.CheckConstraint(
                name="phase_minimum_is_a_percentage",
                condition=Q(minimum_own_share__gte=0, minimum_own_share__lte=100),
            ),
            models.CheckConstraint(
                name="phase_fx_policy_known", condition=Q(fx_policy__in=FxPolicy.values)
            ),
            models.CheckConstraint(
                name="phase_budget_rate_has_its_currency",
                condition=Q(budget_rate=None)
                | (
                    Q(budget_rate__gt=0)
                    & Q(budget_currency__in=[code for code in CODES if code != KGS])
                ),
                violation_error_message=_(
                    "A rate of the budget is more than 0, and the budget needs a currency."
                ),
            ),
            models.CheckConstraint(
                name="phase_budget_policy_has_its_rate",
                condition=~Q(fx_policy=FxPolicy.BUDGET) | Q(budget_rate__isnull=False),
                violation_error_message=_("Write the rate of the budget."),
            ),
            models.CheckConstraint(
                name="phase_variance_limits_sane",
                condition=Q(
                    variance_pct__gte=0,
                    variance_pct__lte=100,
                    variance_kgs__gte=0,
                    variance_kgs__lte=MAX_KGS,
                ),
            ),
        ]

    def clean(self):
        if self.budget_currency and self.budget_currency not in CODES:
            text = _("This is not a currency that the portal knows.")
            raise ValidationError({"budget_currency": text})


class ServiceArea(Named):
    """Two levels: education > preschool. A plan may name either."""

    code = models.SlugField(_("code"), unique=True)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("part of"),
    )
    dac_code = models.CharField(_("DAC purpose code"), max_length=5, blank=True)
    sdg_target = models.CharField(_("SDG target"), max_length=5, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("service area")
        verbose_name_plural = _("service areas")
        ordering = ["position", "code"]

    @property
    def top(self):
        return self.parent or self

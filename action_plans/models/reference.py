from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from municipalities.models import Named


class Programme(Named):
    code = models.SlugField(_("code"), unique=True)
    source = models.TextField(_("source"), blank=True)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["code"]


class PhaseQuerySet(models.QuerySet):
    def on(self, day):
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class Phase(Named):
    """A stretch of a programme. Dates are free: there is a gap of 15 months between II and III."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="phases", verbose_name=_("programme")
    )
    code = models.SlugField(_("code"), unique=True)
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
        ]


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

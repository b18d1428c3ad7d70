"""Whose plan it is and what for, each with its share: what totals cut a plan by."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from lib.money import format_share
from municipalities.models import Municipality

from .reference import ServiceArea


class PlanArea(models.Model):
    plan = models.ForeignKey("ActionPlan", on_delete=models.CASCADE, related_name="areas")
    area = models.ForeignKey(
        ServiceArea,
        on_delete=models.PROTECT,
        related_name="plan_areas",
        verbose_name=_("service area"),
    )
    share = models.DecimalField(_("share, %"), max_digits=5, decimal_places=2, default=100)

    history = HistoricalRecords(app="action_plans")

    class Meta:
        verbose_name = _("service area of a plan")
        verbose_name_plural = _("service areas of plans")
        ordering = ["plan_id", "-share", "area__position", "area__code"]
        constraints = [
            models.UniqueConstraint(name="plan_area_once", fields=["plan", "area"]),
            models.CheckConstraint(
                name="plan_area_share_is_a_part", condition=Q(share__gt=0, share__lte=100)
            ),
        ]

    def __str__(self):
        return f"{self.area} {format_share(self.share, places=2)}"


class PlanMunicipality(models.Model):
    plan = models.ForeignKey("ActionPlan", on_delete=models.CASCADE, related_name="municipalities")
    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        related_name="plan_shares",
        verbose_name=_("municipality"),
    )
    share = models.DecimalField(_("share, %"), max_digits=5, decimal_places=2, default=100)
    is_lead = models.BooleanField(_("leads"), default=False)

    history = HistoricalRecords(app="action_plans")

    class Meta:
        verbose_name = _("municipality of a plan")
        verbose_name_plural = _("municipalities of plans")
        ordering = ["plan_id", "-is_lead", "municipality__code"]
        constraints = [
            models.UniqueConstraint(name="plan_municipality_once", fields=["plan", "municipality"]),
            models.UniqueConstraint(
                name="plan_municipality_one_lead", fields=["plan"], condition=Q(is_lead=True)
            ),
            models.CheckConstraint(
                name="plan_municipality_share_is_a_part", condition=Q(share__gt=0, share__lte=100)
            ),
        ]

    def __str__(self):
        return f"{self.municipality} {format_share(self.share, places=2)}"

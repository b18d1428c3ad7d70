from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .plan import ActionPlan, PlanStatus


class StatusChange(models.Model):
    """A step of a plan, with its reason: the visible history of its states."""

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="steps")
    before = models.CharField(max_length=20, choices=PlanStatus, blank=True)
    after = models.CharField(max_length=20, choices=PlanStatus)
    reason = models.TextField(_("reason"), blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("step of a plan")
        verbose_name_plural = _("steps of plans")
        ordering = ["-changed_at", "-pk"]
        indexes = [
            # A report of a past day asks which plans were cancelled since.
            models.Index(
                name="step_of_cancelling",
                fields=["changed_at", "plan"],
                condition=Q(after="cancelled"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="step_status_known", condition=Q(after__in=PlanStatus.values)
            ),
            models.CheckConstraint(
                name="step_back_or_out_has_a_reason",
                condition=~Q(after__in=[PlanStatus.RETURNED, PlanStatus.CANCELLED]) | ~Q(reason=""),
            ),
        ]

    def __str__(self):
        return f"{self.plan_id}: {self.before} → {self.after}"

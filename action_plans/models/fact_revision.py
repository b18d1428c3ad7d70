from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .plan import ActionPlan


class FactRevision(models.Model):
    """A fact of an approved plan that changed: so that any past day is answered as it was known then.

    One row per fact (a key of action_plans.facts: "cost_kgs", "starts_on" …; "areas" is all areas together),
    values as canonical JSON: decimals as text, days in ISO, areas as [[code, share], …].
    """

    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="fact_revisions")
    number = models.PositiveSmallIntegerField(editable=False)
    fact = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    # From this day on it is so; a mistake that was put right: the day it was put right.
    effective_on = models.DateField(_("from which day"))
    reason = models.TextField(_("reason"))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("changed fact of a plan")
        verbose_name_plural = _("changed facts of plans")
        ordering = ["plan_id", "number"]
        constraints = [
            models.UniqueConstraint(name="fact_revision_once", fields=["plan", "number"]),
            models.CheckConstraint(name="fact_revision_has_a_reason", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["fact", "recorded_at"], name="fact_revision_by_time")]

    def __str__(self):
        return f"{self.plan_id}: {self.fact}, {self.effective_on}"

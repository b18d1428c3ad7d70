from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from .plan import ActionPlan


class Check(models.TextChoices):
    """What may not add up. The order is that of the page: first what makes figures wrong."""

    GRANT_OVER_COST = "grant_over_cost", pgettext_lazy("check", "Grant larger than the cost")
    SURPLUS = "surplus", pgettext_lazy("check", "More promised than it costs")
    GAP = "gap", pgettext_lazy("check", "Less promised than it costs")
    UNDER_MINIMUM = "under_minimum", pgettext_lazy("check", "Own contribution under the minimum")
    OTHER_BASE = "other_base", pgettext_lazy("check", "Own contribution stated on another base")
    NO_COST = "no_cost", pgettext_lazy("check", "Cost not known")
    NO_AREA = "no_area", pgettext_lazy("check", "No service area")
    NO_RATE = "no_rate", pgettext_lazy("check", "Payments that wait for a rate")
    OVER_PROMISE = "over_promise", pgettext_lazy("check", "More received than promised")
    NO_PAYMENT = "no_payment", pgettext_lazy("check", "No payment long after the start")
    NO_EVIDENCE = "no_evidence", pgettext_lazy("check", "Payments without evidence")
    NO_DECISION = "no_decision", pgettext_lazy("check", "Own contribution without a decision")
    NOT_VERIFIED = "not_verified", pgettext_lazy("check", "In kind, claimed and not verified")
    SHARED_EVIDENCE = "shared_evidence", pgettext_lazy("check", "The same evidence on two plans")
    NO_COMMENT = "no_comment", pgettext_lazy("check", "Budget lines that differ without a comment")
    BENEFICIARIES = "beneficiaries", pgettext_lazy("check", "More people than live there")
    OUT_OF_PHASE = "out_of_phase", pgettext_lazy("check", "Dates outside of the phase")


class FindingQuerySet(models.QuerySet):
    def on(self, day):
        """Those that are true on that day."""
        return self.filter(Q(since_on=None) | Q(since_on__lte=day))

    def of_plans_visible_to(self, user):
        if user.works_for_programme:
            return self  # all of them: no plan has to be looked at
        return self.filter(plan__in=ActionPlan.objects.visible_to(user).order_by().values("pk"))


class Finding(models.Model):
    """One check that one plan does not pass; kept by action_plans.findings as totals are."""

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="findings")
    check_name = models.CharField(choices=Check, max_length=20)
    # How many rows of the plan: payments without evidence, promises without a decision …
    number = models.PositiveIntegerField(default=1)
    # Nothing has happened yet on earlier days: no payment, long after the start.
    since_on = models.DateField(null=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="finding_once", fields=["plan", "check_name"]),
            models.CheckConstraint(
                name="finding_check_known", condition=Q(check_name__in=Check.values)
            ),
        ]
        indexes = [models.Index(fields=["check_name", "since_on", "plan"], name="finding_by_check")]

    def __str__(self):
        return f"{self.plan_id}: {self.check_name}"

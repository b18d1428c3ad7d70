from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from action_plans.models import ActionPlan
from lib.money import MAX_KGS
from municipalities.models import Municipality

from .practice import Practice


class TakeOverState(models.TextChoices):
    INTERESTED = "interested", pgettext_lazy("taking a practice over", "Interested")
    PLANNING = "planning", pgettext_lazy("taking a practice over", "Planning it")
    RUNNING = "running", pgettext_lazy("taking a practice over", "Running")
    GIVEN_UP = "given_up", pgettext_lazy("taking a practice over", "Given up")


class TakeOverQuerySet(models.QuerySet):
    def editable_by(self, user):
        """The municipality's own people, and the office."""
        if getattr(user, "works_for_programme", False):
            return self
        if not getattr(user, "is_municipal", False):
            return self.none()
        return self.filter(municipality__in=user.municipality_ids)

    def for_list(self):
        return self.select_related("municipality__region", "municipality__district", "plan")


class TakeOver(models.Model):
    """A municipality does at home what another showed: with which plan, at what cost, with what result."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="take_overs")
    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        related_name="take_overs",
        verbose_name=_("municipality"),
    )
    state = models.CharField(
        _("state"), choices=TakeOverState, default=TakeOverState.INTERESTED, max_length=10
    )
    plan = models.ForeignKey(
        ActionPlan,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="take_overs",
        verbose_name=_("with the action plan"),
    )
    started_on = models.DateField(_("running since"), null=True, blank=True)
    # Of who has no plan in the portal; otherwise the plan says it.
    cost_kgs = models.DecimalField(
        _("cost there, som"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    result = models.TextField(_("result there"), blank=True)
    language = models.CharField(
        _("language of the result"), max_length=2, choices=settings.LANGUAGES, blank=True
    )
    given_up_reason = models.TextField(_("why it was given up"), blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    noted_at = models.DateTimeField(editable=False)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_sample = models.BooleanField(default=False, editable=False)

    objects = TakeOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("practice taken over")
        verbose_name_plural = _("practices taken over")
        ordering = ["practice_id", "-noted_at", "-pk"]
        indexes = [
            models.Index(fields=["practice", "state"], name="take_over_by_state"),
            # Of those that count as followers (conferences.taking_over.TAKEN)
            models.Index(
                fields=["practice"],
                name="take_over_counted",
                condition=Q(state__in=["planning", "running"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="take_over_once",
                fields=["practice", "municipality"],
                violation_error_message=_("The municipality has noted this practice already."),
            ),
            models.CheckConstraint(
                name="take_over_state_known", condition=Q(state__in=TakeOverState.values)
            ),
            models.CheckConstraint(
                name="take_over_planned_with_a_plan",
                condition=~Q(state="planning") | Q(plan__isnull=False),
                violation_error_message=_("Choose the action plan with which it is planned."),
            ),
            models.CheckConstraint(
                name="take_over_given_up_with_a_reason",
                condition=~Q(state="given_up") | ~Q(given_up_reason=""),
                violation_error_message=_("Say why it was given up: others learn from it."),
            ),
            models.CheckConstraint(
                name="take_over_cost_of_plan_or_typed",
                condition=Q(cost_kgs=None) | Q(plan=None, cost_kgs__gte=0, cost_kgs__lte=MAX_KGS),
                violation_error_message=_("The cost is read from the plan; it is not typed again."),
            ),
        ]

    def __str__(self):
        return f"{self.municipality}: {self.get_state_display()}"

    @property
    def cost(self):
        return self.plan.cost_kgs if self.plan else self.cost_kgs


class TakeOverStep(models.Model):
    """How the taking over went. Only grows."""

    take_over = models.ForeignKey(TakeOver, on_delete=models.CASCADE, related_name="steps")
    before = models.CharField(max_length=10, choices=TakeOverState, blank=True)
    after = models.CharField(max_length=10, choices=TakeOverState)
    reason = models.TextField(_("reason"), blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("step of taking over")
        verbose_name_plural = _("steps of taking over")
        ordering = ["-changed_at", "-pk"]

    def __str__(self):
        return f"{self.take_over_id}: {self.before} → {self.after}"

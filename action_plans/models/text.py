from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from .plan import ActionPlan


class PlanText(models.Model):
    """What is written about a plan, one row per language; one of them is the original."""

    class State(models.TextChoices):
        ORIGINAL = "original", pgettext_lazy("translation state", "original")
        DRAFT = "draft", pgettext_lazy("translation state", "draft translation")
        CHECKED = "checked", pgettext_lazy("translation state", "checked translation")

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    is_original = models.BooleanField(_("original"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    title = models.CharField(_("title"), max_length=250)
    problem = models.TextField(_("problem"), blank=True)
    objective = models.TextField(_("objective"), blank=True)
    works = models.TextField(_("what is bought or built"), blank=True)
    provider = models.TextField(_("provider or partner"), blank=True)
    upkeep = models.TextField(_("how upkeep is paid"), blank=True)
    beneficiaries_note = models.TextField(_("other groups and details"), blank=True)

    history = HistoricalRecords(app="action_plans")

    class Meta:
        verbose_name = _("plan text")
        verbose_name_plural = _("plan texts")
        ordering = ["plan_id", "-is_original", "language"]
        constraints = [
            models.UniqueConstraint(
                name="plan_text_once_per_language", fields=["plan", "language"]
            ),
            models.UniqueConstraint(
                name="plan_text_one_original", fields=["plan"], condition=Q(is_original=True)
            ),
            models.CheckConstraint(
                name="plan_text_original_is_its_state",
                condition=Q(is_original=True, state="original")
                | (Q(is_original=False) & ~Q(state="original")),
            ),
        ]

    def __str__(self):
        return self.title

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.models import current_language


class PublishedFigure(models.Model):
    """What a source printed: kept as it said it, never mixed with computed figures."""

    class Measure(models.TextChoices):
        PLANS = "plans", pgettext_lazy("published measure", "action plans")
        MUNICIPALITIES = "municipalities", pgettext_lazy("published measure", "municipalities")
        COST = "cost", pgettext_lazy("published measure", "total cost, som")
        OWN = "own", pgettext_lazy("published measure", "own contribution, som")
        SHARE = "share", pgettext_lazy("published measure", "own contribution, %")

    class Qualifier(models.TextChoices):
        EXACT = "exact", pgettext_lazy("qualifier", "exactly")
        MORE_THAN = "more_than", pgettext_lazy("qualifier", "over")
        ALMOST = "almost", pgettext_lazy("qualifier", "almost")
        ABOUT = "about", pgettext_lazy("qualifier", "about")

    said_on = models.DateField(_("date"))
    measure = models.CharField(_("measure"), choices=Measure, max_length=15)
    qualifier = models.CharField(
        _("qualifier"), choices=Qualifier, default=Qualifier.EXACT, max_length=10
    )
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=2)
    source_name = models.CharField(_("source"), max_length=200)
    source_url = models.CharField(_("address"), max_length=500, blank=True)
    note_ky = models.TextField(_("note in Kyrgyz"), blank=True)
    note_ru = models.TextField(_("note in Russian"), blank=True)
    note_en = models.TextField(_("note in English"), blank=True)

    class Meta:
        verbose_name = _("published figure")
        verbose_name_plural = _("published figures")
        ordering = ["-said_on", "measure"]
        constraints = [
            models.UniqueConstraint(
                name="published_figure_once", fields=["said_on", "measure", "source_name"]
            ),
            models.CheckConstraint(name="published_figure_not_negative", condition=Q(value__gte=0)),
        ]

    def __str__(self):
        return f"{self.said_on} {self.measure} {self.value}"

    @property
    def note(self):
        """In the reader's language, else any."""
        notes = [getattr(self, f"note_{code}") for code in [current_language(), "ru", "en", "ky"]]
        return next(filter(None, notes), "")

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.currencies import CODES, KGS
from municipalities.models import Named, current_language


class Basis(models.TextChoices):
    """What counts as actual: money that moved to the plans, or what they report as spent."""

    CASH = "cash", pgettext_lazy("basis of a report", "money received by the plans")
    REPORTED = (
        "reported",
        pgettext_lazy("basis of a report", "spending as municipalities report it"),
    )


class RateBasis(models.TextChoices):
    """At which rate som are shown in another currency: equivalents only, never booked."""

    END = "end", pgettext_lazy("rate of an equivalent", "official rate of the last day")
    AVERAGE = "average", pgettext_lazy("rate of an equivalent", "average of the period")
    BUDGET = "budget", pgettext_lazy("rate of an equivalent", "rate of the budget")
    TRANCHES = "tranches", pgettext_lazy("rate of an equivalent", "average of the tranches")


class ReportTemplate(Named):
    """What a donor's report consists of; data that staff edit. Signed reports keep their own copy."""

    slug = models.SlugField(_("address"), unique=True)
    donor = models.CharField(_("donor"), max_length=150, blank=True)
    # [{"table": "budget", "rows": "area", "columns": ["promised_kgs", …] or []}, …] in their order;
    # [] of columns: all. Names of tables, rows and columns are those of reports.catalogue.
    tables = models.JSONField(_("tables"), default=list)
    basis = models.CharField(_("basis"), choices=Basis, default=Basis.CASH, max_length=10)
    period_months = models.PositiveSmallIntegerField(_("length of a period, months"), default=6)
    currency = models.CharField(_("currency"), max_length=3, default=KGS)
    rate_basis = models.CharField(
        _("rate of equivalents"), choices=RateBasis, default=RateBasis.END, max_length=10
    )
    language = models.CharField(
        _("language"), choices=settings.LANGUAGES, default="en", max_length=2
    )
    certificate_ky = models.TextField(_("certificate in Kyrgyz"), blank=True)
    certificate_ru = models.TextField(_("certificate in Russian"), blank=True)
    certificate_en = models.TextField(_("certificate in English"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_retired = models.BooleanField(_("no longer used"), default=False)
    changed_at = models.DateTimeField(null=True, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("report template")
        verbose_name_plural = _("report templates")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                name="template_choices_known",
                condition=Q(
                    basis__in=Basis.values,
                    rate_basis__in=RateBasis.values,
                    currency__in=CODES,
                    language__in=[code for code, _name in settings.LANGUAGES],
                ),
            ),
            models.CheckConstraint(
                name="template_period_sane",
                condition=Q(period_months__gte=1, period_months__lte=60),
                violation_error_message=_("A period has between 1 and 60 months."),
            ),
            models.CheckConstraint(
                name="template_has_tables",
                condition=~Q(tables=[]),
                violation_error_message=_("Choose at least one table."),
            ),
        ]

    @property
    def certificate(self):
        """In the reader's language, else any."""
        texts = [getattr(self, f"certificate_{c}") for c in [current_language(), "ru", "en", "ky"]]
        return next(filter(None, texts), "")

    def clean(self):
        # SQLite and PostgreSQL compare JSON differently; the form says it first.
        if not self.tables:
            raise ValidationError({"tables": _("Choose at least one table.")})

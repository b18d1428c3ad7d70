from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.money import MAX_KGS

from .funding import Contribution


class PromiseRevision(models.Model):
    """A promise changed after approval, by a decision; what was promised before stays readable."""

    contribution = models.ForeignKey(
        Contribution, on_delete=models.PROTECT, related_name="revisions"
    )
    number = models.PositiveSmallIntegerField(editable=False)
    effective_on = models.DateField(_("from which day"))
    before_kgs = models.DecimalField(max_digits=18, decimal_places=2, editable=False)
    amount_kgs = models.DecimalField(
        _("promised from then on, som"), max_digits=18, decimal_places=2
    )
    reason = models.TextField(_("reason"))
    decision = models.CharField(_("decision or letter"), max_length=250)
    document = models.ForeignKey(
        "Attachment",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="promise_revisions",
        verbose_name=_("document"),
    )
    revised_at = models.DateTimeField()
    revised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("revision of a promise")
        verbose_name_plural = _("revisions of promises")
        ordering = ["contribution_id", "number"]
        constraints = [
            models.UniqueConstraint(name="revision_number_once", fields=["contribution", "number"]),
            models.CheckConstraint(
                name="revision_amounts_within_limits",
                condition=Q(
                    before_kgs__gte=0,
                    before_kgs__lte=MAX_KGS,
                    amount_kgs__gte=0,
                    amount_kgs__lte=MAX_KGS,
                ),
            ),
            models.CheckConstraint(
                name="revision_has_reason_and_decision", condition=~Q(reason="") & ~Q(decision="")
            ),
        ]

    def __str__(self):
        return f"{self.contribution_id}: {self.before_kgs} → {self.amount_kgs}, {self.effective_on}"

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lib.currencies import KGS

from .ledger import LedgerRow, ledger_constraints
from .reference import Phase


class Tranche(LedgerRow):
    """Donor money arriving at the programme, with the rate at which the bank changed it."""

    DAY = "received_on"
    phase = models.ForeignKey(
        Phase, on_delete=models.PROTECT, related_name="tranches", verbose_name=_("phase")
    )
    donor = models.CharField(_("donor"), max_length=150)
    received_on = models.DateField(_("received on"))
    evidence = models.ForeignKey(
        "Evidence",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tranches",
        verbose_name=_("evidence"),
    )

    class Meta:
        verbose_name = _("tranche")
        verbose_name_plural = _("tranches")
        ordering = ["received_on", "pk"]
        constraints = [
            *ledger_constraints("tranche", day="received_on"),
            models.CheckConstraint(
                name="tranche_is_booked_at_once", condition=Q(booked_at__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.donor} {self.received_on} {self.amount} {self.currency}"

    def get_absolute_url(self):
        return f"{reverse('ledger:tranches')}#tranche-{self.pk}"

    @property
    def is_in_som(self):
        return self.currency == KGS

from django.db import models

from .funding import PaymentKind
from .reference import Phase


class PaidDay(models.Model):
    """Grants in cash that plans of a phase got, or gave back, on one day; kept by action_plans.paid_days."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="paid_days")
    paid_on = models.DateField()
    kind = models.CharField(choices=PaymentKind, max_length=10)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    amount_kgs = models.DecimalField(max_digits=18, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="paid_day_once", fields=["phase", "currency", "kind", "paid_on"]
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.paid_on} {self.amount} {self.currency}"

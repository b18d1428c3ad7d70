from django.db import models
from django.db.models import Q

from .reference import Phase, ServiceArea


class MonthSum(models.TextChoices):
    NET = "net"  # received less returned
    RETURNED = "returned"  # below zero
    SPENT = "spent"


class PaidMonth(models.Model):
    """Money of plans of a phase and service area in one month; kept by action_plans.paid_months."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="paid_months")
    # None: not specified.
    area = models.ForeignKey(
        ServiceArea, null=True, on_delete=models.CASCADE, related_name="paid_months"
    )
    is_cancelled = models.BooleanField(default=False)
    what = models.CharField(max_length=10)  # MonthSum
    # As the columns of Money are called, without _kgs.
    pot = models.CharField(max_length=12)
    # The first day of the month in which it is accounted; late: for a period that was closed by then.
    month_on = models.DateField()
    is_late = models.BooleanField(default=False)
    amount_kgs = models.DecimalField(max_digits=18, decimal_places=2, default=0)

    PLACE = ["phase_id", "area_id", "is_cancelled", "what", "pot", "month_on", "is_late"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="paid_month_once",
                fields=["phase", "what", "month_on", "area", "pot", "is_cancelled", "is_late"],
            ),
            models.UniqueConstraint(
                name="paid_month_once_without_area",
                fields=["phase", "what", "month_on", "pot", "is_cancelled", "is_late"],
                condition=Q(area=None),
            ),
        ]

    def __str__(self):
        return f"{self.what} {self.month_on:%Y-%m} {self.pot} {self.amount_kgs}"

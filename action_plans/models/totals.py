"""What the dashboards read. Both tables are written only by action_plans.totals.

FundingSlice cuts a plan into municipality × service area, so that parts always add up to the plan.
FundingTotal adds the slices of all counted plans up, one row per axis and key: a dashboard over
100,000 plans reads some hundred rows.
"""

from django.db import models
from django.db.models import Q

from municipalities.models import Municipality, Region

from .reference import Phase, ServiceArea

# Promises by source, own ones with cash and in kind apart; the order is the order of every bar.
PROMISED = [
    "own_cash_kgs",
    "own_in_kind_kgs",
    "grant_kgs",
    "community_kgs",
    "oblast_kgs",
    "republic_kgs",
    "donor_kgs",
]
RECEIVED = [f"received_{name}" for name in PROMISED]
OTHER = ["community_kgs", "oblast_kgs", "republic_kgs", "donor_kgs"]


def money_field(**options):
    return models.DecimalField(
        max_digits=18, decimal_places=2, default=0, editable=False, **options
    )


class Money(models.Model):
    """The measures of a plan that add up. cost + promised_without_cost = promised + gap − surplus."""

    own_cash_kgs = money_field()
    own_in_kind_kgs = money_field()
    grant_kgs = money_field()
    community_kgs = money_field()
    oblast_kgs = money_field()
    republic_kgs = money_field()
    donor_kgs = money_field()
    received_own_cash_kgs = money_field()
    received_own_in_kind_kgs = money_field()
    received_grant_kgs = money_field()
    received_community_kgs = money_field()
    received_oblast_kgs = money_field()
    received_republic_kgs = money_field()
    received_donor_kgs = money_field()

    class Meta:
        abstract = True

    @property
    def own_kgs(self):
        return self.own_cash_kgs + self.own_in_kind_kgs

    @property
    def other_kgs(self):
        return sum(getattr(self, name) for name in OTHER)

    @property
    def promised_kgs(self):
        return sum(getattr(self, name) for name in PROMISED)

    @property
    def received_kgs(self):
        return sum(getattr(self, name) for name in RECEIVED)

    @property
    def received_own_kgs(self):
        return self.received_own_cash_kgs + self.received_own_in_kind_kgs


class AddedMoney(Money):
    """Money of many plans, or of a part of one: nothing is unknown here, it is counted instead."""

    cost_kgs = money_field()
    gap_kgs = money_field()
    surplus_kgs = money_field()
    # Own contributions of plans whose cost is known: the numerator of a group's share.
    own_of_known_cost_kgs = money_field()
    # All promises to plans whose cost is not known: they can be neither gap nor surplus.
    promised_without_cost_kgs = money_field()

    MEASURES = [
        "cost_kgs",
        *PROMISED,
        "gap_kgs",
        "surplus_kgs",
        *RECEIVED,
        "own_of_known_cost_kgs",
        "promised_without_cost_kgs",
    ]

    class Meta:
        abstract = True


class FundingSlice(AddedMoney):
    """A plan's part in one municipality and one service area (None = not specified)."""

    plan = models.ForeignKey("ActionPlan", on_delete=models.CASCADE, related_name="slices")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="slices")
    area = models.ForeignKey(
        ServiceArea, null=True, on_delete=models.PROTECT, related_name="slices"
    )
    # Copied from the plan and the place when the slice was cut: what FundingTotal holds of it.
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="slices")
    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="slices")
    status = models.CharField(max_length=20, editable=False)
    year = models.PositiveSmallIntegerField(null=True, editable=False)
    counts = models.BooleanField(default=False)
    has_cost = models.BooleanField(default=False)
    # The only slice of its plan: what was paid need not be cut.
    is_whole = models.BooleanField(default=False)
    # Of several: share of the municipality × share of the area, both in hundredths, and the order of cutting.
    weight = models.PositiveIntegerField(default=1)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["municipality", "status"]),
            models.Index(fields=["plan"], condition=Q(is_whole=False), name="slice_of_several"),
        ]
        constraints = [
            models.UniqueConstraint(name="slice_once", fields=["plan", "municipality", "area"]),
            models.UniqueConstraint(
                name="slice_once_without_area",
                fields=["plan", "municipality"],
                condition=Q(area=None),
            ),
        ]

    def __str__(self):
        return f"{self.plan_id} × {self.municipality_id} × {self.area_id}"


class Axis(models.TextChoices):
    ALL = "all"  # key ""
    AREA = "area"  # key: id of the service area as the plan names it; "" = not specified
    TOP_AREA = (
        "top_area"  # key: id of the area it is part of: a plan with two areas of one counts once
    )
    REGION = "region"  # key: id of the region
    MUNICIPALITY = "municipality"  # key: id of the municipality
    YEAR = "year"  # key: year of the start; "" = not known yet


class FundingTotal(AddedMoney):
    """Sum over counted plans; cancelled ones that had been approved stand in rows of their own status."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="totals")
    status = models.CharField(max_length=20, editable=False)
    axis = models.CharField(max_length=12, choices=Axis)
    key = models.CharField(max_length=20, blank=True)
    plans = models.IntegerField(default=0)
    plans_with_cost = models.IntegerField(default=0)

    SUMMED = [*AddedMoney.MEASURES, "plans", "plans_with_cost"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="funding_total_once", fields=["axis", "key", "phase", "status"]
            ),
        ]

    def __str__(self):
        return f"{self.axis} {self.key} {self.status}"

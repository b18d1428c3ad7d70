"""The rows of a plan's ledger for its files: up to a day, those that wait for a rate too."""

from functools import cached_property

from django.urls import reverse

from action_plans import money_page
from action_plans.models import Contribution, Payment, PaymentKind
from lib.money import total

KINDS = [PaymentKind.RECEIVED, PaymentKind.RETURNED, PaymentKind.SPENT]


class Ledger:
    """on: the last day whose rows are in; it is named in the files."""

    def __init__(self, plan, *, on, user):
        self.plan, self.on, self.user = plan, on, user

    @cached_property
    def rows(self):
        rows = Payment.objects.filter(contribution__plan=self.plan, paid_on__lte=self.on)
        people = ["entered_by", "booked_by"]
        return list(
            rows.select_related(
                "contribution", "budget_line", "evidence", "late_for", *people
            ).order_by("paid_on", "pk")
        )

    @cached_property
    def contributions(self):
        return list(Contribution.objects.filter(plan=self.plan))

    @cached_property
    def figures(self):
        """The sums of the page, and what was promised: {contribution: som}."""
        return money_page.Known(self.plan, user=self.user, on=self.on).figures

    @cached_property
    def waiting(self):
        return [row for row in self.rows if not row.is_booked]

    @property
    def has_sample(self):
        return any(row.is_sample for row in self.rows) or any(
            contribution.is_sample for contribution in self.contributions
        )

    def sums(self, rows):
        """{kind: som} of booked rows; what was taken back counts with its own sign."""
        return {
            kind.value: total(row.amount_kgs for row in rows if row.kind == kind) for kind in KINDS
        }

    @property
    def address(self):
        path = reverse("action_plans:money", args=[self.plan.reference])
        return f"{path}?on={self.on.isoformat()}"

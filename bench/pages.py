"""What is measured: which page, as whom, how fast it has to be, and the figure that it must show."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Q, Sum

from accounts.models import User
from action_plans.models import ActionPlan, FundingSlice, PlanStatus
from lib.money import format_amount
from municipalities.models import Municipality

from .data import home


class Page(NamedTuple):
    name: str
    path: str
    user: User
    target: int | None  # milliseconds
    figure: Callable[[], Decimal]  # asked of the rows anew while the page is measured
    plan: ActionPlan  # whose cost is a part of that figure

    def shows_its_figure(self, answer):
        """The figure stands on it in full: not a log-in page, not yesterday's page."""
        return answer.status == 200 and format_amount(self.figure(), "ru") in answer.body.decode()


def pages():
    donor, officer = person("donor"), person("officer")
    own, other = home(), other_place()
    plan, other_plan = plan_of(own), plan_of(other)
    region = f"/plans/?region={own.region.iso}&status=counted&sort=-cost_kgs"
    return [
        Page("Overview", "/", donor, 100, programme_cost, plan),
        Page("Overview", "/programme/", officer, 100, programme_cost, plan),
        Page("Own municipality", "/", officer, 50, lambda: place_cost(own), plan),
        Page(
            "Municipality",
            other.get_absolute_url(),
            donor,
            50,
            lambda: place_cost(other),
            other_plan,
        ),
        Page(
            "Plan",
            other_plan.get_absolute_url(),
            donor,
            50,
            lambda: plan_cost(other_plan),
            other_plan,
        ),
        Page("Plan", plan.get_absolute_url(), officer, 50, lambda: plan_cost(plan), plan),
        Page("List", "/plans/", donor, 100, lambda: list_cost(donor), plan),
        Page("List", "/plans/", officer, 100, lambda: list_cost(officer), plan),
        Page("List, a region, by cost", region, donor, 100, lambda: region_cost(own.region), plan),
        Page("Funding report", "/reports/funding/", donor, None, programme_cost, plan),
    ]


def person(role):
    return User.objects.get(email=f"{role}@bench.example")


def other_place():
    """The place that carries out the most plans, in another region than the officer's."""
    carried_out = Count("led_plans", filter=Q(led_plans__in=whole_plans()))
    others = Municipality.objects.exclude(region=home().region).annotate(plans=carried_out)
    return others.order_by("-plans", "pk")[0]


def plan_of(place):
    return whole_plans().filter(lead=place).order_by("pk")[0]


def whole_plans():
    """Plans of one municipality: their whole cost is a part of its figure."""
    plans = ActionPlan.objects.filter(status=PlanStatus.IMPLEMENTATION, cost_kgs__gt=0)
    return plans.filter(municipalities__share=100)


def programme_cost():
    return cost_of(ActionPlan.objects.counted())


def list_cost(user):
    return cost_of(ActionPlan.objects.visible_to(user))


def region_cost(region):
    return cost_of(counted_slices().filter(region=region))


def place_cost(place):
    return cost_of(counted_slices().filter(municipality=place))


def plan_cost(plan):
    return ActionPlan.objects.get(pk=plan.pk).cost_kgs


def counted_slices():
    return FundingSlice.objects.filter(plan__in=ActionPlan.objects.counted())


def cost_of(rows):
    return rows.aggregate(cost=Sum("cost_kgs"))["cost"]

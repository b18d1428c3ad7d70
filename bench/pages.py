"""What is measured: which page, as whom, how fast it has to be, and the figure that it must show."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.utils.translation import override

from accounts.models import User
from action_plans.models import (
    ActionPlan,
    Check,
    Contribution,
    ExchangeRate,
    FundingSlice,
    Payment,
    PaymentKind,
    Phase,
    PlanStatus,
    Source,
)
from lib.money import format_amount, format_number, format_rate
from municipalities.models import Municipality

from .changes import a_gap, a_payment, a_rate, another_cost
from .data import home, person
from .report_pages import pages_of_reports
from .sharing_pages import pages_of_sharing


class Page(NamedTuple):
    name: str
    path: str
    user: User
    target: int | None  # milliseconds
    figure: Callable[[], Decimal]  # asked of the rows anew while the page is measured
    change: Callable  # what somebody else does meanwhile, see changes.py
    in_words: Callable[[Decimal], str] = lambda figure: format_amount(figure, "ru")

    def shows_its_figure(self, answer):
        """The figure stands on it in full: not a log-in page, not yesterday's page."""
        return answer.status == 200 and self.in_words(self.figure()) in answer.body.decode()


def pages():
    reports = pages_of_reports(Page, received, whole_plans())
    plans = [*pages_of_plans(), *pages_of_money(), *pages_of_quality()]
    return [*plans, *reports, *pages_of_sharing(Page)]


def pages_of_plans():
    donor, officer = person("donor"), person("officer")
    own, other = home(), other_place()
    plan, other_plan = plan_of(own), plan_of(other)
    cost, other_cost = partial(another_cost, plan), partial(another_cost, other_plan)
    region = f"/plans/?region={own.region.iso}&status=counted&sort=-cost_kgs"
    return [
        Page("Overview", "/", donor, 100, programme_cost, cost),
        Page("Overview", "/programme/", officer, 100, programme_cost, cost),
        Page("Own municipality", "/", officer, 50, partial(place_cost, own), cost),
        Page(
            "Municipality",
            other.get_absolute_url(),
            donor,
            50,
            partial(place_cost, other),
            other_cost,
        ),
        Page(
            "Plan",
            other_plan.get_absolute_url(),
            donor,
            50,
            partial(plan_cost, other_plan),
            other_cost,
        ),
        Page("Plan", plan.get_absolute_url(), officer, 50, partial(plan_cost, plan), cost),
        Page("List", "/plans/", donor, 100, partial(list_cost, donor), cost),
        Page("List", "/plans/", officer, 100, partial(list_cost, officer), cost),
        Page("List, a region, by cost", region, donor, 100, partial(region_cost, own.region), cost),
        Page("Funding report", "/reports/funding/", donor, None, programme_cost, cost),
    ]


def pages_of_money():
    donor, staff = person("donor"), person("staff1")
    own, other = busy_plans().filter(lead=home())[0], busy_plans().exclude(lead=home())[0]
    granted = whole_plans().filter(phase=Phase.objects.last())[0]
    return [
        money_page(other, donor),
        money_page(own, person("officer")),
        money_page(other, staff),
        Page(
            "Tranches",
            "/tranches/",
            donor,
            300,
            partial(paid_to_plans, granted.phase),
            partial(a_payment, granted, Source.GRANT),
        ),
        Page(
            "Rates",
            "/rates/",
            staff,
            300,
            newest_rate,
            partial(a_rate, "CHF"),
            in_words=lambda value: format_rate(value, "ru"),
        ),
    ]


def money_page(plan, user):
    path = f"{plan.get_absolute_url()}money/"
    change = partial(a_payment, plan, Source.MUNICIPALITY)
    return Page("Money of a plan", path, user, 50, partial(net_received, plan), change)


def pages_of_quality():
    plan = whole_plans().filter(lead=home(), gap_kgs=0, surplus_kgs=0)[0]
    change = partial(a_gap, plan)
    return [
        Page(
            "Data quality",
            "/data-quality/",
            user,
            300,
            partial(number_of_gaps, user),
            change,
            in_words=number_of_check,
        )
        for user in [person("staff1"), person("donor"), person("officer")]
    ]


def number_of_check(number):
    """As the chip of the check says it, which must not be found elsewhere on the page."""
    with override("ru"):
        return f'{Check.GAP.label} <b class="num">{format_number(number)}</b>'


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


def busy_plans():
    """With a budget; those with the most payments first."""
    plans = whole_plans().filter(budget_lines__position=1)
    return plans.annotate(number=Count("contributions__payments")).order_by("-number", "pk")


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


def net_received(plan):
    return received(Payment.objects.filter(contribution__plan=plan))


def paid_to_plans(phase):
    grants = {"contribution__source": Source.GRANT, "contribution__plan__phase": phase}
    return received(Payment.objects.filter(**grants), PaymentKind.RECEIVED)


def received(payments, *kinds):
    """Received − returned; kinds: without the other one."""
    rows = payments.booked().filter(kind__in=kinds or [PaymentKind.RECEIVED, PaymentKind.RETURNED])
    sums = dict(rows.order_by().values_list("kind").annotate(Sum("amount_kgs")))
    return sums.get(PaymentKind.RECEIVED, 0) - sums.get(PaymentKind.RETURNED, 0)


def newest_rate():
    return ExchangeRate.objects.filter(currency="CHF").best_first()[0].value


def number_of_gaps(user):
    """Plans that this person sees with less promised than they cost."""
    plans = ActionPlan.objects.visible_to(user).exclude(
        status__in=[PlanStatus.DRAFT, PlanStatus.CANCELLED]
    )
    if user.is_municipal:
        plans = plans.of_own_municipality(user)
    promises = Contribution.objects.filter(plan=OuterRef("pk")).order_by().values("plan")
    promised = Subquery(promises.annotate(sum=Sum("amount_kgs")).values("sum"))
    return plans.filter(cost_kgs__gt=promised).count()

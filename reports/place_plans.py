"""The plans of a place for one person, and the dates that come next."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, OuterRef, Q, Subquery, When
from django.utils.translation import gettext as _

from action_plans.models import ActionPlan, PlanMunicipality, PlanStatus
from lib.dates import format_partial, last_day

PLANS_SHOWN, DATES_SHOWN = 10, 6
# Work first: what somebody has to do stands above what is done.
ORDER = [
    PlanStatus.RETURNED,
    PlanStatus.DRAFT,
    PlanStatus.SUBMITTED,
    PlanStatus.IMPLEMENTATION,
    PlanStatus.APPROVED,
    PlanStatus.COMPLETED,
    PlanStatus.CANCELLED,
]


@dataclass(frozen=True)
class NextDate:
    on: date
    precision: str
    what: str
    plan: ActionPlan
    is_over: bool

    @property
    def text(self):
        return format_partial(self.on, self.precision)


def plans_of(municipality, user):
    """Of those this person may see, the first ten: work first, then the newest. Without their texts."""
    here = PlanMunicipality.objects.filter(municipality=municipality)
    order = Case(*[When(status=status, then=i) for i, status in enumerate(ORDER)])
    plans = ActionPlan.objects.visible_to(user).filter(pk__in=here.values("plan"))
    part = here.filter(plan=OuterRef("pk")).order_by().values("share")
    plans = plans.annotate(part=Subquery(part))
    shown = list(
        plans.select_related("phase").order_by(order, "-starts_on", "reference")[:PLANS_SHOWN]
    )
    for plan in shown:
        plan.joint_share = plan.part if plan.part < 100 else None
        plan.rest_share = None if plan.own_share is None else max(100 - plan.own_share, 0)
    return shown


def next_dates(municipality, on):
    """Planned starts and ends of the place's plans that are not done; those that have passed first.

    The plans are without their texts.
    """
    here = PlanMunicipality.objects.filter(municipality=municipality).values("plan")
    starts = Q(status=PlanStatus.APPROVED, starts_on__isnull=False)
    ends = Q(status=PlanStatus.IMPLEMENTATION, ends_on__isnull=False)
    plans = ActionPlan.objects.filter(starts | ends, pk__in=here)
    soonest = Case(When(status=PlanStatus.APPROVED, then="starts_on"), default="ends_on")
    return [_next_date(plan, on) for plan in plans.order_by(soonest, "reference")[:DATES_SHOWN]]


def _next_date(plan, on):
    if plan.status == PlanStatus.APPROVED:
        day, precision, what = plan.starts_on, plan.starts_precision, _("Planned start")
    else:
        day, precision, what = plan.ends_on, plan.ends_precision, _("Planned end")
    # A plan that ends “in 2018” is not late before 2019.
    return NextDate(day, precision, what, plan, is_over=last_day(day, precision) < on)

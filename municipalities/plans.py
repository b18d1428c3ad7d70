"""How many plans a place has for this person. Plans come after places, so their models are named by text."""

from django.apps import apps
from django.db.models import Count


def visible_plans(user):
    return apps.get_model("action_plans.ActionPlan").objects.visible_to(user)


def _shares(user):
    """Which municipality takes part in which plan, of the plans this person may see."""
    shares = apps.get_model("action_plans.PlanMunicipality").objects.order_by()
    return shares if user.works_for_programme else shares.filter(plan__in=visible_plans(user))


def with_visible_plans(municipalities, user):
    return municipalities.filter(pk__in=_shares(user).values("municipality"))


def plan_counts(user, by, **where):
    """{municipality, district or region id: plans}, one query; a joint plan counts once in each place.

    by: "municipality", "municipality__district" or "municipality__region".
    """
    rows = _shares(user).filter(**where).values_list(by)
    return dict(rows.annotate(Count("plan", distinct=True)))

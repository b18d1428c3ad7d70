"""Does the generator write what the portal would have written?"""

from random import Random

from action_plans.editing import fill_search_key
from action_plans.models import ActionPlan, FundingSlice, FundingTotal
from action_plans.totals import keep_totals


def differences(number=20, seed=1):
    """The references of those of some random plans that the portal itself would write otherwise."""
    plans = list(ActionPlan.objects.order_by("pk").values_list("pk", flat=True))
    chosen = Random(seed).sample(plans, min(number, len(plans)))
    totals = rows(FundingTotal.objects)
    changed = [pk for pk in chosen if kept(pk) != recomputed(pk)]
    if rows(FundingTotal.objects) != totals and not changed:
        changed = chosen
    return list(ActionPlan.objects.filter(pk__in=changed).values_list("reference", flat=True))


def recomputed(pk):
    fill_search_key(keep_totals(pk))
    return kept(pk)


def kept(pk):
    plan = ActionPlan.objects.filter(pk=pk)
    return rows(plan), rows(FundingSlice.objects.filter(plan__in=plan))


def rows(queryset):
    return list(queryset.order_by("pk").values_list())

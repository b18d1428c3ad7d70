"""Does the generator write what the portal would have written?"""

from random import Random

from action_plans import fx, paid_days, paid_months
from action_plans.editing import fill_search_key
from action_plans.models import ActionPlan, Finding, FundingSlice, FundingTotal, Payment
from action_plans.totals import keep_totals


def differences(number=20, seed=1):
    """The references of those of some random plans that the portal itself would write otherwise."""
    plans = list(ActionPlan.objects.order_by("pk").values_list("pk", flat=True))
    chosen = Random(seed).sample(plans, min(number, len(plans)))
    totals = rows(FundingTotal.objects)
    changed = [pk for pk in chosen if kept(pk) != recomputed(pk) or not is_frozen(pk)]
    wrong_sums = rows(FundingTotal.objects) != totals
    wrong_sums |= any(it.kept() != it.from_rows() for it in (paid_days, paid_months))
    if wrong_sums and not changed:
        changed = chosen
    return list(ActionPlan.objects.filter(pk__in=changed).values_list("reference", flat=True))


def recomputed(pk):
    fill_search_key(keep_totals(pk))
    return kept(pk)


def kept(pk):
    plan = ActionPlan.objects.filter(pk=pk)
    kept_apart = [model.objects.filter(plan__in=plan) for model in (FundingSlice, Finding)]
    return rows(plan), *map(rows, kept_apart)


def is_frozen(pk):
    """Are the som of payments in other currencies those that the portal books?"""
    payments = Payment.objects.filter(contribution__plan=pk, reverses=None).exclude(currency="KGS")
    return all(
        booked_as(row) == frozen(row)
        for row in payments.select_related("contribution__plan__phase")
    )


def booked_as(row):
    if not row.is_booked:
        return None
    names = ["amount_kgs", "rate_value", "rate_nominal", "rate_on", "rate_source", "rate"]
    return tuple(getattr(row, name) for name in names)


def frozen(row):
    contribution = row.contribution
    return fx.freeze(
        phase=contribution.plan.phase,
        source=contribution.source,
        currency=row.currency,
        amount=row.amount,
        on=row.paid_on,
    )


def rows(queryset):
    return list(queryset.order_by("pk").values_list())

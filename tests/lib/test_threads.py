"""What each thread keeps for itself."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from action_plans.models import Contribution
from lib.threads import written_once
from tests.factories import ContributionFactory, PlanFactory

pytestmark = pytest.mark.django_db


def test_sql_that_is_written_once_answers_for_each_key():
    plans, built = PlanFactory.create_batch(2), []
    for plan, amount in zip(plans, ["12.50", "7.00"], strict=True):
        ContributionFactory(plan=plan, amount_kgs=Decimal(amount))

    @written_once
    def promised(keys):
        built.append(keys)
        rows = Contribution.objects.filter(plan__in=keys).order_by("plan")
        return rows.values_list("plan").annotate(Sum("amount_kgs"))

    one, other = (
        (plan.pk, amount) for plan, amount in zip(plans, [Decimal("12.50"), 7], strict=True)
    )
    assert [promised([one[0]]), promised([other[0]]), promised([0])] == [[one], [other], []]
    assert len(built) == 1
    assert promised([one[0], other[0]]) == [one, other]
    assert promised([]) == []

"""What each thread keeps for itself."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum

from action_plans.models import Contribution, Payment
from lib.threads import written_once
from tests.factories import ContributionFactory, PaymentFactory, PlanFactory

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


def test_lists_of_keys_and_texts_and_any_number_of_days_are_put_in_their_places():
    keys, built = [uuid.uuid4() for _n in range(3)], []
    days = [date(2018, 5, day) for day in (1, 2, 3)]
    contribution = ContributionFactory(plan=PlanFactory())
    for key, day in zip(keys, days, strict=True):
        PaymentFactory(contribution=contribution, booking_key=key, paid_on=day)

    @written_once
    def booked(keys, kinds, since, *others):
        built.append(others)
        rows = Payment.objects.filter(booking_key__in=keys, kind__in=kinds, paid_on__gte=since)
        return rows.exclude(paid_on__in=others).order_by("paid_on").values_list("paid_on")

    for _again in range(2):
        assert booked(keys, ["received"], days[0]) == [(day,) for day in days]
        assert booked(keys[1:], {"spent", "received"}, days[0]) == [(days[1],), (days[2],)]
        assert booked(keys, ["received"], days[1], days[2]) == [(days[1],)]
        assert booked(keys, ["spent"], days[0]) == []
    assert built == [(), (date(1, 2, 6),)]

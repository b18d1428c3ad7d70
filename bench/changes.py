"""What somebody else does while a page is looked at. Each yields what its figure changes by, and undoes it."""

import uuid
from collections import defaultdict
from contextlib import contextmanager
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from action_plans import paid_days, paid_months, payments
from action_plans.models import ActionPlan, ExchangeRate, Payment, PaymentKind
from action_plans.totals import keep_totals

from .data import person

ADDED = Decimal("1234567.89")


@contextmanager
def another_cost(plan):
    change_cost(plan, ADDED)
    try:
        yield ADDED
    finally:
        change_cost(plan, -ADDED)


def change_cost(plan, by):
    with transaction.atomic():
        ActionPlan.objects.filter(pk=plan.pk).update(cost_kgs=F("cost_kgs") + by)
        keep_totals(plan.pk)


@contextmanager
def a_gap(plan):
    """A plan that was covered costs more than was promised: one more of them."""
    with another_cost(plan):
        yield 1


@contextmanager
def a_payment(plan, source):
    with booked_for_now():
        contribution = plan.contributions.get(source=source, form="cash")
        book(plan, [payments.Line(contribution, ADDED)], PaymentKind.RECEIVED)
        yield ADDED


@contextmanager
def a_rate(currency):
    newest = ExchangeRate.objects.filter(currency=currency).best_first().first()
    kept = ["currency", "applies_on", "last_on", "nominal", "source", "is_sample"]
    rate = ExchangeRate.objects.create(
        **{name: getattr(newest, name) for name in kept},
        version=newest.version + 1,
        value=newest.value + 1,
        entered_at=timezone.now(),
    )
    try:
        yield 1
    finally:
        ExchangeRate.objects.filter(pk=rate.pk).delete()


def book(plan, lines, kind, *, by=None, paid_on=None, **others):
    """As staff, today."""
    return payments.book(
        plan=plan,
        lines=lines,
        kind=kind,
        paid_on=paid_on or timezone.localdate(),
        booking_key=uuid.uuid4(),
        by=by or person("staff1"),
        **others,
    )


@contextmanager
def booked_for_now():
    """The rows of the ledger that are booked meanwhile leave it again, so that the kept data stay the same.

    The portal itself never deletes one.
    """
    last = Payment.objects.order_by("pk").values_list("pk", flat=True).last()
    try:
        yield
    finally:
        rows = Payment.objects.filter(pk__gt=last)
        of_plans = defaultdict(list)
        with transaction.atomic():
            for row in rows.select_related("contribution__plan"):
                paid_days.add(row.contribution.plan, row, sign=-1)
                of_plans[row.contribution.plan_id].append(row)
            for plan, gone in of_plans.items():
                paid_months.add(plan, gone, sign=-1)
            rows.exclude(reverses=None, corrects=None).delete()
            rows.delete()
            for plan in sorted(of_plans):
                keep_totals(plan)

"""T7: claimed and accepted apart, as known on the day; what is not verified stands last and is in no total."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from action_plans.models import InKindItem, Payment
from reports.donor_tables import in_kind
from tests.factories import (
    InKindItemFactory,
    PaymentFactory,
    PlanFactory,
    RegionFactory,
    StaffFactory,
)
from tests.reports.test_unallocated import scope_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LONG_AGO = dt.datetime(2018, 5, 20, 12, tzinfo=dt.UTC)


@pytest.fixture
def plan():
    approved_at = dt.datetime(2017, 3, 1, 12, tzinfo=dt.UTC)
    return PlanFactory(status="approved", approved_at=approved_at, in_kind=500_000)


def item(plan, accepted=None, **fields):
    fields = {"contribution": plan.contributions.get(), "claimed_at": LONG_AGO} | fields
    if accepted is None:
        return InKindItemFactory(**fields)
    fields |= {"verified_kgs": Decimal(accepted), "verified_at": LONG_AGO, "is_sample": True}
    made = InKindItemFactory(verified_by=StaffFactory(name="Aida"), verification_note="x", **fields)
    if accepted:
        PaymentFactory(
            contribution=made.contribution,
            in_kind=made,
            amount_kgs=Decimal(accepted),
            paid_on=made.given_on,
            booked_at=LONG_AGO,
            booked_by=made.verified_by,
        )
    return made


def said(scope):
    rows = in_kind.table(scope).rows
    return [(row["state"], row["claimed_kgs"], row["accepted_kgs"]) for row in rows]


def test_accepted_first_then_refused_then_what_nobody_verified(plan):
    item(plan, what="Hours of a machine")
    item(plan, accepted=0)
    item(plan, accepted=30_000)
    table = in_kind.table(scope_of(plan))
    assert said(scope_of(plan)) == [
        ("accepted", 36_000, 30_000),
        ("refused", 36_000, 0),
        ("not verified", 36_000, None),
    ]
    assert (table.total["claimed_kgs"], table.total["accepted_kgs"]) == (108_000, 30_000)
    row = table.rows[0]
    assert (row["quantity"], row["valuation"]) == ("30 м³", "market price")
    assert (row["verified_by"], row["verified_on"]) == ("Aida", dt.date(2018, 5, 20))


def test_what_was_verified_later_was_only_claimed_on_that_day(plan):
    item(plan, accepted=30_000)
    assert said(scope_of(plan, dt.date(2018, 5, 19))) == []
    assert said(scope_of(plan, dt.date(2018, 5, 20)))[0] == ("accepted", 36_000, 30_000)
    Payment.objects.update(booked_at=timezone.now())
    InKindItem.objects.update(verified_at=timezone.now())
    assert said(scope_of(plan, dt.date(2018, 5, 20))) == [("not verified", 36_000, None)]


def test_what_was_withdrawn_since_was_accepted_on_that_day(plan):
    made = item(plan, accepted=30_000)
    row = made.payments.get()
    PaymentFactory(
        contribution=row.contribution,
        in_kind=made,
        amount_kgs=-row.amount_kgs,
        paid_on=row.paid_on,
        reverses=row,
        reason="x",
    )
    made.verified_kgs = made.verified_at = made.verified_by = None
    made.save()
    assert said(scope_of(plan)) == [("not verified", 36_000, None)]
    (then,) = in_kind.table(scope_of(plan, dt.date(2018, 5, 20))).rows
    assert (then["accepted_kgs"], then["verified_by"]) == (30_000, "Aida")


def test_places_and_sources_narrow_it(plan):
    item(plan)
    assert said(scope_of(plan, region=RegionFactory())) == []
    assert said(scope_of(plan, source="community")) == []
    assert len(said(scope_of(plan, region=plan.lead.region, source="municipality"))) == 1


@pytest.mark.parametrize("number", [1, 4])
@pytest.mark.parametrize("day", [None, dt.date(2018, 6, 1)])
def test_it_asks_the_same_for_any_number_of_items(plan, number, day, django_assert_num_queries):
    for _n in range(number):
        item(plan, accepted=30_000)
    scope = scope_of(plan, day)
    with django_assert_num_queries(5):  # sums, how many, which, items, who verified them
        list(in_kind.table(scope).rows)

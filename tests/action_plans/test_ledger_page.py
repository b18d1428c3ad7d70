import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from action_plans import corrections, documents, ledger_page, money_page
from action_plans.models import Phase, PromiseRevision
from tests.action_plans.ledger import DAY, book, ledger, paid_plan, source_of
from tests.factories import (
    BudgetLineFactory,
    DonorFactory,
    ExchangeRateFactory,
    OfficerFactory,
    PaymentFactory,
    StaffFactory,
    TrancheFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def section(plan, user=None, on=None, **asked):
    return ledger_page.section(
        plan, user=user or StaffFactory(), on=on or timezone.localdate(), **asked
    )


def rows(plan, **asked):
    return section(plan, **asked)["ledger_rows"]


def full_plan(number, user):
    """A plan with that many rows in each state."""
    plan = paid_plan()
    ExchangeRateFactory()
    for _ in range(number):
        line = BudgetLineFactory(plan=plan)
        row = book(plan, "1.00", kind="spent", budget_line=line)
        corrections.correct(payment=row, reason="x", by=StaffFactory(), amount=Decimal(2))
        corrections.reverse(payment=book(plan), reason="x", by=StaffFactory())
        book(plan, currency="CHF", document_number="7", by=StaffFactory())
        book(plan, currency="USD", by=StaffFactory())
    ExchangeRateFactory(value=Decimal("70.2134"), version=2)
    return plan


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("person", "queries"), [(StaffFactory, 6), (DonorFactory, 5)])
def test_the_ledger_asks_the_same_number_of_queries_for_any_length(
    django_assert_num_queries, client, number, person, queries
):
    user = person()
    plan = money_page.plans_for_page(user).get(pk=full_plan(number, user).pk)
    known = money_page.Known(plan, user=user, on=timezone.localdate())
    assert known.budget  # the section of the budget stands above
    with django_assert_num_queries(queries):
        found = section(plan, user, known=known)
    assert len(found["ledger_rows"]) == 7 * number
    client.force_login(user)
    assert client.get(ledger(plan)).status_code == 200


def test_the_newest_row_stands_first():
    plan = paid_plan()
    early, late = book(plan), book(plan, paid_on=DAY + dt.timedelta(2))
    between = book(plan, paid_on=DAY + dt.timedelta(1))
    assert [row.payment for row in rows(plan)] == [late, between, early]


def test_on_a_past_day_later_rows_are_not_there():
    plan = paid_plan()
    first, _later = book(plan, "10.00"), book(plan, paid_on=DAY + dt.timedelta(1))
    found = section(plan, on=DAY)
    assert [row.payment for row in found["ledger_rows"]] == [first]
    assert found["ledger_totals"].received == 10


def test_totals_by_kind_are_sums_of_booked_rows():
    plan = paid_plan()
    book(plan, "100.00")
    corrections.reverse(payment=book(plan, "7.00"), reason="x", by=StaffFactory())
    book(plan, "30.00", kind="returned")
    book(plan, "20.00", kind="spent")
    book(plan, "5.00", currency="USD")  # waits
    totals = section(plan)["ledger_totals"]
    assert (totals.received, totals.minus_returned, totals.net, totals.spent) == (100, -30, 70, 20)


def test_currencies_are_listed_only_when_there_are_others_than_the_som():
    plan = paid_plan()
    book(plan)
    assert section(plan)["ledger_currencies"] == []
    ExchangeRateFactory()
    book(plan, "3.00", currency="CHF")
    assert [(line.currency, line.net) for line in section(plan)["ledger_currencies"]] == [
        ("KGS", 500),
        ("CHF", 3),
    ]


def test_what_is_over_a_promise_is_shown_as_the_promise_was_on_that_day():
    plan = paid_plan()
    own = source_of(plan, "municipality")
    type(plan).objects.filter(pk=plan.pk).update(approved_at="2018-01-01T00:00Z")
    plan.refresh_from_db()
    book(plan, "150.00", source="municipality")
    PromiseRevision.objects.create(
        contribution=own, number=1, effective_on=DAY + dt.timedelta(9), before_kgs=200,
        amount_kgs=100, reason="x", decision="x", revised_at=timezone.now(),
    )  # fmt: skip
    type(own).objects.filter(pk=own.pk).update(amount_kgs=100)
    assert section(plan, on=DAY)["ledger_excesses"] == []
    [excess] = section(plan)["ledger_excesses"]
    assert (excess.source, excess.amount) == ("Municipality", 50)


def test_who_may_only_look_is_offered_nothing(client):
    plan = full_plan(1, StaffFactory())
    for person, may in [(DonorFactory(), False), (OfficerFactory(), False), (StaffFactory(), True)]:
        assert any(row.has_actions for row in rows(plan, user=person)) == may
        client.force_login(person)
        assert ("/correct/" in client.get(ledger(plan)).text) == may


def test_a_row_that_was_taken_back_and_one_that_takes_back_have_no_actions():
    plan = paid_plan()
    corrections.correct(payment=book(plan), reason="x", by=StaffFactory(), amount=Decimal(2))
    assert [(row.payment.amount, row.may_correct) for row in rows(plan)] == [
        (2, True),
        (-500, False),
        (500, False),
    ]


def test_a_draft_says_whether_a_rate_or_a_tranche_or_money_is_missing():
    plan = paid_plan()
    book(plan, currency="CHF")
    assert rows(plan)[0].missing == "There is no exchange rate of CHF for 1 Jun 2018 yet."
    Phase.objects.update(fx_policy="fifo")
    TrancheFactory(phase=plan.phase, currency="CHF", received_on=DAY + dt.timedelta(1))
    plan.phase.refresh_from_db()
    assert rows(plan)[0].missing == "By 1 Jun 2018 no tranche in CHF had arrived."
    ExchangeRateFactory(currency="USD")
    book(plan, kind="returned", source="municipality", currency="EUR")
    ExchangeRateFactory(currency="EUR")
    assert rows(plan)[0].missing == "More is returned than was received so far."


def test_a_long_ledger_has_pages(client):
    plan = paid_plan()
    for _ in range(ledger_page.PER_PAGE + 1):
        PaymentFactory(contribution=source_of(plan), amount_kgs=Decimal("1.00"))
    assert len(rows(plan)) == ledger_page.PER_PAGE
    assert len(rows(plan, page="2")) == 1
    client.force_login(StaffFactory())
    first = client.get(ledger(plan).replace("#", "?page=x#"))
    assert "page=2#ledger" in first.text
    assert "Page 1 of 2" in first.text
    assert first.context["ledger_totals"].received == ledger_page.PER_PAGE + 1


def test_what_anything_rests_on_stays_among_the_documents():
    plan = paid_plan(status="draft")
    own = source_of(plan, "municipality")
    papers = [
        plan.attachments.create(filename=str(n), content_type="x", size=1, sha256=str(n), file="x")
        for n in range(4)
    ]
    PaymentFactory(contribution=own, evidence=papers[0])
    own.in_kind_items.create(
        given_on=DAY, what="x", quantity=1, unit="x", unit_value_kgs=1, claimed_kgs=1,
        valuation="market", claimed_at=timezone.now(), evidence=papers[1],
    )  # fmt: skip
    PromiseRevision.objects.create(
        contribution=own, number=1, effective_on=DAY, before_kgs=1, amount_kgs=1, reason="x",
        decision="x", document=papers[2], revised_at=timezone.now(),
    )  # fmt: skip
    assert documents.removable(plan) == {papers[3].pk}
    for paper in papers[:3]:
        with pytest.raises(ValidationError, match="stays"):
            documents.remove(attachment=paper, by=StaffFactory())

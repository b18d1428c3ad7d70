"""Plans that are entered and approved now, with payments of years ago, are in the report of those years."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from action_plans.models import PaymentKind, StatusChange
from action_plans.totals import keep_totals
from reports import facts, signing
from reports.closing_checks import what_is_missing
from reports.donor_tables import (
    budget,
    burn,
    changes,
    cover,
    fund_flow,
    in_kind,
    published,
    scoped,
    sources,
    status,
    unallocated,
)
from reports.scope import Scope
from reports.scope_form import end_of
from tests import factories
from tests.action_plans.ledger import book
from tests.reports.programme import counted
from tests.reports.signing_data import approver, close, preparer, template

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LAST = dt.date(2018, 6, 30)
PAID = dt.date(2018, 3, 1)
LATER = dt.date(2018, 9, 1)


@pytest.fixture
def half_year():
    return factories.PeriodFactory(starts_on=dt.date(2018, 1, 1), ends_on=LAST)


@pytest.fixture
def plan(half_year):
    """Of two places and two areas, approved now; 500.00 of 800 arrived in spring 2018, 100.00 were spent."""
    plan = entered_now(
        half_year.phase,
        municipalities=[(factories.MunicipalityFactory(), Decimal("40"))],
        areas=[(area, 50) for area in factories.ServiceAreaFactory.create_batch(2)],
    )
    factories.TrancheFactory(phase=plan.phase, received_on=dt.date(2018, 1, 10))
    book(plan, "500.00", paid_on=PAID)
    book(plan, "100.00", paid_on=PAID, kind=PaymentKind.SPENT)
    return plan


def entered_now(phase, **fields):
    now = timezone.now()
    plan = counted(phase=phase, approved_at=now, cost_kgs=1000, own=200, grant=800, **fields)
    StatusChange.objects.create(plan=plan, before="submitted", after="approved", changed_at=now)
    return plan


def in_period(period, **options):
    """What a report of it is asked about now."""
    known_at = period.closed_at or timezone.now()
    scope = Scope(None, period.ends_on, known_at, phases=(period.phase,), period=period)
    return scope.with_(**options)


def figures(scope):
    """[T2, T3, T4, T5]: what the plans received, in their tables."""
    known = facts.facts_of(scope)
    [grant] = [r for r in sources.table(scope, known).rows if r["code"] == "grant"]
    flow = {
        (row["account_code"], row["line_code"]): row["amount_kgs"]
        for row in fund_flow.table(scope, known).rows
    }
    return [
        budget.table(scope, known).total["actual_kgs"],
        grant["received_kgs"],
        -flow[f"{scope.phases[0].code}-CHF", "paid"],
        flow["plans-grant", "received"],
        burn.table(scope, known).rows[0]["actual_kgs"],
    ]


def test_the_tables_of_a_period_tie_out_before_and_after_closing_and_signed(plan, half_year):
    assert figures(in_period(half_year)) == [500] * 5
    close(half_year, preparer())
    assert figures(in_period(half_year)) == [500] * 5
    names = ["budget", "sources", "fund-flow", "burn"]
    of = template(slug="all", tables=[{"table": name} for name in names])
    signing.sign(period=half_year, template=of, by=approver(), name="A. Person", role="Head")
    half_year.refresh_from_db()
    asked = in_period(half_year)
    assert isinstance(facts.facts_of(asked), facts.SignedFacts)
    assert figures(asked) == [500] * 5


def test_what_was_promised_with_the_plan_and_its_cost_count_too(plan, half_year):
    total = facts.Facts(in_period(half_year)).total()
    assert (total["original_kgs"], total["promised_kgs"], total["cost_kgs"]) == (1000, 1000, 1000)
    assert (total["net_kgs"], total["spent_kgs"]) == (500, 100)
    part = in_period(half_year, municipality=plan.lead)
    assert facts.Facts(part).total()["promised_kgs"] == 600


def test_it_is_counted_among_the_approved_plans_even_if_cancelled_since(plan, half_year):
    def counts():
        total = status.table(in_period(half_year)).total
        return total["approved"], total["active"], total["cancelled"]

    assert counts() == (1, 1, 0)
    plan.status = "cancelled"
    plan.save()
    StatusChange.objects.create(
        plan=plan, before="approved", after="cancelled", changed_at=timezone.now(), reason="x"
    )
    keep_totals(plan.pk)
    assert counts() == (1, 1, 0)
    assert facts.Facts(in_period(half_year)).total()["promised_kgs"] == 1000


def test_what_it_lacks_is_named_and_the_cover_counts_it(plan, half_year):
    scope = in_period(half_year)
    rows = {row["check"]: row for row in unallocated.table(scope).rows}
    assert rows["no_evidence"]["which"] == plan.reference
    assert rows["not_reported"]["number"] == 0
    [says] = [row["says"] for row in cover.table(scope).rows if row["code"] == "completeness"]
    assert says.startswith("1 of 1 plan has reported payments.")


def test_changes_narrowed_to_an_area_name_it(plan, half_year):
    area = plan.areas.first().area
    rows = changes.table(in_period(half_year, area=area)).rows
    assert {row["plan"] for row in rows[:10]} == {plan.reference}


def test_without_money_up_to_the_last_day_it_is_not_in_the_report(half_year):
    plan = entered_now(half_year.phase)
    book(plan, "500.00", paid_on=LATER)
    book(plan, "500.00", paid_on=PAID, currency="CHF")  # waits for a rate: not booked
    scope = in_period(half_year)
    assert facts.Facts(scope).cells("plan") == []
    assert status.table(scope).total["all"] == 0


def test_what_is_approved_and_booked_after_the_closing_is_in_the_next_period(half_year):
    following = factories.PeriodFactory(starts_on=dt.date(2018, 7, 1), ends_on=LATER)
    close(half_year, preparer())
    plan = entered_now(half_year.phase)
    book(plan, "500.00", paid_on=PAID)
    assert facts.Facts(in_period(half_year)).cells("plan") == []
    [cell] = facts.Facts(in_period(following)).cells("plan")
    assert (cell["net_corrections_kgs"], cell["promised_kgs"]) == (500, 1000)


def test_a_past_day_counts_what_was_approved_by_its_end(plan):
    scope = Scope(None, LAST, end_of(LAST), is_past=True, phases=(plan.phase,))
    assert facts.Facts(scope).cells("plan") == []
    assert status.table(scope).total["all"] == 0


@pytest.mark.parametrize("listed", [300, 0])
def test_many_such_plans_are_no_list_of_their_ids(plan, half_year, listed, monkeypatch):
    monkeypatch.setattr(scoped, "LISTED_UP_TO", listed)
    scope = in_period(half_year)
    assert isinstance(scoped.approved_since(scope).children[0][1], list) is bool(listed)
    assert figures(scope) == [500] * 5
    [row] = facts.Facts(scope).cells("plan")
    assert row["promised_kgs"] == 1000
    assert status.table(scope).total["approved"] == 1
    assert in_kind.table(scope).rows[:1] == []
    assert published.table(scope).rows == []


def test_who_counts_is_asked_once_for_all_tables(plan, half_year, django_assert_num_queries):
    scope = in_period(half_year)
    with django_assert_num_queries(1):
        for narrowed in (scope, scope.with_(rows="plan"), scope.with_(area=None)):
            scoped.approved(narrowed)
            scoped.plans_of(narrowed)


def test_money_that_the_report_leaves_out_keeps_a_period_open(plan, half_year, monkeypatch):
    assert what_is_missing(half_year) == []
    monkeypatch.setattr(scoped, "approved_since", lambda *_: None)
    net, spent = what_is_missing(half_year)
    assert net.text.startswith("The report would count KGS\xa00.00, and the ledgers of the plans")
    assert "have KGS\xa0100.00." in spent.text

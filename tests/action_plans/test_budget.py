"""Budget lines: entered before approval, revised after it, compared with what was spent."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.utils import timezone

from action_plans import budget
from action_plans.models import BudgetLine, BudgetRevision
from action_plans.variance import comparison, uncommented
from tests.factories import (
    DonorFactory,
    HeadFactory,
    OfficerFactory,
    PaymentFactory,
    PlanFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
DAY = dt.date(2018, 3, 1)
TODAY = dt.date(2018, 12, 31)


def add(plan, **changes):
    line = {
        "plan": plan,
        "title": "Pipes",
        "unit": "m",
        "quantity": Decimal("1000.000"),
        "unit_cost": Decimal("500.00"),
        "source": "grant",
        "by": StaffFactory(),
    }
    if plan.was_approved:
        line |= {"effective_on": DAY, "reason": "Decision no. 4"}
    return budget.add_line(**line | changes)


def revise(line, **changes):
    revision = {
        "line": line,
        "quantity": Decimal("1100.000"),
        "unit_cost": Decimal("500.00"),
        "effective_on": DAY,
        "reason": "More pipes",
        "by": StaffFactory(),
    }
    return budget.revise(**revision | changes)


def budgeted(**changes):
    """An approved plan with one line of 500 000 som."""
    plan = PlanFactory(cost_kgs=1_000_000, own=200_000, grant=800_000)
    line = add(plan, **changes)
    return approved(plan), line


def approved(plan, status="approved"):
    plan.status, plan.approved_at = status, timezone.now()
    plan.save()
    return plan


def spend(line, amount, **changes):
    grant = line.plan.contributions.get(source="grant")
    amounts = {"amount": Decimal(amount), "amount_kgs": changes.pop("kgs", Decimal(amount))}
    payment = {"kind": "spent", "contribution": grant, "budget_line": line}
    return PaymentFactory(**payment | amounts | changes)


def row(plan, on=TODAY):
    return comparison(plan, on=on).rows[0]


def figures(line):
    return [(r.number, r.amount_kgs, r.effective_on) for r in line.revisions.all()]


def test_the_amount_of_a_line_is_rounded_half_up_once():
    line = add(PlanFactory(), quantity=Decimal("0.125"), unit_cost=Decimal("100.36"))
    assert figures(line) == [(0, Decimal("12.55"), None)]  # 12.545


def test_a_draft_is_changed_in_place_and_lines_are_removed():
    plan, officer = PlanFactory(), OfficerFactory()
    plan.municipalities.update(municipality=officer.municipality)
    line = add(plan, by=officer)
    changed = {"title": "Steel pipes", "unit": "m", "source": "municipality", "year": 2018}
    budget.change_line(
        line=line, quantity=Decimal(2), unit_cost=Decimal("3.00"), by=officer, **changed
    )
    line.refresh_from_db()
    assert (line.title, line.source, line.year) == ("Steel pipes", "municipality", 2018)
    assert figures(line) == [(0, Decimal("6.00"), None)]
    budget.remove_line(line=line, by=officer)
    assert not BudgetLine.objects.exists()


@pytest.mark.parametrize("status", ["submitted", "approved"])
def test_a_municipality_changes_no_budget_that_was_handed_in(status):
    plan, line = budgeted()
    head = HeadFactory(municipality=plan.lead)
    approved(plan, status)
    for change in [
        lambda: add(plan, by=head, effective_on=DAY, reason="r"),
        lambda: revise(line, by=head),
        lambda: budget.remove_line(line=line, by=head),
    ]:
        with pytest.raises(ValidationError, match=r"This plan is: (Submitted|Approved)\."):
            change()


def test_a_line_added_after_approval_was_unbudgeted_before_its_day():
    plan = approved(PlanFactory(cost_kgs=1_000_000, grant=800_000))
    line = add(plan)
    assert figures(line) == [(0, 0, None), (1, 500_000, DAY)]
    before = DAY - dt.timedelta(days=1)
    assert comparison(plan, on=before).rows == []
    spend(line, 40_000, paid_on=before)
    assert row(plan, on=before).state == "unbudgeted"
    assert (row(plan, on=DAY).original, row(plan, on=DAY).now) == (0, 500_000)


def test_a_line_added_after_approval_needs_a_day_and_a_reason():
    plan = approved(PlanFactory())
    for missing in [{"effective_on": None}, {"reason": " "}]:
        with pytest.raises(ValidationError):
            add(plan, **missing)
    assert not BudgetLine.objects.exists()


def test_revisions_keep_what_was_before_and_answer_for_any_day():
    plan, line = budgeted()
    revise(line)
    revise(line, quantity=Decimal(900), effective_on=DAY)
    assert figures(line) == [(0, 500_000, None), (1, 550_000, DAY), (2, 450_000, DAY)]
    assert row(plan, on=DAY - dt.timedelta(days=1)).now == 500_000
    assert (row(plan).original, row(plan).now) == (500_000, 450_000)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"effective_on": dt.date(2999, 1, 1)}, "in the future"),
        ({"effective_on": dt.date(2018, 1, 31)}, "cannot begin earlier"),
        ({"effective_on": None}, "from which day"),
        ({"reason": "  "}, "Give a reason"),
        ({"quantity": Decimal(800)}, "the amount that holds already"),
        ({"quantity": Decimal(-1)}, "must be between 0"),
        ({"quantity": Decimal("NaN")}, "must be a decimal number"),
        ({"quantity": Decimal("0.0001")}, "decimal places"),
        ({"unit_cost": Decimal("99999999999999.00")}, "must be between 0"),
    ],
)
def test_a_revision_that_cannot_be_is_refused_and_leaves_nothing(changes, message):
    _plan, line = budgeted()
    revise(line, quantity=Decimal(800), effective_on=dt.date(2018, 2, 1))
    with pytest.raises(ValidationError, match=message):
        revise(line, **changes)
    assert line.revisions.count() == 2


def test_the_same_forms_sent_twice_change_once():
    staff, plan = StaffFactory(), PlanFactory()
    assert add(plan, by=staff, position=1) == add(plan, by=staff, position=1)
    assert add(plan, by=staff, position=1, title="Pump").position == 2
    line = plan.budget_lines.first()
    approved(plan)
    assert revise(line, by=staff, number=1) == revise(line, by=staff, number=1)
    assert figures(line) == [(0, 500_000, None), (1, 550_000, DAY)]


def test_the_same_form_of_a_line_added_after_approval_adds_it_once():
    plan, staff = approved(PlanFactory()), StaffFactory()
    assert add(plan, by=staff, position=1) == add(plan, by=staff, position=1)
    assert BudgetRevision.objects.count() == 2


def test_who_saves_over_somebody_elses_change_is_told():
    plan = PlanFactory()
    line = add(plan)
    seen = budget.seen_of(line.revisions.get())
    fields = {"line": line, "unit": "m", "source": "grant", "unit_cost": Decimal(1)}
    budget.change_line(title="A", quantity=Decimal(5), seen=seen, by=StaffFactory(), **fields)
    with pytest.raises(ValidationError, match=r"Somebody else changed this line meanwhile: A"):
        budget.change_line(title="B", quantity=Decimal(6), seen=seen, by=StaffFactory(), **fields)
    line.refresh_from_db()
    assert line.title == "A"


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_revise_a_line_at_once_the_second_is_told():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    _plan, line = budgeted()
    people, together, told = StaffFactory.create_batch(2), threading.Barrier(2), []

    def act(person, quantity):
        together.wait()
        try:
            revise(line, by=person, quantity=Decimal(quantity), number=1)
        except ValidationError as refusal:
            told.append(refusal.code)
        connections.close_all()

    threads = [threading.Thread(target=act, args=(p, 700 + n)) for n, p in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["conflict"]
    assert line.revisions.count() == 2


# --- Variance -----------------------------------------------------------------------------------


def test_rows_taken_back_count_with_their_sign_and_waiting_ones_not():
    plan, line = budgeted()
    wrong = spend(line, 900)
    spend(line, -900, reverses=wrong, reason="typing error")
    assert row(plan).state == "not_reported"
    spend(line, 600, corrects=wrong, reason="typing error")
    waiting = {"currency": "USD", "booked_at": None, "rate_value": None, "rate_source": ""}
    spend(line, 5, **waiting, kgs=None, entered_at=timezone.now())
    assert row(plan).actual == 600
    assert row(plan, on=dt.date(2018, 5, 31)).state == "not_reported"


def test_money_spent_without_a_line_is_a_row_of_its_own_and_in_the_total():
    plan, line = budgeted()
    spend(line, 300_000)
    spend(line, 1_000, budget_line=None)
    table = comparison(plan, on=TODAY)
    assert table.without_line.actual == 1_000
    assert (table.total.now, table.total.actual) == (500_000, 301_000)
    assert table.total.balance == 199_000


@pytest.mark.parametrize(
    ("spent", "needs"),
    [
        ("550000.00", False),  # 10.0 % and 50 000, neither exceeded
        ("550000.01", True),
        ("450000.00", False),
        ("449999.99", False),  # money may still be spent
    ],
)
def test_both_limits_must_be_exceeded(spent, needs):
    plan, line = budgeted()
    spend(line, spent)
    assert row(plan).needs_comment is needs


def test_a_large_line_may_differ_by_more_som_within_the_percentage():
    plan, line = budgeted(quantity=Decimal(2000))
    spend(line, 1_060_000)
    assert row(plan).needs_comment is False


def test_money_without_a_budget_needs_a_comment_above_the_limit_in_som():
    plan, line = budgeted(quantity=Decimal(0))
    spend(line, 40_000)
    assert (row(plan).needs_comment, row(plan).variance_pct) == (False, None)
    spend(line, 20_000)
    assert row(plan).needs_comment is True


def test_a_line_under_its_budget_needs_a_comment_once_the_plan_is_completed():
    plan, line = budgeted()
    spend(line, 400_000)
    assert uncommented([plan]) == {}
    plan.status, plan.completed_on = "completed", dt.date(2018, 11, 1)
    assert row(plan, on=dt.date(2018, 10, 31)).needs_comment is False
    assert row(plan).needs_comment is True
    assert uncommented([plan]) == {plan.pk: [dt.date(2018, 11, 1)]}


def test_a_line_under_its_budget_needs_a_comment_once_its_year_is_over():
    plan, line = budgeted(year=2018)
    spend(line, 400_000)
    assert row(plan, on=TODAY).needs_comment is False
    assert row(plan, on=dt.date(2019, 1, 1)).needs_comment is True


def test_a_comment_stands_until_another_is_written():
    plan, line = budgeted()
    spend(line, 600_000)
    head = HeadFactory(municipality=plan.lead)
    budget.comment(line=line, text="Rocks in the trench.", by=head, seen="")
    line.refresh_from_db()
    assert (row(plan).needs_comment, line.commented_by) == (False, head)
    with pytest.raises(ValidationError, match="Rocks in the trench"):
        budget.comment(line=line, text="Other", by=StaffFactory(), seen="")
    budget.comment(line=line, text="Other", by=head, seen=budget.seen_comment(line))
    assert [r.comment for r in line.history.all()][:2] == ["Other", "Rocks in the trench."]


@pytest.mark.parametrize("person", [HeadFactory, DonorFactory])
def test_strangers_do_not_comment(person):
    _plan, line = budgeted()
    with pytest.raises(ValidationError):
        budget.comment(line=line, text="Mine", by=person())


def test_the_table_asks_the_same_number_of_queries_for_any_length(django_assert_num_queries):
    plan = PlanFactory()
    assert plan.phase  # pages read it with the plan
    for number in range(3):
        spend(add(plan, title=str(number)), 10, contribution=_grant(plan))
        with django_assert_num_queries(3):  # lines, revisions, payments
            list(comparison(plan, on=TODAY).rows)


def _grant(plan):
    return plan.contributions.get_or_create(source="grant", amount_kgs=1)[0]

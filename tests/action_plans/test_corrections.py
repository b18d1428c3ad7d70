import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from action_plans import corrections, payments
from action_plans.models import Payment
from tests.action_plans.ledger import (
    DAY,
    book,
    correction,
    ledger,
    paid_plan,
    row_page,
    source_of,
)
from tests.factories import (
    BudgetLineFactory,
    DonorFactory,
    ExchangeRateFactory,
    HeadFactory,
    OfficerFactory,
    PaymentFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PDF = b"%PDF-1.7\n%%EOF"


def reverse(payment, **changes):
    return corrections.reverse(
        payment=payment, **{"reason": "Twice", "by": StaffFactory()} | changes
    )


def correct(payment, **changes):
    return corrections.correct(payment=payment, reason="Typo", by=StaffFactory(), **changes)


def received(plan):
    plan.refresh_from_db()
    return plan.received_kgs


# --- Taking back


def test_a_row_that_is_taken_back_stays_and_counts_no_more():
    plan, staff = paid_plan(), StaffFactory()
    row = book(plan, document_number="п/п 7")
    taken = reverse(row, reason=" Booked twice ", by=staff)
    assert (taken.reverses, taken.reason, taken.booked_by) == (row, "Booked twice", staff)
    assert (taken.amount, taken.amount_kgs, taken.paid_on) == (-500, -500, DAY)
    assert (taken.kind, taken.contribution, taken.document_number) == (
        row.kind,
        row.contribution,
        "п/п 7",
    )
    assert Payment.objects.count() == 2
    assert received(plan) == 0


def test_foreign_money_is_taken_back_at_the_rate_at_which_it_was_booked():
    plan = paid_plan()
    rate = ExchangeRateFactory()
    row = book(plan, "1234.56", currency="CHF")
    ExchangeRateFactory(value=Decimal("99"), version=2)
    taken = reverse(row)
    assert (taken.amount_kgs, taken.rate) == (Decimal("-86571.54"), rate)
    assert received(plan) == 0


def test_what_cannot_be_taken_back():
    plan = paid_plan()
    row, draft = book(plan), book(plan, "1.00", currency="CHF")
    staff = StaffFactory(name="Aigul")
    taken = reverse(row, by=staff)
    for payment, message in [
        (draft, "has not been booked yet"),
        (row, "Aigul took this row back on"),
        (taken, "takes another one back"),
    ]:
        with pytest.raises(ValidationError, match=message):
            reverse(payment)
        with pytest.raises(ValidationError, match=message):
            correct(payment, amount=Decimal("7.00"))
    assert Payment.objects.count() == 3


def test_a_reason_is_needed():
    row = book(paid_plan())
    with pytest.raises(ValidationError, match="Give a reason"):
        reverse(row, reason="  ")


def test_who_may_not_book_may_not_correct():
    row = book(paid_plan())
    for person in (DonorFactory(), HeadFactory()):
        with pytest.raises(ValidationError):
            reverse(row, by=person)
    assert Payment.objects.count() == 1


def test_money_that_was_given_back_already_cannot_vanish_from_what_was_received():
    plan = paid_plan()
    row = book(plan, "100.00")
    refund = book(plan, "60.00", kind="returned")
    with pytest.raises(ValidationError, match=r"60\.00 more would have been returned"):
        reverse(row)
    with pytest.raises(ValidationError, match=r"0\.01 more would have been returned"):
        correct(row, amount=Decimal("59.99"))
    assert correct(row, amount=Decimal("60.00")).amount_kgs == 60
    reverse(refund)
    assert received(plan) == 60


def test_spending_is_corrected_even_where_older_figures_do_not_add_up():
    plan = paid_plan()
    PaymentFactory(contribution=source_of(plan), kind="returned", amount_kgs=Decimal(9))
    spent = book(plan, "5.00", kind="spent")
    assert correct(spent, amount=Decimal("4.00")).amount_kgs == 4


def test_take_back_is_for_verbs_that_hold_the_plan(django_assert_max_num_queries):
    plan, staff, at = paid_plan(), StaffFactory(), timezone.now()
    row = book(plan)
    with transaction.atomic():
        taken = corrections.take_back(row.contribution.plan, row, "Withdrawn", staff, at)
    assert (taken.reverses, taken.booked_at) == (row, at)


# --- Correcting


def test_a_corrected_row_is_taken_back_and_another_stands_in_its_place():
    plan = paid_plan()
    row = book(plan, "500.00")
    new = correct(row, amount=Decimal("50.00"))
    assert (new.corrects, new.amount_kgs, new.reason, new.is_booked) == (row, 50, "Typo", True)
    assert [p.amount_kgs for p in Payment.objects.order_by("pk")] == [500, -500, 50]
    assert received(plan) == 50
    again = correct(new, amount=Decimal("55.00"))
    assert (again.corrects, received(plan)) == (new, 55)


def test_everything_that_was_typed_can_be_corrected():
    plan = paid_plan()
    own, line = source_of(plan, "municipality"), BudgetLineFactory(plan=plan)
    new = correct(
        book(plan),
        contribution=own,
        kind="spent",
        paid_on=DAY + dt.timedelta(1),
        amount=Decimal("7.00"),
        document_number="п/п 8",
        budget_line=line,
        evidence=SimpleUploadedFile("счёт.pdf", PDF, "application/pdf"),
    )
    new.refresh_from_db()
    assert (new.contribution, new.kind, new.budget_line) == (own, "spent", line)
    assert (new.document_number, new.evidence.filename) == ("п/п 8", "счёт.pdf")
    assert received(plan) == 0


def test_a_file_alone_is_a_correction_and_the_same_file_is_none():
    row = book(paid_plan())
    new = correct(row, evidence=SimpleUploadedFile("счёт.pdf", PDF, "application/pdf"))
    assert new.evidence
    with pytest.raises(ValidationError, match="Nothing was changed"):
        correct(new, evidence=SimpleUploadedFile("x.pdf", PDF, "application/pdf"))
    with pytest.raises(ValidationError, match="Nothing was changed"):
        correct(new, amount=new.amount, document_number="")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"paid_on": dt.date(2999, 1, 1)}, "paid_on"),
        ({"paid_on": dt.date(2013, 10, 31)}, "paid_on"),
        ({"currency": "XXX"}, "currency"),
        ({"amount": Decimal(0)}, "amount"),
        ({"kind": "returned"}, "amount"),
    ],
)
def test_a_correction_passes_the_checks_of_a_payment(changes, field):
    plan = paid_plan()
    row = book(plan)
    with pytest.raises(ValidationError) as wrong:
        correct(row, **changes)
    assert field in wrong.value.error_dict
    assert list(Payment.objects.all()) == [row]
    assert received(plan) == 500


def test_neither_a_source_nor_a_line_of_another_plan_gets_the_money():
    plan, other = paid_plan(in_kind=10), paid_plan()
    row = book(plan, kind="spent")
    for changes in [
        {"contribution": source_of(other)},
        {"contribution": plan.contributions.get(form="in_kind")},
        {"budget_line": BudgetLineFactory(plan=other)},
    ]:
        with pytest.raises(ValidationError):
            correct(row, **changes)
    assert Payment.objects.count() == 1


def test_without_a_rate_the_corrected_row_waits():
    plan = paid_plan()
    new = correct(book(plan), currency="CHF")
    assert not new.is_booked
    assert received(plan) == 0
    ExchangeRateFactory(value=Decimal(2))
    assert payments.book_waiting(by=StaffFactory()) == [new]
    assert received(plan) == 1000


def test_the_same_money_keeps_its_rate_and_other_money_gets_the_rate_of_now():
    plan = paid_plan()
    old = ExchangeRateFactory()
    row = book(plan, "10.00", currency="CHF")
    newer = ExchangeRateFactory(value=Decimal("70.2134"), version=2)
    row = correct(row, document_number="п/п 9")
    assert row.rate == old
    assert correct(row, amount=Decimal("11.00")).rate == newer


# --- Booking at the rate that holds now (acceptance case 16)


def test_a_rate_that_was_mistyped_changes_a_row_only_when_a_person_books_it_anew():
    plan = paid_plan()
    ExchangeRateFactory(value=Decimal("70.1234"))
    row = book(plan, "10000.00", currency="CHF")
    ExchangeRateFactory(value=Decimal("70.2134"), version=2)
    assert received(plan) == Decimal("701234.00")
    new = corrections.repost(payment=row, reason="The rate was mistyped", by=StaffFactory())
    assert (new.corrects, new.rate_value) == (row, Decimal("70.2134"))
    assert received(plan) == Decimal("702134.00")
    with pytest.raises(ValidationError, match="is the one that was used"):
        corrections.repost(payment=new, reason="Again", by=StaffFactory())
    assert Payment.objects.count() == 3


def test_som_have_no_rate():
    with pytest.raises(ValidationError, match="is the one that was used"):
        corrections.repost(payment=book(paid_plan()), reason="x", by=StaffFactory())


# --- The database keeps it too


def test_a_booked_row_is_neither_changed_nor_deleted():
    row = book(paid_plan())
    row.amount_kgs = row.amount = Decimal(1)
    with pytest.raises(ValidationError, match="never changed"):
        row.save()
    with pytest.raises(ValidationError, match="never deleted"):
        row.delete()


def test_a_row_is_taken_back_once():
    row = book(paid_plan())
    taken = reverse(row)
    taken.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.bulk_create([taken])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verbs", [("correct", "correct"), ("correct", "reverse")])
def test_of_two_who_put_the_same_row_right_at_once_one_wins_and_the_other_is_told(verbs):
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    plan, staff = paid_plan(), [StaffFactory(name=name) for name in ("Aigul", "Bakyt")]
    row, together, said = book(plan), threading.Barrier(2), []

    def press(n):
        together.wait()
        changes = {"amount": Decimal(n + 1)} if verbs[n] == "correct" else {}
        try:
            getattr(corrections, verbs[n])(payment=row, reason="x", by=staff[n], **changes)
        except ValidationError as error:
            said.append((n, error.messages[0]))
        connections.close_all()

    threads = [threading.Thread(target=press, args=[n]) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [(loser, message)] = said
    assert message.startswith(f"{staff[1 - loser].name} took this row back on ")
    left = {"correct": Decimal(2 - loser), "reverse": Decimal(0)}[verbs[1 - loser]]
    assert received(plan) == left


# --- The pages


@pytest.fixture
def officer(client):
    person = OfficerFactory()
    client.force_login(person)
    return person


@pytest.fixture
def row(officer):
    return book(paid_plan(lead=officer.municipality), "500.00", by=officer)


def test_an_officer_takes_a_row_back(client, row):
    response = client.post(row_page("reverse", row), {"reason": "Twice"}, follow=True)
    assert response.redirect_chain[-1][0] == ledger(row.contribution.plan)
    assert "The row was taken back: Programme grant, received, KGS\xa0500.00." in response.text
    assert Payment.objects.get(reverses=row).reason == "Twice"


def test_an_officer_corrects_a_row_that_is_shown_as_it_was(client, row):
    page = client.get(row_page("correct", row))
    for shown in ['value="500.00"', 'value="01.06.2018"']:
        assert shown in page.text
    response = client.post(row_page("correct", row), correction(row, amount="50"), follow=True)
    assert "Now: Programme grant, received, KGS\xa050.00." in response.text
    assert received(row.contribution.plan) == 50


def test_a_second_press_books_nothing_and_says_what_the_first_did(client, row, officer):
    for _ in range(2):
        response = client.post(row_page("correct", row), correction(row, amount="50"), follow=True)
        assert response.redirect_chain[-1][0] == ledger(row.contribution.plan)
    assert f"{officer} took this row back on" in response.text
    assert Payment.objects.count() == 3


@pytest.mark.parametrize("amount", ["1.234", "12,34,5", "1e9", "NaN", "-5", "0", "10^12"])
def test_an_amount_that_is_none_comes_back_as_it_was_typed(client, row, amount):
    response = client.post(row_page("correct", row), correction(row, amount=amount))
    assert response.status_code == 200
    assert f'value="{amount}"' in response.text
    assert "Typed wrongly" in response.text
    assert response.context["form"].errors["amount"]
    assert Payment.objects.count() == 1


def test_a_correction_that_changes_nothing_is_not_booked(client, row):
    response = client.post(row_page("correct", row), correction(row))
    assert "Nothing was changed, so nothing was booked." in response.text
    assert client.post(row_page("reverse", row), {"reason": ""}).status_code == 200
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("name", ["reverse", "correct", "repost", "discard"])
def test_a_row_of_another_plan_is_not_there(client, row, name):
    plan, other = row.contribution.plan, book(paid_plan())
    form = correction(other) | {"reason": "x"}
    for page in [row_page(name, other, plan), row_page(name, row, other.contribution.plan)]:
        assert client.post(page, form).status_code == 404
    assert Payment.objects.count() == 2


def test_a_row_cannot_be_moved_to_a_source_or_line_of_another_plan(client, row):
    other = paid_plan()
    line = BudgetLineFactory(plan=other)
    BudgetLineFactory(plan=row.contribution.plan)
    for change in [
        {"contribution": source_of(other).pk},
        {"budget_line": line.pk, "kind": "spent"},
    ]:
        response = client.post(row_page("correct", row), correction(row, **change))
        assert response.status_code == 200
    assert Payment.objects.count() == 1


def test_a_reversal_of_a_reversal_is_answered_on_the_money_page(client, row):
    client.post(row_page("reverse", row), {"reason": "Twice"})
    taken = Payment.objects.get(reverses=row)
    response = client.post(row_page("reverse", taken), {"reason": "Back"}, follow=True)
    assert "This row takes another one back; it cannot be taken back itself." in response.text
    assert Payment.objects.count() == 2


def test_the_newer_rate_is_offered_beside_the_row_and_on_its_page(client, officer):
    plan = paid_plan(lead=officer.municipality)
    ExchangeRateFactory(value=Decimal("70.1234"))
    row = book(plan, "10000.00", currency="CHF")
    page = client.get(ledger(plan))
    assert "Book at the newer rate" not in page.text
    ExchangeRateFactory(value=Decimal("70.2134"), version=2)
    assert "The rate of this day is 70.2134 now." in client.get(ledger(plan)).text
    assert "702,134.00" in client.get(row_page("repost", row)).text
    response = client.post(row_page("repost", row), {"reason": "Mistyped"}, follow=True)
    assert "KGS\xa0701,234.00 became KGS\xa0702,134.00" in response.text

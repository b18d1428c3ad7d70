import datetime as dt
import threading
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.utils import timezone

from action_plans import corrections, payments
from action_plans.models import Attachment, Payment, Phase
from tests.action_plans.ledger import (
    DAY,
    book,
    ledger,
    new_payment,
    paid_plan,
    row_page,
    source_of,
    typed,
)
from tests.factories import (
    BudgetLineFactory,
    DonorFactory,
    ExchangeRateFactory,
    HeadFactory,
    OfficerFactory,
    PaymentFactory,
    StaffFactory,
    TrancheFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PDF = b"%PDF-1.7\n%%EOF"


def two_lines(plan, grant="300", own="20.50"):
    return [
        payments.Line(source_of(plan), Decimal(grant)),
        payments.Line(source_of(plan, "municipality"), Decimal(own)),
    ]


def chf(value="70.1234", on=DAY, **fields):
    return ExchangeRateFactory(currency="CHF", applies_on=on, value=Decimal(value), **fields)


def test_a_payment_is_in_the_totals_of_the_plan_at_once():
    plan = paid_plan()
    book(plan)
    book(plan, "50.00", kind="returned")
    book(plan, "300.00", kind="spent")
    plan.refresh_from_db()
    assert (plan.received_grant_kgs, plan.received_kgs) == (450, 450)


def test_one_invoice_from_two_sources_is_two_rows_with_the_same_document():
    plan = paid_plan()
    rows = payments.book(
        plan=plan,
        lines=two_lines(plan),
        kind="received",
        paid_on=DAY,
        document_number="п/п 7",
        evidence=SimpleUploadedFile("счёт.pdf", PDF, "application/pdf"),
        booking_key=uuid.uuid4(),
        by=StaffFactory(),
    )
    assert [row.amount_kgs for row in rows] == [300, Decimal("20.50")]
    assert {(row.document_number, row.evidence_id) for row in rows} == {
        ("п/п 7", Attachment.objects.get().pk)
    }
    plan.refresh_from_db()
    assert (plan.received_grant_kgs, plan.received_own_cash_kgs) == (300, Decimal("20.50"))


@pytest.mark.parametrize(
    "changes",
    [
        {"paid_on": dt.date(2999, 1, 1)},
        {"paid_on": dt.date(2013, 10, 31)},
        {"kind": "returned", "amount": "0.01"},
        {"amount": "0.00"},
        {"amount": "-5"},
        {"amount": "1.005"},
        {"amount": "100000000000.01"},
        {"kind": "stolen"},
        {"currency": "XXX"},
        {"document_number": "1" * 101},
    ],
)
def test_a_payment_that_cannot_be_is_refused_and_leaves_nothing(changes):
    plan = paid_plan()
    with pytest.raises(ValidationError):
        book(plan, **changes)
    assert not Payment.objects.exists()


def test_nothing_of_a_tranche_is_refused_like_nothing_of_som():
    TrancheFactory()
    payment = book(paid_plan(), "10.00", currency="CHF")
    with pytest.raises(ValidationError, match="more than 0"):
        book(payment.contribution.plan, "0.00", currency="CHF")
    with pytest.raises(ValidationError, match="more than 0"):
        corrections.correct(payment=payment, reason="x", by=StaffFactory(), amount=Decimal(0))


def test_the_first_day_of_the_phase_and_today_are_days_of_a_payment():
    plan = paid_plan()
    for day in (plan.phase.starts_on, timezone.localdate()):
        assert book(plan, paid_on=day).paid_on == day


def test_a_payment_needs_a_source_and_each_only_once():
    plan = paid_plan()
    head = {"kind": "received", "paid_on": DAY, "booking_key": uuid.uuid4(), "by": StaffFactory()}
    with pytest.raises(ValidationError, match="at least one source"):
        payments.book(plan=plan, lines=[], **head)
    with pytest.raises(ValidationError, match="only once"):
        payments.book(plan=plan, lines=two_lines(plan)[:1] * 2, **head)


def test_every_line_that_is_wrong_is_named():
    plan, other = paid_plan(in_kind=100), paid_plan()
    in_kind = plan.contributions.get(form="in_kind")
    strange = source_of(other)
    lines = [payments.Line(in_kind, Decimal(1)), payments.Line(strange, Decimal(1))]
    head = {"kind": "received", "paid_on": DAY, "booking_key": uuid.uuid4(), "by": StaffFactory()}
    with pytest.raises(ValidationError) as wrong:
        payments.book(plan=plan, lines=lines, **head)
    assert wrong.value.error_dict.keys() == {
        f"contribution_{in_kind.pk}",
        f"contribution_{strange.pk}",
    }


def test_only_what_was_spent_names_a_budget_line_and_only_one_of_the_plan():
    plan = paid_plan()
    line, strange = BudgetLineFactory(plan=plan), BudgetLineFactory(plan=paid_plan())
    assert book(plan, kind="spent", budget_line=line).budget_line == line
    with pytest.raises(ValidationError, match="Only money that was spent"):
        book(plan, budget_line=line)
    with pytest.raises(ValidationError, match="belongs to another plan"):
        book(plan, kind="spent", budget_line=strange)


def test_no_more_is_returned_than_was_received():
    plan = paid_plan()
    book(plan, "100.00")
    book(plan, "60.00", kind="returned")
    with pytest.raises(ValidationError, match=r"only KGS.+40\.00 has arrived"):
        book(plan, "40.01", kind="returned")


@pytest.mark.parametrize("status", ["draft", "submitted", "returned"])
def test_money_is_recorded_from_approval_on(status, client):
    plan = paid_plan(status=status)
    with pytest.raises(ValidationError, match="from approval on"):
        book(plan)
    client.force_login(StaffFactory())
    response = client.get(new_payment(plan), follow=True)
    assert response.redirect_chain[-1][0] == plan.get_absolute_url()
    assert "Money is recorded from approval on." in response.text


def test_money_of_a_plan_that_was_cancelled_can_be_given_back():
    plan = paid_plan(status="cancelled", approved_at=timezone.now())
    assert book(plan).pk


# --- Currencies


def test_foreign_money_keeps_its_rate_and_its_som():
    plan, rate = paid_plan(), chf()
    row = book(plan, "1234.56", currency="CHF")
    assert (row.amount_kgs, row.rate, row.rate_value) == (Decimal("86571.54"), rate, rate.value)
    plan.refresh_from_db()
    assert plan.received_kgs == Decimal("86571.54")
    assert plan.phase.fx_policy_fixed


def test_without_a_rate_the_payment_waits_and_is_in_no_total():
    plan = paid_plan()
    row = book(plan, "10.00", currency="CHF")
    assert (row.booked_at, row.amount_kgs) == (None, None)
    plan.refresh_from_db()
    assert plan.received_kgs == 0


def test_what_waits_is_booked_when_its_rate_comes_oldest_first():
    plan, other, staff = paid_plan(), paid_plan(), StaffFactory()
    later = book(plan, "1.00", currency="CHF", paid_on=DAY + dt.timedelta(1))
    first, dollars = book(other, "2.00", currency="CHF"), book(plan, "3.00", currency="USD")
    assert payments.book_waiting(by=staff) == []
    chf()
    assert payments.book_waiting(currency="CHF", by=staff) == [first, later]
    assert list(Payment.objects.waiting()) == [dollars]
    first.refresh_from_db()
    assert (first.booked_by, first.amount_kgs) == (staff, Decimal("140.25"))
    plan.refresh_from_db()
    assert plan.received_kgs == Decimal("70.12")


def test_more_returned_than_received_goes_on_waiting():
    plan = paid_plan()
    row = book(plan, "10.00", currency="CHF", kind="returned")
    chf()
    assert payments.book_waiting(by=StaffFactory()) == []
    assert list(Payment.objects.waiting()) == [row]
    book(plan, "10.00", currency="CHF")
    assert payments.book_waiting(by=StaffFactory()) == [row]


def test_what_is_given_back_is_booked_once_enough_has_arrived(client):
    plan = paid_plan()
    waits = book(plan, "10.00", kind="returned", currency="CHF")
    chf()
    client.force_login(StaffFactory())
    page = client.post(new_payment(plan), typed(plan, "700"), follow=True)
    assert "1 payment waited for this and is booked now" not in page.text
    page = client.post(new_payment(plan), typed(plan, "1,50"), follow=True)
    assert "1 payment waited for this and is booked now" in page.text
    waits.refresh_from_db()
    assert waits.amount_kgs == Decimal("701.23")


def test_only_the_rows_of_the_phase_are_booked_when_a_phase_is_named():
    plan = paid_plan()
    row = book(plan, "10.00", currency="CHF")
    chf()
    other = type(plan.phase)(pk=0)
    assert payments.book_waiting(phase=other, by=StaffFactory()) == []
    assert payments.book_waiting(phase=plan.phase, by=StaffFactory()) == [row]


def test_a_draft_can_be_discarded_and_a_booked_row_cannot(client):
    plan, staff = paid_plan(), StaffFactory()
    client.force_login(staff)
    draft, booked = book(plan, "10.00", currency="CHF"), book(plan)
    for _ in range(2):  # the second press finds it gone
        response = client.post(row_page("discard", draft, plan))
        assert response.url == ledger(plan)
    client.post(row_page("discard", booked))
    assert list(Payment.objects.all()) == [booked]
    assert client.post(row_page("discard", booked, paid_plan())).status_code == 404


def test_the_page_says_which_rate_is_missing(client):
    plan = paid_plan()
    client.force_login(StaffFactory())
    response = client.post(new_payment(plan), typed(plan, currency="CHF"), follow=True)
    assert "There is no exchange rate of CHF for 1 Jun 2018 yet." in response.text
    assert 'href="/rates/"' in response.text


# --- The form


@pytest.mark.parametrize("factory", [OfficerFactory, HeadFactory, StaffFactory])
def test_the_own_municipality_and_the_office_book(client, factory):
    person = factory()
    plan = paid_plan(**({"lead": person.municipality} if person.municipality else {}))
    client.force_login(person)
    assert client.post(new_payment(plan), typed(plan)).url == ledger(plan)
    assert Payment.objects.get().booked_by == person


@pytest.mark.parametrize("factory", [HeadFactory, DonorFactory])
def test_nobody_else_does(client, factory):
    plan = paid_plan()
    client.force_login(factory())
    assert client.get(new_payment(plan)).status_code == 404
    assert client.post(new_payment(plan), typed(plan)).status_code == 404
    assert not Payment.objects.exists()


def test_the_form_has_a_line_for_each_source_in_cash_and_the_day_of_today(client):
    plan = paid_plan(in_kind=100)
    book(plan, "70.00")
    client.force_login(StaffFactory())
    form = client.get(new_payment(plan)).context["form"]
    assert [(row.contribution.source, row.received) for row in form.rows] == [
        ("municipality", 0),
        ("grant", 70),
    ]
    assert form["paid_on"].value() == timezone.localdate()


def test_the_message_says_rows_som_rate_and_what_is_over_the_promise(client):
    plan = paid_plan()
    chf(source="nbkr-weekly")
    client.force_login(StaffFactory())
    own = {f"amount_{source_of(plan, 'municipality').pk}": "5,00"}
    response = client.post(new_payment(plan), typed(plan, "10", currency="CHF", **own), follow=True)
    message, *_rest = [str(message) for message in response.context["messages"]]
    assert message.replace("\xa0", " ") == (
        "2 rows were booked: CHF 15.00 = KGS 1,051.85 in all. "
        "1 CHF = 70.1234 som (National Bank, weekly, 1 Jun 2018). "
        "Municipality: KGS 150.62 more has been received than was promised."
    )


def test_the_same_form_sent_twice_books_one_payment(client):
    plan, staff = paid_plan(), StaffFactory()
    client.force_login(staff)
    form = typed(plan, **{f"amount_{source_of(plan, 'municipality').pk}": "5"})
    for _ in range(2):
        assert client.post(new_payment(plan), form).url == ledger(plan)
    assert sorted(row.amount_kgs for row in Payment.objects.all()) == [5, Decimal("1234.50")]
    assert {row.booked_by for row in Payment.objects.all()} == {staff}


@pytest.mark.parametrize(
    "change",
    [
        {"grant": "77"},
        {"municipality": "5"},
        {"currency": "USD"},
        {"paid_on": "02.06.2018"},
        {"kind": "spent"},
        {"document_number": "п/п 13"},
        {"evidence": SimpleUploadedFile("счёт.pdf", PDF, "application/pdf")},
    ],
)
def test_back_and_something_else_is_asked_before_it_is_booked_as_another_payment(client, change):
    plan = paid_plan()
    client.force_login(StaffFactory())
    form = typed(plan)
    client.post(new_payment(plan), form)
    names = {s: f"amount_{source_of(plan, s).pk}" for s in ("grant", "municipality")}
    form |= {names.get(name, name): value for name, value in change.items()}
    response = client.post(new_payment(plan), form)
    assert "A payment of KGS\xa01,234.50 was booked from this form already." in response.text
    again = {name: response.context["form"].data[name] for name in ("booking_key", "sure")}
    if "evidence" in form:
        form["evidence"].seek(0)
    client.post(new_payment(plan), form | again)
    assert len({row.booking_key for row in Payment.objects.all()}) == 3 - (
        "municipality" not in change
    )


@pytest.mark.django_db(transaction=True)
def test_a_double_click_books_one_payment():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    plan, key, staff = paid_plan(), uuid.uuid4(), StaffFactory()
    together, made = threading.Barrier(2), []

    def click():
        together.wait()
        made.append(book(plan, booking_key=key, by=staff).pk)
        connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1 == Payment.objects.count()


@pytest.mark.django_db(transaction=True)
def test_two_plans_at_once_do_not_take_the_same_francs_from_a_tranche():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    plans, staff = [paid_plan() for _ in range(2)], StaffFactory()
    phase = plans[0].phase
    Phase.objects.update(fx_policy="fifo")
    for value, on in [("69.50", 1), ("71.25", 2)]:
        TrancheFactory(
            phase=phase, currency="CHF", amount=Decimal(60_000), rate_value=Decimal(value),
            received_on=dt.date(2018, 5, on),
        )  # fmt: skip
    together = threading.Barrier(2)

    def press(plan):
        together.wait()
        book(plan, "60000.00", currency="CHF", by=staff)
        connections.close_all()

    threads = [threading.Thread(target=press, args=[plan]) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    booked = Payment.objects.values_list("amount_kgs", flat=True)
    assert sorted(booked) == [Decimal("4170000.00"), Decimal("4275000.00")]


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("1,234", "can be read as"),
        ("1.234", "can be read as"),
        ("12,34,5", "is not an amount"),
        ("1e9", "is not an amount"),
        ("NaN", "is not an amount"),
        ("12a", "is not an amount"),
        ("-5", "cannot be below zero"),
        ("0", "The amount must be more than 0"),
        ("100 000 000 000,01", "Check the number of zeros"),
    ],
)
def test_an_amount_that_is_none_comes_back_with_everything_that_was_typed(client, amount, message):
    comes_back(client, message, amount=amount)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"paid_on": "31.02.2018"}, "This is not a date."),
        ({"paid_on": "01.01.2099"}, "The date is in the future."),
        ({"paid_on": "01.10.2013"}, "The date is before the phase of the plan starts: 1 Nov 2013."),
        ({"paid_on": "01.06.0218"}, "The year 218 cannot be meant. Check the year."),
        ({"kind": "returned"}, "More is returned than was received"),
        ({"currency": "XXX"}, "This is not a currency that the portal knows."),
    ],
)
def test_a_mistake_comes_back_with_everything_that_was_typed(client, changes, message):
    comes_back(client, message, **changes)


def comes_back(client, message, **changes):
    plan = paid_plan()
    client.force_login(StaffFactory())
    form = typed(plan, **changes)
    response = client.post(new_payment(plan), form)
    assert response.status_code == 200
    assert message in response.text
    for name in [f"amount_{source_of(plan).pk}", "paid_on", "document_number"]:
        assert f'value="{form[name]}"' in response.text
    assert not Payment.objects.exists()


def test_any_number_of_payments_that_say_the_same_can_be_confirmed(client):
    plan = paid_plan()
    for pk in range(10**9, 10**9 + 41):  # far from what the sequence of a whole run comes to
        same = {"paid_on": DAY, "amount_kgs": Decimal("5.00"), "document_number": "п/п 12"}
        PaymentFactory(pk=pk, contribution=source_of(plan), **same)
    client.force_login(StaffFactory())
    form = typed(plan, "5")
    asked = client.post(new_payment(plan), form)
    sure = asked.context["form"].twins_key
    assert client.post(new_payment(plan), form | {"sure": sure}).status_code == 302


def test_nothing_typed_is_asked_for(client):
    plan = paid_plan()
    client.force_login(StaffFactory())
    response = client.post(new_payment(plan), typed(plan, ""))
    assert "Write an amount for at least one source." in response.text


def test_a_source_of_another_plan_is_not_booked(client):
    plan, other = paid_plan(), paid_plan()
    client.force_login(StaffFactory())
    response = client.post(new_payment(plan), typed(other))
    assert response.status_code == 200
    assert not Payment.objects.exists()


def test_a_budget_line_without_an_amount_is_asked_about(client):
    plan = paid_plan()
    line = BudgetLineFactory(plan=plan)
    client.force_login(StaffFactory())
    choice = {f"budget_line_{source_of(plan, 'municipality').pk}": line.pk}
    response = client.post(new_payment(plan), typed(plan, kind="spent", **choice))
    assert "Write the amount, or choose no budget line." in response.text
    own = {f"amount_{source_of(plan, 'municipality').pk}": "7"}
    client.post(new_payment(plan), typed(plan, "", kind="spent", **choice, **own))
    assert Payment.objects.get().budget_line == line


def test_evidence_is_kept_as_a_document_of_the_plan_once(client):
    plan = paid_plan()
    client.force_login(StaffFactory())
    for number in "12":
        evidence = SimpleUploadedFile("счёт.pdf", PDF, "application/pdf")
        form = typed(plan, evidence=evidence, document_number=number)
        client.post(new_payment(plan), form)
    document = Attachment.objects.get()
    assert (document.plan, document.kind) == (plan, "payment")
    assert Payment.objects.filter(evidence=document).count() == 2


def test_a_program_is_no_evidence(client):
    plan = paid_plan()
    client.force_login(StaffFactory())
    program = SimpleUploadedFile("счёт.pdf", b"MZ\x90\x00", "application/pdf")
    response = client.post(new_payment(plan), typed(plan, evidence=program))
    assert "This kind of file cannot be uploaded." in response.text
    assert 'value="п/п 12"' in response.text
    assert not Payment.objects.exists()


def test_an_invoice_typed_once_more_is_asked_about_and_booked_when_it_is_another_one(client):
    plan = paid_plan()
    client.force_login(StaffFactory())
    client.post(new_payment(plan), typed(plan))
    asked = client.post(new_payment(plan), typed(plan))
    assert "The same stands in the ledger already" in asked.text
    assert Payment.objects.count() == 1
    sure = {"sure": asked.context["form"].twins_key}
    assert client.post(new_payment(plan), typed(plan, **sure)).status_code == 302
    assert Payment.objects.count() == 2


def test_what_was_taken_back_is_typed_again_without_a_question(client):
    plan = paid_plan()
    client.force_login(StaffFactory())
    client.post(new_payment(plan), typed(plan))
    corrections.reverse(payment=Payment.objects.get(), reason="Wrong plan", by=StaffFactory())
    assert client.post(new_payment(plan), typed(plan)).status_code == 302

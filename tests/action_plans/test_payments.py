import datetime as dt
import threading
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from action_plans import payments
from action_plans.models import Attachment, Payment
from tests.factories import DonorFactory, HeadFactory, PlanFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PDF = b"%PDF-1.7\n%%EOF"


def paid_plan(**fields):
    return PlanFactory(cost_kgs=1000, own=200, grant=800, **{"status": "approved"} | fields)


def book(plan, **changes):
    payment = {
        "contribution": plan.contributions.get(source="grant"),
        "kind": "received",
        "paid_on": dt.date(2018, 6, 1),
        "amount": Decimal("500.00"),
        "booking_key": uuid.uuid4(),
        "by": StaffFactory(),
    }
    return payments.book(**payment | changes)


def typed(plan, **changes):
    return {
        "contribution": plan.contributions.get(source="grant").pk,
        "kind": "received",
        "paid_on": "01.06.2018",
        "amount_kgs": "1 234,50",
        "document_number": "п/п 12",
        "booking_key": uuid.uuid4(),
    } | changes


def address(plan):
    return reverse("action_plans:payment", args=[plan.reference])


def test_a_payment_is_in_the_totals_of_the_plan_at_once():
    plan = paid_plan()
    book(plan)
    book(plan, kind="returned", amount=Decimal("50.00"))
    book(plan, kind="spent", amount=Decimal("300.00"))
    plan.refresh_from_db()
    assert (plan.received_grant_kgs, plan.received_kgs) == (450, 450)


@pytest.mark.parametrize(
    "changes",
    [
        {"paid_on": dt.date(2999, 1, 1)},
        {"kind": "returned", "amount": Decimal("0.01")},
        {"amount": Decimal("0.00")},
        {"amount": Decimal("100000000000.01")},
        {"kind": "stolen"},
    ],
)
def test_a_payment_that_cannot_be_is_refused_and_leaves_nothing(changes):
    plan = paid_plan()
    with pytest.raises(ValidationError):
        book(plan, **changes)
    assert not Payment.objects.exists()


def test_no_more_is_returned_than_was_received():
    plan = paid_plan()
    book(plan, amount=Decimal("100.00"))
    book(plan, amount=Decimal("60.00"), kind="returned")
    with pytest.raises(ValidationError, match=r"only KGS.+40\.00 has arrived"):
        book(plan, amount=Decimal("40.01"), kind="returned")


@pytest.mark.parametrize("status", ["draft", "submitted", "returned"])
def test_money_is_recorded_from_approval_on(status, client):
    plan = paid_plan(status=status)
    with pytest.raises(ValidationError, match="from approval on"):
        book(plan)
    client.force_login(StaffFactory())
    response = client.get(address(plan), follow=True)
    assert response.redirect_chain[-1][0] == plan.get_absolute_url()
    assert "Money is recorded from approval on." in response.text


def test_money_of_a_plan_that_was_cancelled_can_be_given_back():
    plan = paid_plan(status="cancelled", approved_at=timezone.now())
    assert book(plan).pk


def test_the_same_form_sent_twice_books_one_payment(client):
    plan, staff = paid_plan(), StaffFactory()
    client.force_login(staff)
    form = typed(plan)
    for _ in range(2):
        assert client.post(address(plan), form).url == plan.get_absolute_url()
    payment = Payment.objects.get()
    assert (payment.amount_kgs, payment.booked_by) == (Decimal("1234.50"), staff)


def test_back_and_another_amount_is_asked_before_it_is_booked_as_another_payment(client):
    plan = paid_plan()
    client.force_login(StaffFactory())
    form = typed(plan)
    client.post(address(plan), form)
    response = client.post(address(plan), form | {"amount_kgs": "77"})
    assert "A payment of KGS\xa01,234.50 was booked from this form already." in response.text
    key = response.context["form"]["booking_key"].value()
    client.post(address(plan), form | {"amount_kgs": "77", "booking_key": key})
    assert sorted(p.amount_kgs for p in Payment.objects.all()) == [77, Decimal("1234.50")]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_books_one_payment():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    plan, key, staff = paid_plan(), uuid.uuid4(), StaffFactory()
    grant = plan.contributions.get(source="grant")
    together, made = threading.Barrier(2), []

    def click():
        together.wait()
        made.append(book(plan, contribution=grant, booking_key=key, by=staff).pk)
        connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1 == Payment.objects.count()


@pytest.mark.parametrize("person", [HeadFactory, DonorFactory])
def test_only_the_office_records_money(client, person):
    plan = paid_plan()
    client.force_login(person())
    assert client.get(address(plan)).status_code == 404
    assert client.post(address(plan), typed(plan)).status_code == 404


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount_kgs": "1,234"}, "can be read as"),
        ({"amount_kgs": "-5"}, "cannot be below zero"),
        ({"amount_kgs": "12a"}, "is not an amount"),
        ({"paid_on": "31.02.2018"}, "This is not a date."),
        ({"paid_on": "01.01.2099"}, "The date is in the future."),
        ({"paid_on": "01.06.0218"}, "The year 218 cannot be meant. Check the year."),
        ({"kind": "returned"}, "More is returned than was received"),
        ({"amount_kgs": "0"}, "The amount must be more than 0"),
    ],
)
def test_a_mistake_comes_back_with_everything_that_was_typed(client, changes, message):
    plan = paid_plan()
    client.force_login(StaffFactory())
    form = typed(plan, **changes)
    response = client.post(address(plan), form)
    assert response.status_code == 200
    assert message in response.text
    for name in ["amount_kgs", "paid_on", "document_number"]:
        assert f'value="{form[name]}"' in response.text
    assert not Payment.objects.exists()


def test_a_contribution_of_another_plan_is_no_choice(client):
    plan, other = paid_plan(), paid_plan()
    client.force_login(StaffFactory())
    response = client.post(address(plan), typed(other))
    assert "contribution" in response.context["form"].errors


def test_evidence_is_kept_as_a_document_of_the_plan_once(client):
    plan = paid_plan()
    client.force_login(StaffFactory())
    for _ in range(2):
        evidence = SimpleUploadedFile("счёт.pdf", PDF, "application/pdf")
        client.post(address(plan), typed(plan, evidence=evidence))
    document = Attachment.objects.get()
    assert (document.plan, document.kind) == (plan, "payment")
    assert Payment.objects.filter(evidence=document).count() == 2


def test_a_program_is_no_evidence(client):
    plan = paid_plan()
    client.force_login(StaffFactory())
    program = SimpleUploadedFile("счёт.pdf", b"MZ\x90\x00", "application/pdf")
    response = client.post(address(plan), typed(plan, evidence=program))
    assert "This kind of file cannot be uploaded." in response.text
    assert 'value="п/п 12"' in response.text
    assert not Payment.objects.exists()

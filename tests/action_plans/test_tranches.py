import datetime as dt
import threading
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.urls import reverse

from action_plans import phases, tranches
from action_plans.models import Evidence, Phase, Tranche
from tests.factories import (
    AdministratorFactory,
    DonorFactory,
    ExchangeRateFactory,
    HeadFactory,
    PaymentFactory,
    PhaseFactory,
    PlanFactory,
    StaffFactory,
    TrancheFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PDF = b"%PDF-1.7\n%%EOF"
LIST, NEW = "/tranches/", "/tranches/new/"


def enter(**changes):
    tranche = {
        "phase": PhaseFactory(),
        "donor": "SDC",
        "received_on": dt.date(2014, 1, 15),
        "currency": "CHF",
        "amount": Decimal("60000.00"),
        "rate": (Decimal("69.50"), 1),
        "booking_key": uuid.uuid4(),
        "by": StaffFactory(),
    }
    return tranches.enter(**tranche | changes)


def typed(**changes):
    return {
        "phase": PhaseFactory().pk,
        "donor": "SDC",
        "received_on": "15.01.2014",
        "currency": "CHF",
        "amount": "60 000",
        "rate": "69,50",
        "nominal": "1",
        "document_number": "17",
        "booking_key": uuid.uuid4(),
    } | changes


def test_a_tranche_keeps_the_rate_of_the_bank():
    tranche = enter(amount=Decimal("1000000.00"), currency="JPY", rate=(Decimal("4.7578"), 10))
    assert tranche.amount_kgs == Decimal("475780.00")
    assert (tranche.rate_source, tranche.rate_on) == ("bank", dt.date(2014, 1, 15))
    assert tranche.is_booked


def test_without_a_rate_of_the_bank_it_is_the_official_one():
    rate = ExchangeRateFactory(applies_on=dt.date(2014, 1, 13), value=Decimal("55.4393"))
    tranche = enter(rate=None)
    assert (tranche.rate, tranche.amount_kgs) == (rate, Decimal("3326358.00"))
    with pytest.raises(ValidationError, match="no official rate of CHF for 15 Feb 2014"):
        enter(rate=None, received_on=dt.date(2014, 2, 15))


def test_som_arrive_as_som():
    tranche = enter(currency="KGS", rate=None)
    assert (tranche.amount_kgs, tranche.rate_source) == (60_000, "som")


@pytest.mark.parametrize(
    "changes",
    [
        {"received_on": dt.date(2999, 1, 1)},
        {"currency": "DEM"},
        {"amount": Decimal("0.00")},
        {"amount": Decimal("-5.00")},
        {"amount": Decimal("100000000000.00")},
        {"amount": Decimal("0.01"), "rate": (Decimal("0.0001"), 1)},
    ],
)
def test_a_tranche_that_cannot_be_is_refused_and_leaves_nothing(changes):
    with pytest.raises(ValidationError):
        enter(**changes)
    assert not Tranche.objects.exists()
    assert not PhaseFactory().fx_policy_fixed


def test_only_the_office_enters():
    with pytest.raises(ValidationError, match="by the project staff"):
        enter(by=HeadFactory())


def test_the_first_tranche_fixes_the_policy():
    enter()
    assert PhaseFactory().fx_policy_fixed
    with pytest.raises(ValidationError, match="so it stays"):
        phases.change_settings(phase=PhaseFactory(), by=AdministratorFactory(), fx_policy="fifo")


def test_taken_back_it_no_longer_counts():
    tranche, staff = enter(), StaffFactory()
    row = tranches.reverse(tranche=tranche, reason="twice", by=staff)
    assert (row.amount, row.amount_kgs, row.received_on) == (
        -60_000,
        -4_170_000,
        tranche.received_on,
    )
    assert not Tranche.objects.standing().exists()
    for again in (tranche, row):
        with pytest.raises(ValidationError, match=r"taken back|takes a tranche back"):
            tranches.reverse(tranche=again, reason="twice", by=staff)
    with pytest.raises(ValidationError, match="Give a reason"):
        tranches.reverse(tranche=enter(), reason=" ", by=staff)


# The pages


def test_a_tranche_is_entered_with_its_paper(client):
    client.force_login(StaffFactory())
    evidence = SimpleUploadedFile("advice.pdf", PDF, "application/pdf")
    response = client.post(NEW, typed(evidence=evidence), follow=True)
    assert "The tranche was booked: CHF\xa060,000.00." in response.text
    assert "advice.pdf" in response.text
    assert Tranche.objects.get().evidence == Evidence.objects.get()


def test_the_same_form_sent_twice_books_one_tranche(client):
    client.force_login(StaffFactory())
    form = typed()
    for _ in range(2):
        assert client.post(NEW, form).status_code == 302
    assert Tranche.objects.count() == 1


def test_back_and_another_amount_is_asked_before_it_is_another_tranche(client):
    client.force_login(StaffFactory())
    form = typed()
    client.post(NEW, form)
    response = client.post(NEW, form | {"amount": "77"})
    assert "A tranche of CHF\xa060,000.00 was booked from this form already." in response.text
    key = response.context["form"]["booking_key"].value()
    client.post(NEW, form | {"amount": "77", "booking_key": key})
    assert sorted(t.amount for t in Tranche.objects.all()) == [77, 60_000]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": "1,234"}, "can be read as"),
        ({"amount": "1e9"}, "is not an amount"),
        ({"amount": "NaN"}, "is not an amount"),
        ({"amount": "0"}, "The amount must be more than 0"),
        ({"rate": "0"}, "rate"),
        ({"rate": ""}, "There is no official rate of CHF for 15 Jan 2014."),
        ({"currency": "DEM"}, "This is not a currency that the portal knows."),
        ({"currency": "KGS"}, "Som need no rate."),
        ({"received_on": "31.02.2018"}, "This is not a date."),
        ({"received_on": "01.01.2099"}, "The date is in the future."),
        ({"donor": " "}, "This field is required."),
    ],
)
def test_a_mistake_comes_back_with_everything_that_was_typed(client, changes, message):
    client.force_login(StaffFactory())
    form = typed(**changes)
    response = client.post(NEW, form)
    assert response.status_code == 200
    assert message in response.text
    for name in ["amount", "received_on", "document_number"]:
        assert f'value="{form[name]}"' in response.text
    assert not Tranche.objects.exists()


def test_what_may_be_a_mistake_is_booked_and_said(client):
    ExchangeRateFactory(applies_on=dt.date(2020, 1, 13), value=Decimal("72"))
    client.force_login(StaffFactory())
    form = typed(received_on="15.01.2020", rate="7,20")
    response = client.post(NEW, form, follow=True)
    assert "dated 15 Jan 2020, and the phase lasts from 1 Nov 2013 to 30 Apr 2019" in response.text
    assert "differs by more than 10% from the official one" in response.text
    assert Tranche.objects.exists()


def test_a_payment_that_waited_for_the_first_tranche_is_booked(client):
    phase = PhaseFactory(fx_policy="weighted")
    TrancheFactory(phase=phase, received_on=dt.date(2016, 1, 1))
    plan = PlanFactory(phase=phase, status="approved", grant=800)
    draft = PaymentFactory(
        contribution=plan.contributions.get(),
        paid_on=dt.date(2015, 1, 1),
        currency="CHF",
        amount=Decimal("10.00"),
        amount_kgs=None,
        rate_value=None,
        rate_source="",
        booked_at=None,
        entered_at=TrancheFactory(currency="USD").entered_at,
    )
    client.force_login(StaffFactory())
    response = client.post(NEW, typed(), follow=True)
    assert "1 payment waited for this and is booked now" in response.text
    draft.refresh_from_db()
    assert (draft.amount_kgs, draft.rate_source) == (695, "weighted")


def test_taking_back_names_the_payments_it_leaves(client):
    tranche = TrancheFactory()
    plan = PlanFactory(status="approved", grant=800)
    PaymentFactory(
        contribution=plan.contributions.get(),
        currency="CHF",
        amount=Decimal("10.00"),
        amount_kgs=Decimal("695.00"),
        rate_value=Decimal("69.5"),
        rate_source="weighted",
    )
    client.force_login(StaffFactory())
    address = reverse("ledger:tranche_reverse", args=[tranche.pk])
    assert "1 payment was counted by the tranches" in client.get(address).text
    response = client.post(address, {"reason": "Typed twice"}, follow=True)
    assert "1 payment was counted by the tranches" in response.text
    assert "Typed twice" in response.text
    assert "No tranche has been entered" not in response.text
    again = client.post(address, {"reason": "Typed twice"}, follow=True)
    assert "This tranche was taken back already." in again.text


def test_the_statement_of_a_period(client):
    TrancheFactory(amount=Decimal("100.00"), rate_value=Decimal("70"))
    TrancheFactory(
        amount=Decimal("50.00"), rate_value=Decimal("70"), received_on=dt.date(2016, 1, 1)
    )
    client.force_login(DonorFactory())
    page = client.get(LIST, {"starts_on": "01.01.2015", "ends_on": "31.12.2016"})
    shown = {line.label: (line.amount, line.kgs) for line in page.context["lines"]}
    assert shown == {
        "Opening balance, 1 Jan 2015": ("100.00", "7,000.00"),
        "Received from donors": ("+50.00", "+3,500.00"),
        "Paid to plans": ("0.00", "0.00"),
        "Returned by plans": ("0.00", "0.00"),
        "Exchange difference": ("", "0.00"),
        "Closing balance, 31 Dec 2016": ("150.00", "10,500.00"),
    }
    assert "— (no official rate of CHF is stored for this period)" in page.text
    assert "weighted average: 1 CHF = 70.0000 som" in page.text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"starts_on": "31.02.2015"}, "This is not a date."),
        ({"starts_on": "01.01.2016", "ends_on": "01.01.2015"}, "The end is before the start."),
    ],
)
def test_a_period_that_cannot_be_is_said(client, query, message):
    TrancheFactory()
    client.force_login(DonorFactory())
    page = client.get(LIST, query)
    assert message in page.text
    assert "lines" not in page.context


@pytest.mark.parametrize(
    ("query", "period"),
    [
        ({"ends_on": "01.01.2012"}, ("2012-01-01", "2012-01-01")),
        ({"starts_on": "01.01.2099"}, ("2099-01-01", "2099-01-01")),
    ],
)
def test_half_a_period_outside_of_the_phase_is_a_period(client, query, period):
    TrancheFactory()
    client.force_login(DonorFactory())
    statement = client.get(LIST, query).context["statement"]
    assert (str(statement.starts_on), str(statement.ends_on)) == period


def test_an_overdrawn_account_is_shown_as_such(client):
    TrancheFactory(amount=Decimal("1.00"))
    plan = PlanFactory(status="approved", grant=800)
    PaymentFactory(contribution=plan.contributions.get())
    client.force_login(StaffFactory())
    assert "The account is overdrawn" in client.get(LIST).text


def test_without_tranches_the_page_says_what_to_do(client):
    PhaseFactory()
    client.force_login(StaffFactory())
    assert "No tranche has been entered for this phase" in client.get(LIST).text
    assert client.get(LIST, {"phase": "nowhere"}).status_code == 404


def test_a_currency_whose_tranches_were_all_taken_back_stays_in_sight(client):
    TrancheFactory()
    wrong = TrancheFactory(currency="USD", entered_by=StaffFactory())
    tranches.reverse(tranche=wrong, reason="It was francs", by=StaffFactory())
    client.force_login(DonorFactory())
    page = client.get(LIST, {"currency": "USD"})
    assert "It was francs" in page.text
    assert "statement" not in page.context
    assert client.get(LIST).context["currency"] == "CHF"
    assert client.get(LIST, {"currency": "EUR"}).status_code == 404


def test_a_donor_looks_and_changes_nothing(client):
    TrancheFactory()
    client.force_login(DonorFactory())
    page = client.get(LIST).text
    assert "Take back" not in page
    assert "Enter a tranche" not in page


@pytest.mark.parametrize("number", [1, 4])
def test_the_list_asks_the_same_number_of_queries(client, django_assert_num_queries, number):
    staff = StaffFactory()
    for n in range(number):
        tranche = TrancheFactory(entered_by=staff, received_on=dt.date(2014, 1, 1 + n))
        tranches.reverse(tranche=tranche, reason="once", by=staff)
        TrancheFactory(entered_by=staff)
    client.force_login(DonorFactory())
    # session, user, phases, newest tranche, rows, account's tranches, payments, average of rates, sample?
    with django_assert_num_queries(9):
        client.get(LIST)


@pytest.mark.django_db(transaction=True)
def test_two_first_tranches_at_once_fix_the_policy_once():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    phase, staff = PhaseFactory(), StaffFactory()
    boss = AdministratorFactory()
    together, refused = threading.Barrier(3), []

    def book():
        together.wait()
        enter(phase=Phase.objects.get(pk=phase.pk), by=staff)
        connections.close_all()

    def choose():
        together.wait()
        try:
            phases.change_settings(phase=phase, by=boss, fx_policy="fifo")
        except ValidationError as error:
            refused.append(error)
        connections.close_all()

    threads = [threading.Thread(target=work) for work in (book, book, choose)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    phase.refresh_from_db()
    assert Tranche.objects.count() == 2
    assert phase.fx_policy_fixed
    assert phase.fx_policy == ("weighted" if refused else "fifo")

import datetime as dt
import uuid
from decimal import Decimal as D

import pytest
from django.urls import reverse
from django.utils import timezone

from action_plans import payments, rates
from action_plans.models import Evidence, ExchangeRate, Payment, Tranche
from action_plans.payments import Line
from tests.action_plans.rate_data import (
    PDF,
    currency,
    daily_xml,
    paper,
    rates_xml,
    uploaded,
    weekly_xml,
)
from tests.factories import (
    DonorFactory,
    EvidenceFactory,
    ExchangeRateFactory,
    HeadFactory,
    PhaseFactory,
    PlanFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LIST, ADD, IMPORT = (reverse(f"ledger:{name}") for name in ("rates", "rate_add", "rate_import"))


@pytest.fixture
def office(client):
    client.force_login(StaffFactory(name="Aizada"))
    return client


def typed(**changes):
    return {
        "currency": "CHF",
        "nominal": "1",
        "value": "70,1234",
        "applies_on": "01.02.2018",
        "evidence": paper(),
        "note": "nbkr.kg",
    } | changes


def waiting_payment(currency="CHF", paid_on=dt.date(2018, 2, 4), by=None):
    plan = PlanFactory(status="approved", cost_kgs=1_000_000, grant=800_000)
    line = Line(plan.contributions.get(source="grant"), D("10000.00"))
    (row,) = payments.book(
        plan=plan,
        lines=[line],
        kind="received",
        paid_on=paid_on,
        currency=currency,
        booking_key=uuid.uuid4(),
        by=by or StaffFactory(),
    )
    assert not row.is_booked
    return row


def shown(client, address=LIST):
    return [row.rate for row in client.get(address).context["page"].object_list]


# The list


def test_without_rates_the_page_says_what_to_do(client, office):
    assert "Import the National Bank" in office.get(LIST).text
    client.force_login(DonorFactory())
    page = client.get(LIST)
    assert "The project staff imports" in page.text
    assert "Enter a rate" not in page.text


def test_the_newest_rate_of_each_currency_stands_there_once_those_people_know_first(office):
    for code, day in [("USD", 1), ("USD", 3), ("CHF", 2), ("AED", 5)]:
        ExchangeRateFactory(currency=code, applies_on=dt.date(2018, 6, day))
    assert [(r.currency, r.applies_on.day) for r in shown(office)] == [
        ("CHF", 2),
        ("USD", 3),
        ("AED", 5),
    ]


def test_of_one_day_the_version_that_counts_is_the_newest(office):
    ExchangeRateFactory()
    second = ExchangeRateFactory(version=2, value=D("70.2134"))
    assert shown(office) == [second] == [rates.find("CHF", second.applies_on)]


def test_a_rate_whose_time_is_over_says_so(office):
    rate = ExchangeRateFactory()
    assert "out of date" in office.get(LIST).text
    ExchangeRate.objects.filter(pk=rate.pk).update(last_on=timezone.localdate())
    assert "out of date" not in office.get(LIST).text


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("currency=CHF", [20, 2, 1]),
        ("when=02.06.2018", [2]),
        ("when=06.2018", [20, 2, 1]),
        ("when=2018&currency=USD", [15]),
        ("when=07.2018", [15]),
        ("when=2017", []),
    ],
)
def test_the_filter_finds_stored_rates_by_currency_and_time(office, query, days):
    for day in (1, 2, 20):
        ExchangeRateFactory(applies_on=dt.date(2018, 6, day))
    ExchangeRateFactory(currency="USD", applies_on=dt.date(2018, 7, 15))
    assert [rate.applies_on.day for rate in shown(office, f"{LIST}?{query}")] == days


@pytest.mark.parametrize(
    "query", ["currency=XXX", "when=yesterday", "when=31.02.2018", "when=1", "file=x", "file=-1"]
)
def test_a_filter_that_cannot_be_is_answered_in_words_and_finds_nothing(office, query):
    ExchangeRateFactory()
    page = office.get(f"{LIST}?{query}")
    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert not page.context["page"].object_list


def test_versions_that_were_replaced_stay_to_be_seen(office):
    office.post(ADD, typed())
    office.post(ADD, typed(value="70,2134"))
    key = office.post(ADD, typed(value="70,2134")).context["form"].doubt_key
    office.post(ADD, typed(value="70,2134", sure=key))
    text = office.get(f"{LIST}?currency=CHF").text
    assert "<del>1 CHF = 70.1234 som</del>" in text
    assert "version 2" in text
    assert "replaced by a later version" in text
    assert "Aizada" in text


def test_a_jump_is_marked(office):
    ExchangeRateFactory(value=D(60))
    ExchangeRateFactory(value=D(70), applies_on=dt.date(2018, 6, 8))
    (row,) = office.get(LIST).context["page"].object_list
    assert (row.change_text, row.is_jump) == ("+16.7%", True)


def test_for_one_day_and_currency_the_page_says_which_rate_holds(office):
    ExchangeRateFactory()
    held = office.get(f"{LIST}?currency=CHF&when=05.06.2018").text
    assert "For 5 Jun 2018 this rate holds: 1 CHF = 70.1234 som, of 1 Jun 2018" in held
    assert "For 9 Jun 2018 no rate" in office.get(f"{LIST}?currency=CHF&when=09.06.2018").text


@pytest.mark.parametrize("query", ["", "?currency=CHF&when=2018"])
@pytest.mark.parametrize("stored", [1, 5])
def test_the_list_asks_the_same_number_of_queries_for_any_length(
    office, django_assert_num_queries, query, stored
):
    for n in range(stored):
        ExchangeRateFactory(applies_on=dt.date(2018, 6, n + 1), entered_by=StaffFactory())
        ExchangeRateFactory(currency="USD", applies_on=dt.date(2018, 6, n + 1))
    # session, person, plans and payments that wait; days, keys / count, keys; the rates
    with django_assert_num_queries(7):
        office.get(LIST + query)


def test_fifty_rates_stand_on_a_page(office):
    for n in range(51):
        ExchangeRateFactory(applies_on=dt.date(2018, 1, 1) + dt.timedelta(n))
    assert len(shown(office, f"{LIST}?currency=CHF")) == 50
    assert len(shown(office, f"{LIST}?currency=CHF&page=2")) == 1


def test_the_office_sees_which_payments_wait(client, office):
    waiting_payment()
    assert "CHF: 1 payment, 4 Feb 2018" in office.get(LIST).text
    client.force_login(HeadFactory())
    assert "Payments wait for a rate" not in client.get(LIST).text


# Entering


def test_a_rate_is_entered_with_its_paper_and_its_person(office):
    response = office.post(ADD, typed(), follow=True)
    rate = ExchangeRate.objects.get()
    assert response.redirect_chain[-1][0] == f"{LIST}?currency=CHF"
    assert "1 CHF = 70.1234 som from 1 Feb 2018: the rate is stored." in response.text
    assert (rate.value, rate.entered_by.name, rate.note) == (D("70.1234"), "Aizada", "nbkr.kg")
    assert rate.evidence.filename == "справка.pdf"


def test_a_rate_books_the_payments_that_waited_for_it_and_leads_to_their_plans(office):
    row = waiting_payment()
    response = office.post(ADD, typed(), follow=True)
    row = Payment.objects.get(pk=row.pk)
    assert (row.amount_kgs, row.rate_on) == (D("701234.00"), dt.date(2018, 2, 1))
    assert "1 payment waited for this and is booked now:" in response.text
    reference = row.contribution.plan.reference
    assert f'<a href="/plans/{reference}/money/#ledger">{reference}</a>' in response.text


def test_another_rate_of_the_day_is_asked_about_before_it_is_a_new_version(office):
    office.post(ADD, typed())
    asked = office.post(ADD, typed(value="70,2134", evidence=""))
    assert "A rate of this day is stored already (entered by hand, version 1)" in asked.text
    assert "1 CHF = 70.1234 som" in asked.text
    assert 'value="70,2134"' in asked.text
    assert ExchangeRate.objects.count() == 1
    sure = asked.context["form"].doubt_key
    office.post(ADD, typed(value="70,2134", evidence="", sure=sure))
    first, second = ExchangeRate.objects.order_by("version")
    assert (first.value, second.value, second.evidence) == (
        D("70.1234"),
        D("70.2134"),
        first.evidence,
    )


def test_what_was_confirmed_is_asked_again_when_somebody_else_was_faster(office):
    office.post(ADD, typed())
    sure = office.post(ADD, typed(value="70,2134")).context["form"].doubt_key
    rates.enter(
        currency="CHF",
        applies_on=dt.date(2018, 2, 1),
        nominal=1,
        value=D(71),
        by=StaffFactory(),
    )
    again = office.post(ADD, typed(value="70,2134", sure=sure))
    assert "version 2): 1 CHF = 71.0000 som" in again.text


def test_a_jump_is_asked_about(office):
    ExchangeRateFactory(applies_on=dt.date(2018, 1, 25))
    asked = office.post(ADD, typed(value="7,01234"))
    assert "this one differs by −90.0%" in asked.text
    assert ExchangeRate.objects.count() == 1
    office.post(ADD, typed(value="7,01234", sure=asked.context["form"].doubt_key))
    assert ExchangeRate.objects.count() == 2


def test_the_same_form_sent_twice_stores_one_rate_and_asks_nothing(office):
    for _ in range(2):
        assert office.post(ADD, typed()).status_code == 302
    assert (ExchangeRate.objects.count(), Evidence.objects.count()) == (1, 1)


def test_the_form_for_a_new_version_is_filled_and_says_what_is_stored(office):
    rate = ExchangeRateFactory(note="page 2")
    page = office.get(f"{ADD}?version_of={rate.pk}")
    assert "stored already (entered by hand, version 1): 1 CHF = 70.1234 som" in page.text
    assert 'value="01.06.2018"' in page.text
    sent = {"evidence": "", "applies_on": "01.06.2018", "value": "70,2134"}
    office.post(ADD, typed(**sent, sure=page.context["form"].doubt_key))
    assert ExchangeRate.objects.filter(version=2).exists()


@pytest.mark.parametrize("query", ["0", "999999", "x", "1.5", "9" * 30, "²"])
def test_a_new_version_of_nothing_is_no_page_or_an_empty_form(office, query):
    assert office.get(f"{ADD}?version_of={query}").status_code in (200, 404)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": "70,12,34"}, "is not a rate"),
        ({"value": "1e9"}, "is not a rate"),
        ({"value": "NaN"}, "is not a rate"),
        ({"value": "0"}, "A rate is more than 0"),
        ({"currency": "KGS"}, "Select a valid choice"),
        ({"currency": "QQQ"}, "Select a valid choice"),
        ({"nominal": "3"}, "Select a valid choice"),
        ({"applies_on": "31.02.2018"}, "This is not a date."),
        ({"applies_on": "01.02.1993"}, "Before 10 May 1993 there was no som."),
        ({"applies_on": "01.02.2099"}, "more than 31 days ahead"),
        ({"evidence": ""}, "A rate entered by hand needs a paper"),
        ({"evidence": paper(b"MZ\x90")}, "This kind of file cannot be uploaded."),
    ],
)
def test_a_mistake_comes_back_with_everything_that_was_typed(office, changes, message):
    form = typed(**changes)
    response = office.post(ADD, form)
    assert response.status_code == 200
    assert message in response.text
    for name in ["value", "applies_on", "note"]:
        assert f'value="{form[name]}"' in response.text
    assert not ExchangeRate.objects.exists()


# Importing


def test_a_file_of_the_bank_is_imported_and_books_what_waited(office):
    row = waiting_payment(paid_on=dt.date(2013, 12, 20))
    data = rates_xml(currency("CHF", "55,4393"), currency("QQQ", "1"))
    response = office.post(IMPORT, {"file": uploaded(data)}, follow=True)
    paper = Evidence.objects.get()
    assert response.redirect_chain[-1][0] == f"{LIST}?file={paper.pk}"
    assert "the rates are stored. New: 1. New versions: 0. Stored already: 0." in response.text
    assert "so they were left out: QQQ." in response.text
    assert "1 payment waited for this and is booked now:" in response.text
    row = Payment.objects.get(pk=row.pk)
    assert (row.rate.evidence, row.amount_kgs) == (paper, D("554393.00"))


def test_the_person_is_told_of_new_versions_and_jumps(office):
    office.post(IMPORT, {"file": uploaded(weekly_xml("07.12.2013", CHF="50,0000"))})
    office.post(IMPORT, {"file": uploaded(rates_xml(currency("CHF", "55,0000")))})
    text = office.post(IMPORT, {"file": uploaded(weekly_xml("14.12.2013", CHF="55,4393"))}, follow=True).text  # fmt: skip
    assert "1 CHF = 55.4393 som (1 CHF = 55.0000 som)" in text
    assert "More than 10% away from the rate before. Check: 1 CHF = 55.4393 som, +10.9%." in text


def test_the_same_file_again_says_that_nothing_is_new(office):
    data = daily_xml("14.12.2013", USD="49,2000")
    for _ in range(2):
        response = office.post(IMPORT, {"file": uploaded(data, "daily.xml")}, follow=True)
    assert "National Bank, daily, 14 Dec 2013: all rates of the file are stored already." in (
        response.text
    )
    assert ExchangeRate.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b"<html></html>", "This is a web page"),
        (b" " * 1024 * 1024 + b"<a/>", "The file is larger than 1.0"),
        (rates_xml(currency("CHF", "0")), "CHF: “0” is not a rate."),
        (rates_xml(currency("CHF", "1"), day="14.12.2999"), "more than 31 days ahead"),
        (PDF, "breaks off or is damaged"),
    ],
)
def test_a_bad_file_comes_back_with_the_reason_and_changes_nothing(office, data, words):
    ExchangeRateFactory()
    response = office.post(IMPORT, {"file": uploaded(data)})
    assert response.status_code == 200
    assert words in response.text
    assert ExchangeRate.objects.count() == 1


def test_the_reason_is_in_the_language_of_the_person(office):
    office.cookies["django_language"] = "ru"
    assert office.post(IMPORT, {"file": uploaded(b"")}).status_code == 200


# Papers


def test_a_paper_of_a_rate_is_downloaded_and_runs_nothing(client):
    data = rates_xml(currency("CHF", "55,4393"))
    client.force_login(StaffFactory())
    client.post(IMPORT, {"file": uploaded(data)})
    client.force_login(HeadFactory())
    response = client.get(Evidence.objects.get().get_absolute_url())
    assert b"".join(response.streaming_content) == data
    assert response["Content-Type"] == "text/xml"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_a_paper_of_a_tranche_is_for_office_and_donors_and_one_of_nothing_for_nobody(client):
    loose, of_tranche = EvidenceFactory(), EvidenceFactory()
    tranche(of_tranche)
    for person, status in [(StaffFactory, 200), (DonorFactory, 200), (HeadFactory, 404)]:
        client.force_login(person())
        response = client.get(of_tranche.get_absolute_url())
        list(response)  # reads a file to its end, which closes it
        assert response.status_code == status
        assert client.get(loose.get_absolute_url()).status_code == 404


def tranche(evidence):
    return Tranche.objects.create(
        phase=PhaseFactory(),
        donor="SDC",
        received_on=dt.date(2018, 2, 1),
        amount=100,
        amount_kgs=100,
        rate_value=1,
        rate_source="som",
        entered_at=timezone.now(),
        booked_at=timezone.now(),
        evidence=evidence,
    )

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from action_plans import promises, promises_page
from action_plans.models import Contribution, PromiseRevision
from tests.factories import DonorFactory, HeadFactory, PaymentFactory, PlanFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
APPROVED = dt.datetime(2018, 1, 10, 12, tzinfo=dt.UTC)


def a_plan(**fields):
    fields = {"status": "approved", "approved_at": APPROVED} | fields
    return PlanFactory(cost_kgs=1000, own=500, grant=500, **fields)


def own(plan):
    return plan.contributions.get(source="municipality")


def revise(plan, amount, day, **options):
    options = {"reason": "бюджет уточнён", "decision": "№ 7", "by": None} | options
    options["by"] = options["by"] or StaffFactory()
    return promises.revise(
        contribution=own(plan), amount=Decimal(amount), effective_on=day, **options
    )


def typed(**changes):
    return {
        "amount": "400",
        "effective_on": "01.03.2018",
        "reason": "бюджет уточнён",
        "decision": "№ 7 от 28.02.2018",
        "number": 1,
    } | changes


def new(**changes):
    return {
        "source": "donor",
        "form": "cash",
        "amount": "70,50",
        "promised_on": "01.03.2018",
        "decision": "письмо",
        "reason": "",
        "after": 0,
    } | changes


def address(name, plan, *args):
    return reverse(f"action_plans:promise_{name}", args=[plan.reference, *args])


def revise_at(plan):
    return address("revise", plan, own(plan).pk)


# --- Revising ---


def test_a_revision_keeps_what_was_promised_before_and_the_totals_follow():
    plan, staff = a_plan(), StaffFactory()
    revise(plan, 400, dt.date(2018, 3, 1), by=staff)
    revision = revise(plan, 650, dt.date(2018, 5, 1), by=staff)
    assert (revision.number, revision.before_kgs, revision.amount_kgs) == (2, 400, 650)
    plan.refresh_from_db()
    assert (plan.own_cash_kgs, plan.surplus_kgs) == (650, 150)
    assert own(plan).history.first().history_user == staff


def test_a_promise_can_be_withdrawn_whole():
    plan = a_plan()
    revise(plan, 0, dt.date(2018, 3, 1))
    plan.refresh_from_db()
    assert (plan.own_cash_kgs, plan.gap_kgs, plan.is_under_minimum) == (0, 500, True)


@pytest.mark.parametrize(
    ("amount", "day", "message"),
    [
        (500, dt.date(2018, 3, 1), "promised already"),
        (400, dt.date(2099, 1, 1), "in the future"),
        (400, dt.date(2018, 1, 9), "before the approval or the last change of the promise, 10 Jan"),
    ],
)
def test_a_revision_that_cannot_be_is_refused(amount, day, message):
    plan = a_plan()
    with pytest.raises(ValidationError, match=message):
        revise(plan, amount, day)
    assert not PromiseRevision.objects.exists()


def test_a_revision_does_not_go_behind_the_one_before():
    plan = a_plan()
    revise(plan, 400, dt.date(2018, 3, 1))
    with pytest.raises(ValidationError, match="last change of the promise, 1 Mar 2018"):
        revise(plan, 300, dt.date(2018, 2, 28))
    assert revise(plan, 300, dt.date(2018, 3, 1)).number == 2


@pytest.mark.parametrize("missing", ["reason", "decision"])
def test_a_revision_needs_reason_and_decision(missing):
    with pytest.raises(ValidationError):
        revise(a_plan(), 400, dt.date(2018, 3, 1), **{missing: " "})


@pytest.mark.parametrize("status", ["draft", "submitted", "returned"])
def test_before_approval_a_promise_is_edited_not_revised(client, status):
    plan = a_plan(status=status, approved_at=None)
    with pytest.raises(ValidationError, match="from approval on"):
        revise(plan, 400, dt.date(2018, 3, 1))
    client.force_login(StaffFactory())
    assert client.get(revise_at(plan)).url == plan.get_absolute_url()


def test_only_the_office_revises(client):
    plan = a_plan()
    head = HeadFactory(municipality=plan.lead)
    with pytest.raises(ValidationError):
        revise(plan, 400, dt.date(2018, 3, 1), by=head)
    for person in [head, DonorFactory()]:
        client.force_login(person)
        assert client.post(revise_at(plan), typed()).status_code == 404
        assert client.post(address("add", plan), new()).status_code == 404


def test_a_promise_of_another_plan_is_not_found(client):
    plan, other = a_plan(), a_plan()
    client.force_login(StaffFactory())
    assert client.post(address("revise", plan, own(other).pk), typed()).status_code == 404


def test_the_same_form_sent_twice_makes_one_revision(client):
    plan = a_plan()
    client.force_login(StaffFactory())
    for _ in range(2):
        decision = SimpleUploadedFile("решение.pdf", b"%PDF-1.7\n%%EOF", "application/pdf")
        response = client.post(revise_at(plan), typed(document=decision))
        assert response.url.endswith("/money/#promises")
    revision = PromiseRevision.objects.get()
    assert (revision.amount_kgs, revision.document.kind) == (400, "decision")


def test_the_same_revision_with_another_file_says_which_one_was_kept(client):
    plan = a_plan()
    client.force_login(StaffFactory())
    for name, content in [("one.pdf", b"%PDF-1.7 1\n%%EOF"), ("two.pdf", b"%PDF-1.7 2\n%%EOF")]:
        decision = SimpleUploadedFile(name, content, "application/pdf")
        response = client.post(revise_at(plan), typed(document=decision))
    assert "This revision was saved already, with “one.pdf”." in response.text
    assert plan.attachments.count() == 1


def test_of_two_who_revise_the_second_is_told_and_can_go_on(client):
    plan = a_plan()
    revise(plan, 450, dt.date(2018, 2, 1), by=StaffFactory(name="Айгүл"), number=1)
    client.force_login(StaffFactory())
    response = client.post(revise_at(plan), typed())
    assert "Meanwhile Айгүл revised this promise to KGS\xa0450.00" in response.text
    number = response.context["form"]["number"].value()
    assert client.post(revise_at(plan), typed(number=number)).status_code == 302
    assert own(plan).amount_kgs == 400


@pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_revisions_at_once_are_one_and_the_others_are_told():
    plan, people = a_plan(), StaffFactory.create_batch(4)

    def attempt(i):
        try:
            return revise(plan, 100 + i, dt.date(2018, 3, 1), by=people[i], number=1).number
        except ValidationError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(map(str, pool.map(attempt, range(4))))
    assert answers == ["1", "revised", "revised", "revised"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": "1.234"}, "can be read as"),
        ({"amount": "NaN"}, "is not an amount"),
        ({"amount": "-1"}, "cannot be below zero"),
        ({"amount": "100000000001"}, "The amount is over"),
        ({"effective_on": "01.01.2099"}, "in the future"),
        ({"reason": ""}, "Give a reason."),
        ({"decision": ""}, "This field is required."),
    ],
)
def test_a_mistake_comes_back_as_it_was_typed(client, changes, message):
    plan = a_plan()
    client.force_login(StaffFactory())
    form = typed(**changes)
    response = client.post(revise_at(plan), form)
    assert message in response.text
    assert {name: response.context["form"][name].value() for name in form} == {
        name: str(value) for name, value in form.items()
    }


# --- A promise that came later ---


def test_a_promise_after_approval_counts_from_its_day(client):
    plan = a_plan()
    client.force_login(StaffFactory())
    for _ in range(2):  # a double click adds one
        client.post(address("add", plan), new(after=own(plan).pk + 1))
    promise = plan.contributions.get(source="donor")
    plan.refresh_from_db()
    assert (promise.amount_kgs, plan.donor_kgs) == (Decimal("70.50"), Decimal("70.50"))
    assert promises.promised_on(promise, dt.date(2018, 2, 28)) == (0, promises.NOT_PROMISED)
    assert promises.promised_on(promise, dt.date(2018, 3, 1)).amount == Decimal("70.50")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": "0"}, "A new promise is more than 0."),
        ({"source": "stranger"}, "Select a valid choice"),
        ({"promised_on": "09.01.2018"}, "before the approval"),
        ({"promised_on": "09.01.2099"}, "in the future"),
    ],
)
def test_a_new_promise_that_cannot_be_comes_back(client, changes, message):
    plan = a_plan()
    client.force_login(StaffFactory())
    assert message in client.post(address("add", plan), new(**changes)).text
    assert plan.contributions.count() == 2


# --- What was promised on a day ---


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        (dt.date(2018, 1, 9), 0),
        (dt.date(2018, 1, 10), 500),
        (dt.date(2018, 2, 28), 500),
        (dt.date(2018, 3, 1), 400),
        (dt.date(2018, 5, 1), 650),
    ],
)
def test_what_was_promised_on_any_day(day, amount):
    plan = a_plan()
    revise(plan, 400, dt.date(2018, 3, 1))
    revise(plan, 650, dt.date(2018, 5, 1))
    promised = promises.promised_on(own(plan), day)
    assert (promised.amount, bool(promised.reason)) == (amount, amount == 0)
    assert promises.promised_by_contribution(plan, day)[own(plan).pk] == promised


def test_two_revisions_of_one_day_leave_the_last():
    plan = a_plan()
    revise(plan, 400, dt.date(2018, 3, 1))
    revise(plan, 300, dt.date(2018, 3, 1))
    assert promises.promised_on(own(plan), dt.date(2018, 3, 1)).amount == 300
    assert promises.promised_on(own(plan), dt.date(2018, 2, 1)).amount == 500


def test_a_plan_whose_approval_is_not_known_promised_it_from_the_beginning():
    plan = a_plan(approved_at=None)
    assert promises.promised_on(own(plan), dt.date(2014, 1, 1)) == (500, "")


# --- The section ---


def section(plan, on=None):
    return promises_page.section(plan, user=StaffFactory(), on=on or timezone.localdate())


def test_more_than_promised_is_a_surplus_and_nothing_is_outstanding():
    plan = a_plan()
    PaymentFactory(contribution=own(plan), amount_kgs=650)
    mine, grant = section(plan)["promises"]
    assert (round(mine.fulfilment, 1), mine.outstanding, mine.surplus) == (130, 0, 150)
    assert (grant.fulfilment, grant.outstanding, grant.surplus) == (0, 500, 0)
    whole = section(plan)["promises_total"]
    assert (whole["fulfilment"], whole["outstanding"], whole["surplus"]) == (65, 500, 150)


def test_the_section_as_of_a_day_before_revision_and_payment():
    plan = a_plan()
    revise(plan, 400, dt.date(2018, 3, 1))
    PaymentFactory(contribution=own(plan), amount_kgs=100, paid_on=dt.date(2018, 4, 1))
    before, after = section(plan, dt.date(2018, 2, 1)), section(plan)
    assert [(s["promises"][0].promised, s["promises"][0].received) for s in (before, after)] == [
        (500, 0),
        (400, 100),
    ]


def test_a_revision_is_readable_on_the_money_page(client):
    plan = a_plan()
    revise(plan, 400, dt.date(2018, 3, 1), decision="№ 12 от 27.02.2018")
    client.force_login(DonorFactory())
    response = client.get(reverse("action_plans:money", args=[plan.reference]))
    assert "№ 12 от 27.02.2018" in response.text
    assert "revised once" in response.text
    assert revise_at(plan) not in response.text


@pytest.mark.parametrize("number", [1, 4])
def test_the_section_asks_the_same_for_any_number(django_assert_num_queries, number):
    plan, staff = a_plan(), StaffFactory()
    for i in range(number):
        Contribution.objects.create(plan=plan, source="donor", amount_kgs=1)
        revise(plan, 400 + i, dt.date(2018, 3, 1), by=staff)
    with django_assert_num_queries(3):  # contributions, revisions, received
        promises_page.section(plan, user=staff, on=timezone.localdate())


def test_a_promise_that_was_cut_to_what_arrived_is_fulfilled():
    plan = a_plan()
    PaymentFactory(contribution=own(plan), amount_kgs=300)
    assert section(plan)["promises"][0].fulfilment == 60
    revise(plan, 300, dt.date(2018, 7, 1), reason="решение отменено в части")
    row = section(plan)["promises"][0]
    assert (row.fulfilment, row.outstanding, row.surplus) == (100, 0, 0)
    assert section(plan, dt.date(2018, 6, 30))["promises"][0].promised == 500

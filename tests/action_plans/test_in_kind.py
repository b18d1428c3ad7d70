import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from action_plans import corrections, in_kind
from action_plans.models import Attachment, Form, InKindItem, Payment
from tests.factories import (
    ContributionFactory,
    DonorFactory,
    HeadFactory,
    InKindItemFactory,
    PlanFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PDF = b"%PDF-1.7\n%%EOF"


def a_plan(**fields):
    return PlanFactory(cost_kgs=1000, in_kind=500, **{"status": "approved"} | fields)


def act(content=PDF):
    return SimpleUploadedFile("акт.pdf", content, "application/pdf")


def claimed(plan, **changes):
    return {
        "contribution": plan.contributions.get(form=Form.IN_KIND),
        "given_on": dt.date(2018, 5, 10),
        "what": "Песок",
        "quantity": Decimal("1.5"),
        "unit": "м³",
        "unit_value": Decimal("100.01"),
        "valuation": "market",
        "valuation_note": "",
        "evidence": act(),
    } | changes


def claim(plan, by=None, **changes):
    return in_kind.claim(
        plan=plan, claim_key=uuid.uuid4(), by=by or StaffFactory(), **claimed(plan, **changes)
    )


def typed(plan, **changes):
    return {
        "contribution": plan.contributions.get(form=Form.IN_KIND).pk,
        "given_on": "10.05.2018",
        "what": "Песок",
        "quantity": "1,5",
        "unit": "м³",
        "unit_value": "100,01",
        "valuation": "market",
        "evidence": act(),
        "claim_key": uuid.uuid4(),
    } | changes


def address(name, plan, *args):
    return reverse(f"action_plans:in_kind_{name}", args=[plan.reference, *args])


# --- Claiming ---


def test_a_claim_is_rounded_once_half_up_and_counts_nowhere_yet():
    plan = a_plan()
    item = claim(plan)
    assert item.claimed_kgs == Decimal("150.02")  # 150.015
    assert item.evidence.kind == Attachment.Kind.ACT
    plan.refresh_from_db()
    assert (plan.received_own_in_kind_kgs, Payment.objects.count()) == (0, 0)


def test_the_same_form_sent_twice_is_one_claim_and_another_one_is_asked(client):
    plan = a_plan()
    client.force_login(StaffFactory())
    form = typed(plan)
    for _ in range(2):
        form["evidence"] = act()
        assert client.post(address("add", plan), form).url.endswith("/money/#in-kind")
    assert InKindItem.objects.count() == 1
    response = client.post(address("add", plan), form | {"what": "Щебень", "evidence": act()})
    assert "“Песок” was entered from this form already." in response.text
    key = response.context["form"]["claim_key"].value()
    again = form | {"what": "Щебень", "evidence": act(), "claim_key": key}
    client.post(address("add", plan), again)
    assert {item.what for item in InKindItem.objects.all()} == {"Песок", "Щебень"}


def test_the_key_of_a_form_of_another_plan_is_a_bad_request(client):
    key = claim(a_plan()).claim_key
    client.force_login(StaffFactory())
    plan = a_plan()
    assert client.post(address("add", plan), typed(plan, claim_key=key)).status_code == 400
    assert InKindItem.objects.count() == 1


def test_the_same_claim_with_another_paper_is_asked_about_so_that_the_paper_is_not_lost(client):
    plan = a_plan()
    client.force_login(StaffFactory())
    form = typed(plan)
    client.post(address("add", plan), form)
    response = client.post(address("add", plan), form | {"evidence": act(PDF + b"2")})
    assert "“Песок” was entered from this form already." in response.text
    assert client.post(address("add", plan), form | {"evidence": act()}).status_code == 302
    assert InKindItem.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"given_on": "01.01.2099"}, "The date is in the future."),
        ({"given_on": "31.10.2013"}, "The date is before the phase, which starts on 1 Nov 2013."),
        ({"given_on": "yesterday"}, "This is not a date."),
        ({"quantity": "0"}, "This must be more than 0."),
        ({"quantity": "1,234"}, "can be read as"),
        ({"quantity": "много"}, "is not a quantity"),
        ({"quantity": "99999999999", "unit_value": "99999"}, "The value is over"),
        ({"quantity": "0,001", "unit_value": "0,01"}, "Quantity and value must be more than 0."),
        ({"unit_value": "1e9"}, "is not an amount"),
        ({"unit_value": "-5"}, "cannot be below zero"),
        ({"valuation": "guess"}, "Select a valid choice"),
        ({"what": ""}, "This field is required."),
    ],
)
def test_a_claim_that_cannot_be_comes_back_as_it_was_typed(client, changes, message):
    plan = a_plan()
    client.force_login(StaffFactory())
    form = typed(plan, **changes)
    response = client.post(address("add", plan), form)
    assert response.status_code == 200
    assert message in response.text
    for name in ["what", "unit", "quantity", "unit_value"]:
        assert response.context["form"][name].value() == form[name]
    assert not InKindItem.objects.exists()


def test_a_promise_in_cash_or_of_another_plan_is_no_choice(client):
    plan, other = a_plan(own=100), a_plan()
    client.force_login(StaffFactory())
    for promise in [plan.contributions.get(form=Form.CASH), other.contributions.get()]:
        response = client.post(address("add", plan), typed(plan, contribution=promise.pk))
        assert "contribution" in response.context["form"].errors
        with pytest.raises(ValidationError, match="in kind of this plan"):
            claim(plan, contribution=promise)


def test_a_plan_without_a_promise_in_kind_says_so(client):
    plan = PlanFactory(cost_kgs=1000, own=500, status="approved")
    client.force_login(StaffFactory())
    response = client.get(address("add", plan), follow=True)
    assert "Nothing is promised in kind for this plan. The project staff" in response.text


@pytest.mark.parametrize("status", ["draft", "submitted", "returned"])
def test_nothing_is_claimed_before_approval(client, status):
    plan = a_plan(status=status)
    with pytest.raises(ValidationError, match="from approval on"):
        claim(plan)
    client.force_login(StaffFactory())
    response = client.get(address("add", plan), follow=True)
    assert "Contributions in kind are recorded from approval on." in response.text


def test_the_own_municipality_claims_and_others_do_not_even_see_the_form(client):
    plan = a_plan()
    client.force_login(HeadFactory(municipality=plan.lead))
    assert client.post(address("add", plan), typed(plan)).status_code == 302
    for person in [HeadFactory(), DonorFactory()]:
        client.force_login(person)
        assert client.post(address("add", plan), typed(plan)).status_code == 404
    assert InKindItem.objects.count() == 1


# --- Changing and removing ---


def test_a_claim_is_changed_until_it_is_verified(client):
    plan = a_plan()
    item, staff = claim(plan), StaffFactory()
    client.force_login(staff)
    response = client.get(address("edit", plan, item.pk))
    version = response.context["form"]["version"].value()
    client.post(address("edit", plan, item.pk), typed(plan, quantity="2", version=version))
    item.refresh_from_db()
    assert (item.claimed_kgs, item.history.first().history_user) == (Decimal("200.02"), staff)
    in_kind.verify(item=item, accepted=Decimal("200.02"), by=staff)
    response = client.post(address("edit", plan, item.pk), typed(plan), follow=True)
    assert "withdraw the verification first" in response.text


def test_of_two_who_change_a_claim_the_second_is_told(client):
    plan = a_plan()
    item = claim(plan)
    opened = in_kind.version_of(item)
    in_kind.change(
        item=item,
        by=StaffFactory(name="Айгүл"),
        version=opened,
        **claimed(plan, what="Гравий", evidence=None),
    )
    client.force_login(StaffFactory())
    form = typed(plan, quantity="7", version=opened)
    response = client.post(address("edit", plan, item.pk), form)
    assert "Meanwhile Айгүл changed this: Гравий" in response.text
    form |= {"version": response.context["form"]["version"].value(), "evidence": act()}
    assert client.post(address("edit", plan, item.pk), form).status_code == 302


def test_a_claim_is_removed_after_a_question_and_stays_in_the_history(client):
    plan = a_plan()
    item = claim(plan)
    client.force_login(StaffFactory())
    assert "Take a claim out of the register?" in client.get(address("remove", plan, item.pk)).text
    assert InKindItem.objects.exists()
    client.post(address("remove", plan, item.pk))
    assert not InKindItem.objects.exists()
    assert InKindItem.history.filter(id=item.pk, history_type="-").exists()
    assert Attachment.objects.count() == 1


def test_what_was_verified_once_is_not_removed():
    plan, staff = a_plan(), StaffFactory()
    item = claim(plan)
    in_kind.verify(item=item, accepted=item.claimed_kgs, by=staff)
    with pytest.raises(ValidationError, match="was accepted"):
        in_kind.remove(item=item, by=staff)
    in_kind.withdraw(item=item, reason="не тот акт", by=staff)
    with pytest.raises(ValidationError, match="rows of the ledger name it"):
        in_kind.remove(item=item, by=staff)


@pytest.mark.parametrize("name", ["edit", "remove", "verify", "withdraw"])
def test_an_item_of_another_plan_is_not_found(client, name):
    plan, other = a_plan(), a_plan()
    item = claim(other)
    client.force_login(StaffFactory())
    assert client.post(address(name, plan, item.pk)).status_code == 404


# --- Verifying ---


def test_what_is_accepted_is_one_row_of_the_ledger_with_the_evidence():
    plan, staff = a_plan(), StaffFactory()
    item = claim(plan)
    in_kind.verify(item=item, accepted=Decimal("100.00"), note="меньше", by=staff)
    row = Payment.objects.get()
    assert (row.amount_kgs, row.currency, row.kind) == (100, "KGS", "received")
    assert (row.paid_on, row.in_kind, row.document_number) == (item.given_on, item, "")
    assert (row.evidence, row.booked_by, row.contribution) == (
        item.evidence,
        staff,
        item.contribution,
    )
    plan.refresh_from_db()
    assert (plan.received_own_in_kind_kgs, plan.received_own_cash_kgs) == (100, 0)


@pytest.mark.parametrize(
    ("accepted", "note", "evidence", "message"),
    [
        ("150.03", "", act, "can be accepted"),
        ("-1", "", act, "can be accepted"),
        ("100", " ", act, "Say why less is accepted"),
        ("0", "", act, "Say why less is accepted"),
        ("150.02", "", None, "Without evidence nothing can be accepted."),
    ],
)
def test_what_cannot_be_accepted_is_refused(accepted, note, evidence, message):
    item = claim(a_plan(), evidence=evidence and evidence())
    with pytest.raises(ValidationError, match=message):
        in_kind.verify(item=item, accepted=Decimal(accepted), note=note, by=StaffFactory())
    assert not Payment.objects.exists()


def test_nothing_accepted_books_nothing_and_needs_no_evidence():
    plan = a_plan()
    item = claim(plan, evidence=None)
    in_kind.verify(item=item, accepted=Decimal(0), note="нет акта", by=StaffFactory())
    item.refresh_from_db()
    assert (item.is_verified, item.verified_kgs, Payment.objects.count()) == (True, 0, 0)


def test_a_municipality_does_not_verify_its_own_claim(client):
    plan = a_plan()
    item, head = claim(plan), HeadFactory(municipality=plan.lead)
    with pytest.raises(ValidationError):
        in_kind.verify(item=item, accepted=item.claimed_kgs, by=head)
    client.force_login(head)
    assert client.get(address("verify", plan, item.pk)).status_code == 404


def test_the_page_of_a_verification_presets_the_claim(client):
    plan = a_plan()
    item = claim(plan)
    client.force_login(StaffFactory())
    response = client.get(address("verify", plan, item.pk))
    form = response.context["form"]
    assert form["accepted"].value() == "150.02"
    for _ in range(2):  # a double click
        data = {"accepted": "150.02", "note": "", "version": form["version"].value()}
        response = client.post(address("verify", plan, item.pk), data)
        assert response.url.endswith("#in-kind")
    assert Payment.objects.count() == 1


def test_who_verifies_a_claim_that_was_changed_meanwhile_is_told(client):
    plan = a_plan()
    item = claim(plan)
    opened = in_kind.version_of(item)
    in_kind.change(
        item=item, by=StaffFactory(), version=opened, **claimed(plan, quantity=Decimal(9))
    )
    client.force_login(StaffFactory())
    data = {"accepted": "150,02", "note": "", "version": opened}
    response = client.post(address("verify", plan, item.pk), data)
    assert "changed this: Песок: 9" in response.text
    assert not Payment.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_people_who_verify_at_once_book_one_row():
    item, people = claim(a_plan()), StaffFactory.create_batch(4)

    def attempt(person):
        try:
            return in_kind.verify(item=item, accepted=item.claimed_kgs, by=person).pk
        except ValidationError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(map(str, pool.map(attempt, people)))
    assert answers == [str(item.pk), "verified", "verified", "verified"]
    assert Payment.objects.count() == 1


# --- Withdrawing ---


def test_a_withdrawn_verification_takes_its_row_back_and_can_be_given_anew(client):
    plan, staff = a_plan(), StaffFactory()
    item = claim(plan)
    in_kind.verify(item=item, accepted=item.claimed_kgs, by=staff)
    client.force_login(staff)
    client.post(address("withdraw", plan, item.pk), {"reason": "посчитано дважды"})
    item.refresh_from_db()
    plan.refresh_from_db()
    assert (item.is_verified, plan.received_kgs) == (False, 0)
    row = Payment.objects.get(reverses__isnull=False)
    assert (row.amount_kgs, row.reason, row.in_kind) == (
        Decimal("-150.02"),
        "посчитано дважды",
        item,
    )
    in_kind.verify(item=item, accepted=Decimal(100), note="меньше", by=staff)
    plan.refresh_from_db()
    assert plan.received_own_in_kind_kgs == 100


def test_a_withdrawal_needs_a_reason_and_happens_once():
    item, staff = claim(a_plan()), StaffFactory()
    in_kind.verify(item=item, accepted=item.claimed_kgs, by=staff)
    with pytest.raises(ValidationError, match="Give a reason"):
        in_kind.withdraw(item=item, reason=" ", by=staff)
    in_kind.withdraw(item=item, reason="ошибка", by=staff)
    with pytest.raises(ValidationError, match="withdrawn already"):
        in_kind.withdraw(item=item, reason="ошибка", by=staff)
    assert Payment.objects.count() == 2


def test_the_row_of_a_verification_is_not_taken_back_in_the_ledger():
    item, staff = claim(a_plan()), StaffFactory()
    in_kind.verify(item=item, accepted=item.claimed_kgs, by=staff)
    with pytest.raises(ValidationError, match="withdrawn in the register"):
        corrections.reverse(payment=Payment.objects.get(), reason="ошибка", by=staff)


# --- The register ---


def test_the_register_adds_claimed_and_verified_apart(client):
    plan, staff = a_plan(), StaffFactory()
    item = claim(plan)
    claim(plan, what="Работа", evidence=act(PDF + b"2"))
    in_kind.verify(item=item, accepted=Decimal(100), note="меньше", by=staff)
    client.force_login(DonorFactory())
    response = client.get(reverse("action_plans:money", args=[plan.reference]))
    context = response.context
    assert (context["in_kind_claimed"], context["in_kind_verified"]) == (
        Decimal("300.04"),
        Decimal("100.00"),
    )
    assert [entry.state for entry in context["in_kind"]] == ["part", "claimed"]
    assert address("verify", plan, item.pk) not in response.text
    assert address("add", plan) not in response.text


def test_the_register_as_of_a_day_holds_what_was_given_by_then(client):
    plan = a_plan()
    claim(plan)
    client.force_login(StaffFactory())
    money = reverse("action_plans:money", args=[plan.reference])
    assert len(client.get(money, {"on": "2018-05-10"}).context["in_kind"]) == 1
    assert len(client.get(money, {"on": "2018-05-09"}).context["in_kind"]) == 0


def test_the_money_page_says_that_nothing_is_promised_in_kind(client):
    plan = PlanFactory(cost_kgs=1000, own=500, status="approved")
    client.force_login(StaffFactory())
    response = client.get(reverse("action_plans:money", args=[plan.reference]))
    assert "Nothing is promised in kind for this plan." in response.text


@pytest.mark.parametrize("items", [1, 4])
def test_the_register_asks_the_same_for_any_length(client, django_assert_num_queries, items):
    from action_plans import in_kind_page  # noqa: PLC0415

    plan, staff = a_plan(), StaffFactory()
    promise = ContributionFactory(plan=plan, source="community", form="in_kind")
    for i in range(items):
        document = Attachment.objects.create(plan=plan, sha256=str(i), size=1, file=f"{i}")
        InKindItemFactory(contribution=promise, evidence=document, claimed_by=staff)
    with django_assert_num_queries(4):  # items, shared evidence, promised, may claim
        section = in_kind_page.section(plan, user=staff, on=timezone.localdate())
    assert len(section["in_kind"]) == items

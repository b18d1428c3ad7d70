import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from action_plans import approval, budget, in_kind, promises
from action_plans.history import Change, entries
from action_plans.models import Attachment, PlanArea
from tests.factories import (
    ContributionFactory,
    DonorFactory,
    HeadFactory,
    InKindItemFactory,
    OfficerFactory,
    PaymentFactory,
    PlanFactory,
    ServiceAreaFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def changes(plan, user=None):
    """All changes, newest first; what is saved in one second is one entry, so they are taken together."""
    found = entries(plan, user or StaffFactory())
    return [change for entry in found for change in entry.changes]


def settle(plan):
    """What came before is an hour older."""
    for rows in [plan.texts, plan.contributions, plan.areas, plan.municipalities]:
        past = rows.model.history.model.objects.filter(plan_id=plan.pk)
        past.update(history_date=F("history_date") - dt.timedelta(hours=1))
    plan.history.update(history_date=F("history_date") - dt.timedelta(hours=1))


@pytest.fixture
def plan():
    plan = PlanFactory(cost_kgs=Decimal("1000.00"), own=200)
    settle(plan)
    return plan


def test_what_a_new_plan_began_with_is_one_entry(plan):
    assert [entry.heading for entry in entries(plan, StaffFactory())] == [
        "Plan entered in the portal"
    ]


def test_a_changed_amount_is_shown_with_its_old_and_new_value(plan):
    plan.cost_kgs = Decimal("2500.50")
    plan.save()
    assert changes(plan) == [Change("Planned cost, som", "KGS\u00a01,000.00", "KGS\u00a02,500.50")]


def test_a_date_is_written_as_precisely_as_it_is_known(plan):
    plan.starts_on, plan.starts_precision = dt.date(2018, 8, 1), "month"
    plan.save()
    assert changes(plan) == [Change("Start", "", "August 2018")]


def test_changes_of_texts_say_the_language(plan):
    text = plan.texts.get()
    text.title = "Чистая вода"
    text.save()
    assert changes(plan) == [Change("Title (Русский)", "План", "Чистая вода")]


def test_money_that_comes_changes_and_goes_is_told(plan):
    promise = ContributionFactory(plan=plan, amount_kgs=800)
    settle(plan)
    promise.amount_kgs = 750
    promise.save()
    settle(plan)
    promise.delete()
    gone, changed, came = changes(plan)
    assert gone == Change("Contribution", "Programme grant, in cash, KGS\u00a0750.00", "")
    assert (changed.old, changed.new) == ("KGS\u00a0800.00", "KGS\u00a0750.00")
    assert came.new == "Programme grant, in cash, KGS\u00a0800.00"


def test_areas_are_told_by_name(plan):
    PlanArea.objects.create(plan=plan, area=ServiceAreaFactory(name_ru="Вода"), share=40)
    assert changes(plan) == [Change("Service area", "", "Вода, 40.0%")]


def test_one_save_is_one_entry_with_its_person(client, plan):
    plan.villages = "Таштак"
    plan.save()
    ContributionFactory(plan=plan)
    newest = entries(plan, StaffFactory())[0]
    assert [change.label for change in newest.changes] == ["Villages", "Contribution"]


def test_a_step_is_told_with_its_reason_and_the_payment_with_its_amount(plan):
    staff = StaffFactory(name="А. Иванова")
    approval.submit(plan_id=plan.pk, by=staff)
    approval.return_to_author(plan_id=plan.pk, reason="Нет сметы", by=staff)
    PaymentFactory(contribution=plan.contributions.get(), booked_by=staff)
    payment, back, sent, _created = entries(plan, staff)
    assert payment.heading == "Payment booked: Municipality, received, KGS\u00a0100,000.00"
    assert (back.reason, back.by, sent.reason) == ("Нет сметы", staff, "")
    assert back.changes == [Change("Status", "Submitted", "Returned")]


def test_others_see_the_steps_since_approval_and_no_reasons(client):
    head, staff = HeadFactory(), StaffFactory()
    plan = PlanFactory(lead=head.municipality, own=200, cost_kgs=1000)
    approval.submit(plan_id=plan.pk, by=head)
    approval.approve(plan_id=plan.pk, by=staff)
    approval.cancel(plan_id=plan.pk, reason="Долги подрядчика", by=staff)
    address = reverse("action_plans:history", args=[plan.reference])
    seen = {}
    for person in [head, DonorFactory()]:
        client.force_login(person)
        seen[person.role] = client.get(address).text
    assert "Долги подрядчика" in seen["head"]
    assert "Долги подрядчика" not in seen["donor"]
    assert len(entries(plan, DonorFactory())) == 2


def last_changes(client, plan, user):
    client.force_login(user)
    address = reverse("action_plans:history", args=[plan.reference])
    return client.get(address, headers={"hx-request": "true"})


def test_htmx_gets_the_last_five_changes_and_nothing_of_the_page_around(client, plan):
    for number in range(7):
        plan.villages = f"<b>{number}</b>"
        plan.save()
        settle(plan)
    response = last_changes(client, plan, StaffFactory())
    assert [e.changes[0].new for e in response.context["history"]] == [
        f"<b>{number}</b>" for number in (6, 5, 4, 3, 2)
    ]
    assert response["Vary"].startswith("HX-Request")
    assert response.text.count("<li") == 5
    assert "&lt;b&gt;6" in response.text
    assert not any(markup in response.text for markup in ["<html", "<h1", "<b>"])
    assert not any(markup in response.text for markup in ["<html", "<h1", "<b>"])
    whole = client.get(reverse("action_plans:history", args=[plan.reference]))
    assert (len(whole.context["history"]), "<html" in whole.text) == (8, True)
    assert "HX-Request" in whole["Vary"]


def test_htmx_gets_others_only_the_steps_since_approval_without_reasons(client):
    head, staff = HeadFactory(), StaffFactory()
    plan = PlanFactory(lead=head.municipality, own=200, cost_kgs=1000)
    approval.submit(plan_id=plan.pk, by=head)
    approval.approve(plan_id=plan.pk, by=staff)
    approval.cancel(plan_id=plan.pk, reason="Долги подрядчика", by=staff)
    texts = {}
    for person in [head, staff, OfficerFactory(), DonorFactory()]:
        texts[person] = last_changes(client, plan, person).text
    told = ["Plan entered in the portal" in text for text in texts.values()]
    reasons = ["Долги подрядчика" in text for text in texts.values()]
    assert told == reasons == [True, True, False, False]
    assert [text.count("<li") for text in texts.values()][2:] == [2, 2]


def test_what_people_typed_is_never_markup(client, plan):
    plan.villages = "<script>alert(1)</script>"
    plan.save()
    client.force_login(StaffFactory())
    page = client.get(reverse("action_plans:history", args=[plan.reference])).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_the_last_changes_are_read_without_the_whole_past(plan):
    for number in range(5):
        plan.villages = str(number)
        plan.save()
    assert all(entry.heading == "" for entry in entries(plan, StaffFactory(), newest=3))


def test_a_revised_promise_is_told_once_with_reason_and_decision():
    staff = StaffFactory(name="Нурлан")
    plan = PlanFactory(status="approved", own=500, approved_at=timezone.now())
    promises.revise(
        contribution=plan.contributions.get(),
        amount=Decimal(400),
        effective_on=timezone.localdate(),
        reason="бюджет уточнён",
        decision="№ 7",
        by=staff,
    )
    entry, *_earlier = [e for e in entries(plan, staff) if not e.is_step]
    assert (entry.heading, entry.reason, entry.by) == (
        "Promise revised: Municipality, in cash",
        "бюджет уточнён",
        staff,
    )
    assert [change.new for change in entry.changes][::2] == ["KGS\xa0400.00", "№ 7"]
    told = [c for e in entries(plan, staff) for c in e.changes if "400" in c.new]
    assert len(told) == 1


def test_a_contribution_in_kind_is_told_from_claim_to_verification():
    plan, staff = PlanFactory(status="approved", in_kind=500), StaffFactory()
    settle(plan)
    act = Attachment.objects.create(plan=plan, filename="акт.pdf", file="x", size=1, sha256="1")
    item = InKindItemFactory(contribution=plan.contributions.get(), evidence=act)
    in_kind.verify(item=item, accepted=Decimal(30_000), note="меньше", by=staff)
    told = changes(plan, staff)
    assert Change("Contribution in kind", "", "Песок, 30 м³, KGS\xa036,000.00") in told
    assert Change("Песок: accepted value, som", "", "KGS\xa030,000.00") in told


def test_the_budget_is_told_with_its_revisions_and_comments():
    plan, staff = PlanFactory(grant=800_000), StaffFactory()
    fields = {"unit": "m", "quantity": Decimal(10), "unit_cost": Decimal(5), "source": "grant"}
    line = budget.add_line(plan=plan, title="Pipes", year=2018, by=staff, **fields)
    type(plan).objects.filter(pk=plan.pk).update(status="approved", approved_at=timezone.now())
    revision = {
        "quantity": Decimal(12),
        "unit_cost": Decimal(5),
        "effective_on": dt.date(2018, 3, 1),
    }
    budget.revise(line=line, reason="Longer", by=staff, **revision)
    budget.comment(line=line, text="Rocks", by=staff)
    told = entries(plan, staff)
    revised = next(entry for entry in told if entry.heading == "Budget revised: Pipes")
    assert (revised.reason, revised.by) == ("Longer", staff)
    assert revised.changes[0][1:] == ("KGS\xa050.00", "KGS\xa060.00")
    words = {change for entry in told for change in entry.changes}
    assert ("Budget line", "", "Pipes, Programme grant") in words
    assert ("Pipes: why it differs", "", "Rocks") in words

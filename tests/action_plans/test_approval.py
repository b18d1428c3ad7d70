import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.urls import reverse

from action_plans import approval
from action_plans.models import ActionPlan, Axis, Contribution, PlanStatus, StatusChange
from action_plans.totals import counted_totals, keep_totals
from action_plans.waiting import waiting_for
from tests.factories import (
    ContributionFactory,
    DonorFactory,
    HeadFactory,
    OfficerFactory,
    PlanFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
DAY = dt.date(2018, 8, 16)
TO_TAKE = {
    "submit": ("draft", approval.submit, {}),
    "return": ("submitted", approval.return_to_author, {"reason": "Нет сметы"}),
    "approve": ("submitted", approval.approve, {}),
    "start": ("approved", approval.start, {"on": DAY}),
    "complete": ("implementation", approval.complete, {"on": DAY}),
    "cancel": ("implementation", approval.cancel, {"reason": "Нет денег"}),
}


def ready_plan(**fields):
    return PlanFactory(cost_kgs=1_000_000, own=200_000, grant=800_000, **fields)


@pytest.mark.parametrize("name", TO_TAKE)
def test_a_step_writes_state_version_reason_and_history(name):
    before, verb, extra = TO_TAKE[name]
    plan, staff = ready_plan(status=before), StaffFactory()
    verb(plan_id=plan.pk, by=staff, **extra)
    plan.refresh_from_db()
    step = plan.steps.get()
    assert (plan.status, plan.version) == (approval.STEPS[name].after, 2)
    assert (step.before, step.after, step.changed_by) == (before, plan.status, staff)
    assert step.reason == extra.get("reason", "")
    assert plan.history.first().history_user == staff


@pytest.mark.parametrize("name", TO_TAKE)
@pytest.mark.parametrize("status", PlanStatus.values)
def test_a_step_is_refused_in_every_other_state(name, status):
    _before, verb, extra = TO_TAKE[name]
    plan, staff = ready_plan(status=status), StaffFactory()
    allowed = getattr(ActionPlan.objects, approval.STEPS[name].open_to)(staff).exists()
    if not allowed:
        with pytest.raises(ValidationError, match="This plan is"):
            verb(plan_id=plan.pk, by=staff, **extra)
    plan.refresh_from_db()
    assert (plan.status, plan.steps.count()) == (status, 0)


@pytest.mark.parametrize("name", [name for name in TO_TAKE if name != "submit"])
def test_only_the_office_takes_the_steps_after_submission(name):
    before, verb, extra = TO_TAKE[name]
    head = HeadFactory()
    plan = ready_plan(status=before, lead=head.municipality)
    with pytest.raises(ValidationError):
        verb(plan_id=plan.pk, by=head, **extra)


def test_an_officer_drafts_and_does_not_submit():
    officer = OfficerFactory()
    plan = PlanFactory(lead=officer.municipality, cost_kgs=1_000_000, own=200_000)
    with pytest.raises(ValidationError):
        approval.submit(plan_id=plan.pk, by=officer)


def test_a_head_submits_the_own_plan_and_no_other():
    head = HeadFactory()
    own, other = ready_plan(lead=head.municipality), ready_plan()
    assert approval.submit(plan_id=own.pk, by=head).status == PlanStatus.SUBMITTED
    with pytest.raises(ValidationError):
        approval.submit(plan_id=other.pk, by=head)


def test_what_is_missing_for_submission_is_said_all_at_once():
    plan = PlanFactory(title="", cost_kgs=1000)
    with pytest.raises(ValidationError) as refusal:
        approval.submit(plan_id=plan.pk, by=StaffFactory())
    assert [message.split(".")[0] for message in refusal.value.messages] == [
        "The plan has no title",
        "The plan has no contribution",
        "Own contribution is 0",
    ]


def test_a_share_under_the_minimum_is_submitted_once_staff_has_confirmed_it():
    staff = StaffFactory()
    plan = PlanFactory(cost_kgs=2_000_000, own=199_999)
    with pytest.raises(ValidationError, match=r"9\.99995%; at least 10\.0%"):
        approval.submit(plan_id=plan.pk, by=staff)
    confirmed = {"under_minimum_reason": "Паводок", "under_minimum_by": staff}
    ActionPlan.objects.filter(pk=plan.pk).update(**confirmed, under_minimum_at="2018-01-01T00:00Z")
    assert approval.submit(plan_id=plan.pk, by=staff).status == PlanStatus.SUBMITTED


def test_a_share_under_the_minimum_that_nobody_confirmed_is_not_approved():
    plan = PlanFactory(cost_kgs=2_000_000, own=199_999, status="submitted")
    with pytest.raises(ValidationError, match="confirm the lower share with a reason"):
        approval.approve(plan_id=plan.pk, by=StaffFactory())


def test_a_plan_with_neither_area_nor_cost_can_be_submitted():
    plan = PlanFactory(own=500)
    assert approval.submit(plan_id=plan.pk, by=StaffFactory()).status == PlanStatus.SUBMITTED


def test_an_approved_plan_counts_and_a_cancelled_one_no_longer():
    plan, staff = ready_plan(status="submitted"), StaffFactory()
    approval.approve(plan_id=plan.pk, by=staff)
    assert counted_totals(axis=Axis.ALL)[""]["plans"] == 1
    approval.cancel(plan_id=plan.pk, reason="Нет денег", by=staff)
    assert counted_totals(axis=Axis.ALL)[""]["plans"] == 0


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_returning_and_cancelling_need_a_reason(reason):
    plan, staff = ready_plan(status="submitted"), StaffFactory()
    for verb in [approval.return_to_author, approval.cancel]:
        with pytest.raises(ValidationError, match="Give a reason"):
            verb(plan_id=plan.pk, reason=reason, by=staff)


def test_a_plan_is_not_completed_in_the_future_nor_before_its_start():
    staff = StaffFactory()
    plan = ready_plan(status="implementation", started_on=DAY)
    for day in [DAY - dt.timedelta(1), dt.date(2999, 1, 1)]:
        with pytest.raises(ValidationError):
            approval.complete(plan_id=plan.pk, on=day, by=staff)
    assert approval.complete(plan_id=plan.pk, on=DAY, by=staff).completed_on == DAY


@pytest.mark.parametrize("name", TO_TAKE)
def test_the_buttons_offered_are_the_steps_that_work(name):
    before, _verb, _extra = TO_TAKE[name]
    rights = approval.rights_on(ready_plan(status=before), StaffFactory())
    assert rights[f"may_{name}"]
    assert not any(approval.rights_on(ready_plan(status=before), DonorFactory()).values())


def step(client, name, plan, **data):
    return client.post(reverse(f"action_plans:{name}", args=[plan.reference]), data, follow=True)


def test_a_forged_step_is_not_found(client):
    plan = ready_plan(status="submitted")
    client.force_login(HeadFactory())
    for name in TO_TAKE:
        assert step(client, name, plan, reason="x", on="16.08.2018").status_code == 404


def test_a_step_in_the_wrong_state_is_explained_on_the_plan_page(client):
    plan = ready_plan(status="approved")
    client.force_login(StaffFactory())
    response = step(client, "approve", plan)
    assert "Only a submitted plan can be approved. This plan is: Approved." in response.text


def test_the_page_takes_a_plan_from_draft_to_completed(client):
    plan = ready_plan()
    client.force_login(StaffFactory())
    for name, data in [
        ("submit", {}),
        ("return", {"reason": "Нет сметы"}),
        ("submit", {}),
        ("approve", {}),
        ("start", {"on": "01.03.2018"}),
        ("complete", {"on": "16.08.2018"}),
    ]:
        assert step(client, name, plan, **data).status_code == 200
    plan.refresh_from_db()
    assert (plan.status, plan.completed_on, plan.version) == (PlanStatus.COMPLETED, DAY, 7)


def test_what_was_typed_in_a_refused_step_is_still_there(client):
    plan = ready_plan(status="implementation", started_on=DAY)
    client.force_login(StaffFactory())
    assert 'value="16.13.2018"' in step(client, "complete", plan, on="16.13.2018").text
    response = step(client, "complete", plan, on="01.01.2018")
    assert "cannot be completed before it was started" in response.text
    assert 'value="01.01.2018"' in response.text
    assert "Give a reason." in step(client, "cancel", plan, reason="").text


def test_steps_are_not_taken_by_a_link(client):
    plan = ready_plan(status="submitted")
    client.force_login(StaffFactory())
    assert client.get(reverse("action_plans:approve", args=[plan.reference])).status_code == 405


def test_submitted_plans_wait_for_the_office_and_returned_ones_first_for_the_municipality():
    head, staff = HeadFactory(), StaffFactory()
    draft, back, submitted = (ready_plan(lead=head.municipality) for _ in range(3))
    for plan in (back, submitted):
        approval.submit(plan_id=plan.pk, by=head)
    approval.return_to_author(plan_id=back.pk, reason="Нет сметы", by=staff)
    assert list(waiting_for(staff)) == [submitted]
    assert list(waiting_for(head)) == [back, draft]
    assert waiting_for(head)[0].return_reason == "Нет сметы"
    assert not waiting_for(DonorFactory())


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_act_at_once_one_wins_and_the_other_is_told():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time: SQLite lets nobody act at once")
    plan, staff = ready_plan(status="submitted"), StaffFactory()
    together, results = threading.Barrier(2), []

    def act(verb, extra):
        together.wait()
        try:
            results.append(verb(plan_id=plan.pk, by=staff, **extra).status)
        except ValidationError as refusal:
            results.append(refusal.code)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=act, args=TO_TAKE[name][1:]) for name in ("approve", "return")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("state") == 1
    assert StatusChange.objects.filter(plan=plan).count() == 1


def test_a_promise_alone_keeps_the_identity_after_each_step():
    plan, staff = ready_plan(status="submitted"), StaffFactory()
    ContributionFactory(plan=plan, source="oblast", amount_kgs=5)
    keep_totals(plan.pk)
    approval.approve(plan_id=plan.pk, by=staff)
    row = counted_totals(axis=Axis.ALL)[""]
    assert row["cost_kgs"] == 1_000_005 - row["surplus_kgs"] + row["gap_kgs"]
    assert Contribution.objects.filter(plan=plan).count() == 3

"""Single facts of an approved plan are corrected by the office, with a reason; nothing is lost."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from action_plans import facts_correction, facts_on
from action_plans.editing import Conflict
from action_plans.facts import facts_of
from action_plans.models import ActionPlan, PlanStatus, StatusChange
from tests.factories import (
    HeadFactory,
    PaymentFactory,
    PlanFactory,
    ServiceAreaFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def plan():
    return PlanFactory(
        status=PlanStatus.APPROVED,
        cost_kgs=Decimal("2483253.00"),
        own=400_000,
        grant=Decimal("3083253.00"),
        starts_on=date(2018, 3, 1),
        area=ServiceAreaFactory(name_en="Water"),
    )


def correct(plan, *, base=None, reason="Misprint", by=None, effective_on=None, **changes):
    facts = facts_of(plan) | {(name,): value for name, value in changes.items()}
    return facts_correction.correct(
        plan_id=plan.pk,
        facts=facts,
        base=base or plan.version,
        reason=reason,
        by=by or StaffFactory(),
        at=timezone.now(),
        effective_on=effective_on,
    )


def typed(plan, **changes):
    """What a browser sends when nothing is changed, and what is."""
    areas = list(plan.areas.all())
    data = {
        "version": plan.version,
        "cost_kgs": "" if plan.cost_kgs is None else str(plan.cost_kgs),
        "starts_on": "01.03.2018",
        "ends_on": "",
        "reason": "Misprint in the decision",
        "areas-TOTAL_FORMS": len(areas) or 1,
    }
    for i, row in enumerate(areas):
        data |= {f"areas-{i}-area": row.area_id, f"areas-{i}-share": row.share}
    return data | changes


def sent(client, plan, user=None, **changes):
    client.force_login(user or StaffFactory())
    return client.post(reverse("action_plans:facts", args=[plan.reference]), typed(plan, **changes))


def test_a_corrected_cost_mends_the_totals_and_stands_in_the_history_with_its_reason(client, plan):
    staff = StaffFactory(name="Aida")
    response = sent(client, plan, staff, cost_kgs="3 483 253,00")
    assert response.url == plan.get_absolute_url()
    plan.refresh_from_db()
    assert (plan.cost_kgs, plan.surplus_kgs, plan.gap_kgs) == (Decimal("3483253.00"), 0, 0)
    assert not plan.findings.filter(check_name="surplus").exists()
    page = client.get(reverse("action_plans:history", args=[plan.reference])).content.decode()
    for words in ["2,483,253.00", "3,483,253.00", "Misprint in the decision", "Aida"]:
        assert words in page


def test_a_corrected_area_alone_tells_its_reason_too(client, plan):
    culture = ServiceAreaFactory(name_en="Culture")
    sent(client, plan, **{"areas-0-area": culture.pk})
    assert [row.area for row in plan.areas.all()] == [culture]
    assert [piece.area for piece in plan.slices.all()] == [culture]
    client.force_login(StaffFactory())
    page = client.get(reverse("action_plans:history", args=[plan.reference])).content.decode()
    assert "Misprint in the decision" in page


def test_a_long_reason_is_kept_whole(client, plan):
    reason = "Because the decision of the council says another figure. " * 30
    sent(client, plan, cost_kgs="1 000 000,00", reason=reason)
    assert plan.history.first().history_change_reason == reason.strip()


def test_dates_keep_how_exactly_they_are_known(client, plan):
    sent(client, plan, starts_on="08.2018", ends_on="2019")
    plan.refresh_from_db()
    assert (plan.starts_on, plan.starts_precision) == (date(2018, 8, 1), "month")
    assert (plan.ends_on, plan.ends_precision, plan.year) == (date(2019, 1, 1), "year", 2018)


def test_without_a_reason_nothing_is_saved_and_what_was_typed_stands_there(client, plan):
    response = sent(client, plan, cost_kgs="7 777,50", reason=" ")
    assert "Give a reason. It is kept with the plan." in response.content.decode()
    assert "7 777,50" in response.content.decode()
    with pytest.raises(ValidationError):
        correct(plan, reason=" ", cost_kgs=Decimal(5))
    assert ActionPlan.objects.get(pk=plan.pk).cost_kgs == Decimal("2483253.00")


@pytest.mark.parametrize("cost", ["1.234", "12,34,5", "1e9", "NaN", "-5"])
def test_an_amount_that_is_none_is_told(client, plan, cost):
    assert sent(client, plan, cost_kgs=cost).status_code == 200
    assert ActionPlan.objects.get(pk=plan.pk).version == plan.version


def test_a_double_click_corrects_once(client, plan):
    first = typed(plan, cost_kgs="5,00")
    client.force_login(StaffFactory())
    for _n in range(2):
        client.post(reverse("action_plans:facts", args=[plan.reference]), first)
    plan.refresh_from_db()
    assert (plan.version, plan.history.filter(cost_kgs=5).count()) == (2, 1)


def test_two_people_who_correct_at_once_lose_nothing(client, plan):
    old = typed(plan, cost_kgs="2 000 000,00")
    correct(plan, beneficiaries_total=70, cost_kgs=Decimal(1_500_000))
    client.force_login(StaffFactory())
    address = reverse("action_plans:facts", args=[plan.reference])
    response = client.post(address, old)
    page = response.content.decode()
    assert "Somebody else saved this plan while you were working on it" in page
    assert "1,500,000.00" in page
    assert "2,000,000.00" in page
    plan.refresh_from_db()
    assert plan.cost_kgs == 1_500_000
    again = old | {"version": plan.version, "beneficiaries_total": "70"}
    assert client.post(address, again).status_code == 302
    plan.refresh_from_db()
    assert (plan.cost_kgs, plan.beneficiaries_total) == (2_000_000, 70)


def test_a_payment_or_a_step_meanwhile_is_no_conflict(plan):
    from action_plans import approval  # noqa: PLC0415 -- only here

    PaymentFactory(contribution=plan.contributions.get(source="grant"))
    approval.start(plan_id=plan.pk, on=date(2018, 3, 2), by=StaffFactory())
    assert correct(plan, base=1, cost_kgs=Decimal(9)).cost_kgs == 9


def test_another_version_of_the_same_facts_is_a_conflict(plan):
    correct(plan, cost_kgs=Decimal(1))
    plan.refresh_from_db()
    with pytest.raises(Conflict):
        correct(plan, base=1, cost_kgs=Decimal(2))


def test_promises_stay_as_they_are(plan):
    before = list(plan.contributions.values_list("pk", "source", "amount_kgs"))
    facts = facts_of(plan)
    money = next(key for key in facts if key[0] == "money")
    facts[money] = ("grant", "cash", Decimal(1), "")
    facts["cost_kgs",] = Decimal(77)
    facts_correction.correct(
        plan_id=plan.pk, facts=facts, base=1, reason="x", by=StaffFactory(), at=timezone.now()
    )
    assert list(plan.contributions.values_list("pk", "source", "amount_kgs")) == before


@pytest.mark.parametrize("status", ["draft", "submitted", "returned"])
def test_before_approval_the_page_says_so(client, status):
    plan = PlanFactory(status=status, cost_kgs=10)
    client.force_login(StaffFactory())
    response = client.get(reverse("action_plans:facts", args=[plan.reference]), follow=True)
    assert "Facts are corrected here from approval on." in response.content.decode()
    with pytest.raises(ValidationError):
        correct(plan, cost_kgs=Decimal(1))


def test_the_municipality_cannot_correct_facts(client, plan):
    head = HeadFactory(municipality=plan.lead)
    assert sent(client, plan, head).status_code == 404
    with pytest.raises(ValidationError):
        correct(plan, by=head, cost_kgs=Decimal(1))


def test_rows_are_added_without_a_script_and_nothing_is_saved(client, plan):
    response = sent(client, plan, add="areas", cost_kgs="5,00", reason="")
    assert response.context["entry"].areas.total_form_count() == 2
    assert "Give a reason" not in response.content.decode()
    assert ActionPlan.objects.get(pk=plan.pk).cost_kgs == Decimal("2483253.00")


# What it was before stays known, with the day from which it changed


@pytest.fixture
def approved(plan):
    """Long before the correction."""
    plan.approved_at = datetime(2017, 11, 1, 12, tzinfo=UTC)
    plan.save()
    return plan


def test_a_correction_keeps_what_each_fact_was_before_and_from_which_day_it_changed(
    client, approved
):
    culture = ServiceAreaFactory(code="culture")
    water, staff = approved.areas.get().area.code, StaffFactory()
    changes = {"areas-0-area": culture.pk, "areas_on": "15.02.2018", "cost_kgs": "3 000 000,00"}
    sent(client, approved, staff, **changes, effective_on="01.03.2018", beneficiaries_total="70")
    rows = approved.fact_revisions.values_list("number", "fact", "before", "after", "effective_on")
    assert list(rows) == [
        (1, "cost_kgs", "2483253.00", "3000000.00", date(2018, 3, 1)),
        (2, "beneficiaries_total", None, 70, date(2018, 3, 1)),
        (3, "areas", [[water, "100.00"]], [["culture", "100.00"]], date(2018, 2, 15)),
    ]
    row = approved.fact_revisions.first()
    assert (row.reason, row.recorded_by) == ("Misprint in the decision", staff)


def test_without_a_day_it_holds_from_today_on(client, approved):
    sent(client, approved, starts_on="04.2018")
    row = approved.fact_revisions.get()
    assert (row.before, row.after) == (["2018-03-01", "day"], ["2018-04-01", "month"])
    assert row.effective_on == timezone.localdate()


@pytest.mark.parametrize("day", ["31.10.2017", "31.12.2099", "31.02.2018", "2018"])
def test_a_day_before_the_approval_or_in_the_future_is_told_at_its_field(client, approved, day):
    response = sent(client, approved, cost_kgs="5,00", effective_on=day)
    assert list(response.context["entry"].form.errors) == ["effective_on"]
    assert not approved.fact_revisions.exists()
    assert ActionPlan.objects.get(pk=approved.pk).cost_kgs == Decimal("2483253.00")


def test_the_days_of_one_fact_do_not_go_back(client, approved):
    sent(client, approved, cost_kgs="5,00", effective_on="01.03.2018")
    approved.refresh_from_db()
    response = sent(client, approved, cost_kgs="6,00", effective_on="28.02.2018")
    assert "1 Mar 2018" in str(response.context["entry"].form.errors["effective_on"])
    sent(client, approved, cost_kgs="5,00", beneficiaries_total="7", effective_on="28.02.2018")
    assert approved.fact_revisions.count() == 2


def test_the_history_says_each_change_once_with_its_day(client, approved):
    sent(client, approved, cost_kgs="3 000 000,00", effective_on="15.02.2018")
    page = client.get(reverse("action_plans:history", args=[approved.reference])).content.decode()
    assert page.count("3,000,000.00") == 1
    assert page.count("15 Feb 2018") == 1


def test_what_was_known_on_a_day_is_answered_from_the_revisions(client, approved):
    culture = ServiceAreaFactory(code="culture")
    water = approved.areas.get().area.code
    sent(client, approved, **{"areas-0-area": culture.pk, "areas_on": "15.02.2018"})
    approved.refresh_from_db()
    now = timezone.now()
    before, after = date(2018, 2, 14), date(2018, 2, 15)
    assert facts_on.of_plan(approved, before, known_at=now).areas == ((water, 100),)
    assert facts_on.of_plan(approved, after, known_at=now).areas == (("culture", 100),)
    # On that day itself nobody knew it yet: it was recorded today.
    assert facts_on.of_plan(approved, after).areas == ((water, 100),)
    assert facts_on.areas_then(before, now) == {approved.pk: ((water, 100),)}
    assert facts_on.areas_then(after, now) == {}


def test_what_a_cost_was_between_two_corrections(approved):
    correct(approved, cost_kgs=Decimal(5), effective_on=date(2018, 1, 1))
    approved.refresh_from_db()
    correct(approved, cost_kgs=Decimal(6), effective_on=date(2018, 6, 1))
    approved.refresh_from_db()
    now = timezone.now()
    days = [date(2017, 12, 31), date(2018, 1, 1), date(2018, 6, 1)]
    costs = [facts_on.of_plan(approved, day, known_at=now).cost_kgs for day in days]
    assert costs == [Decimal("2483253.00"), 5, 6]
    assert facts_on.costs_then(days[1], now) == {approved.pk: 5}


def test_the_status_on_a_day_is_that_before_the_first_later_step(approved):
    StatusChange.objects.create(
        plan=approved,
        before="implementation",
        after="approved",
        changed_at=datetime(2018, 5, 1, 12, tzinfo=UTC),
    )
    assert facts_on.of_plan(approved, date(2018, 4, 30)).status == "implementation"
    assert facts_on.of_plan(approved, date(2018, 5, 1)).status == "approved"
    plans = facts_on.plans_then(datetime(2018, 4, 30, tzinfo=UTC))
    assert [plan.status_then for plan in plans] == ["implementation"]
    assert not facts_on.plans_then(datetime(2017, 10, 31, tzinfo=UTC)).exists()

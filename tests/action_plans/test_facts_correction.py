"""Single facts of an approved plan are corrected by the office, with a reason; nothing is lost."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from action_plans import facts_correction
from action_plans.editing import Conflict
from action_plans.facts import facts_of
from action_plans.models import ActionPlan, PlanStatus
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


def correct(plan, *, base=None, reason="Misprint", by=None, **changes):
    facts = facts_of(plan) | {(name,): value for name, value in changes.items()}
    return facts_correction.correct(
        plan_id=plan.pk,
        facts=facts,
        base=base or plan.version,
        reason=reason,
        by=by or StaffFactory(),
        at=timezone.now(),
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

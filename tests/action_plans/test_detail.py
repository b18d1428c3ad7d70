from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from action_plans import approval
from action_plans.models import Attachment, Contribution, PlanArea, PlanMunicipality, PlanText
from action_plans.plan_page import bar, promises
from action_plans.totals import keep_totals
from tests.factories import (
    ContributionFactory,
    DonorFactory,
    HeadFactory,
    MunicipalityFactory,
    OfficerFactory,
    PaymentFactory,
    PlanFactory,
    ServiceAreaFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
HTMX = {"hx-request": "true"}


def full_plan(rows, person):
    """A plan with that many rows of everything the page shows."""
    plan = PlanFactory(status="approved", cost_kgs=10_000, approved_by=StaffFactory())
    for number in range(rows):
        by = StaffFactory()
        contribution = ContributionFactory(plan=plan, amount_kgs=100)
        document = Attachment.objects.create(
            plan=plan, filename="a", content_type="x", size=1, sha256=str(number),
            file=ContentFile(b"x", "x"), uploaded_by=by,
        )  # fmt: skip
        PaymentFactory(contribution=contribution, evidence=document, booked_by=by)
        plan.steps.create(before="x", after="approved", changed_at=timezone.now(), changed_by=by)
        PlanArea.objects.create(plan=plan, area=ServiceAreaFactory(parent=ServiceAreaFactory()))
        PlanMunicipality.objects.create(plan=plan, municipality=MunicipalityFactory())
        PlanText.objects.create(plan=plan, language=["ky", "en", "xx"][number], title="x")
    if person.is_municipal:
        PlanMunicipality.objects.create(plan=plan, municipality=person.municipality)
    keep_totals(plan.pk)
    return plan


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("person", [StaffFactory, OfficerFactory, DonorFactory])
def test_the_plan_page_asks_the_same_number_of_queries_for_any_content(
    client, django_assert_num_queries, rows, person
):
    user = person()
    plan = full_plan(rows, user)
    client.force_login(user)
    with django_assert_num_queries({"staff": 16, "officer": 16, "donor": 13}[user.role]):
        response = client.get(plan.get_absolute_url())
    assert len(response.context["promises"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("person", [StaffFactory, OfficerFactory, DonorFactory])
def test_the_last_changes_are_asked_for_in_the_same_number_of_queries(
    client, django_assert_num_queries, rows, person
):
    user = person()
    plan = full_plan(rows, user)
    client.force_login(user)
    address = reverse("action_plans:history", args=[plan.reference])
    with django_assert_num_queries({"staff": 18, "officer": 19, "donor": 7}[user.role]):
        client.get(address, headers=HTMX)


def page(client, plan, user=None):
    client.force_login(user or StaffFactory())
    return client.get(plan.get_absolute_url())


def test_a_draft_of_another_municipality_is_not_found(client):
    plan = PlanFactory()
    for person in [HeadFactory(), DonorFactory()]:
        assert page(client, plan, person).status_code == 404
        address = reverse("action_plans:history", args=[plan.reference])
        assert client.get(address).status_code == 404
        assert client.get(address, headers=HTMX).status_code == 404


def test_a_surplus_is_shown_with_both_figures_and_not_corrected(client):
    plan = PlanFactory(cost_kgs=2_483_253, own=400_000, grant=3_083_253, status="approved")
    text = page(client, plan).text
    assert "KGS\u00a01,000,000.00 more is promised than the plan costs." in text
    assert "Nothing was corrected." in text
    assert "KGS\u00a02,483,253.00" in text
    assert "KGS\u00a03,483,253.00" in text


def test_the_bar_of_a_surplus_stays_whole_and_moves_the_minimum():
    plan = PlanFactory(cost_kgs=1000, own=1000, grant=1000)
    parts = bar(plan)
    assert (parts["own"], parts["grant"], parts["gap"]) == (50, 50, 0)
    assert parts["minimum"] == 5


def test_shares_of_promises_add_up_to_a_hundred():
    plan = PlanFactory(cost_kgs=100, own=1, in_kind=1, grant=1)
    rows, _total = promises(plan, {})
    assert sorted(row.share for row in rows) == [Decimal("33.3"), Decimal("33.3"), Decimal("33.4")]


@pytest.mark.parametrize(
    ("promised", "received", "fulfilment", "outstanding", "excess"),
    [(1_100_000, 700_000, "63.6%", 400_000, 0), (500_000, 650_000, "130.0%", 0, 150_000)],
)
def test_what_was_promised_and_not_received_is_outstanding(
    client, promised, received, fulfilment, outstanding, excess
):
    plan = PlanFactory(cost_kgs=3_500_000, own=promised, grant=2_000_000, status="approved")
    own, grant = plan.contributions.order_by("pk")
    PaymentFactory(contribution=own, amount_kgs=received)
    PaymentFactory(contribution=grant, amount_kgs=2_000_000)
    keep_totals(plan.pk)
    response = page(client, plan)
    row = response.context["promises"][0]
    assert (row.outstanding, row.excess) == (outstanding, excess)
    assert fulfilment in response.text


def test_the_share_of_what_was_received_stands_beside_the_planned_one(client):
    plan = PlanFactory(cost_kgs=3_500_000, own=1_100_000, grant=2_400_000, status="approved")
    own, grant = plan.contributions.order_by("pk")
    PaymentFactory(contribution=own, amount_kgs=700_000)
    PaymentFactory(contribution=grant, amount_kgs=2_000_000)
    keep_totals(plan.pk)
    text = page(client, plan).text
    assert "31.4%" in text
    assert "Own share of the money received, with contributions in kind: 25.9%." in text


def test_a_confirmed_share_under_the_minimum_shows_why_and_who(client):
    staff = StaffFactory(name="А. Иванова")
    plan = PlanFactory(
        cost_kgs=2_000_000,
        own=199_999,
        under_minimum_reason="Паводок",
        under_minimum_at=timezone.now(),
        under_minimum_by=staff,
    )
    text = page(client, plan).text
    assert "Own contribution is 9.99995%; at least 10.0% is needed." in text
    assert "Паводок" in text
    assert "А. Иванова" in text


def test_a_text_in_another_language_says_so(client):
    plan = PlanFactory(title="Чистая вода")
    text = page(client, plan).text
    assert '<h1 lang="ru">Чистая вода</h1>' in text
    assert "Language of the text: Russian. There is no translation yet." in text


def test_only_addresses_of_the_web_become_links(client):
    plan = PlanFactory(source="http://dpi.kg/1 javascript:alert(1) <b>https://x.kg</b>.")
    text = page(client, plan).text
    assert '<a href="http://dpi.kg/1" rel="noopener nofollow">' in text
    assert '<a href="https://x.kg" rel="noopener nofollow">https://x.kg</a>&lt;/b&gt;.' in text
    assert 'href="javascript' not in text


def test_what_is_not_known_is_neither_zero_nor_empty(client):
    text = page(client, PlanFactory()).text
    assert "Planned cost: not known yet." in text
    assert "Service area not specified" in text


def test_sample_values_carry_their_badge(client):
    plan = PlanFactory(cost_kgs=100, own=50, status="approved", sample_fields=["cost_kgs"])
    Contribution.objects.filter(plan=plan).update(is_sample=True)
    text = page(client, plan).text
    assert text.count("badge-sample") == 3  # the notice, the cost, the contribution


def test_who_may_not_act_is_offered_nothing(client):
    plan = PlanFactory(status="implementation", own=10)
    text = page(client, plan, DonorFactory()).text
    assert "<form" in text  # the switches of language and look are forms
    for name in ["cancel", "complete", "payment", "document_add"]:
        assert reverse(f"action_plans:{name}", args=[plan.reference]) not in text


def test_cancelling_says_in_numbers_what_becomes_of_the_money(client):
    plan = PlanFactory(status="approved", cost_kgs=1_200_000, own=200_000, grant=1_000_000)
    PaymentFactory(contribution=plan.contributions.first(), amount_kgs=800_000)
    keep_totals(plan.pk)
    text = page(client, plan).text
    assert "Planned cost KGS\u00a01,200,000.00 and promises of KGS\u00a01,200,000.00" in text
    assert "KGS\u00a0800,000.00 have been received." in text


def test_the_author_reads_why_a_plan_came_back(client):
    head, staff = HeadFactory(), StaffFactory()
    plan = PlanFactory(lead=head.municipality, own=1, status="submitted")
    approval.return_to_author(plan_id=plan.pk, reason="Нет сметы", by=staff)
    assert "Нет сметы" in page(client, plan, head).text


def test_the_page_shows_the_steps_and_asks_for_the_last_changes_of_who_may_see_them(client):
    head, staff = HeadFactory(), StaffFactory()
    plan = PlanFactory(lead=head.municipality, own=200, cost_kgs=1000)
    approval.submit(plan_id=plan.pk, by=head)
    approval.approve(plan_id=plan.pk, by=staff)
    asks = f'hx-get="{reverse("action_plans:history", args=[plan.reference])}"'
    for person, steps in [(head, 2), (staff, 2), (OfficerFactory(), 1), (DonorFactory(), 1)]:
        response = page(client, plan, person)
        assert len(response.context["history"]) == steps
        assert all(entry.is_step for entry in response.context["history"])
        assert [text in response.text for text in (asks, "All changes", "htmx")] == [steps == 2] * 3


def test_a_plan_without_steps_does_not_say_that_nothing_changed(client):
    text = page(client, PlanFactory()).text
    assert "No step has been recorded." in text
    assert "No change has been recorded." not in text


def test_the_number_that_waits_stands_in_the_top_bar(client):
    plan = PlanFactory(status="submitted")
    assert '<span class="dot">1</span>' in page(client, plan).text

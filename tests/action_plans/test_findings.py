"""Each check: a plan that fails it, and one that is like it and passes."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from action_plans import findings
from action_plans.known import known
from action_plans.models import (
    ActionPlan,
    Attachment,
    Check,
    Finding,
    Payment,
    PlanMunicipality,
    PlanStatus,
)
from action_plans.repairs import one_digit_repairs
from action_plans.totals import keep_totals
from tests.factories import (
    BudgetLineFactory,
    ContributionFactory,
    InKindItemFactory,
    MunicipalityFactory,
    PaymentFactory,
    PhaseFactory,
    PlanFactory,
    ServiceAreaFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db


def sound(**values):
    """A plan that passes every check: paid, decided, in its phase."""
    defaults = {
        "status": PlanStatus.IMPLEMENTATION,
        "cost_kgs": 1000,
        "own": 300,
        "grant": 700,
        "starts_on": date(2018, 3, 1),
        "ends_on": date(2018, 12, 1),
        "beneficiaries_total": 90,
        "area": ServiceAreaFactory(),
        "lead": MunicipalityFactory(population=100, population_year=2009),
    }
    plan = PlanFactory(**{**defaults, **values})
    plan.contributions.filter(source="municipality").update(decision="№ 12")
    grant = plan.contributions.filter(source="grant").first()
    if grant and plan.was_approved:
        PaymentFactory(contribution=grant, amount_kgs=Decimal(100), document_number="1")
    keep_totals(plan.pk)
    return plan


def failed(plan):
    """{check: number} as they are kept."""
    keep_totals(plan.pk)
    return dict(plan.findings.values_list("check_name", "number"))


def since(plan, check):
    return plan.findings.get(check_name=check).since_on


def evidence(plan, content=b"%PDF-1.7 invoice"):
    return Attachment.objects.create(
        plan=plan,
        file=ContentFile(content, "invoice.pdf"),
        filename="invoice.pdf",
        content_type="application/pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def grant_of(plan):
    return plan.contributions.get(source="grant")


def test_a_sound_plan_passes_every_check():
    assert failed(sound()) == {}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"grant": 1001}, {"grant_over_cost", "surplus"}),
        ({"grant": Decimal("700.01")}, {"surplus"}),
        ({"grant": Decimal("699.99")}, {"gap"}),
        ({"cost_kgs": 10_000, "grant": 9004, "own": 996}, {"under_minimum"}),
        ({"cost_kgs": 10_000, "grant": 9000, "own": 1000}, set()),
        ({"cost_kgs": None}, {"no_cost"}),
        ({"area": None}, {"no_area"}),
        ({"stated_own_share": 150, "stated_base": "grant"}, {"other_base"}),
        ({"stated_own_share": 30, "stated_base": "cost"}, set()),
        ({"beneficiaries_total": 101}, {"beneficiaries"}),
        ({"beneficiaries_total": 100}, set()),
        ({"lead": None, "beneficiaries_total": 101}, set()),  # the population is not known
        ({"starts_on": date(2013, 10, 31)}, {"out_of_phase"}),
        ({"starts_on": date(2013, 1, 1), "starts_precision": "year"}, set()),
        ({"starts_on": date(2012, 1, 1), "starts_precision": "year"}, {"out_of_phase"}),
        ({"ends_on": date(2019, 5, 1)}, {"out_of_phase"}),
        ({"ends_on": date(2019, 4, 1), "ends_precision": "month"}, set()),
        ({"ends_on": date(2019, 5, 1), "ends_precision": "month"}, {"out_of_phase"}),
    ],
)
def test_figures_and_facts(values, expected):
    if values.get("lead", 1) is None:
        values = {**values, "lead": MunicipalityFactory()}
    assert set(failed(sound(**values))) == expected


def test_in_kind_counts_towards_the_minimum_as_the_phase_says():
    strict = PhaseFactory(code="strict", in_kind_counts=False)
    assert "under_minimum" in failed(sound(phase=strict, own=None, in_kind=300))
    assert failed(sound(own=None, in_kind=300)) == {}


def test_a_share_that_staff_confirmed_stays_listed():
    confirmed = {"under_minimum_at": timezone.now(), "under_minimum_by": StaffFactory()}
    plan = sound(own=50, grant=950, under_minimum_reason="Бедное село", **confirmed)
    assert failed(plan) == {"under_minimum": 1}


def test_payments_that_wait_for_a_rate():
    plan = sound()
    waits = {"currency": "CHF", "amount": 5, "amount_kgs": None, "rate_value": None}
    waits |= {"rate_source": "", "booked_at": None, "entered_at": timezone.now()}
    PaymentFactory(contribution=grant_of(plan), document_number="2", **waits)
    assert failed(plan) == {"no_rate": 1}


def test_more_received_than_promised_is_asked_of_each_promise():
    plan = sound()
    PaymentFactory(contribution=grant_of(plan), amount_kgs=Decimal("600.00"), document_number="2")
    assert failed(plan) == {}
    PaymentFactory(contribution=grant_of(plan), amount_kgs=Decimal("0.01"), document_number="3")
    assert failed(plan) == {"over_promise": 1}
    paid = {"kind": "returned", "document_number": "4"}
    PaymentFactory(contribution=grant_of(plan), amount_kgs=Decimal("0.01"), **paid)
    assert failed(plan) == {}


def test_no_payment_a_year_after_the_start():
    plan = sound()
    Payment.objects.all().delete()
    assert failed(plan) == {"no_payment": 1}
    assert since(plan, "no_payment") == date(2019, 3, 1)
    ActionPlan.objects.filter(pk=plan.pk).update(starts_on=None)
    assert failed(plan) == {}


def reverse(payment):
    return PaymentFactory(
        contribution=payment.contribution,
        amount_kgs=-payment.amount_kgs,
        paid_on=payment.paid_on,
        reverses=payment,
        reason="x",
    )


def test_a_payment_that_was_taken_back_is_none():
    plan = sound()
    reverse(Payment.objects.get())
    assert failed(plan) == {"no_payment": 1}


def test_a_payment_without_number_and_file():
    plan = sound()
    bare = PaymentFactory(contribution=grant_of(plan))
    plan.contributions.update(amount_kgs=10_000_000)
    ActionPlan.objects.filter(pk=plan.pk).update(cost_kgs=20_000_000)
    assert failed(plan) == {"no_evidence": 1}
    reverse(bare)
    assert failed(plan) == {}
    PaymentFactory(contribution=grant_of(plan), evidence=evidence(plan))
    assert failed(plan) == {}


def test_an_own_promise_names_its_decision():
    plan = sound()
    own = ContributionFactory(plan=plan, source="municipality", amount_kgs=1)
    ActionPlan.objects.filter(pk=plan.pk).update(cost_kgs=1001)
    assert failed(plan) == {"no_decision": 1}
    type(own).objects.filter(pk=own.pk).update(amount_kgs=0)  # withdrawn later
    ActionPlan.objects.filter(pk=plan.pk).update(cost_kgs=1000)
    assert failed(plan) == {}


def test_what_was_claimed_waits_ninety_days():
    plan = sound(own=None, in_kind=300)
    item = InKindItemFactory(
        contribution=plan.contributions.get(form="in_kind"),
        claimed_at=datetime(2018, 5, 31, 20, 0, tzinfo=UTC),  # 1 June in Bishkek
    )
    assert failed(plan) == {"not_verified": 1}
    assert since(plan, "not_verified") == date(2018, 8, 30)
    type(item).objects.update(
        verified_kgs=0, verified_at=timezone.now(), verification_note="не нужно"
    )
    assert failed(plan) == {}


def test_the_same_file_proves_something_on_two_plans(django_capture_on_commit_callbacks):
    one, other, third = sound(), sound(), sound()
    proofs = [evidence(one), evidence(other)]
    evidence(third)  # attached, and no evidence of anything
    for plan, proof in zip((one, other), proofs, strict=True):
        with django_capture_on_commit_callbacks(execute=True):
            payment = PaymentFactory(
                contribution=grant_of(plan), evidence=proof, amount_kgs=Decimal(1)
            )
            keep_totals(plan.pk)
    kept = Finding.objects.filter(check_name="shared_evidence").values_list("plan", flat=True)
    assert set(kept) == {one.pk, other.pk}
    with django_capture_on_commit_callbacks(execute=True):
        reverse(payment)
        keep_totals(other.pk)
    assert not kept.all().exists()


def test_a_budget_line_over_its_budget_needs_a_comment_at_once():
    plan = sound(cost_kgs=1_000_000, own=300_000, grant=700_000)
    line = BudgetLineFactory(plan=plan, amount=500_000)
    spent = {"kind": "spent", "budget_line": line, "document_number": "5"}
    PaymentFactory(contribution=grant_of(plan), amount_kgs=Decimal(550_000), **spent)
    assert failed(plan) == {}  # 50,000 is not more than 50,000
    PaymentFactory(contribution=grant_of(plan), amount_kgs=Decimal("25000.00"), **spent)
    assert failed(plan) == {"no_comment": 1}
    assert since(plan, "no_comment") is None
    type(line).objects.update(comment="Подорожал цемент", commented_at=timezone.now())
    assert failed(plan) == {}


def test_a_line_under_its_budget_needs_one_when_its_year_is_over():
    plan = sound(cost_kgs=1_000_000, own=300_000, grant=700_000)
    line = BudgetLineFactory(plan=plan, amount=500_000, year=2018)
    spent = {"kind": "spent", "budget_line": line, "document_number": "5"}
    PaymentFactory(contribution=grant_of(plan), amount_kgs=Decimal(100_000), **spent)
    assert failed(plan) == {"no_comment": 1}
    assert since(plan, "no_comment") == date(2019, 1, 1)


def test_of_a_joint_plan_all_municipalities_are_asked():
    plan = sound(beneficiaries_total=150)
    assert failed(plan) == {"beneficiaries": 1}
    neighbour = MunicipalityFactory(population=50)
    PlanMunicipality.objects.create(plan=plan, municipality=neighbour, share=50)
    assert failed(plan) == {}
    type(neighbour).objects.filter(pk=neighbour.pk).update(population=None)
    assert failed(plan) == {}


@pytest.mark.parametrize(
    ("status", "found"),
    [("draft", False), ("submitted", True), ("returned", True), ("completed", True)],
)
def test_drafts_are_judged_by_their_own_form(status, found):
    assert ("surplus" in failed(sound(status=status, grant=800))) is found


def test_of_a_cancelled_plan_only_what_was_paid_has_to_be_right():
    plan = sound(status=PlanStatus.CANCELLED, grant=2000, area=None)
    PaymentFactory(contribution=grant_of(plan), amount_kgs=Decimal(10))
    assert failed(plan) == {"no_evidence": 1}
    ActionPlan.objects.filter(pk=plan.pk).update(approved_at=None)
    assert failed(plan) == {}


def test_only_differences_are_written(django_assert_num_queries):
    plan = sound(grant=800)
    before = list(Finding.objects.values_list("pk"))
    keep_totals(plan.pk)
    assert list(Finding.objects.values_list("pk")) == before


def test_keeping_findings_asks_a_constant_number_of_queries(django_assert_num_queries):
    plan = sound()
    for _n in range(5):
        ContributionFactory(plan=plan, source="oblast", amount_kgs=1)
    plan = keep_totals(plan.pk)
    with django_assert_num_queries(4):  # promises, parts, kept, documents elsewhere
        findings.keep_findings(known([plan])[plan.pk])


def test_recheck_finds_what_changed_outside_of_the_plans():
    plan = sound()
    type(plan.phase).objects.update(ends_on=date(2018, 6, 1))
    assert not plan.findings.exists()
    findings.recheck(ActionPlan.objects.all())
    assert plan.findings.get().check_name == Check.OUT_OF_PHASE


def test_the_first_start_of_this_release_keeps_findings_of_all_plans():
    plan = sound(area=None)
    Finding.objects.all().delete()
    findings.recheck_if_none()
    assert plan.findings.get().check_name == Check.NO_AREA


def test_a_finding_is_of_the_days_since_it_is_true():
    plan = sound()
    Payment.objects.all().delete()
    keep_totals(plan.pk)
    day = date(2019, 3, 1)
    assert not Finding.objects.on(day - timedelta(days=1)).exists()
    assert Finding.objects.on(day).get().plan == plan


@pytest.mark.parametrize(
    ("cost", "grant", "own", "repairs"),
    [
        (2_483_253, 3_083_253, 400_000, [("grant", 2_083_253), (None, 3_483_253)]),
        (1_234_567, 1_000_000, 111_111, []),
        (1000, 800, 300, [("grant", 700), ("municipality", 200), (None, 1100)]),
        (1000, 1000, 300, [(None, 1300)]),  # a grant of 700 has a digit less
        (1000, 700, 300, []),
        (None, 700, 300, []),
    ],
)
def test_repairs_of_one_digit(cost, grant, own, repairs):
    plan = PlanFactory(cost_kgs=cost, own=own, grant=grant)
    rows = plan.contributions.order_by("-source")
    found = one_digit_repairs(plan, sorted(rows, key=lambda row: row.source != "grant"))
    assert [(r.contribution and r.contribution.source, r.then) for r in found] == repairs

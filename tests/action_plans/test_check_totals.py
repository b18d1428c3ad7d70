"""manage.py check_totals: each kind of damage is found, and --fix mends it."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from action_plans.models import (
    ActionPlan,
    Check,
    Contribution,
    Finding,
    FundingSlice,
    FundingTotal,
    PaidDay,
    Payment,
    PlanArea,
    PlanMunicipality,
    PlanStatus,
)
from action_plans.totals import keep_totals
from action_plans.totals_check import differences
from tests.factories import (
    ContributionFactory,
    MunicipalityFactory,
    PaymentFactory,
    PlanFactory,
    ServiceAreaFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    """A joint plan of two areas with payments, beside one that is not touched."""
    PlanFactory(status=PlanStatus.COMPLETED, cost_kgs=500, own=100, grant=400)
    plan = PlanFactory(
        reference="J-2018-900",
        status=PlanStatus.APPROVED,
        cost_kgs=Decimal("1000.01"),
        own=300,
        in_kind=50,
        grant=800,
        starts_on=date(2018, 3, 1),
    )
    PlanMunicipality.objects.update(share=60)
    PlanMunicipality.objects.create(plan=plan, municipality=MunicipalityFactory(), share=40)
    for share in ("66.67", "33.33"):
        PlanArea.objects.create(plan=plan, area=ServiceAreaFactory(), share=Decimal(share))
    grant = plan.contributions.get(source="grant")
    PaymentFactory(contribution=grant, amount_kgs=Decimal("900.10"))
    PaymentFactory(contribution=grant, kind="returned", amount_kgs=Decimal("0.10"))
    PaymentFactory(contribution=grant, kind="spent", amount_kgs=Decimal("10.00"))
    keep_totals(plan.pk)
    return plan


def checked(**options):
    """(what it says, how it ends)"""
    said = StringIO()
    try:
        call_command("check_totals", stdout=said, verbosity=0, **options)
    except CommandError as error:
        return said.getvalue(), str(error)
    return said.getvalue(), ""


def of_plan(plan):
    return ActionPlan.objects.filter(pk=plan.pk)


DAMAGE = {
    "grant_kgs": lambda plan: of_plan(plan).update(grant_kgs=1),
    "gap_kgs": lambda plan: of_plan(plan).update(gap_kgs=None),
    "own_share_pct": lambda plan: of_plan(plan).update(own_share_pct=Decimal("10.5")),
    "is_under_minimum": lambda plan: of_plan(plan).update(is_under_minimum=True),
    "has_sample": lambda plan: of_plan(plan).update(has_sample=True),
    "received_grant_kgs": lambda plan: Payment.objects.filter(kind="returned").update(
        amount_kgs=Decimal("0.11"), amount=Decimal("0.11")
    ),
    "own_cash_kgs": lambda plan: Contribution.objects.filter(
        plan=plan, source="municipality", form="cash"
    ).update(amount_kgs=301),
    "community_kgs": lambda plan: ContributionFactory(
        plan=plan, source="community", amount_kgs=Decimal("0.01")
    ),
    "missing": lambda plan: plan.slices.first().delete(),
    "cost_kgs": lambda plan: plan.slices.filter(pk=plan.slices.first().pk).update(cost_kgs=0),
    "status": lambda plan: plan.slices.update(status="completed"),
    "year": lambda plan: plan.slices.update(year=1999),
    "there": lambda plan: PlanArea.objects.filter(plan=plan).delete(),
    "finding surplus": lambda plan: plan.findings.filter(check_name=Check.SURPLUS).delete(),
    "finding gap": lambda plan: Finding.objects.create(plan=plan, check_name=Check.GAP),
    "finding no_evidence": lambda plan: plan.findings.filter(check_name=Check.NO_EVIDENCE).update(
        number=7
    ),
    "Total of all": lambda plan: FundingTotal.objects.filter(axis="all").update(plans=9),
    "Total of year 2018": lambda plan: FundingTotal.objects.filter(
        axis="year", key="2018"
    ).delete(),
    "Total of year 1987": lambda plan: FundingTotal.objects.filter(axis="year").update(key="1987"),
    "Grants of phase i, returned": lambda plan: PaidDay.objects.filter(kind="returned").update(
        amount=1
    ),
    "Grants of phase i, received on 2018-06-01 in KGS": lambda plan: PaidDay.objects.all().delete(),
    "Grants of phase i, received on 2019-01-01 in CHF": lambda plan: PaidDay.objects.filter(
        kind="received"
    ).update(paid_on=date(2019, 1, 1), currency="CHF"),
}


def test_nothing_differs_after_the_functions_that_keep_it(plan):
    assert checked() == ("", "")


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_named_and_mended(plan, what):
    DAMAGE[what](plan)
    said, end = checked()
    assert what in said
    assert end.endswith("To put it right: manage.py check_totals --fix")
    if "Total" not in what and "Grants" not in what:
        assert "J-2018-900" in said
    assert checked(fix=True)[1] == ""
    assert list(differences()) == []


def test_without_fix_nothing_is_changed(plan):
    of_plan(plan).update(grant_kgs=1)
    checked()
    assert of_plan(plan).get().grant_kgs == 1


def test_each_difference_says_what_is_kept_and_what_follows_from_the_rows(plan):
    of_plan(plan).update(surplus_kgs=Decimal("5.00"))
    assert [str(difference) for difference in differences()] == [
        "J-2018-900: surplus_kgs is 5.00, from the rows 149.99"
    ]


def test_findings_of_a_release_that_kept_none_are_made(plan):
    before = sorted(Finding.objects.values_list("plan", "check_name"))
    Finding.objects.all().delete()
    assert "finding" in checked()[0]
    assert checked(fix=True)[1] == ""
    assert sorted(Finding.objects.values_list("plan", "check_name")) == before


def test_slices_that_are_gone_do_not_count_twice_when_they_are_mended(plan):
    before = FundingTotal.objects.get(axis="all", status="approved").cost_kgs
    FundingSlice.objects.filter(plan=plan).delete()
    assert checked(fix=True)[1] == ""
    assert FundingTotal.objects.get(axis="all", status="approved").cost_kgs == before


@pytest.mark.parametrize("plans", [1, 3])
def test_the_number_of_queries_does_not_depend_on_the_number_of_plans(
    django_assert_num_queries, plans
):
    for _n in range(plans):
        PlanFactory(status=PlanStatus.APPROVED, cost_kgs=10, own=3, area=ServiceAreaFactory())
    with django_assert_num_queries(23):
        assert list(differences()) == []

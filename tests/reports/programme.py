"""A programme that has every awkward thing: joint plans, no area, no cost, a surplus, a cancelled plan with money."""

import datetime as dt
from decimal import Decimal

from action_plans.models import Contribution, PlanArea, PlanMunicipality
from action_plans.totals import keep_totals
from tests.factories import (
    MunicipalityFactory,
    PaymentFactory,
    PlanFactory,
    RegionFactory,
    ServiceAreaFactory,
)


def counted(*, municipalities=(), areas=(), paid=0, status="approved", **fields):
    """A counted plan; municipalities: [(place, share)] beside the lead; areas: [(area, share)]."""
    plan = PlanFactory(status=status, **fields)
    for place, share in municipalities:
        PlanMunicipality.objects.create(plan=plan, municipality=place, share=share)
        plan.municipalities.filter(is_lead=True).update(share=100 - share)
    for area, share in areas:
        PlanArea.objects.create(plan=plan, area=area, share=share)
    if paid:
        PaymentFactory(contribution=plan.contributions.last(), amount_kgs=Decimal(paid))
    keep_totals(plan.pk)
    plan.refresh_from_db()
    return plan


def awkward_programme():
    north, south = RegionFactory.create_batch(2)
    one, two = MunicipalityFactory.create_batch(2, district__region=north)
    three = MunicipalityFactory(district__region=south)
    water, education = ServiceAreaFactory.create_batch(2)
    preschool, school = ServiceAreaFactory.create_batch(2, parent=education)
    old = dt.date(2018, 5, 1)
    counted(lead=one, area=water, cost_kgs=8_000_000, own=4_000_000, starts_on=old, paid=3_999_999)
    counted(
        lead=one,
        municipalities=[(two, Decimal("40"))],
        areas=[(preschool, Decimal("33.33")), (school, Decimal("66.67"))],
        cost_kgs=Decimal("3000000.01"),
        own=100_000,
        grant=900_000,
        paid=500_000,
    )
    counted(lead=two, municipalities=[(three, Decimal("25"))], own=120_000, starts_on=old)
    counted(lead=three, area=preschool, cost_kgs=2_483_253, own=400_000, grant=3_083_253)
    counted(lead=three, area=school, cost_kgs=0, status="completed")
    counted(lead=three, area=water, cost_kgs=500_000, own=500_000, paid=70_000, status="cancelled")
    PlanFactory(lead=two, area=water, cost_kgs=9_000_000, own=1_000_000)
    return one, two, three


def promise(plan, source, amount):
    Contribution.objects.create(plan=plan, source=source, amount_kgs=Decimal(amount))
    keep_totals(plan.pk)

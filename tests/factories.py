"""Factories fill required fields only."""

import datetime as dt
import hashlib
from decimal import Decimal

import factory
import numpy as np
from django.utils import timezone

from accounts.models import Role, User
from action_plans import paid_days, paid_months
from action_plans.models import (
    ActionPlan,
    BudgetLine,
    BudgetRevision,
    Contribution,
    Evidence,
    ExchangeRate,
    InKindItem,
    Payment,
    Phase,
    PlanArea,
    PlanMunicipality,
    PlanStatus,
    PlanText,
    Programme,
    ReportingPeriod,
    ServiceArea,
    Tranche,
)
from action_plans.totals import keep_totals
from lib.money import convert
from municipalities.models import District, Municipality, Region
from reports.canonical import sha256_of
from reports.models import FileJob, ReportTemplate, SignedFile, SignedReport


class Factory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True
        skip_postgeneration_save = True


class RegionFactory(Factory):
    class Meta:
        model = Region

    code = factory.Sequence("417{:011d}".format)
    # Six letters must do for the thousands of regions of a whole run.
    iso = factory.Sequence(lambda n: f"KG-{np.base_repr(n, 36):0>3}")
    name_ru = factory.Sequence("Область {}".format)


class DistrictFactory(Factory):
    class Meta:
        model = District

    code = factory.Sequence("4171{:010d}".format)
    name_ru = factory.Sequence("Район {}".format)
    region = factory.SubFactory(RegionFactory)


class MunicipalityFactory(Factory):
    class Meta:
        model = Municipality

    code = factory.Sequence("4172{:010d}".format)
    name_ru = factory.Sequence("Айылный аймак {}".format)
    district = factory.SubFactory(DistrictFactory)
    region = factory.SelfAttribute("district.region")


class UserFactory(Factory):
    class Meta:
        model = User

    email = factory.Sequence("person{}@example.org".format)
    role = Role.STAFF


class AdministratorFactory(UserFactory):
    role = Role.ADMINISTRATOR


class StaffFactory(UserFactory):
    pass


class HeadFactory(UserFactory):
    role = Role.HEAD
    municipality = factory.SubFactory(MunicipalityFactory)


class OfficerFactory(HeadFactory):
    role = Role.OFFICER


class DonorFactory(UserFactory):
    role = Role.DONOR


class ProgrammeFactory(Factory):
    class Meta:
        model = Programme
        django_get_or_create = ["code"]

    code = "psi"
    name_ru = "Программа"


class PhaseFactory(Factory):
    class Meta:
        model = Phase
        django_get_or_create = ["code"]

    code = "i"
    name_ru = "Фаза I"
    programme = factory.SubFactory(ProgrammeFactory)
    starts_on = dt.date(2013, 11, 1)
    ends_on = dt.date(2019, 4, 30)


class ServiceAreaFactory(Factory):
    class Meta:
        model = ServiceArea

    code = factory.Sequence("area-{}".format)
    name_ru = factory.Sequence("Сфера {}".format)


class ContributionFactory(Factory):
    class Meta:
        model = Contribution

    source = "grant"
    amount_kgs = Decimal("800000.00")


class PaymentFactory(Factory):
    class Meta:
        model = Payment

    paid_on = dt.date(2018, 6, 1)
    amount_kgs = Decimal("100000.00")
    amount = factory.SelfAttribute("amount_kgs")
    rate_value = Decimal(1)
    rate_source = "som"
    booked_at = factory.LazyFunction(timezone.now)
    entered_at = factory.SelfAttribute("booked_at")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        row = super()._create(model_class, *args, **kwargs)
        paid_days.add(row.contribution.plan, row)
        rows = Payment.objects.filter(pk=row.pk).select_related("contribution")
        paid_months.add(row.contribution.plan_id, rows)
        return row


class PlanFactory(Factory):
    """A plan with one municipality and a text; own, grant: som promised. Totals are kept.

    PlanFactory(lead=…, area=…, own=200_000, grant=800_000, cost_kgs=1_000_000, status="approved")
    """

    class Meta:
        model = ActionPlan

    reference = factory.Sequence("J-2018-{:03d}".format)
    phase = factory.SubFactory(PhaseFactory)
    lead = factory.SubFactory(MunicipalityFactory)
    status = PlanStatus.DRAFT

    @classmethod
    def _create(
        cls,
        model_class,
        *args,
        own=None,
        in_kind=None,
        grant=None,
        area=None,
        title="План",
        **kwargs,
    ):
        counted = kwargs["status"] not in (
            PlanStatus.DRAFT,
            PlanStatus.SUBMITTED,
            PlanStatus.RETURNED,
        )
        if counted and "approved_at" not in kwargs:
            kwargs["approved_at"] = timezone.now()
        plan = super()._create(model_class, *args, **kwargs)
        PlanText.objects.create(
            plan=plan, language="ru", is_original=True, state="original", title=title
        )
        PlanMunicipality.objects.create(plan=plan, municipality=plan.lead, is_lead=True)
        if area:
            PlanArea.objects.create(plan=plan, area=area)
        for source, form, amount in [
            ("municipality", "cash", own),
            ("municipality", "in_kind", in_kind),
            ("grant", "cash", grant),
        ]:
            if amount:
                Contribution.objects.create(
                    plan=plan, source=source, form=form, amount_kgs=Decimal(amount)
                )
        keep_totals(plan.pk)
        plan.refresh_from_db()
        return plan


class InKindItemFactory(Factory):
    """A claim of 30 m³ of sand; verified=True: all of it was accepted, without its ledger row."""

    class Meta:
        model = InKindItem

    given_on = dt.date(2018, 5, 10)
    what = "Песок"
    quantity = Decimal(30)
    unit = "м³"
    unit_value_kgs = Decimal("1200.00")
    claimed_kgs = factory.LazyAttribute(lambda item: item.quantity * item.unit_value_kgs)
    valuation = "market"
    claimed_at = factory.LazyFunction(timezone.now)

    class Params:
        verified = factory.Trait(
            verified_kgs=factory.SelfAttribute("claimed_kgs"),
            verified_at=factory.LazyFunction(timezone.now),
        )


class BudgetLineFactory(Factory):
    """A line with its original amount. BudgetLineFactory(plan=…, amount=500_000)"""

    class Meta:
        model = BudgetLine

    position = factory.LazyAttribute(lambda line: line.plan.budget_lines.count() + 1)
    title = factory.Sequence("Работы {}".format)
    source = "grant"

    @classmethod
    def _create(cls, model_class, *args, amount=500_000, **kwargs):
        line = super()._create(model_class, *args, **kwargs)
        BudgetRevision.objects.create(
            line=line,
            number=0,
            quantity=1,
            unit_cost_kgs=amount,
            amount_kgs=amount,
            revised_at=timezone.now(),
        )
        return line


class EvidenceFactory(Factory):
    """A paper of the programme that a rate or a tranche rests on."""

    class Meta:
        model = Evidence

    file = factory.django.FileField(data=b"%PDF-1.7\n%%EOF\n", filename="paper.pdf")
    filename = "paper.pdf"
    content_type = "application/pdf"
    size = 15
    sha256 = factory.Sequence("{:064x}".format)


class ExchangeRateFactory(Factory):
    """A rate entered by hand; of one day and currency only once."""

    class Meta:
        model = ExchangeRate

    currency = "CHF"
    applies_on = dt.date(2018, 6, 1)
    last_on = factory.LazyAttribute(lambda rate: rate.applies_on + dt.timedelta(7))
    value = Decimal("70.1234")
    source = "manual"
    evidence = factory.SubFactory(EvidenceFactory)
    entered_at = factory.LazyFunction(timezone.now)


class TrancheFactory(Factory):
    """amount at rate_value; its som follow."""

    class Meta:
        model = Tranche

    phase = factory.SubFactory(PhaseFactory)
    donor = "SDC"
    received_on = dt.date(2014, 1, 1)
    currency = "CHF"
    amount = Decimal("60000.00")
    rate_value = Decimal("69.50")
    rate_on = factory.SelfAttribute("received_on")
    rate_source = "bank"
    amount_kgs = factory.LazyAttribute(lambda o: convert(o.amount, o.rate_value))
    entered_at = factory.LazyFunction(timezone.now)
    booked_at = factory.SelfAttribute("entered_at")


class PeriodFactory(Factory):
    """An open period: the year 2017 of phase I."""

    class Meta:
        model = ReportingPeriod

    phase = factory.SubFactory(PhaseFactory)
    starts_on = dt.date(2017, 1, 1)
    ends_on = dt.date(2017, 12, 31)


class ReportTemplateFactory(Factory):
    class Meta:
        model = ReportTemplate
        django_get_or_create = ["slug"]

    slug = "half-year"
    name_en = "Half-year report"
    tables = factory.LazyFunction(lambda: [{"table": "sources", "rows": "", "columns": []}])
    certificate_en = "We certify that these figures are true."


class SignedReportFactory(Factory):
    """A row as signing leaves it, without its files and without the step of its period."""

    class Meta:
        model = SignedReport

    period = factory.SubFactory(PeriodFactory)
    version = 1
    template = factory.SubFactory(ReportTemplateFactory)
    name_en = factory.SelfAttribute("template.name_en")
    language = "en"
    snapshot = '{"format":"psi-signed-report/1","tables":[]}'
    sha256 = factory.LazyAttribute(lambda report: sha256_of(report.snapshot))
    certificate = "We certify that these figures are true."
    prepared_at = factory.LazyFunction(timezone.now)
    prepared_by = factory.SubFactory(StaffFactory)
    prepared_name = "Prepared Person"
    prepared_role = "Project staff"
    approved_at = factory.LazyFunction(timezone.now)
    approved_by = factory.SubFactory(StaffFactory, may_sign=True)
    approved_name = "Approving Person"
    approved_role = "Head of the programme"


class FileJobFactory(Factory):
    """A long file that waits for the worker: the workbook of the funding report."""

    class Meta:
        model = FileJob

    asked_by = factory.SubFactory(StaffFactory)
    address = "http://testserver/reports/funding.xlsx"
    title = "Funding report"
    language = "en"
    rows_total = 6000
    asked_at = factory.LazyFunction(timezone.now)


class SignedFileFactory(Factory):
    class Meta:
        model = SignedFile

    report = factory.SubFactory(SignedReportFactory)
    format = "pdf"
    file = factory.django.FileField(data=b"%PDF-1.7\n%%EOF\n", filename="report.pdf")
    size = 15
    sha256 = hashlib.sha256(b"%PDF-1.7\n%%EOF\n").hexdigest()

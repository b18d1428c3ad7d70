"""A small programme with every kind of person and page, for tests that go through all addresses."""

import datetime as dt
import hashlib

from django.core.files.base import ContentFile
from django.urls import reverse

from accounts import invitations
from accounts.models import Role
from action_plans.models import Attachment
from reports import closing
from tests import factories
from tests.conferences import world as sharing

PDF = b"%PDF-1.7\n%%EOF\n"
PEOPLE = {
    "anonymous": None,
    "administrator": {"role": Role.ADMINISTRATOR, "may_reopen": True},
    "staff": {"role": Role.STAFF},
    "approver": {"role": Role.STAFF, "may_sign": True},
    "head": {"role": Role.HEAD},
    "officer": {"role": Role.OFFICER},
    "stranger": {"role": Role.HEAD},  # head of another municipality
    "donor": {"role": Role.DONOR},
}


class World:
    def __init__(self):
        self.year = 1990
        self.place, self.elsewhere = factories.MunicipalityFactory.create_batch(2)
        self.people = {name: self._person(name, fields) for name, fields in PEOPLE.items()}
        self.colleague = factories.UserFactory(name="Colleague")
        self.colleague.set_unusable_password()
        self.colleague.save()
        self.area = factories.ServiceAreaFactory()

    def _person(self, name, fields):
        if fields is None:
            return None
        municipal = fields["role"] in (Role.HEAD, Role.OFFICER)
        place = self.elsewhere if name == "stranger" else self.place
        return factories.UserFactory(
            email=f"{name}@example.org", municipality=place if municipal else None, **fields
        )

    def plan(self, status):
        return factories.PlanFactory(
            lead=self.place,
            area=self.area,
            status=status,
            cost_kgs=1_000_000,
            own=200_000,
            grant=800_000,
        )

    def document(self, plan):
        return Attachment.objects.create(
            plan=plan,
            file=ContentFile(PDF, "decision.pdf"),
            filename="decision.pdf",
            content_type="application/pdf",
            size=len(PDF),
            sha256=hashlib.sha256(PDF).hexdigest(),
        )

    def item(self, plan, *, verified):
        """A contribution in kind of the plan."""
        promise = factories.ContributionFactory(plan=plan, source="municipality", form="in_kind")
        return factories.InKindItemFactory(
            contribution=promise, evidence=self.document(plan), verified=verified
        )

    def row(self, name, plan):
        """What the address of a plan's page names besides the plan, if anything."""
        if name in ("action_plans:document", "action_plans:document_remove"):
            return self.document(plan)
        if name.startswith("action_plans:in_kind_") and name != "action_plans:in_kind_add":
            return self.item(plan, verified=name == "action_plans:in_kind_withdraw")
        if name.startswith("action_plans:payment_"):
            return factories.PaymentFactory(contribution=plan.contributions.first())
        if name == "action_plans:promise_revise":
            return plan.contributions.first()
        if name.startswith("action_plans:budget_") and name != "action_plans:budget_add":
            return factories.BudgetLineFactory(plan=plan)
        return None

    def period(self):
        """Of a year that no other period of this world has."""
        self.year += 1
        days = {"starts_on": dt.date(self.year, 1, 1), "ends_on": dt.date(self.year, 12, 31)}
        return factories.PeriodFactory(**days)

    def closed_period(self):
        period = self.period()
        closing.step(period, "closed", by=self.colleague)
        return period

    def path(self, name, state=""):
        """The address of a URL name; a name of a plan's page needs the state of the plan."""
        return reverse(name, args=self._arguments(name, state))

    def _arguments(self, name, state):
        if name in sharing.ARGUMENTS:
            return sharing.arguments(self, name, state)
        if state:
            plan = self.plan(state)
            row = self.row(name, plan)
            return [plan.reference, row.pk] if row else [plan.reference]
        if name.startswith("reports:job_") or name == "reports:job":
            return [factories.FileJobFactory(asked_by=self.people["staff"]).pk]
        if name.startswith("reports:table"):
            return ["budget"]
        if name == "reports:period_sign":
            factories.ReportTemplateFactory()
            return [self.closed_period().pk]
        if name == "reports:period_reopen":
            return [self.closed_period().pk]
        if name.startswith("reports:period_") or name == "reports:period":
            return [self.period().pk] if name != "reports:period_add" else []
        if name.startswith("reports:signed"):
            report = factories.SignedReportFactory(period=self.period())
            factories.SignedFileFactory(report=report)
            return [report.pk, "pdf"] if name == "reports:signed_file" else [report.pk]
        if name == "reports:template":
            return [factories.ReportTemplateFactory().slug]
        if name == "ledger:evidence":
            return [factories.ExchangeRateFactory().evidence.pk]
        if name == "ledger:tranche_reverse":
            return [factories.TrancheFactory().pk]
        if name == "ledger:phase":
            return [factories.PhaseFactory().code]
        if name in ("accounts:person", "accounts:invite_again", "accounts:switch"):
            return [self.colleague.pk]
        if name == "account_invitation":
            return [invitations.uid(self.colleague), invitations.tokens.make_token(self.colleague)]
        return {
            "municipalities:detail": [self.place.code],
            "municipalities:region": [self.place.region.iso],
            "municipalities:district": [self.place.district.code],
            "reports:chart": ["areas"],
            "account_reset_password_from_key": ["1", "no-key"],
        }.get(name, [])

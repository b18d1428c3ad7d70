"""A year 2017 with money in it, closed by its preparer; who may sign it; signing it."""

import datetime as dt
from decimal import Decimal

from action_plans.models import Phase
from action_plans.totals import keep_totals
from reports import closing, signing
from reports.donor_tables.unallocated import digest, gaps
from tests import factories

TABLES = [
    {"table": "budget", "rows": "plan"},
    {"table": "sources"},
    {"table": "unallocated"},
]


def template(**changes):
    fields = {"slug": "year", "name_en": "Yearly report", "tables": TABLES}
    fields |= {"certificate_ky": "Ырастайбыз.", "certificate_ru": "Подтверждаем."}
    return factories.ReportTemplateFactory(**fields | changes)


def plan_with_money(received=2_400_000, **changes):
    plan = factories.PlanFactory(
        **{"status": "approved", "own": 300_000, "grant": received, "cost_kgs": 2_700_000}
        | {"area": factories.ServiceAreaFactory(), "approved_at": at(2017, 1, 10)}
        | changes
    )
    factories.PaymentFactory(
        contribution=plan.contributions.get(source="grant"),
        paid_on=dt.date(2017, 6, 1),
        amount_kgs=Decimal(received),
        booked_at=at(2017, 6, 2),
    )
    keep_totals(plan.pk)
    return plan


def at(*day):
    return dt.datetime(*day, 12, tzinfo=dt.UTC)


def preparer(**changes):
    return factories.StaffFactory(name="Preparer", may_reopen=True, **changes)


def approver(**changes):
    return factories.StaffFactory(name="Approver", may_sign=True, **changes)


def closed_year(by=None, **dates):
    """The year 2017 of phase I, closed; then 2018 is open."""
    period = factories.PeriodFactory(**dates)
    close(period, by or preparer())
    factories.PeriodFactory(starts_on=dt.date(2018, 1, 1), ends_on=dt.date(2018, 12, 31))
    return period


def close(period, by):
    phase = Phase.objects.get(pk=period.phase_id)
    closing.close(period=period, accepted=digest(gaps(phase, period.ends_on)), by=by)
    period.refresh_from_db()


def sign(period, by=None, of=None, **changes):
    person = {"name": "Approving Person", "role": "Head of the programme"}
    return signing.sign(
        **{"period": period, "template": of or template(), "by": by or approver()}
        | person
        | changes
    )

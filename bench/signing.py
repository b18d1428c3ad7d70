"""Signing a period of thousands of plans: all of it is taken back afterwards, so that the data stay the same."""

import datetime as dt
import tempfile
from statistics import median
from time import perf_counter
from typing import NamedTuple

from django.db import connection, transaction
from django.test import override_settings
from django.urls import reverse

from action_plans import totals_check
from action_plans.models import (
    ActionPlan,
    FundingSlice,
    FundingTotal,
    PaidDay,
    PaidMonth,
    Phase,
    ReportingPeriod,
)
from reports import closing, signing, snapshots
from reports.models import ReportTemplate

from .data import person

# The first ones give a report of 10,000 rows, which the target names; the others are told beside it.
PLANS = [5_100, 10_000]
TIMES = 3  # a server that has just started takes longer for the first one
KEPT = [ActionPlan, FundingSlice, FundingTotal, PaidDay, PaidMonth]
CHANGED = ", ".join(model._meta.db_table for model in KEPT)
JUNE = dt.datetime(2026, 6, 30, tzinfo=dt.UTC)
DAYS = {"starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 6, 30)}


class SigningResult(NamedTuple):
    seconds: float
    plans: int
    rows: int  # of all tables
    figures: int  # rows of plans and budget lines that the snapshot keeps
    size: int  # of the JSON
    is_right: bool


def measure_signings():
    return [measure_signing(number) for number in PLANS]


def measure_signing(number):
    """The half-year report of SDC with T2 by plan, closed by one and signed by another person."""
    folder = tempfile.TemporaryDirectory()
    with folder as files, override_settings(MEDIA_ROOT=files), transaction.atomic():
        what = {"period": closed_period(number), "template": by_plan(), "by": approver()}
        reverse("reports:verify")  # a server knows its addresses
        found = [sign_and_take_back(what) for _ in range(TIMES)]
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {CHANGED}")
    return found[-1]._replace(
        seconds=median(each.seconds for each in found),
        is_right=all(each.is_right for each in found),
    )


def sign_and_take_back(what):
    what["period"].refresh_from_db()
    with transaction.atomic():
        started = perf_counter()
        report = signing.sign(name="Donor", role="Head", **what)
        found = result(report, perf_counter() - started)
        transaction.set_rollback(True)
    return found


def closed_period(number=PLANS[-1]):
    """Of a phase of its own, to which so many approved plans are moved."""
    phase = Phase.objects.last()
    plans = ActionPlan.objects.was_approved().filter(phase=phase, approved_at__lt=JUNE)
    plans = list(plans.order_by("pk").values_list("pk", flat=True)[:number])
    phase.pk, phase.code = None, "bench"
    phase.save()
    ActionPlan.objects.filter(pk__in=plans).update(phase=phase)
    FundingSlice.objects.filter(plan__in=plans).update(phase=phase)
    totals_check.put_right([])  # sums of phases
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {CHANGED}")
    period = ReportingPeriod.objects.create(phase=phase, **DAYS)
    closing.step(period, "closed", by=person("staff1"))
    return period


def by_plan():
    template = ReportTemplate.objects.get(slug="sdc-half-year")
    for entry in template.tables:
        if entry["table"] == "budget" and not entry.get("equivalents"):
            entry["rows"] = "plan"
    return template


def approver():
    signer = person("staff2")
    signer.may_sign = True
    signer.save()
    return signer


def result(report, seconds):
    data = signing.figures_of(report)
    of_plans = snapshots.table_from(data, "budget", "en", rows="plan").rows
    plans = ActionPlan.objects.filter(phase=report.period.phase).count()
    return SigningResult(
        seconds=seconds,
        plans=len(of_plans),
        rows=sum(len(table["rows"]) for table in data["tables"]),
        figures=len(data["facts"]),
        size=len(report.snapshot),
        is_right=report.files.count() == 4 and len(of_plans) == plans,
    )

"""How long it takes to record something: until it is committed, and what is kept of the plan agrees."""

import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.test.utils import CaptureQueriesContext

from action_plans import corrections
from action_plans.models import ActionPlan, Payment, PaymentKind, PlanStatus, Source
from action_plans.payments import Line
from action_plans.plan_page import net_received

from .changes import book, booked_for_now
from .pages import person
from .web import ROOT, seconds_of, spread

TIMES = 20
AMOUNT, WRONG = Decimal("12345.67"), Decimal("12354.67")


class Verb(NamedTuple):
    name: str
    target: int | None  # milliseconds
    do: Callable  # with one plan
    received: Decimal  # what it adds to what the plan has received
    prepare: Callable = lambda plan: None  # before the clock runs; `do` gets what it answers


class VerbResult(NamedTuple):
    verb: Verb
    median: float
    p95: float
    queries: int
    is_right: bool


class CheckResult(NamedTuple):
    """Of manage.py check_totals."""

    seconds: float
    megabytes: float
    is_right: bool


VERBS = [
    Verb("Payment, som", 20, lambda plan, _: receive(plan), AMOUNT),
    Verb(
        "Payment in dollars, by the rate of the day",
        20,
        lambda plan, _: receive(plan, currency="USD", paid_on=some_day(plan)),
        None,
    ),
    Verb("Grant in francs, by the tranches", None, lambda plan, _: receive_francs(plan), None),
    Verb("Invoice paid from two sources", 20, lambda plan, _: pay_invoice(plan), Decimal(0)),
    Verb(
        "Correction of a payment",
        20,
        lambda _plan, row: correct(row),
        AMOUNT - WRONG,
        prepare=lambda plan: receive(plan, amount=WRONG)[0],
    ),
]


def receive(plan, *, source=Source.MUNICIPALITY, amount=AMOUNT, **others):
    return book(plan, [Line(cash(plan, source), amount)], PaymentKind.RECEIVED, **others)


def receive_francs(plan):
    return receive(plan, source=Source.GRANT, currency="CHF")


def pay_invoice(plan):
    lines = list(plan.budget_lines.all()[:2])
    sources = [Source.MUNICIPALITY, Source.GRANT]
    parts = [
        Line(cash(plan, source), AMOUNT, line) for source, line in zip(sources, lines, strict=True)
    ]
    return book(plan, parts, PaymentKind.SPENT, document_number="17/26")


def correct(row):
    return corrections.correct(payment=row, amount=AMOUNT, reason="Опечатка.", by=person("staff1"))


def cash(plan, source):
    return plan.contributions.get(source=source, form="cash")


def some_day(plan):
    """On which its currency had a rate."""
    rows = Payment.objects.filter(contribution__plan__phase=plan.phase, currency="USD")
    return rows.order_by("-pk")[0].paid_on


def plans_to_pay():
    """Different ones in implementation, with a budget."""
    plans = ActionPlan.objects.filter(status=PlanStatus.IMPLEMENTATION, phase__code="iii")
    plans = plans.filter(budget_lines__position=2).order_by("search_key", "pk")
    return list(plans.select_related("phase")[: TIMES + 1])


def measure_verb(verb):
    """Of one plan after the other; nothing of it stays."""
    *plans, last = plans_to_pay()
    seconds, right = [], []
    with booked_for_now():
        for plan in plans:
            prepared, before = verb.prepare(plan), received(plan)
            seconds.append(seconds_of(verb.do, plan, prepared))
            added = received(plan) - before
            right.append(is_kept(plan) and verb.received in (None, added))
        prepared = verb.prepare(last)
        with CaptureQueriesContext(connection) as queries:
            verb.do(last, prepared)
    return VerbResult(verb, *spread(seconds), len(queries), all(right))


def received(plan):
    return sum(net_received(plan).values())


def is_kept(plan):
    return ActionPlan.objects.get(pk=plan.pk).received_kgs == received(plan)


def measure_check(database):
    """In a process of its own, as it is run at night."""
    command = [sys.executable, str(ROOT / "manage.py"), "check_totals", "--verbosity", "0"]
    return run_alone(command, {**os.environ, "DATABASE_URL": database})


def run_alone(command, environment):
    found = []

    def run():
        process = subprocess.Popen(command, env=environment)
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        found.extend([usage.ru_maxrss / 1024, process.returncode == 0])

    seconds = seconds_of(run)
    return CheckResult(seconds, *found)

"""How long it takes to record something: until it is committed, and what is kept of the plan agrees."""

import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from time import perf_counter
from typing import NamedTuple

from django.db import connection
from django.test.utils import CaptureQueriesContext

from action_plans import corrections
from action_plans.models import ActionPlan, Payment, PaymentKind, PlanStatus, Source
from action_plans.payments import Line
from action_plans.plan_page import net_received

from .changes import book, booked_for_now
from .data import person
from .web import ROOT, megabytes_in, seconds_of, spread

TIMES = 20
# What manage.py does; at the end it says what the system knows of its memory.
ALONE = """
import atexit
from django.core.management import execute_from_command_line
atexit.register(lambda: print(open("/proc/self/status").read()))
execute_from_command_line()
"""
AMOUNT, WRONG = Decimal("12345.67"), Decimal("12354.67")


class Verb(NamedTuple):
    name: str
    target: int  # milliseconds
    ready: Callable  # with a plan, before the clock runs; what it answers is called
    received: Decimal | None  # what the plan has received more afterwards; None: goes by a rate


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


def receive(plan, *, source=Source.MUNICIPALITY, amount=AMOUNT, **others):
    """Ready to be booked: what a person has typed."""
    return partial(book, plan, [Line(cash(plan, source), amount)], PaymentKind.RECEIVED, **others)


def receive_dollars(plan):
    return receive(plan, currency="USD", paid_on=some_day(plan))


def receive_francs(plan):
    return receive(plan, source=Source.GRANT, currency="CHF")


def pay_invoice(plan):
    sources, lines = [Source.MUNICIPALITY, Source.GRANT], plan.budget_lines.all()[:2]
    pairs = zip(sources, lines, strict=True)
    parts = [Line(cash(plan, source), AMOUNT, line) for source, line in pairs]
    return partial(book, plan, parts, PaymentKind.SPENT, document_number="17/26")


def correct(plan):
    (row,) = receive(plan, amount=WRONG)()
    changes = {"amount": AMOUNT, "reason": "Опечатка.", "by": person("staff1")}
    return partial(corrections.correct, payment=row, **changes)


VERBS = [
    Verb("Payment, som", 20, receive, AMOUNT),
    Verb("Payment in dollars, by the rate of the day", 20, receive_dollars, None),
    Verb("Grant in francs, by the tranches", 20, receive_francs, None),
    Verb("Invoice paid from two sources", 20, pay_invoice, Decimal(0)),
    Verb("Correction of a payment", 20, correct, AMOUNT - WRONG),
]


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
            do, before = verb.ready(plan), received(plan)
            seconds.append(seconds_of(do))
            added = received(plan) - before
            right.append(is_kept(plan) and verb.received in (None, added))
        do = verb.ready(last)
        with CaptureQueriesContext(connection) as queries:
            do()
    return VerbResult(verb, *spread(seconds), len(queries), all(right))


def received(plan):
    return sum(net_received(plan).values())


def is_kept(plan):
    return ActionPlan.objects.get(pk=plan.pk).received_kgs == received(plan)


def measure_check(database):
    """In a process of its own, as it is run at night."""
    command = [sys.executable, "-c", ALONE, "check_totals", "--verbosity", "0"]
    return run_alone(command, {**os.environ, "DATABASE_URL": database})


def run_alone(command, environment):
    started = perf_counter()
    found = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    seconds = perf_counter() - started
    return CheckResult(seconds, megabytes_in(found.stdout), found.returncode == 0)

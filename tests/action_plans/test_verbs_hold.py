"""Whatever people do with the real verbs, one after the other or at once, what is kept equals the rows."""

import datetime as dt
import random
import threading
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import TestCase
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from action_plans import (
    approval,
    budget,
    corrections,
    facts_correction,
    in_kind,
    paid_days,
    payments,
    promises,
)
from action_plans.editing import Conflict
from action_plans.facts import facts_of
from action_plans.models import ActionPlan, BudgetLine, InKindItem, Payment, PlanStatus
from action_plans.totals_check import differences
from tests.factories import (
    BudgetLineFactory,
    ExchangeRateFactory,
    PlanFactory,
    ServiceAreaFactory,
    StaffFactory,
    TrancheFactory,
)

KINDS = ["received", "received", "spent", "returned"]
PDF = b"%PDF-1.7\n%%EOF\n"
JUNE = dt.date(2018, 6, 1)


class Life:
    """A plan and one person who does things to it; what is refused changes nothing."""

    def __init__(self, number):
        self.by = StaffFactory()
        self.plan = PlanFactory(
            status=PlanStatus.APPROVED,
            approved_at=dt.datetime(2018, 1, 15, tzinfo=dt.UTC),
            cost_kgs=Decimal("1000000.00"),
            own=200_000,
            in_kind=50_000,
            grant=700_000 + number,
            area=ServiceAreaFactory(),
            starts_on=dt.date(2018, 2, 1),
            beneficiaries_total=100,
        )
        self.line = BudgetLineFactory(plan=self.plan, amount=60_000)

    def do(self, verb, amount, n):
        try:
            with transaction.atomic():
                getattr(self, verb)(amount, n)
        except (ValidationError, Conflict, NothingThereError):
            return False
        return True

    def nth(self, rows, n):
        rows = list(rows.order_by("pk"))
        if not rows:
            raise NothingThereError
        return rows[n % len(rows)]

    @property
    def cash(self):
        return self.plan.contributions.filter(form="cash")

    @property
    def rows(self):
        return Payment.objects.filter(contribution__plan=self.plan)

    @property
    def items(self):
        return InKindItem.objects.filter(contribution__plan=self.plan)

    def book(self, amount, n, currency="KGS", evidence=None):
        kind = KINDS[n % 4]
        line = self.line if kind == "spent" else None
        payments.book(
            plan=self.plan,
            lines=[payments.Line(self.nth(self.cash, n), amount, line)],
            kind=kind,
            paid_on=JUNE + dt.timedelta(days=n),
            booking_key=uuid.uuid4(),
            by=self.by,
            currency=currency,
            document_number="" if n == 5 or evidence else str(n),
            evidence=evidence,
        )

    def book_with_scan(self, amount, n):
        """The same invoice may prove a payment of the other plan."""
        self.book(amount, n, evidence=SimpleUploadedFile("act.pdf", PDF, "application/pdf"))

    def off_the_line(self, amount, n):
        """A payment had been booked on a budget line that it does not belong to."""
        corrections.correct(
            payment=self.nth(self.rows, n), reason="x", by=self.by, budget_line=None
        )

    def book_francs(self, amount, n):
        self.book(amount, n, "CHF")  # from 9 June on there is no rate: the row waits

    def reverse(self, amount, n):
        corrections.reverse(payment=self.nth(self.rows, n), reason="x", by=self.by)

    def correct(self, amount, n):
        payment = self.nth(self.rows, n)
        corrections.correct(payment=payment, reason="x", by=self.by, amount=amount)

    def other_day(self, amount, n):
        """It was paid on another day, and in another currency."""
        payment = self.nth(self.rows, n)
        changes = {"paid_on": JUNE + dt.timedelta(days=n * 3 % 8)}
        changes["currency"] = "KGS" if payment.currency == "CHF" else "CHF"
        corrections.correct(payment=payment, reason="x", by=self.by, **changes)

    def move(self, amount, n):
        """A payment had been booked on the wrong source."""
        payment, other = self.nth(self.rows, n), self.nth(self.cash, n + 2)
        corrections.correct(payment=payment, reason="x", by=self.by, contribution=other)

    def discard(self, amount, n):
        payment = self.nth(self.rows.waiting(), n)
        payments.discard(payment_id=payment.pk, plan=self.plan, by=self.by)

    def rate_arrives(self, amount, n):
        ExchangeRateFactory(applies_on=JUNE + dt.timedelta(days=8), version=Life.version())
        payments.book_waiting(by=self.by, currency="CHF")

    versions = 0

    @classmethod
    def version(cls):
        cls.versions += 1
        return cls.versions

    def claim(self, amount, n):
        in_kind.claim(
            plan=self.plan,
            claim_key=uuid.uuid4(),
            by=self.by,
            evidence=SimpleUploadedFile("act.pdf", PDF, "application/pdf") if n % 2 else None,
            contribution=self.plan.contributions.get(form="in_kind"),
            given_on=JUNE,
            what="Песок",
            quantity=Decimal(n + 1),
            unit="м³",
            unit_value=min(amount, Decimal(9999)),
            valuation="market",
            valuation_note="",
        )

    def verify(self, amount, n):
        item = self.nth(self.items, n)
        accepted = item.claimed_kgs if n % 2 else min(amount, item.claimed_kgs)
        in_kind.verify(item=item, accepted=accepted, by=self.by, note="меньше")

    def withdraw(self, amount, n):
        in_kind.withdraw(item=self.nth(self.items, n), reason="x", by=self.by)

    def drop_claim(self, amount, n):
        in_kind.remove(item=self.nth(self.items, n), by=self.by)

    def promise(self, amount, n):
        promises.revise(
            contribution=self.nth(self.plan.contributions.all(), n),
            amount=amount if n else Decimal(0),
            effective_on=JUNE + dt.timedelta(days=n),
            reason="x",
            decision="№ 3",
            by=self.by,
        )

    def promise_more(self, amount, n):
        promises.add(
            plan=self.plan,
            source=["oblast", "donor", "municipality"][n % 3],
            form="cash",
            amount=amount,
            promised_on=JUNE,
            decision="№ 4",
            by=self.by,
        )

    def budget(self, amount, n):
        budget.revise(
            line=BudgetLine.objects.get(pk=self.line.pk),
            quantity=Decimal(1),
            unit_cost=amount,
            effective_on=JUNE + dt.timedelta(days=n),
            reason="x",
            by=self.by,
        )

    def comment(self, amount, n):
        budget.comment(line=BudgetLine.objects.get(pk=self.line.pk), text=str(n), by=self.by)

    def facts(self, amount, n):
        plan = ActionPlan.objects.get(pk=self.plan.pk)
        facts = {key: value for key, value in facts_of(plan).items() if key[0] != "areas"}
        areas = [[], ["100"], ["66.67", "33.33"]][n % 3]
        facts |= {("areas", ServiceAreaFactory().pk): Decimal(share) for share in areas}
        facts["cost_kgs",] = None if n == 4 else amount
        facts_correction.correct(
            plan_id=plan.pk,
            facts=facts,
            base=plan.version,
            reason="x",
            by=self.by,
            at=timezone.now(),
        )

    def step(self, amount, n):
        if n < 3:
            approval.start(plan_id=self.plan.pk, on=JUNE, by=self.by)
        elif n < 5:
            approval.complete(plan_id=self.plan.pk, on=JUNE + dt.timedelta(days=99), by=self.by)
        else:
            approval.cancel(plan_id=self.plan.pk, reason="x", by=self.by)


class NothingThereError(Exception):
    pass


VERBS = ["book", "book_francs", "reverse", "correct", "move", "discard", "rate_arrives", "claim"]
VERBS += ["verify", "withdraw", "drop_claim", "promise", "promise_more", "budget", "comment"]
VERBS += ["facts", "step", "other_day", "book_with_scan", "off_the_line"]
AMOUNT = st.decimals(min_value="0.01", max_value="900000.00", places=2)
# First some money, then anything.
STEPS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(VERBS), AMOUNT, st.integers(0, 9)), max_size=12
)


def test_every_verb_does_something_here(db):
    """Else the sequences below would hold because everything was refused."""
    ExchangeRateFactory()
    life = Life(1)
    order = [("book", 0), ("correct", 0), ("book", 1), ("book_francs", 1), ("claim", 0)]
    order += [("drop_claim", 0), ("claim", 1), ("verify", 1), ("withdraw", 0), ("promise", 1)]
    order += [("promise_more", 1), ("budget", 1), ("comment", 1), ("facts", 1), ("reverse", 3)]
    order += [("book_francs", 9), ("discard", 0), ("book_francs", 9), ("rate_arrives", 0)]
    order += [("book", 0), ("move", -1), ("other_day", -1), ("book_with_scan", 2)]
    order += [("off_the_line", -1)]
    order += [("step", 0)]
    with TestCase.captureOnCommitCallbacks(execute=True):
        refused = [
            (verb, n)
            for number, (verb, n) in enumerate(order)
            if not life.do(verb, Decimal("1000.05") + number, n)
        ]
    assert refused == []
    assert list(differences()) == []


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_what_is_kept_equals_the_rows_after_any_sequence_of_verbs(db, steps):
    with transaction.atomic():
        ExchangeRateFactory()
        lives = [Life(0), Life(1)]
        if len(steps) % 2:
            TrancheFactory(phase=lives[0].plan.phase)
        with TestCase.captureOnCommitCallbacks(execute=True):
            for which in (0, 1):
                lives[which].do("book", Decimal("5000.00"), 0)
                lives[which].do("claim", Decimal("10.00"), 1)
            for which, verb, amount, n in steps:
                lives[which].do(verb, amount, n)
        assert list(differences()) == []
        transaction.set_rollback(True)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_what_is_kept_equals_the_rows_when_many_work_at_once():
    """On two plans at once: booking, reversing, revising and verifying; somebody checks meanwhile."""
    ExchangeRateFactory()
    lives = [Life(0), Life(1)]
    for life in lives:
        for n in range(4):
            assert life.do("book", Decimal("1000.00"), 0)
            assert life.do("claim", Decimal("10.00"), 1 + 2 * n)
    done, broken = [], []

    def work(number):
        chance = random.Random(number)
        try:
            for _n in range(6):
                verb = chance.choice(["book", "reverse", "promise", "verify", "withdraw", "facts"])
                if lives[chance.randrange(2)].do(verb, Decimal("10.01"), chance.randrange(1, 9)):
                    done.append(verb)
        except Exception as error:
            broken.append(error)
        finally:
            connection.close()

    def look():
        try:
            for _n in range(3):
                # Which file proves something twice is looked at after the commit.
                seen = [d for d in differences() if d.what != "finding shared_evidence"]
                broken.extend(seen)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[n]) for n in range(6)]
    threads.append(threading.Thread(target=look))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert {"book", "reverse", "promise", "verify"} <= set(done)
    assert list(differences()) == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_grants_that_change_their_day_and_currency_at_once_wait_for_each_other():
    """Two plans of a phase; every change takes from one day and adds to another. The days are made anew too."""
    ExchangeRateFactory()
    lives = [Life(0), Life(1)]
    phase = lives[0].plan.phase
    TrancheFactory(phase=phase, amount=Decimal("900000.00"))
    assert lives[1].plan.phase == phase
    broken = []

    def work(number):
        chance = random.Random(number)
        life = lives[number % 2]
        grant = life.cash.get(source="grant")
        try:
            for _n in range(8):
                (row,) = payments.book(
                    plan=life.plan,
                    lines=[payments.Line(grant, Decimal("10.00"))],
                    kind="received",
                    paid_on=JUNE + dt.timedelta(days=chance.randrange(3)),
                    booking_key=uuid.uuid4(),
                    by=life.by,
                    currency=chance.choice(["KGS", "CHF"]),
                )
                corrections.correct(
                    payment=row,
                    reason="x",
                    by=life.by,
                    amount=Decimal("10.01"),
                    paid_on=JUNE + dt.timedelta(days=chance.randrange(3)),
                    currency=chance.choice(["KGS", "KGS", "CHF"]),
                )
        except Exception as error:
            broken.append(error)
        finally:
            connection.close()

    def rebuild():
        try:
            for _n in range(4):
                paid_days.rebuild()
        except Exception as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[n]) for n in range(6)]
    threads.append(threading.Thread(target=rebuild))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert Payment.objects.count() == 6 * 8 * 3
    assert list(differences()) == []

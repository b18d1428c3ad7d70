"""The money of a plan: promises and their revisions, a budget, the ledger, what was given in kind."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from action_plans.models import (
    Attachment,
    BudgetLine,
    BudgetRevision,
    Contribution,
    Form,
    InKindItem,
    Payment,
    PaymentKind,
    PromiseRevision,
    Source,
    UsedRate,
    Valuation,
)
from lib.currencies import KGS
from lib.money import CENT, convert, round_kgs

from .words import IN_KIND, LINES

PAYMENTS_EACH = 10
NOW = dt.datetime(2026, 11, 1, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
THIRD_SOURCES = [
    (Source.MUNICIPALITY, Form.IN_KIND),
    (Source.MUNICIPALITY, Form.IN_KIND),
    (Source.COMMUNITY, Form.CASH),
    (Source.OBLAST, Form.CASH),
    (Source.REPUBLIC, Form.CASH),
    (Source.DONOR, Form.CASH),
]
KINDS = [PaymentKind.RECEIVED, PaymentKind.RECEIVED, PaymentKind.SPENT]
# Of 100 plans so many have …
BUDGET, REVISED, MISTAKEN, WAITING, CLAIMED, UNPAID = 30, 5, 10, 1, 10, 2
# Of 100 payments so many are …
FOREIGN, PROVEN, UNPROVEN = 10, 3, 1
SHARED = 200  # one document of so many is that of another plan
WRONG, TAKEN_BACK, CORRECTED = 3, 4, 5  # which rows of a plan with a mistake


class Money:
    def __init__(self, programme, rates):
        self.add, self.remember = programme.add, programme.remember
        self.random, self.staff, self.rates = programme.random, programme.staff, rates
        self.payments_due, self.last_plan = 0, programme.number
        self.last_document = None

    def of(self, plan):
        """(contributions, {contribution id: net som})"""
        contributions = self._promises(plan)
        lines = self._budget(plan) if self._one_of_100(BUDGET) else []
        return contributions, self._payments(plan, contributions, lines)

    def _one_of_100(self, number):
        return self.random.randrange(100) < number

    def _person(self):
        return self.random.choice(self.staff)

    # --- What was promised --------------------------------------------------------------------

    def _promises(self, plan):
        cost = plan.cost_kgs or Decimal(2_000_000)
        # Eight of ten plans are covered exactly, one has a gap and one a surplus.
        promised = cost * self.random.choice([Decimal("0.8"), Decimal("1.1"), *[Decimal(1)] * 8])
        own = (promised * self.random.randrange(5, 50) / 100).quantize(CENT)
        third = (promised * self.random.randrange(1, 20) / 100).quantize(CENT)
        grant = promised.quantize(CENT) - own - third
        rows = [(Source.MUNICIPALITY, Form.CASH, own), (Source.GRANT, Form.CASH, grant)]
        rows.append((*self.random.choice(THIRD_SOURCES), third))
        contributions = [self._promise(plan, *row) for row in rows]
        if plan.approved_at and self._one_of_100(REVISED):
            self._revise(plan, contributions[0])
        return contributions

    def _promise(self, plan, source, form, amount):
        row = self.add(Contribution, plan=plan, source=source, form=form, amount_kgs=amount)
        if source == Source.MUNICIPALITY and self.random.random() < 0.9:
            row.decision = f"Решение местного кенеша № {row.pk}"
        self.remember(row, plan)
        return row

    def _revise(self, plan, promise):
        at, by = plan.created_at + 60 * DAY, self._person()
        before = promise.amount_kgs
        promise.amount_kgs = round_kgs(before * self.random.randrange(80, 130) / 100) + CENT
        self.add(
            PromiseRevision,
            contribution=promise,
            number=1,
            effective_on=at.date(),
            before_kgs=before,
            amount_kgs=promise.amount_kgs,
            reason="Бюджет уточнён.",
            decision=f"Решение местного кенеша № {promise.pk}-У",
            revised_at=at,
            revised_by=by,
        )
        self.remember(promise, plan, kind="~", at=at, by=by)

    # --- What it is planned for -----------------------------------------------------------------

    def _budget(self, plan):
        number = self.random.randrange(3, 7)
        part = (plan.cost_kgs or Decimal(2_000_000)) / number
        return [self._line(plan, position, part) for position in range(1, number + 1)]

    def _line(self, plan, position, part):
        title, unit = self.random.choice(LINES)
        line = self.add(BudgetLine, plan=plan, position=position, title=title, unit=unit)
        line.source = self.random.choice([Source.MUNICIPALITY, Source.GRANT])
        if self._one_of_100(30):
            line.comment, line.commented_at = "Цены выросли.", NOW - 30 * DAY
            line.commented_by = self._person()
        self.remember(line, plan)
        self._amount(line, 0, part, plan.created_at)
        if plan.approved_at and self._one_of_100(30):
            part = part * self.random.randrange(80, 120) / 100
            self._amount(line, 1, part, plan.created_at + 70 * DAY)
        return line

    def _amount(self, line, number, part, at):
        quantity = Decimal(self.random.randrange(1, 500))
        unit_cost = round_kgs(part / quantity)
        self.add(
            BudgetRevision,
            line=line,
            number=number,
            effective_on=at.date() if number else None,
            quantity=quantity,
            unit_cost_kgs=unit_cost,
            amount_kgs=round_kgs(quantity * unit_cost),
            reason="По итогам торгов." if number else "",
            revised_at=at,
            revised_by=self._person(),
        )

    # --- What was paid --------------------------------------------------------------------------

    def _payments(self, plan, contributions, lines):
        """Net received by contribution. The payments of a plan that has none go to the next one."""
        self.payments_due += PAYMENTS_EACH
        if not plan.approved_at or (self._one_of_100(UNPAID) and plan.pk != self.last_plan):
            return defaultdict(Decimal)
        rows = []
        is_mistaken, waits = self._one_of_100(MISTAKEN), self._one_of_100(WAITING)
        for n in range(self.payments_due):
            if is_mistaken and n == TAKEN_BACK:
                rows.append(self._take_back(rows[WRONG]))
                continue
            contribution, kind = self._which(n, contributions, is_mistaken)
            part = self._part(n, contribution)
            rows.append(self._payment(plan, contribution, kind, part, lines))
        if is_mistaken:
            self._correct(rows[WRONG], rows[CORRECTED])
        if waits and rows[8].contribution.form == Form.CASH:
            self._unbook(rows[8])
        if contributions[2].form == Form.IN_KIND and self._one_of_100(CLAIMED):
            self._claim(plan, contributions[2], contributions[2].amount_kgs / 10, NOW - 100 * DAY)
        self.payments_due = 0
        return net_received(rows)

    def _which(self, n, contributions, is_mistaken):
        kind = PaymentKind.RETURNED if n == 9 else KINDS[n // 3 % 3]
        contribution = contributions[0 if is_mistaken and n in (WRONG, CORRECTED) else n % 3]
        if kind == PaymentKind.SPENT and contribution.form == Form.IN_KIND:
            contribution = contributions[n % 2]
        return contribution, kind

    def _part(self, n, contribution):
        share = self.random.randrange(100, 300) if n < 9 else 5
        return max((contribution.amount_kgs * share / 1000).quantize(CENT), CENT)

    def _payment(self, plan, contribution, kind, kgs, lines):
        paid_at, person = self._day(plan), self._person()
        row = self.add(
            Payment,
            contribution=contribution,
            kind=kind,
            paid_on=paid_at.date(),
            document_number=f"{self.random.randrange(1, 999)}/{paid_at:%y}",
            entered_at=paid_at + DAY,
            entered_by=person,
            booked_at=paid_at + DAY,
            accounted_on=paid_at.date(),
            booked_by=person,
        )
        if lines and kind == PaymentKind.SPENT and self._one_of_100(80):
            row.budget_line = self.random.choice(lines)
        if contribution.form == Form.IN_KIND:
            self._give(plan, row, kgs, person)
        else:
            self._pay(row, kgs)
            self._prove(plan, row)
        return row

    def _day(self, plan):
        starts = dt.datetime.combine(plan.phase.starts_on, dt.time(9), dt.UTC)
        first = max(plan.created_at + 40 * DAY, starts)
        last = min(plan.created_at + 900 * DAY, NOW - 3 * DAY)
        return first + self.random.randrange(max((last - first).days, 1)) * DAY

    def _pay(self, row, kgs):
        currency = self._currency(row)
        rate = self.rates.find(currency, row.paid_on) if currency != KGS else None
        if rate is None:
            row.amount = row.amount_kgs = kgs
            row.rate_value, row.rate_source = Decimal(1), UsedRate.SOM
            return
        row.currency = currency
        row.amount = max(round_kgs(kgs * rate.nominal / rate.value), CENT)
        row.amount_kgs = convert(row.amount, rate.value, rate.nominal)
        row.rate, row.rate_value, row.rate_nominal = rate, rate.value, rate.nominal
        row.rate_on, row.rate_source = rate.applies_on, rate.source

    def _currency(self, row):
        """Grants in dollars, at the rate of the day: the tranches are in francs."""
        if row.kind == PaymentKind.RETURNED or not self._one_of_100(FOREIGN):
            return KGS
        if row.contribution.source == Source.GRANT:
            return "USD"
        is_donor = row.contribution.source == Source.DONOR
        return self.random.choice(["CHF", "USD"]) if is_donor else KGS

    def _take_back(self, wrong):
        at, by = wrong.booked_at + DAY, self._person()
        kept = ["contribution", "kind", "paid_on", "currency", "document_number", "budget_line"]
        kept += ["evidence", "rate", "rate_value", "rate_nominal", "rate_on", "rate_source"]
        return self.add(
            Payment,
            **{name: getattr(wrong, name) for name in kept},
            amount=-wrong.amount,
            amount_kgs=-wrong.amount_kgs,
            reverses=wrong,
            reason="Опечатка в сумме.",
            entered_at=at,
            entered_by=by,
            booked_at=at,
            booked_by=by,
            accounted_on=wrong.paid_on,
        )

    def _correct(self, wrong, row):
        row.corrects, row.reason = wrong, wrong.reversal.reason
        row.paid_on = row.accounted_on = wrong.paid_on

    def _unbook(self, row):
        """It is in a currency without a rate."""
        row.currency, row.amount = "EUR", max(round_kgs(row.amount_kgs / 95), CENT)
        row.amount_kgs = row.rate = row.rate_value = row.rate_on = None
        row.rate_nominal, row.rate_source = 1, ""
        row.booked_at = row.booked_by = row.accounted_on = None

    # --- What proves it -------------------------------------------------------------------------

    def _prove(self, plan, row):
        if self._one_of_100(PROVEN):
            row.evidence = self._document(plan, Attachment.Kind.PAYMENT, row.entered_at)
        elif self._one_of_100(UNPROVEN):
            row.document_number = ""

    def _document(self, plan, kind, at):
        """Its file is not read by what is measured, so there is none."""
        sha256 = f"{self.random.getrandbits(256):064x}"
        last = self.last_document
        if last and last.plan_id != plan.pk and self.random.randrange(SHARED) == 0:
            sha256, self.last_document = last.sha256, None
        document = self.add(
            Attachment,
            plan=plan,
            kind=kind,
            file=f"plans/{plan.pk}/{sha256}",
            filename="scan.pdf",
            content_type="application/pdf",
            size=200_000,
            sha256=sha256,
            uploaded_at=at,
            uploaded_by=self._person(),
        )
        if last is None or sha256 != last.sha256:
            self.last_document = document
        return document

    def _give(self, plan, row, kgs, person):
        """A verified item, and what it adds to the ledger."""
        item = self._claim(plan, row.contribution, kgs, row.entered_at - DAY)
        item.verified_kgs, item.verified_at, item.verified_by = (
            item.claimed_kgs,
            row.booked_at,
            person,
        )
        self.remember(item, plan, kind="~", at=row.booked_at, by=person)
        row.in_kind, row.evidence, row.document_number = item, item.evidence, ""
        row.amount = row.amount_kgs = item.verified_kgs
        row.rate_value, row.rate_source = Decimal(1), UsedRate.SOM

    def _claim(self, plan, contribution, kgs, at):
        what, unit = self.random.choice(IN_KIND)
        quantity = Decimal(self.random.randrange(2, 400))
        unit_value = max(round_kgs(kgs / quantity), CENT)
        item = self.add(
            InKindItem,
            contribution=contribution,
            given_on=at.date(),
            what=what,
            quantity=quantity,
            unit=unit,
            unit_value_kgs=unit_value,
            claimed_kgs=round_kgs(quantity * unit_value),
            valuation=Valuation.MARKET,
            valuation_note="Прайс-лист базы",
            evidence=self._document(plan, Attachment.Kind.ACT, at),
            claimed_at=at,
            claimed_by=self._person(),
        )
        self.remember(item, plan, at=at)
        return item


def net_received(rows):
    """{contribution id: received − returned} of booked rows"""
    net = defaultdict(Decimal)
    for row in rows:
        if row.kind != PaymentKind.SPENT and row.is_booked:
            net[row.contribution_id] += row.signed_kgs
    return net

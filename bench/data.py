"""Plans to measure with: N of them, three promises and ten payments each. The same seed makes the same data.

Nothing is computed here that the portal computes: totals and slices come from action_plans.totals, on
unsaved instances, and check.py asks keep_totals whether it agrees.
"""

import datetime as dt
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import count
from random import Random

from django.db import transaction

from accounts.models import Role, User
from action_plans.models import (
    ActionPlan,
    Contribution,
    Form,
    FundingSlice,
    FundingTotal,
    Payment,
    PaymentKind,
    Phase,
    PlanArea,
    PlanMunicipality,
    PlanStatus,
    PlanText,
    ServiceArea,
    Source,
    StatusChange,
    UsedRate,
)
from action_plans.totals import cells, cut, judgement, money_of, top_areas
from lib.dates import Precision
from lib.spelling import search_key
from municipalities.models import Municipality

from .tables import Tables, continue_numbering
from .words import OBJECTIVES, PROBLEMS, TITLES, VILLAGES

SEED = 20261122
CHUNK = 1000
HOME_PLANS = 200  # of the officer's municipality, in a small programme and in a large one
PAYMENTS_EACH = 10
NOW = dt.datetime(2026, 11, 1, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
CENT = Decimal("0.01")

# Looked up once: `model.history` builds a class each time it is asked for.
HISTORY = {
    model: model.history.model
    for model in [ActionPlan, PlanText, PlanMunicipality, PlanArea, Contribution]
}
HISTORY_FIELDS = {
    history: [f.attname for f in history.tracked_fields] for history in HISTORY.values()
}

# The way each state was reached; of 100 plans 10 are not approved yet, 85 count, 5 are cancelled.
WAYS = {
    PlanStatus.DRAFT: [],
    PlanStatus.SUBMITTED: ["submitted"],
    PlanStatus.RETURNED: ["submitted", "returned"],
    PlanStatus.APPROVED: ["submitted", "approved"],
    PlanStatus.IMPLEMENTATION: ["submitted", "approved", "implementation"],
    PlanStatus.COMPLETED: ["submitted", "approved", "implementation", "completed"],
    PlanStatus.CANCELLED: ["submitted", "approved", "cancelled"],
}
STATES = [*[PlanStatus.DRAFT] * 4, *[PlanStatus.SUBMITTED] * 4, *[PlanStatus.RETURNED] * 2]
STATES += [*[PlanStatus.APPROVED] * 15, *[PlanStatus.IMPLEMENTATION] * 25]
STATES += [*[PlanStatus.COMPLETED] * 45, *[PlanStatus.CANCELLED] * 5]
THIRD_SOURCES = [
    (Source.MUNICIPALITY, Form.IN_KIND),
    (Source.MUNICIPALITY, Form.IN_KIND),
    (Source.COMMUNITY, Form.CASH),
    (Source.OBLAST, Form.CASH),
    (Source.REPUBLIC, Form.CASH),
    (Source.DONOR, Form.CASH),
]
KINDS = [PaymentKind.RECEIVED, PaymentKind.RECEIVED, PaymentKind.SPENT]


def generate(number, seed=SEED):
    """Fill a database that holds the registry and the reference tables, and no plans."""
    programme = Programme(Random(seed), number)
    for start in range(0, number, CHUNK):
        with transaction.atomic():
            for n in range(start, min(start + CHUNK, number)):
                programme.add_plan(n)
            programme.tables.flush()
    with transaction.atomic():
        programme.write_totals()
        continue_numbering(programme.tables.rows)


def home():
    """The municipality of the officer."""
    return Municipality.objects.filter(region__iso="KG-J", gone_on=None).order_by("code")[0]


def add_people():
    """A donor, an officer, and the staff who entered the plans."""
    person = User.objects.create_user
    staff = [person(f"staff{n}@bench.example", role=Role.STAFF, name=f"Staff {n}") for n in "12345"]
    person("donor@bench.example", role=Role.DONOR, name="Donor")
    person("officer@bench.example", role=Role.OFFICER, municipality=home(), name="Officer")
    return staff


def names_of(municipalities):
    # Same rule as action_plans.editing.fill_search_key, which check.py asks.
    for place, _share in municipalities:
        yield from (place.name_ky, place.name_ru, place.name_en, *place.other_names.splitlines())


class Programme:
    def __init__(self, random, number):
        self.random, self.number = random, number
        self.staff, self.home = add_people(), home()
        current = Municipality.objects.filter(gone_on=None).select_related("region")
        self.places = [place for place in current.order_by("code") if place != self.home]
        self.phases = list(Phase.objects.order_by("starts_on"))
        self.areas = list(ServiceArea.objects.order_by("position", "code"))
        self.tops = top_areas()
        self.references, self.totals = Counter(), defaultdict(Counter)
        self.payments_due = 0
        self.tables = Tables(*HISTORY, Payment, FundingSlice, StatusChange, *HISTORY.values())
        self.keys = defaultdict(lambda: count(1))

    def add(self, model, **fields):
        return self.tables.add(model(pk=next(self.keys[model]), **fields))

    # --- One plan ---------------------------------------------------------------------------

    def add_plan(self, n):
        plan = self.describe(n)
        municipalities, areas = self.add_places(plan), self.add_areas(plan)
        titles = self.add_texts(plan)
        plan.search_key = search_key(plan.reference, *titles, *names_of(municipalities))
        contributions = self.add_contributions(plan)
        received = self.add_payments(plan, contributions)
        self.keep_totals(plan, municipalities, areas, contributions, received)
        self.add_steps(plan)

    def describe(self, n):
        random = self.random
        lead = self.lead(n)
        phase = random.choice(self.phases)
        starts_on = self.start(phase)
        year = starts_on.year if starts_on else phase.starts_on.year
        total = random.randrange(200, 9000)
        plan = self.add(
            ActionPlan,
            reference=self.reference(lead, year),
            phase=phase,
            lead=lead,
            # The last one is not a draft, so that no payment is left over.
            status=random.choice(STATES if n < self.number - 1 else [PlanStatus.COMPLETED]),
            villages=", ".join(random.sample(VILLAGES["ru"], random.choice([1, 1, 2, 3]))),
            cost_kgs=self.cost(),
            starts_on=starts_on,
            starts_precision=random.choice([Precision.DAY, Precision.DAY, Precision.MONTH]),
            ends_on=starts_on and starts_on + random.randrange(90, 700) * DAY,
            beneficiaries_total=total,
            beneficiaries_women=total * 51 // 100,
            beneficiaries_men=total * 49 // 100,
            created_by=random.choice(self.staff),
        )
        plan.year = starts_on and starts_on.year
        plan.created_at = dt.datetime(year, 1, 1, 6, 0, tzinfo=dt.UTC) + random.random() * 200 * DAY
        return plan

    def lead(self, n):
        every = max(self.number // HOME_PLANS, 5)
        return self.home if n % every == 0 else self.random.choice(self.places)

    def start(self, phase):
        if self.random.random() < 0.02:
            return None
        days = (min(phase.ends_on, NOW.date()) - phase.starts_on).days
        return phase.starts_on + self.random.randrange(days) * DAY

    def reference(self, lead, year):
        prefix = f"{lead.region.iso.split('-')[-1]}-{year}"
        self.references[prefix] += 1
        return f"{prefix}-{self.references[prefix]:03d}"

    def cost(self):
        if self.random.random() < 0.05:
            return None
        return Decimal(int(self.random.lognormvariate(14.5, 0.8) / 100) * 10000 + 5000000) * CENT

    def add_places(self, plan):
        others = []
        if self.random.random() < 0.03:
            others = [place for place in self.random.sample(self.places, 2) if place != plan.lead]
        share = Decimal(60 if others else 100)
        rows = [(plan.lead, share), *[(place, Decimal(40)) for place in others[:1]]]
        for municipality, part in rows:
            row = self.add(PlanMunicipality, plan=plan, municipality=municipality, share=part)
            row.is_lead = municipality is plan.lead
            self.remember(row, plan)
        return rows

    def add_areas(self, plan):
        number = self.random.choices([0, 1, 2], [2, 93, 5])[0]
        # In the order in which keep_totals reads them, for the odd tyiyn goes by order.
        chosen = sorted(self.random.sample(self.areas, number), key=lambda area: area.position)
        shares = [[], [Decimal(100)], [Decimal("66.67"), Decimal("33.33")]][number]
        for area, share in zip(chosen, shares, strict=True):
            self.remember(self.add(PlanArea, plan=plan, area=area, share=share), plan)
        return [(area.pk, share) for area, share in zip(chosen, shares, strict=True)]

    def add_texts(self, plan):
        work, village = self.random.randrange(12), self.random.randrange(len(VILLAGES["ru"]))
        chances = {"ru": 1, "en": 0.2, "ky": 0.3}
        titles = []
        for language, chance in chances.items():
            if self.random.random() > chance:
                continue
            titles.append(TITLES[language][work].format(VILLAGES[language][village]))
            text = self.add(
                PlanText,
                plan=plan,
                language=language,
                is_original=language == "ru",
                state=PlanText.State.ORIGINAL if language == "ru" else PlanText.State.CHECKED,
                title=titles[-1],
                problem=PROBLEMS[language],
                objective=OBJECTIVES[language],
            )
            self.remember(text, plan)
        return titles

    # --- Its money --------------------------------------------------------------------------

    def add_contributions(self, plan):
        cost = plan.cost_kgs or Decimal(2_000_000)
        # Eight of ten plans are covered exactly, one has a gap and one a surplus.
        promised = cost * self.random.choice([Decimal("0.8"), Decimal("1.1"), *[Decimal(1)] * 8])
        own = (promised * self.random.randrange(5, 50) / 100).quantize(CENT)
        third = (promised * self.random.randrange(1, 20) / 100).quantize(CENT)
        grant = promised.quantize(CENT) - own - third
        rows = [(Source.MUNICIPALITY, Form.CASH, own), (Source.GRANT, Form.CASH, grant)]
        rows.append((*self.random.choice(THIRD_SOURCES), third))
        return [self.add_contribution(plan, *row) for row in rows]

    def add_contribution(self, plan, source, form, amount):
        row = self.add(Contribution, plan=plan, source=source, form=form, amount_kgs=amount)
        if source == Source.MUNICIPALITY and self.random.random() < 0.9:
            row.decision = f"Решение местного кенеша № {row.pk}"
        self.remember(row, plan)
        return row

    def add_payments(self, plan, contributions):
        """Net received by contribution. The payments of a plan that is not approved go to the next one."""
        self.payments_due += PAYMENTS_EACH
        received = defaultdict(Decimal)
        if "approved" not in WAYS[plan.status]:
            return received
        for n in range(self.payments_due):
            contribution = contributions[n % 3]
            kind = PaymentKind.RETURNED if n == 9 else KINDS[n // 3 % 3]
            share = self.random.randrange(100, 300) if n < 9 else 5
            amount = max((contribution.amount_kgs * share / 1000).quantize(CENT), CENT)
            self.add_payment(plan, contribution, kind, amount)
            if kind != PaymentKind.SPENT:
                sign = 1 if kind == PaymentKind.RECEIVED else -1
                received[contribution.pk] += sign * amount
        self.payments_due = 0
        return received

    def add_payment(self, plan, contribution, kind, amount):
        paid_on = plan.created_at + self.random.randrange(210, 900) * DAY
        person = self.random.choice(self.staff)
        self.add(
            Payment,
            contribution=contribution,
            kind=kind,
            paid_on=paid_on.date(),
            amount=amount,
            amount_kgs=amount,
            rate_value=Decimal(1),
            rate_source=UsedRate.SOM,
            document_number=f"{self.random.randrange(1, 999)}/{paid_on:%y}",
            entered_at=paid_on + DAY,
            entered_by=person,
            booked_at=paid_on + DAY,
            booked_by=person,
        )

    def keep_totals(self, plan, municipalities, areas, contributions, received):
        money = money_of(plan.cost_kgs, contributions, received)
        judged = judgement(plan.cost_kgs, money, plan.phase)
        for name, value in (money | judged).items():
            setattr(plan, name, value)
        if "approved" in WAYS[plan.status]:
            plan.approved_at = plan.created_at + 30 * DAY
            plan.approved_by = self.random.choice(self.staff)
        slices = cut(plan, municipalities, areas)
        for piece in slices:
            piece.pk = next(self.keys[FundingSlice])
            self.tables.add(piece)
        for place, measures in cells(slices, self.tops).items():
            self.totals[place].update(measures)

    def write_totals(self):
        FundingTotal.objects.bulk_create(
            FundingTotal(axis=axis, key=key, phase_id=phase, status=status, **measures)
            for (phase, status, axis, key), measures in sorted(self.totals.items())
        )

    # --- Its history ------------------------------------------------------------------------

    def add_steps(self, plan):
        final = plan.status
        before = PlanStatus.DRAFT
        plan.status = before
        self.remember(plan, plan)
        for n, after in enumerate(WAYS[final], start=1):
            plan.status, plan.version = after, n + 1
            at, by = plan.created_at + 15 * n * DAY, self.random.choice(self.staff)
            self.add(
                StatusChange,
                plan=plan,
                before=before,
                after=after,
                reason="Причина указана в письме." if after in ("returned", "cancelled") else "",
                changed_at=at,
                changed_by=by,
            )
            if after == PlanStatus.COMPLETED:
                plan.completed_on = at.date()
            self.remember(plan, plan, kind="~", at=at, by=by)
            before = after

    def remember(self, row, plan, kind="+", at=None, by=None):
        history = HISTORY[type(row)]
        self.add(
            history,
            history_type=kind,
            history_date=at or plan.created_at,
            history_user=by or plan.created_by,
            **{name: getattr(row, name) for name in HISTORY_FIELDS[history]},
        )

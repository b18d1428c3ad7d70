"""Plans to measure with: N of them, three promises and ten ledger rows each. The same seed makes the same data.

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
from action_plans import findings, paid_days, paid_months
from action_plans.models import (
    ActionPlan,
    Attachment,
    BudgetLine,
    BudgetRevision,
    Contribution,
    ExchangeRate,
    FundingSlice,
    FundingTotal,
    InKindItem,
    Payment,
    Phase,
    PlanArea,
    PlanMunicipality,
    PlanStatus,
    PlanText,
    PromiseRevision,
    ServiceArea,
    StatusChange,
    Tranche,
)
from action_plans.totals import cells, cut, judgement, money_of, top_areas
from lib.dates import Precision
from lib.money import CENT
from lib.spelling import search_key
from municipalities.models import Municipality

from .data_money import DAY, NOW, Money
from .data_rates import Rates, add_tranches
from .tables import Tables, continue_numbering
from .words import OBJECTIVES, PROBLEMS, TITLES, VILLAGES

SEED = 20261122
CHUNK = 1000
HOME_PLANS = 200  # of the officer's municipality, in a small programme and in a large one

# Looked up once: `model.history` builds a class each time it is asked for.
HISTORY = {
    model: model.history.model
    for model in [
        ActionPlan,
        PlanText,
        PlanMunicipality,
        PlanArea,
        Contribution,
        BudgetLine,
        InKindItem,
    ]
}
HISTORY_FIELDS = {
    history: [f.attname for f in history.tracked_fields] for history in HISTORY.values()
}

# Parents first
WITHOUT_HISTORY = [ExchangeRate, Tranche, Attachment, PromiseRevision, BudgetRevision]
WITHOUT_HISTORY += [Payment, FundingSlice, StatusChange]

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
        # The policy of a phase stays once money was counted by it.
        Phase.objects.update(fx_policy_fixed=True)
        continue_numbering(programme.tables.rows)
        paid_days.rebuild()
        paid_months.rebuild()
    findings.recheck(ActionPlan.objects.all())


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


def person(name):
    return User.objects.get(email=f"{name}@bench.example")


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
        self.tables = Tables(*HISTORY, *WITHOUT_HISTORY, *HISTORY.values())
        self.keys = defaultdict(lambda: count(1))
        rates = Rates(self.add, random, NOW.date())
        for phase in self.phases:
            add_tranches(self.add, rates, phase, number, self.staff[0])
        self.money = Money(self, rates)

    def add(self, model, **fields):
        return self.tables.add(model(pk=next(self.keys[model]), **fields))

    # --- One plan ---------------------------------------------------------------------------

    def add_plan(self, n):
        plan = self.describe(n)
        municipalities, areas = self.add_places(plan), self.add_areas(plan)
        titles = self.add_texts(plan)
        plan.search_key = search_key(plan.reference, *titles, *names_of(municipalities))
        if "approved" in WAYS[plan.status]:
            plan.approved_at = plan.created_at + 30 * DAY
            plan.approved_by = self.random.choice(self.staff)
        contributions, received = self.money.of(plan)
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

    # --- What is kept of it -----------------------------------------------------------------

    def keep_totals(self, plan, municipalities, areas, contributions, received):
        money = money_of(plan.cost_kgs, contributions, received)
        judged = judgement(plan.cost_kgs, money, plan.phase)
        for name, value in (money | judged).items():
            setattr(plan, name, value)
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

"""Nothing in a closed period changes, by no way in."""

import datetime as dt
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.signals import pre_migrate
from django.utils import timezone

from action_plans import approval, facts_correction, in_kind, promises
from action_plans.facts import facts_of
from action_plans.models import (
    ActionPlan,
    BudgetLine,
    BudgetRevision,
    Contribution,
    FactRevision,
    InKindItem,
    Payment,
    PeriodStep,
    PlanArea,
    PlanMunicipality,
    PromiseRevision,
    ReportingPeriod,
    StatusChange,
    Tranche,
)
from action_plans.triggers import GUARDS
from lib.triggers import RefusedError
from reports import closing
from reports.triggers import GUARDS as SIGNED
from tests.factories import (
    BudgetLineFactory,
    InKindItemFactory,
    PaymentFactory,
    PeriodFactory,
    PlanFactory,
    ServiceAreaFactory,
    SignedReportFactory,
    StaffFactory,
    TrancheFactory,
)

pytestmark = pytest.mark.django_db
YEAR_2017, YEAR_2018 = dt.date(2017, 6, 1), dt.date(2018, 6, 1)


class World:
    """A plan with one row of everything, of 2017 and 2018; 2017 is closed, 2018 open."""

    def __init__(self):
        self.by = StaffFactory()
        self.plan = PlanFactory(
            status="approved", cost_kgs=1000, own=200, grant=800, area=ServiceAreaFactory()
        )
        self.promise = self.plan.contributions.get(source="grant")
        self.old, self.new = (
            PaymentFactory(contribution=self.promise, paid_on=day, accounted_on=day)
            for day in (YEAR_2017, YEAR_2018)
        )
        self.tranche = TrancheFactory(received_on=YEAR_2017)
        self.revision = promises.revise(
            contribution=self.plan.contributions.get(source="municipality"),
            amount=Decimal(300),
            effective_on=timezone.localdate(),
            reason="x",
            decision="y",
            by=self.by,
        )
        self.line = BudgetLineFactory(plan=self.plan)
        self.step = StatusChange.objects.create(
            plan=self.plan, before="submitted", after="approved", changed_at=timezone.now()
        )
        self.fact = fact(self.plan, "villages")
        in_kind = Contribution.objects.create(
            plan=self.plan, source="municipality", form="in_kind", amount_kgs=100
        )
        self.item = InKindItemFactory(contribution=in_kind, given_on=YEAR_2017)
        PaymentFactory(
            contribution=in_kind, in_kind=self.item, paid_on=YEAR_2017, accounted_on=YEAR_2017
        )
        self.period = PeriodFactory()
        self.next = PeriodFactory(starts_on=dt.date(2018, 1, 1), ends_on=dt.date(2018, 12, 31))
        closing.step(self.period, "closed", by=self.by)


def fact(plan, name, *, number=1, at=None):
    return FactRevision.objects.create(
        plan=plan,
        number=number,
        fact=name,
        effective_on=YEAR_2017,
        reason="x",
        recorded_at=at or timezone.now(),
    )


@pytest.fixture
def world():
    return World()


def refused(change):
    """By the database, in words; nothing of it stays."""
    with pytest.raises(RefusedError) as error, transaction.atomic():
        change()
    assert isinstance(error.value, ValidationError)
    assert isinstance(error.value, IntegrityError)
    assert error.value.messages[0].endswith(".")


def sql(text):
    with connection.cursor() as cursor:
        cursor.execute(text)


UPDATES = {
    "amount of a payment": (Payment, "old", {"amount_kgs": F("amount_kgs") + 1}),
    "document of a payment": (Payment, "old", {"document_number": "x"}),
    "payment moved into the open period": (
        Payment,
        "old",
        {"paid_on": YEAR_2018, "accounted_on": YEAR_2018},
    ),
    "payment moved into the closed period": (
        Payment,
        "new",
        {"paid_on": YEAR_2017, "accounted_on": YEAR_2017},
    ),
    "payment no longer booked": (
        Payment,
        "old",
        {
            "booked_at": None,
            "amount_kgs": None,
            "rate_value": None,
            "rate_source": "",
            "accounted_on": None,
        },
    ),
    "tranche": (Tranche, "tranche", {"donor": "Another"}),
    "revision of a promise": (PromiseRevision, "revision", {"amount_kgs": 1}),
    "moment of a revision": (PromiseRevision, "revision", {"revised_at": timezone.now}),
    "step of a plan": (StatusChange, "step", {"reason": "another"}),
    "fact": (FactRevision, "fact", {"before": 1}),
    "amount of a promise": (Contribution, "promise", {"amount_kgs": F("amount_kgs") + 1}),
    "source of a promise": (Contribution, "promise", {"source": "donor"}),
    "quantity in kind": (InKindItem, "item", {"quantity": 1}),
    "line of a budget": (BudgetLine, "line", {"source": "donor"}),
    "cost": (ActionPlan, "plan", {"cost_kgs": F("cost_kgs") + 1}),
    "women": (ActionPlan, "plan", {"beneficiaries_women": 1}),
    "status": (ActionPlan, "plan", {"status": "cancelled"}),
    "approval": (ActionPlan, "plan", {"approved_at": timezone.now}),
    "first day of the period": (ReportingPeriod, "period", {"starts_on": dt.date(2017, 2, 1)}),
    "status of the period": (ReportingPeriod, "period", {"status": "signed"}),
    "opened without a step": (
        ReportingPeriod,
        "period",
        {"status": "open", "closed_at": None, "closed_by": None},
    ),
    "signed without being closed": (ReportingPeriod, "next", {"status": "signed", "step": 1}),
    "overlap": (ReportingPeriod, "next", {"starts_on": dt.date(2017, 12, 31)}),
}


@pytest.mark.parametrize("what", UPDATES)
def test_update_is_refused(world, what):
    model, name, changes = UPDATES[what]
    values = {key: value() if callable(value) else value for key, value in changes.items()}
    rows = model.objects.filter(pk=getattr(world, name).pk)
    refused(lambda: rows.update(**values))


DELETED = [
    "old",
    "tranche",
    "revision",
    "step",
    "fact",
    "promise",
    "item",
    "line",
    "plan",
    "period",
]


@pytest.mark.parametrize("name", DELETED)
def test_deleting_is_refused_in_the_shell(world, name):
    row = getattr(world, name)
    refused(lambda: sql(f"DELETE FROM {row._meta.db_table} WHERE id = {row.pk}"))


def test_areas_and_places_of_a_plan_stay(world):
    for model in (PlanArea, PlanMunicipality):
        rows = model.objects.filter(plan=world.plan)
        refused(lambda rows=rows: rows.update(share=50))
        refused(lambda rows=rows: sql(f"DELETE FROM {rows.model._meta.db_table}"))
    refused(lambda: PlanArea.objects.create(plan=world.plan, area=ServiceAreaFactory()))


def test_nothing_new_is_put_into_a_closed_period(world):
    of_2017 = {"paid_on": YEAR_2017, "accounted_on": YEAR_2017}
    refused(lambda: PaymentFactory(contribution=world.promise, **of_2017))
    row = Payment(contribution=world.promise, amount=1, amount_kgs=1, **of_2017)
    row.entered_at = row.booked_at = timezone.now()
    row.rate_value, row.rate_source = 1, "som"
    refused(lambda: Payment.objects.bulk_create([row]))
    refused(lambda: TrancheFactory(received_on=YEAR_2017))
    earlier = world.period.closed_at - dt.timedelta(seconds=1)
    refused(lambda: fact(world.plan, "cost_kgs", number=2, at=earlier))
    refused(
        lambda: StatusChange.objects.create(plan=world.plan, after="approved", changed_at=earlier)
    )
    refused(lambda: PlanFactory(status="approved", approved_at=earlier))
    new = Contribution(plan=world.plan, source="donor", amount_kgs=1, promised_on=YEAR_2017)
    refused(new.save)
    new.recorded_at = earlier
    refused(new.save)
    new.recorded_at = timezone.now()
    new.save()


def test_a_day_before_the_first_closed_period_is_closed_too(world):
    """Its sums count from the beginning."""
    day = dt.date(2016, 5, 1)
    refused(lambda: PaymentFactory(contribution=world.promise, paid_on=day, accounted_on=day))


def test_a_draft_of_a_closed_day_cannot_become_booked_there(world):
    rate = {"rate_value": None, "rate_source": "", "amount_kgs": None, "booked_at": None}
    draft = PaymentFactory(
        contribution=world.promise, paid_on=YEAR_2017, amount=5, entered_at=timezone.now(), **rate
    )
    booked = {"booked_at": timezone.now(), "amount_kgs": 5, "rate_value": 1, "rate_source": "som"}
    rows = Payment.objects.filter(pk=draft.pk)
    refused(lambda: rows.update(accounted_on=YEAR_2017, **booked))


def test_in_the_open_period_rows_are_inserted_and_changed(world):
    Payment.objects.filter(pk=world.new.pk).update(document_number="12")
    PaymentFactory(contribution=world.promise, paid_on=YEAR_2018)


def test_a_promise_changes_with_its_revision(world):
    PromiseRevision.objects.create(
        contribution=world.promise,
        number=1,
        effective_on=YEAR_2018,
        before_kgs=800,
        amount_kgs=700,
        reason="x",
        decision="y",
        revised_at=timezone.now(),
    )
    Contribution.objects.filter(pk=world.promise.pk).update(amount_kgs=700)
    refused(lambda: Contribution.objects.filter(pk=world.promise.pk).update(amount_kgs=701))


def test_facts_change_once_their_revision_is_recorded(world):
    fact(world.plan, "cost_kgs", number=2)
    ActionPlan.objects.filter(pk=world.plan.pk).update(cost_kgs=900)
    fact(world.plan, "areas", number=3)
    PlanArea.objects.filter(plan=world.plan).update(area=ServiceAreaFactory())


def test_goods_that_were_received_stay_as_claimed_and_their_verification_may_be_withdrawn(world):
    InKindItem.objects.filter(pk=world.item.pk).update(verified_kgs=None, verification_note="")


def test_drafts_know_no_closed_period(world):
    draft = PlanFactory(cost_kgs=10, own=5)
    Contribution.objects.filter(plan=draft).update(amount_kgs=6)
    line = BudgetLineFactory(plan=draft)
    BudgetRevision.objects.filter(line=line).update(amount_kgs=1)
    BudgetRevision.objects.filter(line=line).delete()
    ActionPlan.objects.filter(pk=draft.pk).update(cost_kgs=11)


def test_another_phase_is_not_closed(world):
    phase = type(world.plan.phase).objects.create(
        code="ii",
        programme=world.plan.phase.programme,
        starts_on=dt.date(2017, 1, 1),
        ends_on=dt.date(2023, 4, 30),
    )
    plan = PlanFactory(status="approved", grant=5, phase=phase)
    PaymentFactory(contribution=plan.contributions.get(), paid_on=YEAR_2017)


# --- Periods and their steps ------------------------------------------------------------------------


def test_steps_of_a_period_are_never_changed(world):
    steps = PeriodStep.objects.filter(period=world.period)
    refused(lambda: steps.update(reason="another"))
    refused(lambda: sql("DELETE FROM action_plans_periodstep"))


def test_a_step_is_counted_from_the_one_before(world):
    wrong = PeriodStep(period=world.next, number=2, before="open", after="closed")
    wrong.taken_at, wrong.taken_by = timezone.now(), world.by
    refused(wrong.save)
    wrong.number, wrong.before, wrong.after = 1, "closed", "signed"
    refused(wrong.save)


def test_a_new_period_is_open_and_has_days_of_its_own(world):
    closed = {"status": "closed", "closed_at": timezone.now(), "closed_by": world.by}
    days = {"starts_on": dt.date(2019, 1, 1), "ends_on": dt.date(2019, 12, 31)}
    refused(lambda: PeriodFactory(**days, **closed))
    refused(lambda: PeriodFactory(**days | {"starts_on": dt.date(2018, 12, 31)}))
    PeriodFactory(**days)


def test_a_closing_names_the_moment_of_its_step(world):
    PeriodStep.objects.create(
        period=world.next,
        number=1,
        before="open",
        after="closed",
        taken_at=timezone.now(),
        taken_by=world.by,
    )
    rows = ReportingPeriod.objects.filter(pk=world.next.pk)
    other = {"closed_at": timezone.now(), "closed_by": world.by}
    refused(lambda: rows.update(status="closed", step=1, **other))


def test_open_again_everything_changes(world):
    closing.step(world.period, "open", by=world.by, reason="x")
    Payment.objects.filter(pk=world.old.pk).update(document_number="x")
    ActionPlan.objects.filter(pk=world.plan.pk).update(cost_kgs=5)


# --- What was signed ----------------------------------------------------------------------------------


def test_a_signed_report_is_never_changed():
    report = SignedReportFactory()
    rows = type(report).objects.filter(pk=report.pk)
    refused(lambda: rows.update(snapshot="{}"))
    refused(lambda: sql("DELETE FROM reports_signedreport"))


# --- Ways around ---------------------------------------------------------------------------------------


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite replaces rows")
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE INTO", "REPLACE INTO"])
def test_a_row_is_not_replaced(world, verb):
    refused(lambda: sql(f"{verb} action_plans_payment SELECT * FROM action_plans_payment"))
    key = (
        f"UPDATE OR REPLACE action_plans_payment SET id = {world.old.pk} WHERE id = {world.new.pk}"
    )
    refused(lambda: sql(key))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", ["payment", "actionplan", "periodstep"])
def test_a_table_is_not_emptied(world, table):
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # the references of this test wait for its end
    refused(lambda: sql(f"TRUNCATE action_plans_{table} CASCADE"))


# --- They are there ------------------------------------------------------------------------------------


@pytest.mark.parametrize("guards", [GUARDS, SIGNED], ids=["closed", "signed"])
def test_triggers_are_installed_and_once_more_changes_nothing(guards):
    names = guards.names(connection.vendor)
    assert set(guards.installed(connection)) == names
    guards.install(connection)
    assert set(guards.installed(connection)) == names


def test_migrating_installs_what_is_missing(world):
    GUARDS.drop(connection)
    assert GUARDS.installed(connection) == {}
    call_command("migrate", verbosity=0)
    refused(lambda: Payment.objects.filter(pk=world.old.pk).update(document_number="x"))


def test_a_migration_that_has_something_to_do_finds_none():
    """SQLite renames no table while a trigger names a missing one."""
    app = apps.get_app_config("action_plans")
    pre_migrate.send(sender=app, using=DEFAULT_DB_ALIAS, plan=[])
    assert GUARDS.installed(connection)
    pre_migrate.send(sender=app, using=DEFAULT_DB_ALIAS, plan=["0015"])
    assert GUARDS.installed(connection) == {}


@pytest.mark.django_db(transaction=True)
def test_after_a_test_with_real_transactions_the_tables_are_emptied(world):
    assert world.period.status == "closed"


def test_and_the_triggers_are_there_again():
    assert Payment.objects.count() == 0
    assert set(GUARDS.installed(connection)) == GUARDS.names(connection.vendor)


# --- The verbs keep to it ------------------------------------------------------------------------------


def test_steps_and_corrected_facts_go_on_after_a_closing(world):
    area, now = ServiceAreaFactory(), timezone.now()
    facts = {key: value for key, value in facts_of(world.plan).items() if key[0] != "areas"}
    facts |= {("cost_kgs",): Decimal(900), ("areas", area.pk): Decimal(100)}
    given = {"base": world.plan.version, "reason": "x", "by": world.by, "at": now}
    facts_correction.correct(plan_id=world.plan.pk, facts=facts, **given)
    world.plan.refresh_from_db()
    assert world.plan.cost_kgs == 900
    assert world.plan.areas.get().area == area
    for step in (approval.start, approval.complete):
        step(plan_id=world.plan.pk, on=timezone.localdate(), by=world.by)
    assert ActionPlan.objects.get(pk=world.plan.pk).status == "completed"


def test_a_promise_is_revised_and_a_verification_withdrawn_after_a_closing(world):
    day = timezone.localdate()
    why = {"reason": "x", "decision": "y", "by": world.by}
    promises.revise(contribution=world.promise, amount=Decimal(700), effective_on=day, **why)
    verified = {"verified_kgs": F("claimed_kgs"), "verified_at": timezone.now()}
    InKindItem.objects.filter(pk=world.item.pk).update(is_sample=True, **verified)
    in_kind.withdraw(item=world.item, reason="x", by=world.by)
    taken = Payment.objects.get(in_kind=world.item, reverses__isnull=False)
    assert (taken.accounted_on, taken.late_for) == (world.next.starts_on, world.period)
    item = InKindItem.objects.get(pk=world.item.pk)
    typed = {"contribution": item.contribution, "given_on": item.given_on, "what": "Another"}
    typed |= {"quantity": Decimal(1), "unit_value": Decimal(1), "unit": "m", "valuation": "market"}
    refused(lambda: in_kind.change(item=item, by=world.by, valuation_note="", **typed))

import json
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import transaction

from action_plans.loading import load_reference
from action_plans.models import (
    ActionPlan,
    Axis,
    BudgetLine,
    Contribution,
    InKindItem,
    Payment,
    PaymentKind,
    Phase,
    PlanStatus,
    ServiceArea,
    Tranche,
)
from action_plans.sample import fill, load_sample
from action_plans.totals import counted_totals
from action_plans.tranche_statement import statement
from action_plans.variance import comparison
from lib.fixtures import FOLDER, read
from lib.money import share
from municipalities.models import Municipality
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db
SOURCED = {row["reference"]: row for row in read("sourced_plans.json")}
SOURCED_FIELDS = [
    *["villages", "cost_kgs", "ends_on", "ends_precision", "completed_on", "completed_precision"],
    *["beneficiaries_total", "beneficiaries_women", "beneficiaries_men", "beneficiaries_children"],
    *["status", "source", "source_note"],
]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The first run's database, loaded once for this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_registry", FOLDER / "registry.csv", yes=True, verbosity=0)
        load_reference()
        load_sample()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def counted(loaded):
    return ActionPlan.objects.counted()


def test_the_sample_set_is_38_plans_of_30_municipalities(counted):
    places = Municipality.objects.filter(led_plans__in=counted).distinct()
    assert counted.count() == 38
    assert Counter(places.values_list("region__iso", flat=True)) == {"KG-J": 19, "KG-Y": 11}
    assert sorted(place.code for place in places if place.is_city) == [
        "41702420000010",  # Balykchy
        "41703225600010",  # Toktogul
    ]


def test_the_sample_set_is_composed_by_area_as_published(loaded):
    codes = dict(ServiceArea.objects.values_list("pk", "code"))
    totals = counted_totals(axis=Axis.TOP_AREA)
    plans = {codes[int(key)] if key else "": row["plans"] for key, row in totals.items()}
    assert plans == {
        "drinking-water": 9,
        "education": 11,
        "culture-leisure": 9,
        "public-areas": 8,
        "": 1,
    }


def test_the_plan_without_an_area_is_the_one_whose_source_names_none(counted):
    assert [plan.reference for plan in counted.filter(areas=None)] == ["Y-2018-004"]


def test_the_sample_set_costs_what_was_agreed_and_the_share_is_almost_32_percent(loaded):
    programme = counted_totals(axis=Axis.ALL)[""]
    own = programme["own_cash_kgs"] + programme["own_in_kind_kgs"]
    assert programme["cost_kgs"] == Decimal("97250000.00")
    assert own == programme["own_of_known_cost_kgs"] == Decimal("31060000.00")
    assert programme["plans_with_cost"] == 38
    assert round(share(own, programme["cost_kgs"]), 1) == Decimal("31.9")


def test_a_plan_published_with_a_contradiction_keeps_it(loaded):
    plan = ActionPlan.objects.get(reference="J-2018-002")
    assert (plan.cost_kgs, plan.grant_kgs, plan.own_kgs) == (2_483_253, 3_083_253, 400_000)
    assert (plan.gap_kgs, plan.surplus_kgs) == (0, 1_000_000)
    assert "2,083,253" in plan.source_note
    assert "3,483,253" in plan.source_note


@pytest.mark.parametrize("reference", SOURCED)
def test_no_sourced_value_was_changed(loaded, reference):
    row, plan = SOURCED[reference], ActionPlan.objects.get(reference=reference)
    given = {name: row[name] for name in SOURCED_FIELDS if row.get(name)}
    assert {name: str(getattr(plan, name)) for name in given} == {
        name: str(value) for name, value in given.items()
    }
    assert plan.lead.code == row["municipality"]
    assert [a.area.code for a in plan.areas.all()] == [row["area"]] or not row["area"]
    for language, text in row["texts"].items():
        stored = plan.texts.get(language=language)
        assert {name: getattr(stored, name) for name in text} == text


@pytest.mark.parametrize("reference", SOURCED)
def test_sourced_money_is_not_marked_as_sample_and_filled_money_is(loaded, reference):
    promises = Contribution.objects.filter(plan__reference=reference)
    stored = [
        {"source": p.source, "form": p.form, "amount_kgs": str(p.amount_kgs)} for p in promises
    ]
    if SOURCED[reference]["contributions"]:
        assert stored == SOURCED[reference]["contributions"]
    assert all(p.is_sample is not bool(SOURCED[reference]["contributions"]) for p in promises)


@pytest.mark.parametrize("reference", SOURCED)
def test_no_sourced_field_is_called_sample_and_every_other_filled_one_is(loaded, reference):
    row, plan = SOURCED[reference], ActionPlan.objects.get(reference=reference)
    sourced = {name for name, value in row.items() if value}
    filled = {
        name
        for name in ["cost_kgs", "starts_on", "ends_on", "beneficiaries_total", "status"]
        if getattr(plan, name) is not None
    }
    assert not sourced & set(plan.sample_fields)
    assert filled - sourced <= set(plan.sample_fields)
    assert ("title" in plan.sample_fields) is not bool(row["texts"])


def test_of_an_added_plan_everything_is_marked(loaded):
    for plan in ActionPlan.objects.exclude(reference__in=SOURCED):
        columns = ["title", "municipality", "area", "phase", "status", "cost_kgs", "starts_on"]
        money = ["grant_kgs", "own_cash_kgs"]
        assert set(plan.sample_fields) >= {*columns, "ends_on", *money}
        assert plan.has_sample


def test_every_payment_is_sample_and_lies_in_phase_one(loaded):
    assert not Payment.objects.filter(is_sample=False).exists()
    assert {day.year for day in Payment.objects.dates("paid_on", "year")} == {
        2016,
        2017,
        2018,
        2019,
    }
    kinds = set(Payment.objects.values_list("kind", flat=True))
    assert kinds == {PaymentKind.RECEIVED, PaymentKind.SPENT, PaymentKind.RETURNED}


def test_about_nine_tenths_of_the_promises_have_arrived(loaded):
    plans = ActionPlan.objects.counted()
    received = sum(plan.received_kgs for plan in plans)
    assert 90 < share(received, sum(plan.promised_kgs for plan in plans)) < 92


def test_every_counted_plan_can_be_read_in_three_languages(counted):
    for plan in counted.prefetch_related("texts"):
        assert {text.language for text in plan.texts.all() if text.title} == {"ky", "ru", "en"}


def test_somebody_has_work_waiting_in_each_state_before_approval(loaded):
    waiting = ActionPlan.objects.exclude(status__in=[*counted_states()])
    assert Counter(waiting.values_list("lead__code", "status")) == {
        ("41702215820000", PlanStatus.DRAFT): 1,  # Kum-Bel
        ("41703225600010", PlanStatus.DRAFT): 1,  # Toktogul
        ("41703225600010", PlanStatus.RETURNED): 1,
        ("41703220805000", PlanStatus.SUBMITTED): 1,  # Kurmanbek
    }


def counted_states():
    return [PlanStatus.APPROVED, PlanStatus.IMPLEMENTATION, PlanStatus.COMPLETED]


def test_the_steps_of_a_plan_lead_to_its_state(loaded):
    for plan in ActionPlan.objects.prefetch_related("steps"):
        steps = list(plan.steps.order_by("changed_at"))
        assert (steps[-1].after if steps else PlanStatus.DRAFT) == plan.status
        assert plan.approved_at == next(
            (s.changed_at for s in steps if s.after == "approved"), None
        )


def test_one_plan_is_under_the_minimum_with_its_reason(counted):
    plan = counted.get(is_under_minimum=True)
    assert (plan.reference, bool(plan.under_minimum_reason)) == ("Y-2018-014", True)


def test_every_row_of_a_sample_plan_begins_its_history(loaded):
    plan = ActionPlan.objects.get(reference="Y-2018-001")
    assert plan.history.count() == 1
    assert {row.history.count() for row in [*plan.texts.all(), *plan.contributions.all()]} == {1}


def test_a_sample_plan_is_found_by_its_words(loaded):
    assert [p.reference for p in ActionPlan.objects.search("Кызгалдак")] == ["J-2018-003"]


def test_loading_the_sample_set_again_changes_nothing(loaded):
    ActionPlan.objects.filter(reference="Y-2018-001").update(villages="typed by somebody")
    assert load_sample() is False
    assert ActionPlan.objects.get(reference="Y-2018-001").villages == "typed by somebody"


def test_a_sample_value_never_replaces_a_sourced_one():
    sourced = {"reference": "J-2018-001", "cost_kgs": "100.00"}
    with pytest.raises(ValueError, match="cost_kgs"):
        fill(sourced, {"reference": "J-2018-001", "cost_kgs": "100.00", "steps": []})


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*plans.json"), key=lambda path: path.name))
def test_no_fixture_writes_money_as_a_floating_number(file):
    json.loads(file.read_text(encoding="utf-8"), parse_float=pytest.fail)


@pytest.mark.parametrize(
    "row", read("sourced_plans.json") + read("other_sourced_plans.json"), ids=lambda row: row["row"]
)
def test_every_sourced_plan_has_its_citation(row):
    assert "http" in row["source"]


def test_nothing_is_spent_or_returned_that_had_not_arrived(loaded):
    for promise in Contribution.objects.prefetch_related("payments"):
        moved = Counter()
        for payment in promise.payments.all():
            moved[payment.kind] += payment.amount_kgs
        assert moved["spent"] + moved["returned"] <= moved["received"] <= promise.amount_kgs


# Rows of money carry the mark themselves.
ROWS_OF_MONEY = {"own_cash_kgs", "own_in_kind_kgs", "grant_kgs", "other_kgs"}


@pytest.mark.parametrize("reference", ["Y-2018-013", "J-2026-003", "J-2018-013", "Y-2018-004"])
def test_every_filled_field_carries_the_badge_on_the_page(loaded, client, reference):
    plan = ActionPlan.objects.get(reference=reference)
    client.force_login(StaffFactory())

    def badges(sample_fields):
        ActionPlan.objects.filter(pk=plan.pk).update(sample_fields=sample_fields)
        return client.get(plan.get_absolute_url()).text.count("badge-sample")

    names = plan.sample_fields
    whole = badges(names)
    others = {name: [other for other in names if other != name] for name in names}
    unmarked = {name for name in names if badges(others[name]) >= whole}
    assert unmarked - ROWS_OF_MONEY == set()


def test_eleven_plans_have_a_sample_budget_that_adds_up_to_their_cost(loaded):
    plans = ActionPlan.objects.filter(budget_lines__isnull=False).distinct()
    tables = {plan: comparison(plan, on=date(2026, 11, 1)) for plan in plans}
    assert len(tables) == 11
    for plan, table in tables.items():
        assert (table.total.original, table.total.now) == (plan.cost_kgs, plan.cost_kgs)
    rows = [row for table in tables.values() for row in table.rows]
    assert {row.state for row in rows} == {"reported", "not_reported", "unbudgeted"}
    assert [bool(row.line.comment) for row in rows if row.is_unbudgeted] == [True]
    assert any(row.needs_comment for row in rows)
    assert any(row.earlier for row in rows)
    assert not BudgetLine.objects.filter(is_sample=False).exists()


def test_every_payment_in_kind_has_its_verified_item(loaded):
    payments = Payment.objects.filter(contribution__form="in_kind").select_related("in_kind")
    assert payments.count() == InKindItem.objects.filter(verified_at__isnull=False).count() == 27
    for payment in payments:
        item = payment.in_kind
        assert (item.verified_kgs, item.claimed_kgs) == (payment.amount_kgs, payment.amount_kgs)
        assert (item.given_on, item.contribution_id) == (payment.paid_on, payment.contribution_id)
        assert item.claimed_kgs == item.quantity * item.unit_value_kgs


def test_one_contribution_in_kind_waits_and_all_are_marked(loaded):
    assert not InKindItem.objects.filter(is_sample=False).exists()
    waiting = InKindItem.objects.get(verified_at=None)
    assert (waiting.contribution.plan.reference, waiting.payments.count()) == ("J-2018-016", 0)


def test_the_grants_of_the_sample_set_come_from_sample_tranches(loaded):
    assert not Tranche.objects.filter(is_sample=False).exists()
    phase = Phase.objects.get(code="i")
    assert phase.fx_policy_fixed
    for ends_on in (date(2017, 9, 30), date(2018, 12, 31)):
        account = statement(phase=phase, currency="CHF", starts_on=phase.starts_on, ends_on=ends_on)
        assert not account.is_overdrawn
    assert account.paid.kgs > account.closing.kgs > 0

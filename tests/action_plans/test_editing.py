import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import BadRequest
from django.db import connection

from action_plans.editing import Conflict, Locked, create_plan, new_reference, save_plan
from action_plans.facts import facts_at, facts_of
from action_plans.models import ActionPlan, PlanStatus
from tests.factories import (
    MunicipalityFactory,
    OfficerFactory,
    PhaseFactory,
    PlanFactory,
    RegionFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
on_postgres = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="SQLite lets one writer in at a time and has no row locks",
)


def facts(lead, **changes):
    plain = {
        ("phase_id",): PhaseFactory().pk,
        ("cost_kgs",): Decimal(1000),
        ("language",): "ru",
        ("texts", "ru", "title"): "Вода",
        ("lead",): lead.pk,
        ("places", lead.pk): Decimal(100),
        ("money", "new-0"): ("municipality", "cash", Decimal(200), ""),
    }
    return plain | {(name,): value for name, value in changes.items()}


def create(lead, by, key=None, **changes):
    return create_plan(
        facts=facts(lead, **changes), by=by, key=key or uuid.uuid4(), on=TODAY, at=AT
    )


def save(plan, by, base, **changes):
    typed = facts_of(plan) | {(name,): value for name, value in changes.items()}
    return save_plan(plan_id=plan.pk, facts=typed, base=base, by=by, at=AT)


def test_a_reference_is_region_year_and_the_next_number():
    region = RegionFactory(iso="KG-J")
    for number in ["J-2018-009", "J-2018-1000", "J-2017-2000"]:
        PlanFactory(reference=number)
    assert new_reference(region, 2018) == "J-2018-1001"
    assert new_reference(region, 2019) == "J-2019-001"


def test_a_plan_without_a_start_is_numbered_in_the_year_it_was_entered():
    lead = MunicipalityFactory(district__region__iso="KG-Y")
    assert create(lead, StaffFactory()).reference == "Y-2026-001"


def test_the_same_form_sent_twice_is_one_plan():
    lead, staff, key = MunicipalityFactory(), StaffFactory(), uuid.uuid4()
    first, second = create(lead, staff, key), create(lead, staff, key)
    assert (first, ActionPlan.objects.count(), second.version) == (second, 1, 1)


def test_the_first_form_sent_again_with_changes_is_an_edit():
    lead, staff, key = MunicipalityFactory(), StaffFactory(), uuid.uuid4()
    create(lead, staff, key)
    again = create(lead, staff, key, villages="Бостери")
    assert (ActionPlan.objects.count(), again.villages, again.version) == (1, "Бостери", 2)


def test_the_first_form_sent_again_after_the_plan_went_on_leads_to_it():
    lead, staff, key = MunicipalityFactory(), StaffFactory(), uuid.uuid4()
    plan = save(create(lead, staff, key), staff, 1, villages="Бостери")
    assert create(lead, staff, key).villages == plan.villages == "Бостери"


def test_the_key_of_somebody_elses_form_is_a_bad_request():
    lead, key = MunicipalityFactory(), uuid.uuid4()
    create(lead, StaffFactory(), key)
    with pytest.raises(BadRequest):
        create(lead, StaffFactory(), key)


def test_each_save_is_a_version_with_its_person_in_the_history():
    staff, officer = StaffFactory(), None
    plan = create(MunicipalityFactory(), staff)
    officer = OfficerFactory(municipality=plan.lead)
    plan = save(plan, officer, 1, cost_kgs=Decimal(2000))
    assert [(r.version, r.cost_kgs, r.history_user) for r in plan.history.all()] == [
        (2, 2000, officer),
        (1, 1000, staff),
    ]


def test_saving_what_stands_there_already_is_no_new_version():
    staff = StaffFactory()
    plan = create(MunicipalityFactory(), staff)
    assert (save(plan, staff, 1).version, plan.history.count()) == (1, 1)


def test_totals_follow_each_save():
    staff = StaffFactory()
    plan = save(create(MunicipalityFactory(), staff), staff, 1, cost_kgs=Decimal(500))
    assert (plan.own_share_pct, plan.gap_kgs) == (40, 300)
    assert plan.slices.get().cost_kgs == 500


def test_saving_over_a_newer_version_is_a_conflict_and_changes_nothing():
    staff = StaffFactory()
    plan = create(MunicipalityFactory(), staff)
    mine = facts_of(plan) | {("villages",): "Мои"}
    save(plan, staff, 1, villages="Чужие")
    with pytest.raises(Conflict):
        save_plan(plan_id=plan.pk, facts=mine, base=1, by=staff, at=AT)
    plan.refresh_from_db()
    assert (plan.villages, plan.version) == ("Чужие", 2)


def test_the_same_change_sent_twice_is_saved_once():
    staff = StaffFactory()
    plan = create(MunicipalityFactory(), staff)
    for _click in range(2):
        saved = save(plan, staff, 1, villages="Бостери")
    assert (saved.version, saved.history.count()) == (2, 2)


def test_a_step_of_the_plan_alone_is_no_conflict():
    staff = StaffFactory()
    plan = create(MunicipalityFactory(), staff)
    plan.version += 1
    plan.save()
    assert save(plan, staff, 1, villages="Бостери").version == 3


def test_a_plan_that_was_submitted_meanwhile_is_locked():
    staff = StaffFactory()
    plan = create(MunicipalityFactory(), staff)
    ActionPlan.objects.filter(pk=plan.pk).update(status=PlanStatus.SUBMITTED)
    with pytest.raises(Locked):
        save(plan, staff, 1, villages="Бостери")


def test_the_history_gives_every_version_back():
    staff = StaffFactory()
    plan = create(MunicipalityFactory(), staff)
    first = facts_of(plan)
    promise = plan.contributions.get()
    changed = {**first, ("cost_kgs",): Decimal(7), ("texts", "ky", "title"): "Суу"}
    del changed["money", promise.pk]
    save_plan(plan_id=plan.pk, facts=changed, base=1, by=staff, at=AT)
    plan.refresh_from_db()
    assert facts_at(plan, 1)[0] == first
    assert facts_of(plan) == changed


@on_postgres
@pytest.mark.django_db(transaction=True)
def test_two_saves_at_once_are_one_save_and_one_conflict():
    staff = StaffFactory()
    plan = create(MunicipalityFactory(), staff)
    answers = at_once(
        4, lambda i: save(ActionPlan.objects.get(pk=plan.pk), staff, 1, villages=f"Село {i}")
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["ActionPlan", *["Conflict"] * 3]


@on_postgres
@pytest.mark.django_db(transaction=True)
def test_a_double_click_at_once_is_one_plan():
    lead, staff, key = MunicipalityFactory(), StaffFactory(), uuid.uuid4()
    answers = at_once(4, lambda _i: create(lead, staff, key))
    assert ({answer.pk for answer in answers}, ActionPlan.objects.count()) == ({answers[0].pk}, 1)


@on_postgres
@pytest.mark.django_db(transaction=True)
def test_plans_created_at_once_have_references_of_their_own():
    lead, staff = MunicipalityFactory(), StaffFactory()
    answers = at_once(6, lambda _i: create(lead, staff))
    assert len({answer.reference for answer in answers}) == 6


def at_once(number, action):
    def attempt(i):
        try:
            return action(i)
        except Conflict as conflict:
            return conflict
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(attempt, range(number)))

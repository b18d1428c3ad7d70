"""What is signed depends on the data and on nothing else."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import translation

from action_plans.models import Payment
from reports import closing, snapshots
from tests import factories

pytestmark = pytest.mark.django_db
ENTERED = dt.datetime(2017, 6, 1, 12, tzinfo=dt.UTC)
CLOSED = dt.datetime(2018, 1, 15, 12, tzinfo=dt.UTC)
FACTS = "905486fde0232b7a8357e7b94027a2121b1ead7ba15ec7f0e9fef6bb9d3a13fb"
TABLES = [{"table": "budget", "rows": "plan"}, {"table": "budget"}, {"table": "sources"}]


def programme(plans=2, tyiyn=0, *, backwards=False):
    """A closed year 2017 with plans that got money in it; the same whenever it is made."""
    period = factories.PeriodFactory()
    area = factories.ServiceAreaFactory(code="water", name_ru="Вода", name_en="Water")
    region = factories.RegionFactory(code="41703000000000", iso="KG-J", name_ru="Область")
    district = factories.DistrictFactory(code="41703200000000", region=region, name_ru="Район")
    place = factories.MunicipalityFactory(code="41703200001", district=district, name_ru="Аймак")
    numbers = range(plans, 0, -1) if backwards else range(1, plans + 1)
    for number in numbers:
        plan = factories.PlanFactory(
            reference=f"J-2017-{number:03}",
            lead=place,
            area=area,
            status="approved",
            own=100_000 * number,
            grant=900_000,
            cost_kgs=900_000 + 100_000 * number,
            approved_at=dt.datetime(2017, 1, 10, tzinfo=dt.UTC),
        )
        factories.PaymentFactory(
            contribution=plan.contributions.get(source="grant"),
            paid_on=dt.date(2017, 6, 1),
            amount_kgs=Decimal(400_000 + number) + Decimal(tyiyn) / 100,
            booked_at=ENTERED,
        )
    step = {"by": factories.StaffFactory(email="preparer@example.org"), "at": CLOSED}
    closing.step(period, "closed", **step)
    return period, factories.ReportTemplateFactory(tables=TABLES)


def sha256(made, version=1):
    return snapshots.sha256_of(snapshots.canonical(snapshots.build(*made, version)))


def test_two_runs_give_the_same_bytes_in_every_language():
    made = programme()
    first = snapshots.canonical(snapshots.build(*made, 1))
    for language in ["ky", "ru", "en"]:
        with translation.override(language):
            assert snapshots.canonical(snapshots.build(*made, 1)) == first


def test_what_is_booked_after_the_closing_changes_nothing():
    period, _template = made = programme()
    before = sha256(made)
    following = factories.PeriodFactory(starts_on="2018-01-01", ends_on="2018-12-31")
    factories.PaymentFactory(
        contribution=Payment.objects.first().contribution,
        paid_on=dt.date(2017, 8, 1),
        accounted_on=dt.date(2018, 1, 1),
        late_for=period,
        reason="late",
    )
    assert following.is_open
    assert sha256(made) == before


def test_the_bytes_read_again_are_the_same_bytes():
    data = snapshots.build(*programme(), 1)
    text = snapshots.canonical(data)
    assert json.loads(text) == data
    assert snapshots.canonical(json.loads(text)) == text


def test_tables_are_read_by_their_name_and_rows_in_each_language():
    data = snapshots.build(*programme(), 1)
    assert [table["rows_are"] for table in data["tables"]] == ["plan", "area", ""]
    by_plan = snapshots.table_from(data, "budget", "en", rows="plan")
    by_area = snapshots.table_from(data, "budget", "ru", rows="area")
    assert len(by_plan.rows) == 2
    assert by_area.rows[0][by_area.columns[0].name] == "Вода"
    assert snapshots.table_from(data, "budget", "en", rows="region") is None
    assert snapshots.table_from(data, "burn", "en") is None


def test_no_part_of_it_is_a_float_and_no_amount_a_number():
    def numbers(value):
        if isinstance(value, dict):
            return [n for each in value.values() for n in numbers(each)]
        if isinstance(value, list):
            return [n for each in value for n in numbers(each)]
        return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []

    data = snapshots.build(*programme(), 1)
    assert all(isinstance(number, int) and number < 1000 for number in numbers(data))


# The same programme, made anew: what the database calls its rows plays no part.


def hash_of(**options):
    with transaction.atomic():
        found = sha256(programme(**options))
        transaction.set_rollback(True)
    return found


def test_the_same_data_have_the_same_hash():
    assert hash_of() == hash_of()


def test_the_order_in_which_rows_were_entered_plays_no_part():
    assert hash_of(backwards=True) == hash_of()


@pytest.mark.parametrize("changed", [{"tyiyn": 1}, {"plans": 3}])
def test_one_tyiyn_more_is_another_hash(changed):
    assert hash_of(**changed) != hash_of()


def test_the_figures_have_this_hash_on_every_database():
    facts = snapshots.build(*programme(), 1)["facts"]
    assert snapshots.sha256_of(snapshots.canonical(facts)) == FACTS, facts

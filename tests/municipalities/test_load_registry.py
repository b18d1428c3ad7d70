"""manage.py load_registry: compares, reports, does it when confirmed, never deletes."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from action_plans.models import FundingTotal
from municipalities.models import District, Municipality, Region, Succession
from municipalities.registry_file import COLUMNS, SUCCESSION_COLUMNS
from tests.factories import PlanFactory

from .conftest import REGISTRY

pytestmark = pytest.mark.django_db
REGION = {"level": "region", "code": "41703000000000", "iso": "KG-J", "kind": "region"}
DISTRICT = {"level": "district", "code": "41703225000000", "kind": "district"}
TOWN = {"level": "municipality", "code": "41703225600010", "kind": "district_city"}
AIMAK = {"level": "municipality", "code": "41703225825000", "kind": "aiyl_aimak"}
ROWS = [
    REGION | {"name_ru": "Джалал-Абадская область"},
    DISTRICT | {"name_ru": "Токтогульский район", "parent_code": REGION["code"]},
    TOWN | {"name_ru": "г. Токтогул", "parent_code": DISTRICT["code"], "population": "20577"},
    AIMAK | {"name_ru": "Кетмень-Дебенский айылный аймак", "parent_code": DISTRICT["code"]},
]
OTHER_REGION = REGION | {
    "code": "41702000000000",
    "iso": "KG-Y",
    "name_ru": "Иссык-Кульская область",
}


@pytest.fixture
def load(tmp_path):
    def load(rows, **options):
        path = write(tmp_path / "registry.csv", COLUMNS, rows)
        out = StringIO()
        call_command("load_registry", path, **{"yes": True, "stdout": out} | options)
        return out.getvalue()

    return load


def write(path, columns, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def changed(number, **cells):
    rows = [dict(row) for row in ROWS]
    rows[number] |= cells
    return rows


def test_a_first_load_fills_the_places(load):
    load(ROWS)
    town = Municipality.objects.get(code=TOWN["code"])
    assert (town.region.iso, town.district.code, town.population) == (
        "KG-J",
        DISTRICT["code"],
        20577,
    )
    assert list(Municipality.objects.search("toktogul")) == [town]


def test_a_second_run_changes_nothing(load):
    load(ROWS)
    assert "Nothing to change" in load(ROWS)


def test_the_whole_register_takes_few_queries_and_stays_as_it_is(django_assert_max_num_queries):
    with django_assert_max_num_queries(80):
        call_command("load_registry", REGISTRY, yes=True, verbosity=0)
    with django_assert_max_num_queries(8):
        out = StringIO()
        call_command("load_registry", REGISTRY, yes=True, stdout=out)
    assert "Nothing to change" in out.getvalue()


def test_a_dry_run_reports_and_changes_nothing(load):
    assert "New: 4" in load(ROWS, yes=False, dry_run=True)
    assert not Region.objects.exists()


def test_without_anybody_to_ask_nothing_is_done(load):
    with pytest.raises(CommandError, match="--yes"):
        load(ROWS, yes=False)
    assert not Region.objects.exists()


@pytest.mark.parametrize(("answer", "places"), [("y", 2), ("", 0), ("no", 0)])
def test_it_asks_a_person(load, monkeypatch, answer, places):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: answer)
    load(ROWS, yes=False)
    assert Municipality.objects.count() == places


def test_a_renamed_place_keeps_its_old_name_for_the_search(load):
    load(ROWS)
    plan = PlanFactory(lead=Municipality.objects.get(code=AIMAK["code"]))
    assert "Renamed" in load(changed(3, name_ru="Айтматовский айылный аймак"))
    aimak = Municipality.objects.get(code=AIMAK["code"])
    assert aimak.name_ru == "Айтматовский айылный аймак"
    assert aimak.other_names == "Кетмень-Дебенский айылный аймак"
    assert list(Municipality.objects.search("кетмень")) == [aimak]
    plan.refresh_from_db()
    assert "aitmatov" in plan.search_key
    assert "Nothing to change" in load(changed(3, name_ru="Айтматовский айылный аймак"))


def test_a_name_added_by_hand_survives_a_file_without_it(load):
    load(ROWS)
    Municipality.objects.filter(code=AIMAK["code"]).update(name_ky="Кетмен-Дөбө айыл аймагы")
    assert "Nothing to change" in load(ROWS)


def test_a_new_population_does_not_keep_an_old_year(load):
    load(changed(2, population="20577", population_year="2009"))
    assert "Other facts changed: 1" in load(changed(2, population="21000"))
    town = Municipality.objects.get(code=TOWN["code"])
    assert (town.population, town.population_year) == (21000, None)


def test_a_place_that_is_gone_stays_and_says_since_when(load):
    load(ROWS)
    assert "No longer in the register" in load(ROWS[:3])
    assert Municipality.objects.get(code=AIMAK["code"]).gone_on == timezone.localdate()
    assert "Nothing to change" in load(ROWS[:3])


def test_a_place_that_comes_back_is_in_the_register_again(load):
    load(ROWS)
    load(ROWS[:3])
    assert "In the register again: 1" in load(ROWS)
    assert Municipality.objects.get(code=AIMAK["code"]).gone_on is None


def test_a_place_with_a_code_of_ours_is_not_gone_when_a_file_leaves_it_out(load):
    load([*ROWS, AIMAK | {"code": "X1", "name_ru": "Хан-Тенири", "parent_code": DISTRICT["code"]}])
    assert "Nothing to change" in load(ROWS)


def test_a_district_that_moves_takes_its_municipalities_and_their_plans_along(load):
    load([*ROWS, OTHER_REGION])
    town = Municipality.objects.get(code=TOWN["code"])
    PlanFactory(lead=town, status="approved", cost_kgs=100, own=100)
    load([*changed(1, parent_code=OTHER_REGION["code"]), OTHER_REGION])
    town.refresh_from_db()
    assert town.region.iso == District.objects.get().region.iso == "KG-Y"
    by_region = FundingTotal.objects.filter(axis="region", plans=1)
    assert [row.key for row in by_region] == [str(town.region_id)]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (changed(2, level="village"), "Line 4: “village” is not a level"),
        (changed(2, code="4170322560001"), "Line 4: “4170322560001” in code is not a code"),
        (changed(2, kind="town"), "Line 4: “town” is not a kind of municipality"),
        (changed(2, name_ru=""), "Line 4: the place has no name"),
        (changed(2, name_ru="я" * 201), "Line 4: name_ru is longer than 200"),
        (changed(2, name_ru="a\x01b"), "Line 4: name_ru holds a character"),
        (changed(2, iso="KG-J"), "Line 4: “KG-J”: a region, and no other place"),
        (changed(0, iso=""), "Line 2: “”: a region, and no other place"),
        (changed(2, population="20 577"), "Line 4: “20 577” in population is not a whole number"),
        (changed(2, population="-1"), "Line 4: “-1” in population"),
        (changed(2, population="", population_year="2009"), "Line 4: population_year stands"),
        (changed(2, population_year="209"), "Line 4: “209” in population_year"),
        (changed(2, latitude="91", longitude="1"), "Line 4: “91” in latitude"),
        (changed(2, latitude="NaN", longitude="1"), "Line 4: “NaN” in latitude"),
        (changed(2, latitude="41"), "Line 4: latitude and longitude stand together"),
        (changed(2, parent_code=""), "Line 4: every place but a region has a parent_code"),
        (changed(2, parent_code="41700000000000"), "Line 4: no district or region in the file"),
        (
            [*ROWS, ROWS[2]],
            "Line 6: the code 41703225600010 of a municipality stands already in line 4",
        ),
        (
            [*ROWS, OTHER_REGION | {"iso": "KG-J"}],
            "Line 6: the iso code KG-J stands already in line 2",
        ),
        ([], "has no places"),
    ],
)
def test_a_file_with_a_mistake_is_refused_whole_with_its_line(load, rows, message):
    with pytest.raises(CommandError) as error:
        load(rows)
    assert message in str(error.value)
    assert not Region.objects.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"level,code\nregion,1\n", "the column “iso” is missing"),
        ((",".join(COLUMNS) + ",area\n").encode(), "“area” is not a column of this file"),
        ((",".join(COLUMNS) + "\nregion,41703000000000\n").encode(), "Line 2: fewer cells"),
        ((",".join(COLUMNS) + "\n" + "," * 20 + "\n").encode(), "Line 2: more cells"),
        ((",".join(COLUMNS) + "\n" + '"a"b' + "\n").encode(), "is not a CSV file"),
        (b"\xff\xfe\x00", "is not text in UTF-8"),
    ],
)
def test_a_file_that_is_no_register_is_refused(tmp_path, text, message):
    path = tmp_path / "registry.csv"
    path.write_bytes(text)
    with pytest.raises(CommandError, match="Nothing was loaded") as error:
        call_command("load_registry", path, yes=True)
    assert message in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("load_registry", tmp_path / "none.csv", yes=True)


def test_an_iso_code_of_another_region_is_refused_without_a_crash(load):
    load(ROWS)
    with pytest.raises(CommandError, match="the portal knows KG-J as the region 41703000000000"):
        load([REGION | {"code": "41709000000000", "name_ru": "Новая область"}])


def test_successions_beside_the_file_are_loaded_once(load, tmp_path):
    row = [AIMAK["code"], TOWN["code"], "2024-08-01", "merged", "24.kg"]
    path = tmp_path / "successions.csv"
    write(path, SUCCESSION_COLUMNS, [dict(zip(SUCCESSION_COLUMNS, row, strict=True))])
    assert "Successions: 1" in load(ROWS)
    assert Succession.objects.get().on == date(2024, 8, 1)
    assert "Nothing to change" in load(ROWS)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"on": "01.08.2024"}, "Line 2: “01.08.2024” is not a day"),
        ({"kind": "sold"}, "Line 2: “sold” is not a kind of succession"),
        ({"successor": "41703225999999"}, "No municipality has the code “41703225999999”"),
    ],
)
def test_wrong_successions_refuse_the_whole_file(load, tmp_path, cells, message):
    row = {"predecessor": AIMAK["code"], "successor": TOWN["code"], "kind": "merged"}
    write(tmp_path / "successions.csv", SUCCESSION_COLUMNS, [row | cells])
    with pytest.raises(CommandError) as error:
        load(ROWS)
    assert message in str(error.value)
    assert not Region.objects.exists()


def test_another_population_is_held_against_the_people_who_benefit(
    load, django_capture_on_commit_callbacks
):
    load(ROWS)
    town = Municipality.objects.get(code=TOWN["code"])
    plan = PlanFactory(lead=town, status="approved", beneficiaries_total=20_000)
    assert not plan.findings.filter(check_name="beneficiaries").exists()
    with django_capture_on_commit_callbacks(execute=True):
        load(changed(2, population="19999"))
    assert plan.findings.filter(check_name="beneficiaries").exists()

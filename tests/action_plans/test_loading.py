import pytest
from django.core.management import CommandError, call_command

from action_plans.loading import load_reference
from action_plans.models import Phase, ServiceArea
from tests.factories import PlanFactory

pytestmark = pytest.mark.django_db


def test_reference_data_has_the_phases_with_their_budgets():
    load_reference()
    phases = Phase.objects.values_list("code", "budget", "budget_currency", "minimum_own_share")
    assert list(phases) == [
        ("i", 4_431_000, "CHF", 10),
        ("ii", 4_070_000, "CHF", 10),
        ("iii", 4_050_000, "CHF", 10),
    ]


def test_reference_data_has_two_levels_of_areas_each_classified():
    load_reference()
    tops = ServiceArea.objects.filter(parent=None).values_list("code", flat=True)
    assert list(tops) == ["drinking-water", "education", "culture-leisure", "public-areas"]
    assert not ServiceArea.objects.filter(dac_code="").exists()
    assert not ServiceArea.objects.filter(sdg_target="").exists()


def test_reference_data_loads_again_without_deleting_and_says_what_changed():
    load_reference()
    ServiceArea.objects.create(code="own", name_ru="Своя")
    ServiceArea.objects.filter(code="waste").update(dac_code="")
    counts = load_reference()[ServiceArea]
    assert (counts["new"], counts["changed"], counts["unchanged"]) == (0, 1, 13)
    assert ServiceArea.objects.filter(code="own").exists()
    assert ServiceArea.objects.get(code="waste").dac_code == "14050"


def test_every_name_of_an_area_and_a_phase_is_there_in_three_languages():
    load_reference()
    for row in [*ServiceArea.objects.all(), *Phase.objects.all()]:
        assert all([row.name_ky, row.name_ru, row.name_en])


def test_the_sample_set_does_not_go_beside_other_plans(settings):
    settings.TRIAL = True
    PlanFactory(reference="Z-2018-900")
    with pytest.raises(CommandError, match="There are plans already"):
        call_command("load_sample")


def test_the_sample_set_says_what_must_be_loaded_before(settings):
    settings.TRIAL = True
    with pytest.raises(CommandError, match="load_registry"):
        call_command("load_sample")


@pytest.mark.parametrize("command", ["load_sample", "load_first_run"])
def test_samples_never_go_into_production(settings, command):
    settings.TRIAL = False
    with pytest.raises(CommandError, match="production"):
        call_command(command)

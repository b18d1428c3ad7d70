from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from action_plans.models import ActionPlan, Phase
from reports.loading import load_published_figures
from reports.models import PublishedFigure

pytestmark = pytest.mark.django_db


def test_figures_are_kept_as_each_source_printed_them():
    load_published_figures()
    rows = PublishedFigure.objects.filter(said_on="2018-11-30")
    assert {(row.measure, row.qualifier, row.value) for row in rows} == {
        ("plans", "exact", 38),
        ("municipalities", "exact", 30),
        ("cost", "more_than", 97_000_000),
        ("own", "more_than", 31_000_000),
        ("share", "almost", 32),
    }


def test_contradictions_stay_each_with_a_note_in_three_languages():
    load_published_figures()
    costs = PublishedFigure.objects.filter(measure="cost", said_on__gte="2018-01-01")
    assert {row.value for row in costs} == {Decimal(97_000_000), Decimal(98_000_000)}
    for row in PublishedFigure.objects.exclude(note_en=""):
        assert all([row.note_ky, row.note_ru])


def test_a_percentage_that_no_source_printed_is_not_published():
    load_published_figures()
    assert not PublishedFigure.objects.filter(measure="share", said_on="2017-11-30").exists()


def test_published_figures_make_no_plan():
    load_published_figures()
    assert not ActionPlan.objects.exists()


def test_every_published_figure_names_its_source():
    load_published_figures()
    assert not PublishedFigure.objects.filter(source_name="").exists()


def test_load_reference_runs_in_production_and_again(settings):
    settings.TRIAL = False
    call_command("load_reference", verbosity=0)
    PublishedFigure.objects.filter(measure="own").update(value=1)
    out = StringIO()
    call_command("load_reference", stdout=out)
    changed = PublishedFigure.objects.filter(measure="own", said_on="2017-11-30")
    assert changed.get().value == 28_000_000
    assert ": 0 new, 2 changed, 15 unchanged" in out.getvalue()


def test_the_first_run_fills_an_empty_portal_and_says_whom_to_sign_in_as(settings):
    settings.TRIAL = True
    out = StringIO()
    call_command("load_first_run", stdout=out)
    assert (Phase.objects.count(), ActionPlan.objects.counted().count()) == (3, 38)
    assert all(email in out.getvalue() for email in User.objects.values_list("email", flat=True))
    confirmed = ActionPlan.objects.get(is_under_minimum=True, status="approved")
    assert confirmed.under_minimum_by.email == "staff@example.org"


def test_the_second_run_only_looks_and_shows_the_people_again(
    settings, django_assert_max_num_queries
):
    settings.TRIAL = True
    call_command("load_first_run", stdout=StringIO())
    out = StringIO()
    with django_assert_max_num_queries(6):
        call_command("load_first_run", stdout=out)
    assert "Loading" not in out.getvalue()
    assert "staff@example.org" in out.getvalue()


def test_people_who_came_without_samples_are_left_alone(settings):
    settings.TRIAL = True
    call_command(
        "load_registry", settings.BASE_DIR / "fixtures/registry.csv", yes=True, verbosity=0
    )
    User.objects.create_user("somebody@example.org", role="donor")
    call_command("load_first_run", stdout=StringIO())
    assert User.objects.count() == 1

"""What is measured must be what the portal would have written."""

import pytest
from django.db import transaction

from action_plans.models import (
    ActionPlan,
    Axis,
    BudgetRevision,
    Contribution,
    ExchangeRate,
    Finding,
    FundingSlice,
    InKindItem,
    Payment,
    PlanStatus,
    PromiseRevision,
)
from action_plans.totals import counted_totals
from action_plans.totals_check import differences
from bench import changes, check, data, data_sharing, database, pages, sharing_pages, verbs
from bench.web import Answer
from conferences.models import PracticeVersion, Presentation
from conferences.practice_search import search_text

pytestmark = pytest.mark.django_db
PLANS = 30
MODELS = [
    ActionPlan,
    Contribution,
    Payment,
    FundingSlice,
    BudgetRevision,
    InKindItem,
    PromiseRevision,
]
# Keys of people differ between two databases.
WHEN_AND_WHO = {"created_at"}


@pytest.fixture(autouse=True)
def places():
    database.load_places()


def made(seed):
    """Everything that a seed makes; nothing of it stays."""
    with transaction.atomic():
        data.generate(PLANS, seed)
        found = [rows(model) for model in MODELS]
        found.append(counted_totals(axis=Axis.MUNICIPALITY))
        transaction.set_rollback(True)
    return found


def rows(model):
    columns = [f.name for f in model._meta.concrete_fields if f.name not in WHEN_AND_WHO]
    columns = [name for name in columns if not name.endswith("_by")]
    return list(model.objects.order_by("pk").values(*columns))


def test_the_same_seed_makes_the_same_plans():
    assert made(1) == made(1)
    assert made(1) != made(2)


def test_the_portal_would_have_written_the_same():
    data.generate(PLANS)
    assert ActionPlan.objects.count() == PLANS
    assert Payment.objects.count() == PLANS * 10
    assert check.differences(PLANS) == []


def test_the_ledger_has_every_kind_of_row():
    data.generate(PLANS)
    rows = Payment.objects
    kinds = [rows.exclude(currency="KGS"), rows.exclude(reverses=None), rows.exclude(corrects=None)]
    kinds += [rows.exclude(budget_line=None), rows.exclude(in_kind=None), Finding.objects]
    assert all(kind.exists() for kind in kinds)
    assert list(differences()) == []


def test_the_check_sees_money_frozen_at_another_rate():
    data.generate(PLANS)
    payment = Payment.objects.filter(currency="USD", reverses=None)[0]
    ExchangeRate.objects.filter(pk=payment.rate_id).update(value=1)
    assert check.differences(PLANS) == [payment.contribution.plan.reference]


@pytest.mark.parametrize("verb", verbs.VERBS, ids=lambda verb: verb.name)
def test_what_a_verb_records_is_right_and_does_not_stay(verb, monkeypatch):
    monkeypatch.setattr(verbs, "TIMES", 1)
    monkeypatch.setattr(verbs, "plans_to_pay", payable_plans)
    data.generate(PLANS)
    before = rows(Payment), rows(ActionPlan)
    assert verbs.measure_verb(verb).is_right
    assert (rows(Payment), rows(ActionPlan)) == before


def payable_plans():
    plans = ActionPlan.objects.filter(approved_at__isnull=False, budget_lines__position=2)
    return list(plans.exclude(status=PlanStatus.CANCELLED).select_related("phase")[:2])


def test_a_page_must_show_the_figure_of_the_rows(client):
    data.generate(PLANS)
    plan = payable_plans()[0]
    page = pages.money_page(plan, data.person("donor"))
    client.force_login(page.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "ru"
    before = client.get(page.path)
    assert page.shows_its_figure(Answer(200, before.content, 0))
    with page.change() as difference:
        assert difference == changes.ADDED
        assert not page.shows_its_figure(Answer(200, before.content, 0))
        assert page.shows_its_figure(Answer(200, client.get(page.path).content, 0))


def test_the_check_sees_a_wrong_total():
    data.generate(PLANS)
    ActionPlan.objects.filter(pk=1).update(own_cash_kgs=1)
    assert check.differences(PLANS) == [ActionPlan.objects.get(pk=1).reference]


def test_pages_of_practices_and_events_show_the_figure_of_the_rows(client):
    data.generate(PLANS)
    data_sharing.generate(10 * PLANS)
    for page in sharing_pages.pages_of_sharing(pages.Page):
        client.force_login(page.user)
        client.cookies["django_language"] = "ru"
        with page.change() as difference:
            meanwhile, body = page.figure(), client.get(page.path).content
            assert page.shows_its_figure(Answer(200, body, 0)), page.name
        assert page.figure() == meanwhile - difference


def test_practices_of_the_bench_are_found_as_the_portal_would_find_them():
    data.generate(PLANS)
    data_sharing.generate(PLANS)
    versions = PracticeVersion.objects.published()
    assert versions.count() == 3
    assert all(search_text(version) == version.search_key for version in versions)
    assert Presentation.objects.scheduled().count() >= data_sharing.LARGE

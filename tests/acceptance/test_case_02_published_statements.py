"""Published statements disagree: both are kept as they were said, and neither touches what is computed."""

import pytest

from action_plans.models import ActionPlan
from lib.money import round_share
from reports.loading import load_published_figures
from reports.published import statements
from tests.acceptance.steps import words
from tests.factories import PlanFactory

pytestmark = pytest.mark.django_db


def test_case_02_both_statements_stand_with_the_ratio_of_their_own_figures(staff):
    load_published_figures()
    page = words(staff.get("/programme/"))
    assert "over 97 million KGS" in page
    assert "over 31 million KGS" in page
    assert "almost 32%" in page
    assert "91 million KGS" in page
    assert "almost 28 million KGS" in page
    for ratio in ["32.0%", "30.8%"]:
        assert f"ratio of the quoted figures, computed here: {ratio}" in page
    ratios = [statement.ratio for statement in statements() if statement.ratio]
    assert [str(round_share(ratio, 3)) for ratio in ratios] == ["31.959", "30.769"]


def test_case_02_computed_totals_do_not_know_them(staff):
    PlanFactory(status="approved", cost_kgs=8_000_000, own=4_000_000)
    before = staff.get("/programme/").context["overview"].totals
    load_published_figures()
    assert staff.get("/programme/").context["overview"].totals == before
    assert ActionPlan.objects.count() == 1

"""The history on the page of a plan: first its steps, then its last changes, and without them a link."""

import pytest
from playwright.sync_api import expect

from action_plans import approval
from tests.factories import DonorFactory, PlanFactory, StaffFactory

pytestmark = pytest.mark.django_db(transaction=True)
HISTORY = "section[aria-labelledby=history-head]"
ENTERED = "Plan entered in the portal"


@pytest.fixture
def plan():
    plan = PlanFactory(cost_kgs=1000, own=200)
    approval.submit(plan_id=plan.pk, by=StaffFactory())
    approval.approve(plan_id=plan.pk, by=StaffFactory())
    return plan


def test_the_last_changes_come_when_the_history_comes_into_view(page, plan):
    tab = page(StaffFactory(), language="en", width=360)
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(plan.get_absolute_url())
    history = tab.locator(HISTORY)
    expect(history.locator("li")).to_have_count(2)
    assert not any(address.endswith("/history/") for address in asked)
    history.scroll_into_view_if_needed()
    expect(history).to_contain_text(ENTERED)
    expect(history.locator("li")).to_have_count(3)
    assert sum(address.endswith("/history/") for address in asked) == 1
    expect(history.get_by_role("link", name="All changes")).to_be_visible()
    assert tab.evaluate("document.activeElement === document.body")


def test_without_scripts_the_steps_and_the_link_are_there(page, plan):
    tab = page(StaffFactory(), language="en", java_script_enabled=False)
    tab.goto(plan.get_absolute_url())
    expect(tab.locator(f"{HISTORY} li")).to_have_count(2)
    expect(tab.locator(".htmx-indicator")).to_be_hidden()
    tab.click("text=All changes")
    expect(tab.locator("main")).to_contain_text(ENTERED)


def test_who_sees_only_steps_asks_for_nothing_more(page, plan):
    tab = page(DonorFactory(), language="en")
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(plan.get_absolute_url())
    tab.locator(HISTORY).scroll_into_view_if_needed()
    tab.wait_for_load_state("networkidle")
    expect(tab.locator(f"{HISTORY} li")).to_have_count(1)
    assert not any("history" in address or "htmx" in address for address in asked)

"""Every page that answers GET, in every role that may see it: axe finds nothing, nothing is cut, keys lead through.

Driven by the access table: a new page is looked at without anybody thinking of it.
"""

import re
from datetime import date
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

from action_plans.models import ActionPlan, PlanText
from tests.factories import ExchangeRateFactory, PaymentFactory
from tests.test_access import pages_to_check
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
LANGUAGES = [code for code, _name in settings.LANGUAGES]
# Beside what the access table lists: the same pages with something asked, found, not found, refused.
QUERIES = [
    "/plans/?status=counted&gap=gap",
    "/plans/?region=nowhere",
    "/plans/?q=nothing-is-called-so",
    "/municipalities/?q=Айылный",
    "/search/?q=План",
    "/reports/funding/?status=counted",
    "/reports/funding/?year=never",
    "/rates/?currency=CHF&when=02.06.2018",
    "/rates/?when=never",
]
OPEN_ALL = "document.querySelectorAll('details').forEach(part => part.open = true)"
SHAPE = """() => ({
  lang: document.documentElement.lang,
  title: document.title.split("·")[0].trim() !== "",
  h1: document.querySelectorAll("h1").length,
  wide: Math.max(0, document.documentElement.scrollWidth - innerWidth),
})"""


@pytest.fixture
def world(db):
    world = World()
    pages = pages_to_check(world)
    ExchangeRateFactory(value=Decimal(60), applies_on=date(2018, 5, 1))
    ExchangeRateFactory()
    ExchangeRateFactory(version=2)
    for plan in ActionPlan.objects.all():
        if not plan.attachments.exists():
            world.document(plan)
        PlanText.objects.create(plan=plan, language="ky", title="Таза суу", state="reviewed")
        PaymentFactory(contribution=plan.contributions.first())
    signed_in = [user for user in world.people.values() if user]
    world.pages = pages + [(user, path) for path in QUERIES for user in signed_in]
    return world


def content(user, path, language):
    """What this person finds there below the top bar; what is asked for once only is left out."""
    client = Client(headers={"accept-language": language})
    if user:
        client.force_login(user)
    html = client.get(path, follow=True).content.decode()
    return re.sub(r'csrfmiddlewaretoken" value="\w+"|<time.*?</time>', "", html.split("<main")[-1])


def look(tab, path, language):
    """What is wrong with the page, as a list of findings."""
    response = tab.goto(path)
    tab.evaluate(OPEN_ALL)
    shape = tab.evaluate(SHAPE)
    found = [] if response.status == 200 else [f"status {response.status}"]
    expected = {"lang": language, "title": True, "h1": 1, "wide": 0}
    found += [f"{name}: {shape[name]}" for name in expected if shape[name] != expected[name]]
    for rule in AXE.run(tab, options={"resultTypes": ["violations"]}).response["violations"]:
        found += [f"{rule['id']}: {node['html']}" for node in rule["nodes"]]
    return found


AXE = Axe()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible_on_a_phone_in_every_role(page, world, language):
    seen, tabs, findings = set(), {}, {}
    for user, path in world.pages:
        same = content(user, path, language)
        if same in seen and user in tabs:
            continue  # to the letter what another role has been shown
        seen.add(same)
        tab = tabs.get(user) or tabs.setdefault(user, page(user, language=language, width=360))
        if found := look(tab, path, language):
            findings[f"{user} {path}"] = found
    assert findings == {}


def test_every_page_is_accessible_at_night_on_a_wide_screen(page, world):
    tabs, findings = {}, {}
    for path, user in {path: user for user, path in world.pages}.items():
        if user not in tabs:
            tabs[user] = page(user, language="en", color_scheme="dark")
        if found := look(tabs[user], path, "en"):
            findings[f"{user} {path}"] = found
    assert findings == {}


FOCUSED = """() => {
  const element = document.activeElement, box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return {
    what: element.outerHTML.slice(0, 120),
    skip: element.matches("a.skip"),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    inside: box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
  };
}"""


@pytest.mark.parametrize("kind", ["/", "/plans/", "plan", "form", "/reports/funding/", "/regions/"])
def test_the_tab_key_leads_to_the_content_first_and_is_always_seen(page, world, kind):
    plan = world.plan("draft")
    path = {"plan": plan.get_absolute_url(), "form": f"{plan.get_absolute_url()}edit/"}.get(
        kind, kind
    )
    tab = page(world.people["staff"], language="ru")
    tab.goto(path)
    stops = []
    for _i in range(25):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement === document.body"):
            break  # past the last one
        stops.append(tab.evaluate(FOCUSED))
    assert stops[0]["skip"]
    assert [stop["what"] for stop in stops if not (stop["ring"] and stop["inside"])] == []
    tab.goto(path)
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"

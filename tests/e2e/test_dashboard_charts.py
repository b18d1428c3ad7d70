"""Charts in a real browser: drawn in their frames without a shift, and never in the way of the bars."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.factories import DonorFactory, HeadFactory, StaffFactory
from tests.reports.programme import awkward_programme, counted

pytestmark = pytest.mark.django_db(transaction=True)


def scroll_through(page):
    for frame in page.locator("[data-chart]").all():
        frame.scroll_into_view_if_needed()
        page.wait_for_timeout(50)


def test_charts_are_drawn_when_they_come_into_view_and_nothing_moves(page):
    awkward_programme()
    open_page = page(StaffFactory(), language="ru")
    asked = []
    open_page.on("request", lambda request: asked.append(request.url))
    open_page.goto("/")
    height = open_page.evaluate("document.body.scrollHeight")
    scroll_through(open_page)
    expect(open_page.locator(".is-drawn")).to_have_count(6)
    assert open_page.evaluate("document.body.scrollHeight") == height
    assert sum(url.endswith(".json") for url in asked) == 6
    assert sum("plotly" in url for url in asked) == 1


def test_a_chart_that_cannot_be_loaded_leaves_the_bars(page):
    counted(cost_kgs=1_000_000, own=200_000)
    open_page = page(DonorFactory())
    open_page.route("**/charts/*.json", lambda route: route.fulfill(status=200, body="{}"))
    open_page.goto("/")
    scroll_through(open_page)
    open_page.wait_for_timeout(500)
    assert open_page.locator(".is-drawn, .drawn").count() == 0
    assert open_page.locator(".chart-rows").first.is_visible()


def test_a_phone_keeps_the_bars_and_loads_no_library(page):
    awkward_programme()
    open_page = page(DonorFactory(), width=360)
    asked = []
    open_page.on("request", lambda request: asked.append(request.url))
    open_page.goto("/")
    scroll_through(open_page)
    assert not [url for url in asked if "plotly" in url]
    assert open_page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1440, "light")])
def test_dashboards_have_no_accessibility_violation(page, width, theme):
    one, _two, _three = awkward_programme()
    for person in [StaffFactory(), DonorFactory(), HeadFactory(municipality=one)]:
        open_page = page(person, width=width, color_scheme=theme)
        for path in ["/", one.region.get_absolute_url(), one.district.get_absolute_url()]:
            assert open_page.goto(path).ok
            open_page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            scroll_through(open_page)
            open_page.wait_for_timeout(400)
            found = Axe().run(open_page)
            assert found.violations_count == 0, found.generate_report()

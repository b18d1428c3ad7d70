"""Staff put a talk into the programme; the screen that hangs in the hall shows it without a hand on it."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.conferences.factories import (
    EventFactory,
    HallFactory,
    PresentationFactory,
    SessionFactory,
)
from tests.factories import MunicipalityFactory, StaffFactory

pytestmark = pytest.mark.django_db(transaction=True)
WAKES = "document.dispatchEvent(new Event('visibilitychange'))"
FAILS = """document.body.dispatchEvent(
    new CustomEvent("htmx:afterRequest", {bubbles: true, detail: {successful: false}}))"""


@pytest.fixture
def today():
    """An event of today with one session in one hall, from midnight to midnight."""
    event = EventFactory(starts_on=timezone.localdate())
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    day = {"starts_at": midnight, "ends_at": midnight + dt.timedelta(days=1)}
    SessionFactory(event=event, hall=HallFactory(event=event, name_en="Great hall"), **day)
    return event


@pytest.mark.parametrize("width", [360, 1920])
def test_what_staff_schedule_appears_on_the_screen_of_the_hall(page, today, width):
    place = MunicipalityFactory(name_en="Kum-Bel")
    PresentationFactory(event=today, title="Clean water", municipality=place)
    screen = page(language="en", width=width)
    screen.goto(f"/conferences/{today.slug}/now/?hall={today.halls.get().pk}")
    expect(screen.locator(".now-large")).to_have_text("00:00–00:00\nSession", use_inner_text=True)
    office = page(StaffFactory(), language="en")
    office.goto(f"/conferences/{today.slug}/schedule/")
    office.click(".prog-open .btn")
    office.fill("#id_begins", f"{timezone.localtime():%H}:00")
    office.fill("#id_minutes", "60")
    office.click("main form button:has-text('Put it into the programme')")
    expect(office.locator(".notice-ok")).to_contain_text("“Clean water” is in the programme")
    screen.evaluate(WAKES)
    expect(screen.locator(".now-large")).to_contain_text("Clean water")
    expect(screen.locator(".now-large")).to_contain_text("Kum-Bel")
    assert screen.evaluate("document.documentElement.scrollWidth") <= width


def test_a_screen_without_a_connection_says_so_and_its_clock_goes_on(page, today):
    screen = page(language="en")
    screen.goto(f"/conferences/{today.slug}/now/")
    lost = screen.locator("#now-lost")
    expect(lost).to_be_hidden()
    screen.evaluate("document.querySelector('.now-clock time').textContent = ''")
    screen.evaluate(FAILS)
    expect(lost).to_have_text("No connection: the programme may have changed.")
    expect(screen.locator(".now-clock")).to_contain_text(":")
    screen.evaluate(WAKES)
    expect(lost).to_be_hidden()

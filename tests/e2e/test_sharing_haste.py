"""Two clicks, Back, two tabs, no JavaScript, a photo from a telephone: nothing twice, nothing lost, nothing told."""

import datetime as dt
import io

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from conferences.models import Document, PracticeVersion, Presentation, TakeOver
from conferences.practice_search import fill_search_key
from tests.conferences.factories import (
    EventFactory,
    PresentationFactory,
    PublishedFactory,
    VersionFactory,
    publish,
)
from tests.e2e.test_axe import look
from tests.e2e.test_sharing_stories import DONE, PROPOSE, SEND, fill_talk
from tests.factories import HeadFactory, MunicipalityFactory, OfficerFactory, StaffFactory

pytestmark = pytest.mark.django_db(transaction=True)


# Haste


@pytest.fixture
def call():
    """An event whose call is open."""
    now = timezone.now()
    times = {
        "call_opens_at": now - dt.timedelta(days=1),
        "call_closes_at": now + dt.timedelta(days=1),
    }
    return EventFactory(starts_on=timezone.localdate() + dt.timedelta(days=9), **times)


def test_two_clicks_and_back_propose_once(page, call):
    tab = page(OfficerFactory(), language="ky", width=360)
    tab.goto(f"/conferences/{call.slug}/propose/")
    fill_talk(tab)
    tab.locator(PROPOSE).dblclick()
    expect(tab.locator(DONE)).to_be_visible()
    tab.go_back()
    tab.click(PROPOSE)
    expect(tab.locator(DONE)).to_be_visible()
    talk = Presentation.objects.get()
    assert (talk.status, talk.speakers.count(), talk.steps.count()) == ("proposed", 2, 1)


def test_two_tabs_of_a_municipality_edit_one_draft_and_both_are_read(page, call):
    officer = OfficerFactory()
    talk = PresentationFactory(event=call, status="draft", municipality=officer.municipality)
    one = page(officer, language="ru")
    other = page(HeadFactory(municipality=officer.municipality), language="ky", width=360)
    for tab in [one, other]:
        tab.goto(f"{talk.get_absolute_url()}edit/")
    one.fill("[name=en-title]", "Meters")
    one.click(".savebar .btn-primary")
    expect(one.locator(DONE)).to_be_visible()
    other.fill("[name=en-abstract]", "Water runs day and night.")
    other.click(".savebar .btn-primary")
    expect(other.locator("#conflict")).to_contain_text("Meters")
    expect(other.locator("[name=en-abstract]")).to_have_value("Water runs day and night.")
    other.fill("[name=en-title]", "Meters")
    other.click(".savebar .btn-primary")
    expect(other.locator(DONE)).to_be_visible()
    text = talk.texts.get()
    assert (text.title, text.abstract) == ("Meters", "Water runs day and night.")


def test_two_tabs_and_back_edit_one_draft_of_a_practice_and_nothing_is_lost(page):
    version = VersionFactory()
    one, other = page(version.author, language="ru"), page(StaffFactory(), language="ru")
    edit, save = f"/practices/{version.practice.slug}/edit/", ".savebar [name=save]"
    for tab in [one, other]:
        tab.goto(edit)
    one.fill("[name=en-problem]", "No light")
    one.locator(save).dblclick()
    expect(one.locator(DONE)).to_be_visible()
    other.fill("[name=en-solution]", "Lamps")
    other.click(save)
    expect(other.locator("#conflict")).to_contain_text("No light")
    expect(other.locator("[name=en-solution]")).to_have_value("Lamps")
    other.fill("[name=en-problem]", "No light")
    other.click(save)
    expect(other.locator(DONE)).to_be_visible()
    other.go_back()
    other.click(save)
    expect(other.locator("#practice")).to_be_visible()
    text = version.texts.get()
    assert (text.problem, text.solution) == ("No light", "Lamps")
    assert PracticeVersion.objects.count() == 1


# Without JavaScript


def test_a_talk_is_proposed_without_javascript(page, call):
    tab = page(OfficerFactory(), language="ky", width=360, java_script_enabled=False)
    tab.goto(f"/conferences/{call.slug}/propose/")
    fill_talk(tab)
    tab.click(PROPOSE)
    expect(tab.locator(DONE)).to_be_visible()
    talk = Presentation.objects.get()
    assert talk.status == "proposed"
    assert sorted(talk.speakers.values_list("agrees", flat=True)) == [False, True]


def test_a_head_notes_a_take_over_without_javascript(page):
    version = PublishedFactory(title="Street lamps")
    fill_search_key(version)
    practice = version.practice
    place = MunicipalityFactory(name_ru="Ак-Суйский айылный аймак")
    tab = page(HeadFactory(municipality=place), width=360, java_script_enabled=False)
    tab.goto("/practices/?q=lamps")
    tab.click(f"main a[href='/practices/{practice.slug}/']")
    tab.click(f"main a[href='/practices/{practice.slug}/take-over/'] >> nth=0")
    tab.check("[name=state][value=running]")
    tab.click(SEND)
    expect(tab.locator("#id_started_on")).to_have_attribute("aria-invalid", "true")
    expect(tab.locator("[name=state][value=running]")).to_be_checked()
    tab.fill("#id_started_on", "01.09.2018")
    tab.click(SEND)
    expect(tab.locator("#followers tbody tr")).to_contain_text("Ак-Суйский")
    assert TakeOver.objects.get().state == "running"


# Photos


def photo_with_place(folder):
    """A JPEG as a phone writes it: with the place it was taken at."""
    exif = Image.Exif()
    exif[0x010F] = "Telephone"
    exif.get_ifd(0x8825).update({1: "N", 2: (42.0, 52.0, 28.0), 3: "E", 4: (74.0, 34.0, 12.0)})
    file = folder / "IMG_0001.jpg"
    Image.new("RGB", (900, 600), "green").save(file, exif=exif)
    assert place_in(file.read_bytes())
    return file


def place_in(content):
    with Image.open(io.BytesIO(content)) as photo:
        return dict(photo.getexif().get_ifd(0x8825))


def test_a_public_photo_of_a_practice_does_not_say_where_it_was_taken(page, tmp_path):
    version = VersionFactory()
    author = page(version.author, language="ru")
    author.goto(f"/practices/{version.practice.slug}/edit/")
    author.click("#files .btn")
    author.select_option("#id_kind", "photo")
    author.set_input_files("#id_file", photo_with_place(tmp_path))
    author.fill("#id_title", "Класс после ремонта")
    author.locator(SEND).dblclick()
    expect(author.locator("#files li")).to_have_count(1)
    photo = Document.objects.get()
    publish(version)
    anybody = page(language="ru", width=360)
    assert look(anybody, f"/practices/{version.practice.slug}/", "ru") == []
    expect(anybody.get_by_role("img", name="Класс после ремонта")).to_be_visible()
    for path in [photo.get_absolute_url(), f"{photo.get_absolute_url()}small/"]:
        body = anybody.request.get(path).body()
        assert not place_in(body)
        assert b"Exif" not in body
        assert b"Telephone" not in body

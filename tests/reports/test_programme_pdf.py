"""The programme on paper: read back from the PDF."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from conferences.models import EventText
from tests.conferences.factories import EventFactory, PresentationFactory
from tests.conferences.test_programme_triggers import World, at
from tests.factories import MunicipalityFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def world():
    world = World()
    world.talk.municipalities.add(MunicipalityFactory(name_en="Kum-Bel", name_ky="Күм-Бел"))
    return world


def read(client, event, **query):
    path = reverse("reports:programme_pdf", args=[event.slug], query=query)
    return PdfReader(io.BytesIO(client.get(path).content))


def text_of(reader):
    return "\n".join(page.extract_text() for page in reader.pages).replace("\u00ad", "")


def test_it_holds_days_sessions_halls_and_talks_with_who_gives_them(client, world):
    text = text_of(read(client, world.event))
    expected = ["Conference", "Friday, 30 Nov 2018", "09:00–11:00", world.hall.name, "Topic"]
    assert [words for words in [*expected, "Kum-Bel; Head of the mun"] if words not in text] == []


def test_it_is_tagged_a4_and_says_that_it_is_pdf_ua(client, world):
    reader = read(client, world.event)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert reader.metadata.title == "Conference"
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]


@pytest.mark.parametrize(
    ("language", "day"),
    [("ky", "Жума, 2018-ж. 30-ноя."), ("ru", "Пятница, 30 нояб. 2018"), ("en", "Friday, 30 Nov")],
)
def test_it_is_in_the_language_of_the_address(client, world, language, day):
    EventText.objects.create(event=world.event, language="ky", title="Өңүрлөрдүн үлгүлөрү")
    reader = read(client, world.event, language=language)
    assert day in text_of(reader)
    assert reader.trailer["/Root"]["/Lang"] == language
    assert ("Өңүрлөрдүн үлгүлөрү" in text_of(reader)) is (language == "ky")


def test_a_name_that_nobody_gave_free_is_not_printed(client, world):
    world.speaker.name = "Aibek Jumaev"
    world.speaker.save()
    assert "Jumaev" not in text_of(read(client, world.event))
    world.speaker.agrees = True
    world.speaker.save()
    assert "Aibek Jumaev, Head of the" in text_of(read(client, world.event))


def test_talks_without_a_time_stand_at_the_end_and_refused_ones_nowhere(client, world):
    PresentationFactory(event=world.event, title="Waiting")
    PresentationFactory(event=world.event, title="Refused", status="declined")
    text = text_of(read(client, world.event))
    assert "Presentations without a time yet" in text
    assert ("Waiting" in text, "Refused" in text) == (True, False)


def test_a_source_that_names_no_municipality_is_said(client):
    talk = PresentationFactory(source="A newspaper")
    assert "Municipality not named in the source" in text_of(read(client, talk.event))


def test_an_empty_programme_is_said(client):
    assert "The programme is not known yet." in text_of(read(client, EventFactory()))


def test_letters_without_a_font_and_marks_of_typst_do_no_harm(client, world):
    text = world.talk.texts.get()
    text.title = "#panic() *Water* 😀 $x$ <a> 水"
    text.save()
    assert "#panic() *Water*" in text_of(read(client, world.event))


def test_two_hundred_talks_ask_no_more_than_one(client, world, django_assert_num_queries):
    for number in range(1, 8):
        world.in_session(world.session, at(9, 15 * number), municipality=MunicipalityFactory())
    path = reverse("reports:programme_pdf", args=[world.event.slug])
    client.get(path)
    with django_assert_num_queries(
        7
    ):  # event, text; talks, texts, municipalities, speakers; sessions
        client.get(path)

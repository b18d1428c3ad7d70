import io

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from pypdf import PdfReader

from conferences import documents
from conferences.models import PracticeStep
from tests.conferences.factories import PracticeFactory, PublishedFactory, VersionFactory
from tests.factories import BudgetLineFactory, PlanFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
WORDS = "Суу түтүктөрү өзгөчө ыкма менен орнотулду, ченегичтер коюлду. "


def sheet(client, practice, query=""):
    response = client.get(f"/practices/{practice.slug}.pdf{query}")
    assert response["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(response.content))


def said(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def publish(version):
    type(version).objects.filter(pk=version.pk).update(status="review")
    fields = {"first_reviewer": StaffFactory(), "second_reviewer": StaffFactory()}
    later = PublishedFactory.build(author=None, **fields)
    type(version).objects.filter(pk=version.pk).update(
        status="published", published_at=later.published_at, check_on=later.check_on, **fields
    )


def practice_with(texts=None, steps=0, lines=0, title="Water for everybody", **fields):
    plan = PlanFactory(status="approved", cost_kgs=1_000_000, own=250_000, grant=750_000)
    practice = PracticeFactory(plan=plan, municipality=plan.lead, **fields)
    version = VersionFactory(practice=practice, title=title)
    version.texts.update(language="ky", **(texts or {"problem": "Суу жок", "solution": "Түтүк"}))
    for n in range(steps):
        step = WORDS * 4
        PracticeStep.objects.create(version=version, first_week=n + 1, weeks=3, text_ky=step)
    for _ in range(lines):
        BudgetLineFactory(plan=plan, title=WORDS[:60] * 3, amount=10_000)
    return version


def test_anybody_gets_the_sheet_with_cost_payers_and_the_address(client):
    version = practice_with(steps=2, lines=1)
    publish(version)
    reader = sheet(client, version.practice)
    text = said(reader)
    assert len(reader.pages) <= 2
    for words in [
        "Water for everybody",
        "Суу жок",
        "25.0%",
        "750,000.00",
        "10,000.00",
        "Version 1",
    ]:
        assert words in text
    assert f"http://testserver/practices/{version.practice.slug}/" in text


@pytest.mark.parametrize("much", [1, 30, 300])
def test_it_never_takes_more_than_two_pages(client, much):
    names = ["problem", "solution", "legal_acts", "provider", "tariff", "results", "upkeep"]
    names += ["went_wrong", "conditions", "contact"]
    texts = dict.fromkeys(names, WORDS * much)
    version = practice_with(texts, steps=min(much, 60), lines=min(much, 60), title=WORDS * 4)
    publish(version)
    reader = sheet(client, version.practice)
    assert len(reader.pages) <= 2
    assert ("Shortened to two pages" in said(reader)) == (much > 1)


def test_one_word_without_end_stays_on_the_page(client):
    version = practice_with({"problem": "ы" * 20_000, "solution": "😀 水"})
    publish(version)
    assert len(sheet(client, version.practice).pages) <= 2


def test_it_speaks_the_asked_language_and_is_tagged(client):
    version = practice_with()
    publish(version)
    root = sheet(client, version.practice, "?language=ky").trailer["/Root"]
    assert root["/Lang"] == "ky"
    assert root["/MarkInfo"]["/Marked"]
    assert sheet(client, version.practice, "?language=xx").trailer["/Root"]["/Lang"] == "en"


def test_a_photo_stands_on_it_and_a_lost_one_does_not_matter(client):
    version = practice_with()
    picture = io.BytesIO()
    Image.new("RGB", (800, 600), "green").save(picture, "JPEG")
    upload = ContentFile(picture.getvalue(), "photo.jpg")
    photo = documents.add(
        owner=version, file=upload, kind="photo", title="Opening", by=version.author
    )
    publish(version)
    assert len(sheet(client, version.practice).pages[0].images) == 1
    photo.small.storage.delete(photo.small.name)
    assert len(sheet(client, version.practice, "?language=ru").pages[0].images) == 0


def test_a_draft_is_for_who_writes_it_and_says_so(client):
    version = practice_with()
    assert client.get(f"/practices/{version.practice.slug}.pdf").status_code == 404
    client.force_login(StaffFactory())
    assert "Draft" in said(sheet(client, version.practice))


def test_a_sample_and_a_practice_without_a_plan_say_so(client):
    version = PublishedFactory(practice=PracticeFactory(is_sample=True))
    text = said(sheet(client, version.practice))
    assert "This practice is a sample." in text
    assert "Cost not recorded" in text

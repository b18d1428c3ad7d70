import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.urls import reverse
from PIL import Image

from conferences import documents
from conferences.models import Document, Event
from tests.conferences.factories import (
    EventFactory,
    PresentationFactory,
    VersionFactory,
    publish,
)
from tests.factories import DonorFactory, HeadFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture
def stored(settings):
    """The files on the disk."""
    return lambda: [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def photo(colour="red", size=(800, 600), **options):
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, "JPEG", **options)
    return SimpleUploadedFile("Тоо.jpg", target.getvalue())


def paper(content=PDF, name="Программа.pdf"):
    return SimpleUploadedFile(name, content)


def add(owner=None, **changes):
    defaults = {"file": photo(), "kind": "photo", "title": "Opening", "by": StaffFactory()}
    return documents.add(owner=owner or EventFactory(), **defaults | changes)


def opened(client, document, name="file", **headers):
    response = client.get(reverse(f"conferences:{name}", args=[document.pk]), headers=headers)
    if response.streaming:
        response.data = b"".join(response.streaming_content)
    return response


def upload(client, owner, name, **data):
    args = {"event": lambda: [owner.slug], "presentation": lambda: [owner.pk]}
    args["version"] = lambda: [owner.practice.slug, owner.number]
    address = reverse(f"conferences:{name}_file_add", args=args[name]())
    return client.post(address, {"kind": "photo", "title": "Opening", "file": photo()} | data)


def test_a_photo_is_stored_by_its_content_and_small():
    kept = add(file=photo(size=(3000, 1500)))
    assert (kept.width, kept.height, kept.small_size) == (1600, 800, (480, 240))
    assert (kept.file.name, kept.small.name) == (
        f"shared/{kept.sha256}",
        f"shared/{kept.sha256}.small",
    )
    assert kept.filename == "Тоо.jpg"


def test_where_a_photo_was_taken_never_reaches_the_disk(stored):
    facts = Image.Exif()
    facts[0x010F] = "phone of Aigul"
    facts.get_ifd(0x8825)[2] = (42.0, 52.0, 11.0)
    add(file=photo(exif=facts))
    add(file=photo("blue", exif=facts), kind="slides", title="")
    assert len(stored()) == 4
    assert not [path for path in stored() if b"Exif" in path.read_bytes()]


def test_a_photo_says_what_it_shows():
    with pytest.raises(ValidationError, match="Say what the photo shows"):
        add(title="  ")
    assert add(kind="programme", file=paper(), title="").title == ""


def test_the_same_file_is_there_once_for_one_owner_and_again_for_another(stored):
    first = add()
    with pytest.raises(ValidationError, match="there already, as “Opening”"):
        add(first.event, title="Again")
    second = add(PresentationFactory())
    assert second.file.name == first.file.name
    assert len(stored()) == 2


def test_a_stored_file_goes_with_the_last_row_that_names_it(
    stored, django_capture_on_commit_callbacks
):
    first, second = add(), add()
    for document, left in [(first, 2), (second, 0)]:
        with django_capture_on_commit_callbacks(execute=True):
            documents.remove(document=document, by=StaffFactory())
        assert len(stored()) == left


def test_the_next_version_of_a_practice_has_the_same_photos(stored):
    published = add(VersionFactory()).version
    publish(published)
    draft = VersionFactory(practice=published.practice, number=2)
    documents.copy(published.documents.all(), version=draft)
    assert draft.documents.get().file.name == published.documents.get().file.name
    assert len(stored()) == 2


def test_who_adds_a_photo_to_a_practice_does_not_review_it():
    version, staff = VersionFactory(), StaffFactory()
    add(version, by=staff)
    assert staff in version.writers.all()


def test_photos_of_public_things_need_no_signing_in(client):
    kept = add()
    response = opened(client, kept, "file_small")
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(response.data)).size == (480, 360)
    assert response["Cache-Control"] == "private, max-age=86400"
    assert response["Content-Security-Policy"].endswith("sandbox")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert opened(client, kept, if_none_match=opened(client, kept)["ETag"]).status_code == 304


def test_a_file_of_an_event_that_was_withdrawn_is_gone_also_for_who_knows_its_content(client):
    kept = add()
    etag = opened(client, kept)["ETag"]
    Event.objects.update(published_at=None)
    assert opened(client, kept, if_none_match=etag).status_code == 404


@pytest.mark.parametrize("name", ["file", "file_small"])
def test_a_file_of_what_one_may_not_see_is_not_there(client, name):
    hidden = add(EventFactory(published=False))
    assert opened(client, hidden, name).status_code == 404
    client.force_login(HeadFactory())
    assert opened(client, hidden, name).status_code == 404
    client.force_login(StaffFactory())
    assert opened(client, hidden, name)["Cache-Control"] == "private, no-cache"


def test_evidence_is_for_who_is_signed_in(client):
    kept = add(kind="evidence", file=paper())
    assert opened(client, kept).status_code == 404
    client.force_login(DonorFactory())
    assert opened(client, kept).data == PDF


def test_a_paper_is_downloaded_and_has_no_small_picture(client):
    kept = add(kind="programme", file=paper())
    assert opened(client, kept)["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert opened(client, kept, "file_small").status_code == 404


def test_a_file_that_was_lost_is_not_found(client, stored):
    kept = add()
    for path in stored():
        path.unlink()
    assert opened(client, kept).status_code == 404


@pytest.mark.parametrize(
    ("kind", "file", "words"),
    [
        ("photo", paper(b"\xff\xd8\xff\xe0 no photo", "a.jpg"), "not a picture that can be opened"),
        ("photo", paper(PDF, "a.pdf"), "Allowed are: JPG, PNG."),
        ("slides", paper(b"<svg><script>1</script></svg>", "a.svg"), "may contain a program"),
        ("slides", paper(b"<svg></svg>", "a.png"), "may contain a program"),
        ("photo", paper(b"", "a.jpg"), "empty"),
        ("photo", None, "required"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words_and_the_title_stays(client, kind, file, words):
    client.force_login(StaffFactory())
    sent = {"file": file} if file else {"file": ""}
    response = upload(client, EventFactory(), "event", kind=kind, **sent)
    assert words in response.text
    assert 'value="Opening"' in response.text
    assert not Document.objects.exists()


def test_files_are_added_and_removed_on_their_pages(client):
    head = HeadFactory()
    client.force_login(head)
    talk = PresentationFactory(status="draft", municipality=head.municipality)
    assert upload(client, talk, "presentation").url == talk.get_absolute_url()
    kept = talk.documents.get()
    address = reverse("conferences:file_remove", args=[kept.pk])
    assert "cannot be brought back" in client.get(address).text
    assert client.post(address).url == talk.get_absolute_url()
    assert not talk.documents.exists()


@pytest.mark.parametrize("status", ["accepted", "declined"])
def test_to_an_accepted_presentation_its_municipality_adds_files_and_removes_none(client, status):
    head = HeadFactory()
    client.force_login(head)
    talk = PresentationFactory(municipality=head.municipality, status=status)
    kept = add(talk)
    assert upload(client, talk, "presentation", file=photo("blue")).status_code == (
        302 if status == "accepted" else 404
    )
    assert client.post(reverse("conferences:file_remove", args=[kept.pk])).status_code == 404
    shown = (
        reverse("conferences:presentation_file_add", args=[talk.pk])
        in client.get(talk.get_absolute_url()).text
    )
    assert shown == (status == "accepted")


@pytest.mark.parametrize("status", ["draft", "review"])
def test_files_of_a_practice_change_only_in_its_draft(client, status):
    version = VersionFactory(status=status)
    client.force_login(StaffFactory())
    assert upload(client, version, "version").status_code == (302 if status == "draft" else 404)


@pytest.mark.django_db(transaction=True)
def test_two_rows_of_one_content_removed_at_once_leave_no_file(stored):
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    rows, staff = [add(), add()], StaffFactory()
    together = threading.Barrier(2)

    def click(document):
        together.wait()
        try:
            documents.remove(document=document, by=staff)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(click, rows))
    assert not stored()


def test_a_file_is_not_added_to_or_taken_from_a_version_that_was_moved_on_meanwhile(stored):
    version = VersionFactory()
    photo_of_it = add(version)
    type(version).objects.filter(pk=version.pk).update(status="review")
    with pytest.raises(ValidationError, match="meanwhile this version was moved on"):
        add(version, file=photo("blue"))
    with pytest.raises(ValidationError):
        documents.remove(document=photo_of_it, by=StaffFactory())
    assert version.documents.count() == 1

"""Files of events, presentations and practices. Each content is stored once, whoever names it.

Pictures are drawn anew (lib/photos.py): what the portal hands out never says where a photo was taken.
"""

from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext_lazy as _

from lib import files, photos
from lib.files import plain_name
from lib.uploads import KINDS, PICTURES, SLIDES, check_upload, sha256_of

from .models import Document, DocumentKind, Event, PracticeVersion, Presentation, VersionStatus

OWNERS = {Event: "event", Presentation: "presentation", PracticeVersion: "version"}
ALLOWED = {DocumentKind.PHOTO: PICTURES, DocumentKind.SLIDES: SLIDES}
# By the reader's own browser only, for a day: what was withdrawn is not handed on by anybody in between.
PUBLIC = "private, max-age=86400"
PICTURE_TYPES = {kind.content_type for kind in PICTURES}


class Content(NamedTuple):
    """What is kept of an upload."""

    file: object
    filename: str
    content_type: str
    sha256: str
    size: int
    photo: photos.Photo | None = None


# --- Adding -------------------------------------------------------------------------------------


def read(file, kind):
    """The Content of an upload, checked for its kind of document; ValidationError in words."""
    content_type = check_upload(file, kinds=ALLOWED.get(kind, KINDS))
    name = plain_name(file.name)
    if content_type not in PICTURE_TYPES:
        return Content(file, name, content_type, sha256_of(file), file.size)
    side = photos.LONGEST_SIDE if kind == DocumentKind.PHOTO else photos.PAPER_SIDE
    photo = photos.drawn_anew(file, side=side)
    name = f"{name.rpartition('.')[0]}.jpg"
    whole = photo.whole
    return Content(whole, name, photo.content_type, sha256_of(whole), whole.size, photo)


@transaction.atomic
def find_or_add(*, owner, file, kind, by, title=""):
    """As add(); a file that is there already is that document: one paper may prove two things."""
    content = read(file, kind)
    known = owner.documents.filter(sha256=content.sha256).first()
    return known or add(owner=owner, file=file, kind=kind, by=by, title=title)


@transaction.atomic
def add(*, owner, file, kind, by, title="", credit=""):
    """Keep a new document of an event, a presentation or a version; the same file only once."""
    title = " ".join(title.split())
    if kind == DocumentKind.PHOTO and not title:
        raise ValidationError(
            {"title": _("Say what the photo shows: people who do not see it read this.")}
        )
    content = read(file, kind)
    _lock(owner)  # the same file may come twice at once
    known = owner.documents.filter(sha256=content.sha256).first()
    if known:
        raise ValidationError(
            _("This file is there already, as “%(document)s”."),
            code="known",
            params={"document": known},
        )
    document = Document(kind=kind, title=title, credit=credit, **{OWNERS[type(owner)]: owner})
    _store(document, content)
    document.uploaded_at, document.uploaded_by = timezone.now(), by
    document.position = owner.documents.count()
    document.save()
    if isinstance(owner, PracticeVersion):
        owner.writers.add(by)  # who adds a photo does not review it
    return document


def _store(document, content):
    document.filename, document.content_type = content.filename, content.content_type
    document.sha256, document.size = content.sha256, content.size
    photo = content.photo
    document.width, document.height = (photo.width, photo.height) if photo else (None, None)
    twins = _of_content(content.sha256)
    twin = twins.exclude(small="").first() if photo else twins.first()
    if twin:
        document.file.name, document.small.name = twin.file.name, twin.small.name
        return
    document.file.save(content.filename, content.file, save=False)
    if photo:
        document.small.save(content.filename, photo.small, save=False)


def copy(documents, *, version):
    """The photos and papers of a practice go along into its next version, file and all."""
    copies = []
    for document in documents:
        _of_content(document.sha256).first()  # nobody removes its file meanwhile
        document.pk = None
        document._state.adding = True
        document.version = version
        copies.append(document)
    return Document.objects.bulk_create(copies)


# --- Removing -----------------------------------------------------------------------------------


@transaction.atomic
def remove(*, document, by):
    """Its file goes only when no other row names that content."""
    if not removable_by(by).filter(pk=document.pk).exists():
        raise ValidationError(
            _("This file can no longer be removed: what it belongs to was decided or published.")
        )
    if document.recommendation_steps.exists():
        raise ValidationError(
            _("A recommendation names this document as its evidence, so it stays.")
        )
    _lock(document.owner)
    list(_of_content(document.sha256))  # two rows of one content may go at once
    names = [file.name for file in (document.file, document.small) if file]
    storage = document.file.storage
    if document.version:
        document.version.writers.add(by)
    document.delete()
    transaction.on_commit(lambda: forget_files(storage, names))


def forget_files(storage, names):
    """After rows were deleted: their files go, unless another row names them."""
    for name in names:
        is_named = Document.objects.filter(file=name) | Document.objects.filter(small=name)
        if not is_named.exists():
            storage.delete(name)


def removable_by(user):
    """The documents this person may add to or take away from, by what they belong to."""
    events = Document.objects.filter(event__in=Event.objects.editable_by(user))
    talks = Document.objects.filter(presentation__in=Presentation.objects.editable_by(user))
    drafts = PracticeVersion.objects.editable_by(user).filter(status=VersionStatus.DRAFT)
    return events | talks | Document.objects.filter(version__in=drafts)


def _of_content(sha256):
    return Document.objects.select_for_update(of=("self",)).filter(sha256=sha256).order_by("pk")


def _lock(owner):
    row = type(owner).objects.select_for_update(of=("self",)).get(pk=owner.pk)
    if isinstance(row, PracticeVersion) and row.status != VersionStatus.DRAFT:
        raise ValidationError(
            _("Files are added to and taken from a draft; meanwhile this version was moved on."),
            code="state",
        )


# --- Handing out ----------------------------------------------------------------------------------


def is_public(document):
    return Document.objects.visible_to(AnonymousUser()).filter(pk=document.pk).exists()


def serve(request, document, *, small=False):
    """The file; for one that is public a browser asks once a day."""
    etag = f'"{document.sha256}{"-small" if small else ""}"'
    caching = PUBLIC if is_public(document) else "private, no-cache"
    response = get_conditional_response(request, etag=etag)  # 304 when the browser has it
    if response is None:
        response = files.serve(
            document.small if small else document.file,
            filename=document.filename,
            content_type=photos.JPEG if small else document.content_type,
        )
    response["ETag"], response["Cache-Control"] = etag, caching
    patch_vary_headers(response, ["Cookie"])
    return response

"""What people may upload: the content decides, and the name must agree with it."""

import hashlib
import lzma
import zipfile
import zlib
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

MAX_BYTES = 20 * 1024 * 1024  # unless settings.MAX_UPLOAD_BYTES says otherwise
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_UNPACKED_TIMES = 200
MAX_PARTS = 5000
MAX_PARTS_LIST_BYTES = 1024 * 1024
OPEN_XML = "application/vnd.openxmlformats-officedocument."


class Kind(NamedTuple):
    endings: tuple
    content_type: str
    begins: bytes
    main_part: bytes = b""  # content type of an Office file's main part


PDF = Kind(("pdf",), "application/pdf", b"%PDF-")
JPG = Kind(("jpg", "jpeg"), "image/jpeg", b"\xff\xd8\xff")
PNG = Kind(("png",), "image/png", b"\x89PNG\r\n\x1a\n")
DOCX = Kind(
    ("docx",),
    f"{OPEN_XML}wordprocessingml.document",
    b"PK\x03\x04",
    b"wordprocessingml.document.main+xml",
)
XLSX = Kind(
    ("xlsx",), f"{OPEN_XML}spreadsheetml.sheet", b"PK\x03\x04", b"spreadsheetml.sheet.main+xml"
)
PPTX = Kind(
    ("pptx",),
    f"{OPEN_XML}presentationml.presentation",
    b"PK\x03\x04",
    b"presentationml.presentation.main+xml",
)
KINDS = [PDF, JPG, PNG, DOCX, XLSX]
PICTURES = [JPG, PNG]
SLIDES = [PDF, PPTX, *PICTURES]

MESSAGES = {
    "empty": _("The file is empty. Choose it again, or save it once more before."),
    "too_large": _(
        "The file has %(size)s; at most %(limit)s can be uploaded. Save it smaller, or split it."
    ),
    "not_allowed": _(
        "This kind of file cannot be uploaded. Allowed are PDF, JPG, PNG, DOCX and XLSX."
    ),
    "not_allowed_here": _("This kind of file cannot be uploaded here. Allowed are: %(endings)s."),
    "svg": _(
        "An SVG drawing cannot be uploaded, because it may contain a program. Save it as PNG or PDF."
    ),
    "wrong_ending": _(
        "The name of the file does not fit its content, which is %(kind)s. "
        "Save it again under a name that ends in “.%(ending)s”."
    ),
    "macros": _("The file contains macros. Save it without macros, as DOCX or XLSX."),
    "unreadable": _(
        "The file cannot be opened: it is damaged or has a password. Save it again without a password."
    ),
}


def check_upload(file, kinds=KINDS):
    """Content type of a Django file that may be kept; ValidationError saying what is allowed."""
    limit = getattr(settings, "MAX_UPLOAD_BYTES", MAX_BYTES)
    if not file.size:
        raise _refusal("empty")
    if file.size > limit:
        raise _refusal("too_large", size=filesizeformat(file.size), limit=filesizeformat(limit))
    kind = _kind_of(file, kinds)
    if file.name.rpartition(".")[2].lower() not in kind.endings:
        raise _refusal("wrong_ending", kind=kind.endings[0].upper(), ending=kind.endings[0])
    return kind.content_type


def sha256_of(file):
    """Hexadecimal digest of a Django file, which is left at its beginning."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _kind_of(file, kinds):
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    begun = [kind for kind in kinds if head.startswith(kind.begins)]
    if not begun:
        raise _refusal("svg") if b"<svg" in head.lower() else _not_allowed(kinds)
    if not begun[0].main_part:
        return begun[0]
    parts = _checked_parts_list(file, kinds)
    kind = next((kind for kind in begun if kind.main_part in parts), None)
    if not kind:
        raise _not_allowed(kinds)
    return kind


def _checked_parts_list(file, kinds):
    try:
        with zipfile.ZipFile(file) as package:
            return _parts_list(package)
    except KeyError:  # no [Content_Types].xml: some other archive
        raise _not_allowed(kinds) from None
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ):
        raise _refusal("unreadable") from None
    finally:
        file.seek(0)


def _not_allowed(kinds):
    if kinds is KINDS:
        return _refusal("not_allowed")
    return _refusal("not_allowed_here", endings=endings_of(kinds))


def endings_of(kinds):
    """PDF, PPTX, JPG, PNG"""
    return ", ".join(kind.endings[0].upper() for kind in kinds)


def _parts_list(package):
    """[Content_Types].xml of an Office file that is safe to open; nothing else is unpacked."""
    parts = package.infolist()
    packed, unpacked = (
        sum(part.compress_size for part in parts),
        sum(part.file_size for part in parts),
    )
    if len(parts) > MAX_PARTS or unpacked > min(MAX_UNPACKED_BYTES, packed * MAX_UNPACKED_TIMES):
        raise _refusal("unreadable")
    with package.open("[Content_Types].xml") as file:
        text = file.read(MAX_PARTS_LIST_BYTES)
    if b"macroEnabled" in text or any("vbaproject" in part.filename.lower() for part in parts):
        raise _refusal("macros")
    return text


def _refusal(code, **params):
    return ValidationError(MESSAGES[code], code=code, params=params)

"""Pictures that people upload: drawn anew, upright and small, without anything else the file said.

Where a photo was taken, with which phone and by whom never reaches the disk.
"""

import io
import struct
import threading
import zlib
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

# A camera of 50 megapixels; a PNG is unpacked whole, a JPEG at the size it is needed.
MAX_PIXELS = {"JPEG": 50_000_000, "PNG": 25_000_000}
# What Pillow itself would only warn of is beyond both limits.
Image.MAX_IMAGE_PIXELS = max(MAX_PIXELS.values())
LONGEST_SIDE = 1600
SMALL_SIDE = 480
PAPER_SIDE = 3200  # a scanned page stays readable
QUALITY = 85
JPEG = "image/jpeg"
# One picture in memory at a time, whatever many people upload at once
ONE_BY_ONE = threading.Lock()
DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    MemoryError,
    OverflowError,
    zlib.error,
    struct.error,
)

MESSAGES = {
    "no_picture": _(
        "The file is not a picture that can be opened: it is damaged, or something else under the "
        "name of a picture. Open it, save it again as JPG, and choose that file."
    ),
    "too_many_pixels": _(
        "The picture has too many pixels; at most %(limit)s megapixels can be uploaded. Save it smaller."
    ),
}


class Photo(NamedTuple):
    whole: ContentFile
    small: ContentFile
    width: int
    height: int
    content_type: str = JPEG


def drawn_anew(file, *, side=LONGEST_SIDE):
    """A Photo of an uploaded JPG or PNG; ValidationError when it is none, or a decompression bomb."""
    with ONE_BY_ONE:
        try:
            return _drawn(file, side)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _too_many(Image.MAX_IMAGE_PIXELS) from None
        except DAMAGED:
            raise ValidationError(MESSAGES["no_picture"], code="no_picture") from None
        finally:
            file.seek(0)


def _drawn(file, side):
    file.seek(0)
    with Image.open(file, formats=list(MAX_PIXELS)) as picture:
        # The JPEG of a phone that keeps a second picture in it (depth, brightness) is called MPO.
        limit = MAX_PIXELS["PNG" if picture.format == "PNG" else "JPEG"]
        if picture.width * picture.height > limit:
            raise _too_many(limit)
        picture.draft("RGB", (side, side))
        picture.load()
        whole = _on_white(_upright(picture))
    whole.thumbnail((side, side))
    small = whole.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return Photo(_jpeg(whole), _jpeg(small), *whole.size)


def _upright(picture):
    """As the camera was held; what it wrote about that may be damaged while the picture is whole."""
    try:
        return ImageOps.exif_transpose(picture)
    except DAMAGED:
        return picture


def _on_white(picture):
    """Only colours: what is transparent would come out black."""
    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        return paper
    return picture.convert("RGB")


def _jpeg(picture):
    # A new image holds pixels and nothing else: no EXIF, no comment, no second picture.
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    target = io.BytesIO()
    bare.save(target, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return ContentFile(target.getvalue())


def _too_many(limit):
    millions = limit // 1_000_000
    return ValidationError(
        MESSAGES["too_many_pixels"], code="too_many_pixels", params={"limit": millions}
    )

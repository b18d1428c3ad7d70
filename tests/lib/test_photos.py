import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from lib import photos

PLACE = 0x8825  # the part of EXIF that says where


def picture(size=(2000, 1000), kind="JPEG", mode="RGB", **options):
    target = io.BytesIO()
    Image.new(mode, size, "red").save(target, kind, **options)
    return SimpleUploadedFile("photo.jpg", target.getvalue())


def exif(orientation=1):
    facts = Image.Exif()
    facts[0x0112] = orientation
    facts[0x010F] = "A phone of Aigul"
    facts.get_ifd(PLACE)[2] = (42.87, 0, 0)
    return facts


def opened(file):
    return Image.open(io.BytesIO(file.read()))


def bomb(width, height):
    """A PNG of a few hundred bytes that says it is enormous."""

    def part(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0" * 100)) + part(b"IEND", b"")
    return SimpleUploadedFile("photo.png", b"\x89PNG\r\n\x1a\n" + data)


def refusal(file):
    with pytest.raises(ValidationError) as refused:
        photos.drawn_anew(file)
    return refused.value.code


def test_a_photo_is_made_smaller_and_gets_a_small_one():
    photo = photos.drawn_anew(picture((4000, 2000)))
    assert (photo.width, photo.height) == (1600, 800)
    assert opened(photo.whole).size == (1600, 800)
    assert opened(photo.small).size == (480, 240)


def test_a_small_photo_is_not_made_larger():
    photo = photos.drawn_anew(picture((300, 200)))
    assert (photo.width, photo.height) == (300, 200)


def test_of_a_phones_picture_with_a_second_one_in_it_the_first_is_kept():
    depth = Image.new("RGB", (100, 80))
    file = picture((300, 200), kind="MPO", save_all=True, append_images=[depth])
    photo = photos.drawn_anew(file)
    assert (photo.width, photo.height) == (300, 200)
    assert b"MPF" not in photo.whole.read()


def test_a_scanned_page_keeps_more_pixels():
    assert photos.drawn_anew(picture((2000, 4000)), side=photos.PAPER_SIDE).height == 3200


def test_where_and_by_whom_a_photo_was_taken_is_gone():
    file = picture(exif=exif(), comment=b"at home")
    assert b"Aigul" in file.read()
    photo = photos.drawn_anew(file)
    for written in (photo.whole, photo.small):
        data = written.read()
        assert b"Exif" not in data
        assert b"Aigul" not in data
        assert b"at home" not in data


@pytest.mark.parametrize("orientation", [6, 8])
def test_a_photo_of_a_turned_phone_stands_upright(orientation):
    photo = photos.drawn_anew(picture((800, 600), exif=exif(orientation)))
    assert (photo.width, photo.height) == (600, 800)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1"])
def test_a_png_of_any_kind_becomes_a_jpeg(mode):
    photo = photos.drawn_anew(picture((60, 40), "PNG", mode if mode != "LA" else "RGBA"))
    assert opened(photo.whole).format == "JPEG"


def test_what_is_transparent_becomes_white():
    target = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(target, "PNG")
    photo = photos.drawn_anew(SimpleUploadedFile("a.png", target.getvalue()))
    assert opened(photo.whole).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("size", [(6000, 6000), (30_000, 30_000), (2_000_000_000, 1)])
def test_a_decompression_bomb_is_not_unpacked(size):
    assert refusal(bomb(*size)) == "too_many_pixels"


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        picture().read()[:500],
        b"GIF89a" + bytes(50),
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_a_photo_that_is_no_photo_is_refused(content):
    assert refusal(SimpleUploadedFile("photo.jpg", content)) == "no_picture"


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damaged_facts_about_a_whole_picture_do_not_matter():
    file = picture(exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    assert photos.drawn_anew(file).width == 1600

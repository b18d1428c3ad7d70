import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from openpyxl import Workbook

from lib.uploads import SLIDES, check_upload, sha256_of

PDF = b"%PDF-1.4\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
EXE = b"MZ\x90\x00\x03" + bytes(60)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def archive(by=zipfile.ZIP_DEFLATED, **parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", by) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()


def docx(main=f"{WORD}.main+xml", by=zipfile.ZIP_DEFLATED, **parts):
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    return archive(by, **{"[Content_Types].xml": types, "word/document.xml": "<w/>"} | parts)


def broken_lzma():
    """Packed by a way that Office does not know, and damaged."""
    packed = bytearray(docx(by=zipfile.ZIP_LZMA))
    start = packed.index(b"[Content_Types].xml") + len("[Content_Types].xml") + 4
    packed[start : start + 5] = b"\xff" * 5
    return bytes(packed)


def xlsx():
    file = io.BytesIO()
    Workbook().save(file)
    return file.getvalue()


def refusal(name, content):
    with pytest.raises(ValidationError) as refused:
        check_upload(SimpleUploadedFile(name, content))
    return refused.value.code


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("решение.PDF", PDF, "application/pdf"),
        ("photo.jpg", JPG, "image/jpeg"),
        ("photo.JPEG", JPG, "image/jpeg"),
        ("plan.png", PNG, "image/png"),
        ("смета.docx", docx(), WORD),
        ("смета.xlsx", xlsx(), EXCEL),
    ],
)
def test_papers_and_photos_may_be_uploaded(name, content, content_type):
    file = SimpleUploadedFile(name, content)
    assert check_upload(file) == content_type
    assert file.read() == content


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.pdf", b"", "empty"),
        ("program.pdf", EXE, "not_allowed"),
        ("page.pdf", b"<html><script>", "not_allowed"),
        ("plain.txt", b"text", "not_allowed"),
        ("archive.docx", archive(a="b"), "not_allowed"),
        ("slides.docx", docx(main="presentationml.presentation.main+xml"), "not_allowed"),
        ("picture.pdf", PNG, "wrong_ending"),
        ("paper.pdf.exe", PDF, "wrong_ending"),
        ("noending", PDF, "wrong_ending"),
        ("table.docx", xlsx(), "wrong_ending"),
        ("macros.docx", docx(**{"word/vbaProject.bin": "x"}), "macros"),
        (
            "macros.docx",
            docx(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
            "macros",
        ),
        ("broken.docx", docx()[:80], "unreadable"),
        ("other.docx", broken_lzma(), "unreadable"),
        ("bomb.xlsx", docx(**{"word/big.xml": bytes(5_000_000)}), "unreadable"),
    ],
)
def test_what_is_not_what_it_says_is_refused(name, content, code):
    assert refusal(name, content) == code


SLIDE_SHOW = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)


def pptx(main=f"{SLIDE_SHOW}.main+xml", **parts):
    return docx(main=main, **parts)


def test_slides_are_pdf_pptx_or_pictures():
    file = SimpleUploadedFile("доклад.pptx", pptx())
    assert check_upload(file, kinds=SLIDES) == SLIDE_SHOW
    assert check_upload(SimpleUploadedFile("a.pdf", PDF), kinds=SLIDES) == "application/pdf"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("slides.svg", SVG, "svg"),
        ("slides.png", SVG, "svg"),
        ("drawing.svg", b"<SVG></SVG>", "svg"),
        ("letter.docx", docx(), "not_allowed_here"),
        ("page.pdf", b"<html>", "not_allowed_here"),
        ("archive.pptx", archive(a="b"), "not_allowed_here"),
        ("slides.pptx", pptx(**{"ppt/vbaProject.bin": "x"}), "macros"),
        ("show.pptx", pptx(main="presentationml.slideshow.macroEnabled.main+xml"), "macros"),
        ("slides.pptx", pptx(**{"ppt/big.xml": bytes(5_000_000)}), "unreadable"),
        ("slides.pptx", pptx()[:80], "unreadable"),
        ("slides.pdf", pptx(), "wrong_ending"),
    ],
)
def test_what_are_no_slides_is_refused(name, content, code):
    with pytest.raises(ValidationError) as refused:
        check_upload(SimpleUploadedFile(name, content), kinds=SLIDES)
    assert refused.value.code == code


def test_a_file_over_the_limit_is_refused_with_both_sizes(settings):
    settings.MAX_UPLOAD_BYTES = 1024
    file = SimpleUploadedFile("large.pdf", PDF + bytes(2048))
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        check_upload(file)
    assert refused.value.code == "too_large"
    assert refused.value.params == {"size": "2.0\u00a0KB", "limit": "1.0\u00a0KB"}


def test_the_digest_of_a_file_is_its_sha256():
    file = SimpleUploadedFile("a.pdf", b"abc")
    assert sha256_of(file) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert file.read() == b"abc"

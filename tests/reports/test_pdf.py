"""A report on paper, read back: text, tags, fonts, pages."""

import io
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override
from pypdf import PdfReader

from reports.about import About
from reports.column import Column
from reports.exports import paper
from reports.exports.hyphens import SOFT_HYPHEN, longest_word, parted
from reports.exports.pdf import Signature, begin_pdf, to_pdf
from reports.exports.typeset import USUAL, Typesetter, is_shown, typeset
from reports.report_table import ReportTable

AT = datetime(2018, 7, 1, 5, 0, tzinfo=UTC)
HASH = "3f2a9c0d81b4" + "0" * 52
SIGNATURE = Signature(
    "Айгүл Өмүрова",
    "Project staff",
    AT,
    "Нурлан Жээнбеков",
    "Head",
    AT,
    "We certify that it is true.",
)


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def about(**changes):
    said = {
        "title": "Half-year report",
        "made_at": AT,
        "status": "Draft, not signed",
        "address": "https://portal.example.org/reports/donor/?period=1",
    }
    return About(**said | changes)


def signed_about():
    return about(made_at=None, status="Signed, version 2", snapshot="PSI-12-v2", sha256=HASH)


def sources(**changes):
    columns = [
        Column("name", "Source", "text"),
        Column("promised_kgs", "Promised, som", "kgs"),
        Column("fulfilment_pct", "Fulfilment", "pct"),
    ]
    row = {"name": "Грант", "promised_kgs": Decimal("97123456.78"), "fulfilment_pct": None}
    fields = {"rows": [row], "total": row | {"name": "All", "fulfilment_pct": Decimal("63.6363")}}
    fields |= {"slug": "sources", "code": "T3", "title": "Sources", "columns": columns}
    return ReportTable(**fields | changes)


def row(name="x", **cells):
    return {"name": name, "promised_kgs": Decimal(1), "fulfilment_pct": Decimal(50)} | cells


def read(content):
    return PdfReader(io.BytesIO(content))


def text_of(content):
    text = "\n".join(page.extract_text() for page in read(content).pages)
    return re.sub(r"\s+", " ", text.replace(SOFT_HYPHEN, ""))


# What it says


def test_a_table_has_its_head_its_figures_and_its_total():
    text = text_of(to_pdf([sources()], about()))
    for words in [
        "T3 · Sources",
        "Promised, som",
        "Грант",
        "97,123,456.78",
        "63.6%",
        "Page 1 of 1",
    ]:
        assert words in text


@pytest.mark.parametrize(
    ("language", "amount", "share"),
    [("ru", "97 123 456,78", "63,6 %"), ("ky", "97 123 456,78", "63,6%"), ("en", "97,123,456.78", "63.6%")],
)  # fmt: skip
def test_figures_are_written_as_the_reader_writes_them(language, amount, share):
    with override(language):
        content = to_pdf([sources()], about())
    assert amount in text_of(content)
    assert share in text_of(content)
    assert read(content).trailer["/Root"]["/Lang"] == language


def test_kyrgyz_letters_arrive():
    words = "Өзгөн шаары, Ңң Үү Өө: жөндөмдүүлүктөрүбүз"
    with override("ky"):
        assert words in text_of(to_pdf([sources(rows=[row(words)])], about(title=words)))


@pytest.mark.parametrize(
    "title",
    ['#import "x.typ"', "*bold* _it_ $x$", "<label> @ref", r"\u{41} // x", "'\"; drop", "= H"],
)
def test_what_somebody_typed_is_text_and_never_code(title):
    content = to_pdf([sources(rows=[row(title)], notes=[title], title=title)], about(title=title))
    assert text_of(content).count(title) == 4
    assert read(content).metadata.title == title


def test_a_reason_stands_where_there_is_no_figure():
    cells = {"promised_kgs": None, "promised_kgs_reason": "not reported"}
    text = text_of(to_pdf([sources(rows=[row(**cells)], total=None)], about()))
    assert "not reported" in text


def test_below_zero_has_a_minus_and_no_break():
    table = sources(rows=[row(promised_kgs=Decimal("-50000"))], total=None)
    assert "\u221250,000.00" in text_of(to_pdf([table], about()))


def test_an_empty_table_says_so_in_words():
    table = sources(rows=[], total=None, empty="Every plan has an area.")
    text = text_of(to_pdf([table], about()))
    assert "Every plan has an area." in text
    assert "Promised" not in text


def test_codes_are_for_machines():
    table = sources(rows=[row(code="grant-code")], keys=["code"])
    table.columns.insert(1, Column("code", "Code", "text"))
    assert "grant-code" not in text_of(to_pdf([table], about()))


def test_a_column_of_texts_without_a_word_takes_no_place():
    columns = [*sources().columns, Column("comment", "Comment", "text")]
    assert "Comment" not in text_of(to_pdf([sources(columns=columns)], about()))
    rows = [row(comment="Late")]
    assert "Comment" in text_of(to_pdf([sources(columns=columns, rows=rows)], about()))


# The cover and the signatures


def test_a_draft_says_that_it_is_one_and_has_lines_to_sign():
    content = to_pdf([sources(), sources()], about(), certificate="We certify.")
    text = text_of(content)
    assert "Draft, not signed" in text
    assert "We certify." in text
    assert "Signature" in text
    assert all("Draft" in page.extract_text() for page in read(content).pages)


def test_a_copy_of_what_was_signed_is_no_draft_and_has_no_lines_to_sign():
    content = to_pdf([sources(), sources()], about(status="A copy", copy_of="PSI-1-v1"))
    assert all("Copy" in page.extract_text() for page in read(content).pages)
    assert "Signatures" not in text_of(content)


def test_a_signed_report_names_who_signed_and_where_it_can_be_verified():
    content = to_pdf([sources()], signed_about(), SIGNATURE)
    text = text_of(content)
    for words in [*SIGNATURE[:2], *SIGNATURE[3:5], SIGNATURE.certificate, "1 Jul 2018, 11:00"]:
        assert words in text
    for page in read(content).pages:
        foot = page.extract_text()
        assert "PSI-12-v2 · 3f2a9c0d81b4" in foot
        assert "https://portal.example.org/reports/verify/" in foot
    assert "Draft" not in text


def test_the_table_of_the_cover_is_the_cover():
    columns = [Column("code", "Code", "text"), Column("what", "What", "text"), Column("says", "This report", "text")]  # fmt: skip
    rows = [{"code": "fx", "what": "Made at", "says": "on a Monday"}]
    cover = sources(slug="cover", code="T1", columns=columns, rows=rows, total=None, keys=["code"])
    text = text_of(to_pdf([cover, sources()], about()))
    assert "Made at on a Monday" in text
    assert "1 Jul 2018, 11:00" not in text
    assert "This report" not in text


def test_one_table_alone_has_no_lines_to_sign():
    assert "Approved by" not in text_of(to_pdf([sources()], about()))


def test_what_is_not_complete_stands_on_the_cover_and_ends():
    gaps = tuple(f"Plan {n} has no area." for n in range(40))
    text = text_of(to_pdf([sources()], about(gaps=gaps)))
    assert "Plan 29 has no area." in text
    assert "Plan 30 has no area." not in text
    assert "10 more" in text


# What the file is


def test_it_is_tagged_and_says_that_it_is_pdf_ua():
    content = to_pdf([sources()], about())
    root = read(content).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def test_heads_of_columns_are_heads_for_who_hears_the_table():
    tree = read(to_pdf([sources()], about())).trailer["/Root"]["/StructTreeRoot"]
    tags = list(tags_in(tree))
    assert tags.count("/TH") == 3
    assert "/H1" in tags


def tags_in(node):
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from tags_in(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node["/S"]
        if "/K" in node:
            yield from tags_in(node["/K"])


def test_every_font_is_inside():
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for page in read(to_pdf([sources()], about())).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts
    assert all({"/FontFile2", "/FontFile3"} & set(font.get_object()) for font in fonts)


def test_the_same_tables_give_the_same_bytes():
    first = to_pdf([sources()], signed_about(), SIGNATURE)
    assert to_pdf([sources()], signed_about(), SIGNATURE) == first


def test_what_was_begun_with_other_words_is_set_with_the_final_ones():
    tables = [sources(), sources(code="T4", rows=[row(f"Грант {n}") for n in range(40)])]
    other = [tables[0], sources(code="T4", rows=[row(f"Грант {n}") for n in range(39)])]
    expected = to_pdf(tables, signed_about(), SIGNATURE)
    for begun in (tables, other):
        with Typesetter() as typesetter:
            begin_pdf(typesetter, begun, about(title="Other"), SIGNATURE)
            assert to_pdf(tables, signed_about(), SIGNATURE, typesetter=typesetter) == expected


def test_who_begins_what_cannot_be_set_hears_of_it_at_the_end():
    with Typesetter() as typesetter:
        typesetter.begin({"lang": "en"})
        typesetter.process.wait()
        with pytest.raises(RuntimeError, match="dictionary does not contain key"):
            typesetter.finish({"lang": "en"}, timestamp=0)


@pytest.mark.parametrize(
    "letters", ["\U0001f3eb", "中文", "ก", "\x01", "\U0001f468\u200d\U0001f469"]
)
def test_a_letter_without_a_font_stops_no_report(letters):
    signature = SIGNATURE._replace(approved_name=f"Нурлан {letters} Жээнбеков")
    content = to_pdf([sources(rows=[row(f"Мектеп {letters} 5")])], signed_about(), signature)
    text = text_of(content)
    assert "Мектеп \ufffd" in text
    assert "Нурлан \ufffd" in text
    assert letters not in text


def test_letters_taken_for_usual_have_a_font():
    letters = [chr(code) for code in range(0x2100) if USUAL.match(chr(code))]
    assert not [letter for letter in letters if not is_shown(letter)]


def test_what_cannot_be_set_is_told():
    with pytest.raises(RuntimeError, match="dictionary does not contain key"):
        typeset({"lang": "en"}, timestamp=0)


# Long and wide ones


def test_a_table_of_1001_rows_shows_1000_its_total_and_where_all_rows_are(monkeypatch):
    monkeypatch.setattr(paper, "MAX_ROWS", 500)
    rows = [row(f"row {n}") for n in range(1, 502)]
    content = to_pdf([sources(rows=rows)], about())
    text = text_of(content)
    assert "row 500" in text
    assert "row 501" not in text
    assert "97,123,456.78" in text
    assert "first 500 of 501 rows" in text
    pages = read(content).pages
    assert all("Promised" in page.extract_text() for page in list(pages)[1:-1])
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1].extract_text()


def test_a_long_table_leaves_the_others_their_rows(monkeypatch):
    monkeypatch.setattr(paper, "MAX_ROWS", 3)
    long = sources(rows=[row(f"row {n}") for n in range(1, 5)])
    text = text_of(to_pdf([long, sources(rows=[row("another one")])], about()))
    assert "row 3" in text
    assert "row 4" not in text
    assert "another one" in text


def test_no_table_of_a_pdf_has_more_than_1000_rows():
    assert paper.MAX_ROWS == 1000


def test_a_wide_table_lies_across_the_page_and_keeps_its_figures_whole():
    amounts = [
        Column(f"a{n}_kgs", f"Corrections to earlier periods {n}, som", "kgs") for n in range(9)
    ]
    cells = {column.name: Decimal("97123456.78") for column in amounts}
    table = sources(columns=[*sources().columns, *amounts], rows=[row(**cells)], total=None)
    page = read(to_pdf([table], about())).pages[-1]
    assert page.mediabox.width > page.mediabox.height
    assert page.extract_text().count("97,123,456.78") == 9


def test_long_kyrgyz_words_may_be_parted_between_syllables():
    assert parted("администрацияларынын", from_letters=10).split(SOFT_HYPHEN) == ["ад", "ми", "нист", "ра", "ция", "ла", "ры", "нын"]  # fmt: skip
    assert parted("айыл", from_letters=10) == "айыл"
    assert SOFT_HYPHEN in parted("x" * 100, from_letters=999)
    assert longest_word(["Бекитилген бюджет"], letters=9) == "Бекитилге-"


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_a_reference_is_found_as_it_is_written_beside_words_that_are_parted(language):
    words = "Достопримечательность, administratively, администрацияларынын " * 3
    columns = [Column("name", "Reference", "text"), Column("title", "Title", "text")]
    columns += [Column(f"a{n}_kgs", f"Sum {n}", "kgs") for n in range(9)]
    cells = {f"a{n}_kgs": Decimal("97123456.78") for n in range(9)}
    shown = {"name": "Y-2014-385", "title": words} | cells
    table = sources(columns=columns, rows=[shown], total={"name": "Z-1"} | cells, notes=[words])
    cover = about(title=words, phase=words)  # the first hyphens are those of parted words
    with override(language):
        text = "\n".join(page.extract_text() for page in read(to_pdf([table], cover)).pages)
    assert {"Y-2014-385", "Z-1"} <= set(text.split())
    assert re.search(r"\w-\n\w", text)  # a word is parted

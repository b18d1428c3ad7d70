"""On paper: no bars and buttons, everything folded is open, nothing is cut, the last line says what it is."""

import re

import pytest

from accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)
TOKTOGUL = "/municipalities/41703225600010/"
# who, address, pages of A4 at most, width of the paper within its margins in CSS pixels
PAPERS = [
    ("staff", "/", 13, 688),
    ("head.toktogul", "/", 6, 688),
    ("staff", "/plans/J-2018-001/", 4, 688),
    ("staff", "/plans/Y-2018-002/money/", 7, 1017),
    ("staff", "/plans/J-2018-011/money/", 6, 1017),
    ("donor", "/plans/J-2018-011/money/?on=2018-06-01", 6, 1017),
    ("staff", "/tranches/", 4, 1017),
    ("staff", "/data-quality/", 12, 688),
    ("staff", "/plans/?region=KG-J", 7, 1017),
    ("donor", "/reports/funding/?region=KG-J", 9, 1017),
    ("donor", TOKTOGUL, 5, 688),
]
GONE = [".topbar", ".skip", ".savebar", ".btn", "form", ".what > summary", ".behind > summary"]
FOLDED = ".what > p, .behind table"
CUT = """width => Array.from(document.querySelectorAll("body *")).filter((element) => {
  const box = element.getBoundingClientRect();
  return box.width > 1 && box.right > width + 1;
}).map((element) => element.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_pages_go_on_paper_whole(page, programme, language):
    for name, path, most, width in PAPERS:
        tab = page(User.objects.get(email=f"{name}@example.org"), language=language)
        tab.goto(path)
        pages = len(re.findall(rb"/Type\s*/Page\b", tab.pdf(prefer_css_page_size=True)))
        tab.emulate_media(media="print")
        tab.set_viewport_size({"width": width, "height": 1000})
        seen = [part for part in GONE if tab.locator(f"{part}:visible").count()]
        folded = [one for one in tab.locator(FOLDED).all() if not one.is_visible()]
        assert (path, seen, folded) == (path, [], [])
        assert tab.evaluate(CUT, width) == []
        assert pages <= most, path


def test_the_last_line_names_filter_address_and_samples(page, programme, live_server):
    for path in ["/plans/?region=KG-J", "/reports/funding/?region=KG-J&status=counted"]:
        tab = page(User.objects.get(email="staff@example.org"), language="en")
        tab.goto(path)
        tab.emulate_media(media="print")
        line = tab.locator(".print-only").inner_text()
        assert f"{live_server.url}{path}" in line
        assert "Region: Jalal-Abad" in line
        assert "Contains sample data." in line
        assert "As of" in tab.locator(".foot").inner_text()

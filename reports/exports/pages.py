"""“Page 1 of 3” at the foot of a paper: typst knows the numbers, the language their order."""

from django.utils.translation import gettext as _


def page_of_pages():
    """What typst/parts.typ reads: the words around the two numbers, and which comes first."""
    page, pages = "\x01", "\x02"
    text = _("Page %(page)s of %(pages)s") % {"page": page, "pages": pages}
    before, between, after = text.replace(pages, page).split(page)
    return {"pages": [before, between, after], "is_reversed": text.index(page) > text.index(pages)}

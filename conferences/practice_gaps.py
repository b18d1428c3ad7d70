"""What a version lacks before it can be reviewed, and which of its translations wait for somebody."""

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from .models import TextState
from .practice_content import STEPS, label_of

NEEDED = ["title", "problem", "solution", STEPS, "results", "upkeep", "contact"]


class Gap(NamedTuple):
    section: str
    label: str


def gaps(version):
    """The needed sections that are empty in the language of the original, in the order of the page."""
    original = version.original
    code = original.language if original else None
    return [Gap(name, label_of(name)) for name in NEEDED if not _is_there(version, name, code)]


def progress(version):
    """(how many of the needed sections are written, how many are needed)"""
    return len(NEEDED) - len(gaps(version)), len(NEEDED)


def what_is_missing(version):
    """As one sentence; "" when nothing is."""
    missing = [gap.label for gap in gaps(version)]
    if not missing:
        return ""
    return _("Still missing in the language of the original: %(sections)s.") % {
        "sections": ", ".join(missing)
    }


def waiting_translations(version):
    """[(code, name, whether there is a draft to check)] of the languages that are not done."""
    states = {text.language: text.state for text in version.texts.all()}
    return [
        (code, name, states.get(code) == TextState.DRAFT)
        for code, name in settings.LANGUAGES
        if states.get(code) not in (TextState.ORIGINAL, TextState.CHECKED)
    ]


def _is_there(version, name, code):
    if code is None:
        return False
    if name == STEPS:
        return any(getattr(step, f"text_{code}").strip() for step in version.steps.all())
    return bool(getattr(version.original, name).strip())

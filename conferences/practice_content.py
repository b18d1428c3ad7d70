"""What a version says, piece by piece: to see what an edit changed and how two versions differ."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .models import PracticeText

LANGUAGES = dict(settings.LANGUAGES)
WORDED = ["title", *PracticeText.SECTIONS]
STEPS, FILES, STATE, WHOLE = "steps", "files", "state", ""
# What a remark can be about
SECTIONS = [WHOLE, "title", "problem", "solution", STEPS, *PracticeText.SECTIONS[2:], FILES]
WORD = re.compile(r"\s+|[^\s]+")
COMPARED_BY_WORD = 3000  # longer texts are shown whole, before and after


class Difference(NamedTuple):
    section: str
    label: str
    language: str  # code; "" for what has none
    was: str
    now: str

    @property
    def language_name(self):
        return LANGUAGES.get(self.language, "")

    @property
    def parts(self):
        """[(“same”, “gone” or “new”, words)]"""
        was, now = WORD.findall(self.was), WORD.findall(self.now)
        if not was or not now or len(was) + len(now) > COMPARED_BY_WORD:
            return [(kind, text) for kind, text in [("gone", self.was), ("new", self.now)] if text]
        parts = []
        for action, a, b, c, d in SequenceMatcher(None, was, now).get_opcodes():
            if action == "equal":
                parts.append(("same", "".join(was[a:b])))
            else:
                parts += [("gone", "".join(was[a:b])), ("new", "".join(now[c:d]))]
        return [part for part in parts if part[1]]


def label_of(section):
    """The name of a section, as people read it."""
    special = {
        WHOLE: _("The practice as a whole"),
        STEPS: _("Steps to repeat it"),
        FILES: _("Photos and documents"),
        STATE: _("State of the translation"),
    }
    if section in special:
        return special[section]
    return capfirst(str(PracticeText._meta.get_field(section).verbose_name))


def content(version):
    """{(section, language): words} of a version as it is stored now."""
    texts = {text.language: text for text in version.texts.all()}
    steps = list(version.steps.all())
    said = {}
    for code, text in texts.items():
        said |= {(name, code): getattr(text, name) for name in WORDED}
        said[STATE, code] = str(text.get_state_display())
    for code in LANGUAGES:
        said[STEPS, code] = _steps(steps, code)
    said[FILES, WHOLE] = "\n".join(
        f"{document.get_kind_display()}: {document}" for document in version.documents.all()
    )
    return said


def differences(was, now):
    """Of two contents, in the order of the page and of the languages."""
    codes = [*LANGUAGES, WHOLE]
    order = [STATE, "title", *SECTIONS[2:]]
    for section in order:
        for code in codes:
            before, after = was.get((section, code), ""), now.get((section, code), "")
            if before != after:
                yield Difference(section, label_of(section), code, before, after)


def names_of(differing):
    """The sections that differ, once each, for the log."""
    return ", ".join(dict.fromkeys(str(difference.label) for difference in differing))


def _steps(steps, code):
    return "\n".join(
        " ".join(filter(None, [f"{number}.", _when(step), getattr(step, f"text_{code}")]))
        for number, step in enumerate(steps, 1)
        if getattr(step, f"text_{code}")
    )


def _when(step):
    first, weeks = step.first_week, step.weeks
    if first and weeks:
        return _("(from week %(first)s, weeks: %(weeks)s)") % {"first": first, "weeks": weeks}
    if first:
        return _("(from week %(first)s)") % {"first": first}
    return _("(weeks: %(weeks)s)") % {"weeks": weeks} if weeks else ""

"""What the page of a review shows: each section with its remarks, what changed, what can be done next."""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import prefetch_related_objects

from . import practice_gaps, reviewing
from .models import PracticeVersion, Remark, VersionStatus
from .models.practice import READABLE
from .practice_content import (
    FILES,
    LANGUAGES,
    SECTIONS,
    STEPS,
    WHOLE,
    content,
    differences,
    label_of,
)


@dataclass
class Section:
    name: str
    label: str
    texts: list  # [(code, language, words)], the original first
    remarks: list = field(default_factory=list)
    changes: list = field(default_factory=list)
    is_missing: bool = False
    may_be_noted: bool = False

    @property
    def is_steps(self):
        return self.name == STEPS

    @property
    def is_files(self):
        return self.name == FILES

    @property
    def opened_as(self):
        return f"remark-{self.name}"

    @property
    def is_shown(self):
        return self.may_be_noted or self.texts or self.remarks or self.is_missing

    @property
    def open_remarks(self):
        return [remark for remark in self.remarks if not remark.settled_at]


class Review:
    def __init__(self, version, user):
        self.version, self.user = version, user
        prefetch_related_objects([version], "texts", "steps", "documents")

    # --- What it says ---

    @cached_property
    def sections(self):
        remarks = self._by_section(self.remarks)
        changes = self._by_section(self.changes)
        missing = {gap.section for gap in practice_gaps.gaps(self.version)}
        return [
            Section(
                name,
                label_of(name),
                list(self._texts(name)),
                remarks.get(name, []),
                changes.get(name, []),
                name in missing,
                name == WHOLE and self.may_return,
            )
            for name in SECTIONS
        ]

    def _texts(self, name):
        """Of each language that has it; steps and files have their own shape."""
        if name in (STEPS, FILES):
            rows = self.version.steps if name == STEPS else self.version.documents
            yield from [("", "", "")] if rows.all() else []
            return
        for text in sorted(self.version.texts.all(), key=lambda text: not text.is_original):
            if words := getattr(text, name, ""):
                yield text.language, LANGUAGES[text.language], words

    @property
    def steps(self):
        """[(code, language, [(step, words)])], the language of the original first."""
        original = self.version.original
        first = original.language if original else ""
        steps = list(self.version.steps.all())
        for code in sorted(LANGUAGES, key=lambda code: code != first):
            rows = [(step, getattr(step, f"text_{code}")) for step in steps]
            if code == first or any(words for _step, words in rows):
                yield code, LANGUAGES[code], rows

    @cached_property
    def remarks(self):
        rows = Remark.objects.filter(version=self.version).select_related(
            "written_by", "settled_by"
        )
        return list(rows.order_by("written_at", "pk"))

    @property
    def open_remarks(self):
        return [remark for remark in self.remarks if not remark.settled_at]

    @cached_property
    def published(self):
        """The version that this one is to replace."""
        rows = PracticeVersion.objects.filter(
            practice=self.version.practice_id, status__in=READABLE
        )
        return rows.prefetch_related("texts", "steps", "documents").first()

    @cached_property
    def changes(self):
        if self.published is None:
            return []
        return list(differences(content(self.published), content(self.version)))

    @cached_property
    def log(self):
        return list(self.version.log.select_related("done_by"))

    @property
    def returned(self):
        """Why it came back, while it waits for its authors."""
        if self.version.status != VersionStatus.DRAFT:
            return None
        return next((step for step in self.log if step.action == "returned"), None)

    # --- What can be done ---

    @cached_property
    def missing(self):
        return practice_gaps.what_is_missing(self.version)

    @property
    def may_submit(self):
        return self.version.status == VersionStatus.DRAFT

    @cached_property
    def reads_with_other_eyes(self):
        return reviewing.may_return(self.version, self.user)

    @property
    def may_return(self):
        return self.version.status == VersionStatus.REVIEW and self.reads_with_other_eyes

    @property
    def may_approve(self):
        """Same rule as PracticeVersionQuerySet.reviewable_by()"""
        return self.may_return and not self.has_approved

    @property
    def has_approved(self):
        return self.user.pk in (self.version.first_reviewer_id, self.version.second_reviewer_id)

    @cached_property
    def why_not_published(self):
        return reviewing.why_not_published(self.version)

    @property
    def may_publish(self):
        return self.user.works_for_programme and not self.why_not_published

    @staticmethod
    def _by_section(rows):
        found = {}
        for row in rows:
            name = "title" if row.section == "state" else row.section
            found.setdefault(name, []).append(row)
        return found

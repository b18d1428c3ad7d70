"""What was published is read, printed and quoted: no way in changes its words (lib/triggers.py).

Loading writes the texts of a published version before the step "published" of its log; from that step on
nothing is added to it, either.
"""

from django.utils.translation import gettext_lazy as _

from lib.triggers import Guard, Guards

from .models import PracticeStep, PracticeText, PracticeVersion

WORDS = {
    "published": _(
        "This version of the practice was published, so it stays as it is. Edit the practice: that begins the "
        "next version."
    ),
    "unreviewed": _("A practice is published only after two people of the office approved it."),
    "own_review": _("Who wrote a practice does not review it, and only the office does."),
    "replaced": _("There is such a row already, and it is not replaced."),
    "emptied": _("This table holds published practices. It is not emptied."),
}
VERSION, PEOPLE = "conferences_practiceversion", "accounts_user"
WRITERS = "conferences_practiceversion_writers"
FROZEN = "'published', 'replaced', 'outdated'"


def rules(vendor):
    yield from _parts()
    yield from _versions()
    yield from _reviews()


def _parts():
    for name in ("practicetext", "practicestep"):
        table = f"conferences_{name}"
        new = f"({_frozen('NEW.version_id')}) AND ({_said_published('NEW.version_id')})"
        either = f"({_frozen('OLD.version_id')}) OR ({_frozen('NEW.version_id')})"
        yield Guard(f"{name}_new", table, "INSERT", new, "published")
        yield Guard(f"{name}_changed", table, "UPDATE", either, "published")
        yield Guard(f"{name}_deleted", table, "DELETE", _frozen("OLD.version_id"), "published")
    yield from _documents()


def _documents():
    """One may have to go, because a person in the photo asks for it: deleting is left to the verbs."""
    table = "conferences_document"
    new = f"({_frozen('NEW.version_id')}) AND ({_said_published('NEW.version_id')})"
    yield Guard(
        "document_new", table, "INSERT", new, "published", when="NEW.version_id IS NOT NULL"
    )
    shown = ["version_id", "kind", "title", "credit", "file", "small", "sha256"]
    either = f"({_frozen('OLD.version_id')}) OR ({_frozen('NEW.version_id')})"
    differs = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in shown)
    yield Guard(
        "document_changed",
        table,
        f"UPDATE OF {', '.join(shown)}",
        either,
        "published",
        when=differs,
    )


def _versions():
    was, will = f"OLD.status IN ({FROZEN})", f"NEW.status IN ({FROZEN})"
    yield Guard("version_deleted", VERSION, "DELETE", was, "published")
    back = f"{was} AND NOT {will}"
    yield Guard("version_back", VERSION, "UPDATE OF status", back, "published")
    skipped = f"{will} AND OLD.status = 'draft'"
    yield Guard("version_unreviewed", VERSION, "UPDATE OF status", skipped, "unreviewed")
    kept = ["practice_id", "number", "author_id", "published_at"]
    kept += ["first_reviewer_id", "second_reviewer_id"]
    differs = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in kept)
    yield Guard(
        "version_kept", VERSION, f"UPDATE OF {', '.join(kept)}", was, "published", when=differs
    )


def _reviews():
    """Whoever saved a version does not approve it, and whoever approved it did not save it."""
    reviewers = ["first_reviewer_id", "second_reviewer_id"]
    wrote = (
        f"EXISTS (SELECT 1 FROM {WRITERS} WHERE practiceversion_id = NEW.id "
        "AND user_id IN (NEW.first_reviewer_id, NEW.second_reviewer_id))"
    )
    stranger = (
        f"EXISTS (SELECT 1 FROM {PEOPLE} WHERE id IN (NEW.first_reviewer_id, NEW.second_reviewer_id) "
        "AND role NOT IN ('administrator', 'staff'))"
    )
    differs = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in reviewers)
    event = f"UPDATE OF {', '.join(reviewers)}"
    yield Guard(
        "own_review", VERSION, event, f"({wrote}) OR ({stranger})", "own_review", when=differs
    )
    approved = (
        f"EXISTS (SELECT 1 FROM {VERSION} WHERE id = NEW.practiceversion_id "
        "AND NEW.user_id IN (first_reviewer_id, second_reviewer_id))"
    )
    yield Guard("reviewer_writes", WRITERS, "INSERT", approved, "own_review")


def _frozen(version):
    return f"EXISTS (SELECT 1 FROM {VERSION} WHERE id = {version} AND status IN ({FROZEN}))"


def _said_published(version):
    return (
        f"EXISTS (SELECT 1 FROM conferences_versionstep WHERE version_id = {version} "
        "AND action = 'published')"
    )


GUARDS = Guards(
    label="practice",
    words=WORDS,
    rules=rules,
    tables=lambda: [PracticeStep, PracticeText, PracticeVersion],
    emptied_if=f"EXISTS (SELECT 1 FROM {VERSION} WHERE status IN ({FROZEN}))",
)

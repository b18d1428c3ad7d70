"""The log of a version, and what an edit means for its review: used by everything that writes a version."""

from django.utils import timezone
from django.utils.translation import gettext as _

from .models import VersionStatus, VersionStep

APPROVED = ["first_reviewer", "second_reviewer"]


def record(version, action, *, by, reason=""):
    return VersionStep.objects.create(
        version=version, action=action, reason=reason, done_at=timezone.now(), done_by=by
    )


def edited(version, *, by, what=""):
    """The version is locked. Approvals were of what stood there before, so they go; `by` reviews it no more."""
    version.revision += 1
    version.saved_at, version.saved_by = timezone.now(), by
    was_approved = bool(version.first_reviewer_id or version.second_reviewer_id)
    version.first_reviewer = version.second_reviewer = None
    version.save(update_fields=["revision", "saved_at", "saved_by", *APPROVED])
    version.writers.add(by)
    if version.status == VersionStatus.REVIEW:
        record(version, VersionStep.Action.EDITED, by=by, reason=_reason(what, was_approved))


def _reason(what, was_approved):
    changed = _("Changed: %(what)s.") % {"what": what} if what else ""
    lost = _("What was approved before has to be approved again.") if was_approved else ""
    return " ".join(filter(None, [changed, lost]))

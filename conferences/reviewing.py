"""Draft → review by two people who did not write it → published; what is said on the way stays with it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import PracticeVersion, Remark, VersionStatus, VersionStep
from .models.practice import READABLE
from .practice_content import SECTIONS
from .practice_gaps import what_is_missing
from .practice_log import APPROVED, record
from .practice_search import fill_search_key

Action = VersionStep.Action
YEARS_UNTIL_CHECKED = 2


# --- Draft and review -------------------------------------------------------------------------------


@transaction.atomic
def submit(*, version_id, by):
    version = _lock(version_id)
    mine = PracticeVersion.objects.editable_by(by).filter(pk=version.pk)
    if version.status != VersionStatus.DRAFT or not mine.exists():
        raise _not_now(version, _("Only a draft is sent to review."))
    if missing := what_is_missing(version):
        raise ValidationError(missing, code="missing")
    version.status, version.submitted_at = VersionStatus.REVIEW, timezone.now()
    version.save(update_fields=["status", "submitted_at"])
    record(version, Action.SUBMITTED, by=by)
    return version


@transaction.atomic
def approve(*, version_id, revision, by):
    """One of two. What a reviewer did not read is not approved: somebody may have edited it meanwhile."""
    version = _lock(version_id)
    _may_review(version, by)
    if revision != version.revision:
        raise ValidationError(
            _(
                "Somebody edited this version after you opened it. Read it again before you approve."
            ),
            code="conflict",
        )
    if version.first_reviewer_id is None:
        version.first_reviewer = by
    else:
        version.second_reviewer = by
    version.save(update_fields=APPROVED)
    record(version, Action.APPROVED, by=by)
    return version


@transaction.atomic
def return_to_authors(*, version_id, reason, by):
    version = _lock(version_id)
    if version.status != VersionStatus.REVIEW or not may_return(version, by):
        raise _not_now(version, _("Only a version in review is returned, by who did not write it."))
    if not reason.strip():
        raise ValidationError(_("Say what has to be done; the authors read it."), code="required")
    version.status = VersionStatus.DRAFT
    version.first_reviewer = version.second_reviewer = None
    version.save(update_fields=["status", *APPROVED])
    record(version, Action.RETURNED, by=by, reason=reason.strip())
    return version


@transaction.atomic
def publish(*, version_id, by):
    """In the place of the version that was read so far, which is kept."""
    version = _lock(version_id)
    if not by.works_for_programme:
        raise _not_now(version, _("The office publishes."))
    if problem := why_not_published(version):
        raise _not_now(version, problem)
    for old in _locked(version.practice.versions.filter(status__in=READABLE)):
        old.status = VersionStatus.REPLACED
        old.save(update_fields=["status"])
        record(old, Action.REPLACED, by=by)
    today = timezone.localdate()
    version.status, version.published_at = VersionStatus.PUBLISHED, timezone.now()
    version.check_on = in_years(today, YEARS_UNTIL_CHECKED)
    version.save(update_fields=["status", "published_at", "check_on"])
    fill_search_key(version)
    record(version, Action.PUBLISHED, by=by)
    return version


def why_not_published(version):
    """In words; "" when it can be."""
    if version.status != VersionStatus.REVIEW:
        return _("Only a version in review is published.")
    if version.first_reviewer_id is None or version.second_reviewer_id is None:
        return _("Two people of the office who did not write it have to approve it first.")
    if version.remarks.filter(settled_at=None).exists():
        return _("There are remarks that nobody has settled yet.")
    return ""


# --- Remarks ----------------------------------------------------------------------------------------


@transaction.atomic
def remark(*, version_id, section, text, by):
    version = _lock(version_id)
    if version.status != VersionStatus.REVIEW or not may_return(version, by):
        raise _not_now(
            version, _("Remarks are written during the review, by who did not write it.")
        )
    if section not in SECTIONS:
        raise ValidationError(_("A practice has no such section."))
    if not text.strip():
        raise ValidationError({"text": _("Write the remark.")})
    return Remark.objects.create(
        version=version,
        section=section,
        text=text.strip(),
        written_at=timezone.now(),
        written_by=by,
    )


@transaction.atomic
def answer(*, remark_id, text, settle, by):
    """By the writers: an answer, and whether the remark is settled with it."""
    version_id = Remark.objects.values_list("version", flat=True).get(pk=remark_id)
    version = _lock(version_id)
    if not PracticeVersion.objects.editable_by(by).filter(pk=version.pk).exists():
        raise _not_now(version, _("Remarks are answered by who writes the practice."))
    note = Remark.objects.get(pk=remark_id)
    if note.settled_at:
        raise ValidationError(_("This remark is settled already."))
    if not settle and not text.strip():
        raise ValidationError({"answer": _("Write the answer, or settle the remark.")})
    note.answer = text.strip() or note.answer
    if settle:
        note.settled_at, note.settled_by = timezone.now(), by
    note.save(update_fields=["answer", "settled_at", "settled_by"])
    return note


# --- Two years later ----------------------------------------------------------------------------------


@transaction.atomic
def still_valid(*, version_id, seen, on, by):
    """Another two years. `seen`: the day on which it was due when this person looked."""
    version = _lock(version_id)
    if version.status != VersionStatus.PUBLISHED or not by.works_for_programme:
        raise _not_now(version, _("The office checks what is published."))
    if version.check_on != seen:
        raise ValidationError(
            _("Somebody else has checked this practice already."), code="conflict"
        )
    return _valid_from(version, on, Action.CHECKED, by)


@transaction.atomic
def mark_outdated(*, version_id, reason, by):
    """It stays readable, and says why it no longer holds."""
    version = _lock(version_id)
    if version.status != VersionStatus.PUBLISHED or not by.works_for_programme:
        raise _not_now(version, _("The office marks what is published as outdated."))
    if not reason.strip():
        raise ValidationError(_("Say why it is outdated; everybody reads it."), code="required")
    version.status, version.outdated_reason = VersionStatus.OUTDATED, reason.strip()
    version.save(update_fields=["status", "outdated_reason"])
    record(version, Action.OUTDATED, by=by, reason=version.outdated_reason)
    return version


@transaction.atomic
def valid_again(*, version_id, on, by):
    version = _lock(version_id)
    if version.status != VersionStatus.OUTDATED or not by.works_for_programme:
        raise _not_now(version, _("Only an outdated practice becomes valid again, by the office."))
    version.status, version.outdated_reason = VersionStatus.PUBLISHED, ""
    version.save(update_fields=["status", "outdated_reason"])
    return _valid_from(version, on, Action.RESTORED, by)


def _valid_from(version, on, action, by):
    version.check_on = in_years(on, YEARS_UNTIL_CHECKED)
    version.save(update_fields=["check_on"])
    record(version, action, by=by)
    return version


def in_years(day, years):
    """The same day some years later; of 29 February the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


# --- Who --------------------------------------------------------------------------------------------


def may_return(version, user):
    """Reads it with other eyes: office, did not write it. Has perhaps approved it before."""
    if not user.works_for_programme or version.author_id == user.pk:
        return False
    return not version.writers.filter(pk=user.pk).exists()


def _may_review(version, by):
    """Same rule as PracticeVersionQuerySet.reviewable_by()"""
    if PracticeVersion.objects.reviewable_by(by).filter(pk=version.pk).exists():
        return
    if version.status != VersionStatus.REVIEW:
        raise _not_now(version, _("Only a version in review is approved."))
    if by.pk in (version.first_reviewer_id, version.second_reviewer_id):
        raise ValidationError(_("You have approved this version already."))
    raise ValidationError(_("Who wrote a practice does not review it, and only the office does."))


def _not_now(version, rule):
    text = _("%(rule)s This version is now: %(status)s.")
    return ValidationError(
        text % {"rule": rule, "status": version.get_status_display()}, code="state"
    )


def _lock(version_id):
    try:
        return _locked(PracticeVersion.objects).get(pk=version_id)
    except PracticeVersion.DoesNotExist:
        raise ValidationError(_("Meanwhile somebody threw this draft away."), code="gone") from None


def _locked(versions):
    return versions.select_for_update(of=("self",))

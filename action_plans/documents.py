"""The files of a plan: checked, hashed, kept apart from the address, and seen by who sees the plan."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lib import files
from lib.files import plain_name
from lib.uploads import check_upload, sha256_of

from .models import OPEN_TO_EDIT, ActionPlan, Attachment


@transaction.atomic
def add(*, plan, file, kind, by, title=""):
    """Keep a new document of a plan; the same file is kept only once."""
    _lock(plan.pk)  # the same file may come twice at once
    content_type, sha256 = check_upload(file), sha256_of(file)
    if known := plan.attachments.filter(sha256=sha256).first():
        raise ValidationError(
            _("This file is already among the documents of the plan, as “%(document)s”."),
            code="known",
            params={"document": known},
        )
    return _keep(plan, file, kind, title, by, content_type, sha256)


def find_or_add(*, plan, file, kind, by):
    """As add(); a file that the plan has already is that document: one invoice may prove two payments."""
    content_type, sha256 = check_upload(file), sha256_of(file)
    known = plan.attachments.filter(sha256=sha256).first()
    return known or _keep(plan, file, kind, "", by, content_type, sha256)


@transaction.atomic
def remove(*, attachment, by):
    _lock(
        attachment.plan_id
    )  # a payment may be booked with it, or the plan submitted, at this moment
    if not ActionPlan.objects.editable_by(by).filter(pk=attachment.plan_id).exists():
        raise ValidationError(
            _("Documents can be removed only while the plan is a draft or returned.")
        )
    if attachment.payments.exists():
        raise ValidationError(_("A payment names this document as its evidence, so it stays."))
    if attachment.in_kind_items.exists():
        raise ValidationError(
            _("A contribution in kind names this document as its evidence, so it stays.")
        )
    if attachment.promise_revisions.exists():
        raise ValidationError(_("A promise was revised by this document, so it stays."))
    storage, name = attachment.file.storage, attachment.file.name
    attachment.delete()
    transaction.on_commit(lambda: storage.delete(name))


def removable(plan):
    """The ids of documents that nothing rests on. Same rule as remove()."""
    if plan.status not in OPEN_TO_EDIT:
        return set()
    free = {"payments": None, "in_kind_items": None, "promise_revisions": None}
    return set(plan.attachments.filter(**free).order_by().values_list("pk", flat=True))


def serve(attachment):
    return files.serve(
        attachment.file, filename=attachment.filename, content_type=attachment.content_type
    )


def _lock(plan_id):
    ActionPlan.objects.select_for_update(of=("self",)).get(pk=plan_id)


def _keep(plan, file, kind, title, by, content_type, sha256):
    filename = plain_name(file.name)
    return Attachment.objects.create(
        plan=plan,
        kind=kind,
        title=title,
        file=file,
        filename=filename,
        content_type=content_type,
        size=file.size,
        sha256=sha256,
        uploaded_by=by,
    )

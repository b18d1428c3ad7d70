"""Long files: asked for here, made by the worker (reports.making), fetched later by who asked."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import User

from .models import FileJob, JobStatus
from .tasks import make_file

MAX_AT_ONCE = 5  # of one person: the others wait, too
OF_A_PDF = 5  # setting a row of a PDF takes as long as writing so many rows of another file


def is_long(rows, *, is_pdf=False):
    return rows * (OF_A_PDF if is_pdf else 1) > settings.LONG_FILE_ROWS


@transaction.atomic
def ask(*, user, address, title, rows, language=None):
    """The job that makes this file. Asked again while it is under way or fresh: the same job."""
    User.objects.select_for_update().get(pk=user.pk)  # two tabs ask one after the other
    now, language = timezone.now(), language or (get_language() or settings.LANGUAGE_CODE)[:2]
    own = FileJob.objects.visible_to(user)
    same = own.filter(address=address, language=language).as_good_as_new(now).first()
    if same:
        return same
    _refuse(address, own.exclude(status__in=[JobStatus.READY, JobStatus.FAILED]).count())
    job = FileJob.objects.create(
        asked_by=user,
        address=address,
        title=str(title)[:250],
        language=language,
        rows_total=rows,
        asked_at=now,
    )
    make_file.enqueue(job.pk)
    return job


def _refuse(address, under_way):
    if len(address) > FileJob._meta.get_field("address").max_length:
        raise ValidationError(_("The filter is too long for a file of this size. Choose less."))
    if under_way >= MAX_AT_ONCE:
        words = ngettext(
            "%(count)s long file of yours is being made. Fetch or cancel it first.",
            "%(count)s long files of yours are being made. Fetch or cancel one of them first.",
            under_way,
        )
        raise ValidationError(words % {"count": under_way})


@transaction.atomic
def ask_again(*, job):
    """Of a job that failed or is finished; one that is under way goes on."""
    done = [JobStatus.READY, JobStatus.FAILED]
    fields = {"rows_done": 0, "tries": 0, "finished_at": None, "alive_at": None, "file": ""}
    fields |= {"asked_at": timezone.now(), "status": JobStatus.WAITING}
    if FileJob.objects.filter(pk=job.pk, status__in=done).update(**fields):
        remove_file(job.file)
        make_file.enqueue(job.pk)


def remove(*, job):
    """Cancels it: whoever makes it notices that it is gone."""
    job.delete()
    remove_file(job.file)


def remove_file(file):
    if file:
        transaction.on_commit(lambda: file.storage.delete(file.name))

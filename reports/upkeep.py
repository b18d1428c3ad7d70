"""What the worker looks after between two files: what a crash left behind, and what has had its time."""

from datetime import timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from .making import FOLDER, MAX_TRIES
from .models import FileJob, JobStatus
from .tasks import make_file

LATE = timedelta(minutes=2)
DAY = timedelta(days=1)


def look_after(at=None):
    at = at or timezone.now()
    start_again(at)
    remove_old(at)


def start_again(at):
    """Files whose maker is gone; what crashes it three times is not tried any more."""
    silent = FileJob.objects.silent(at)
    silent.filter(tries__gte=MAX_TRIES).update(status=JobStatus.FAILED, finished_at=at)
    silent.update(status=JobStatus.WAITING)
    if FileJob.objects.waiting().exists() and not DBTaskResult.objects.ready().exists():
        for job in FileJob.objects.waiting():
            make_file.enqueue(job.pk)


def remove_old(at):
    for job in FileJob.objects.outlived(at):
        job.delete()
        if job.file:
            job.file.delete(save=False)
    DBTaskResult.objects.finished().filter(finished_at__lt=at - DAY).delete()
    remove_left_files(at)


def remove_left_files(at):
    """Halves of files, and whole ones whose job was removed in the meantime."""
    folder = Path(default_storage.path(FOLDER))
    kept = {Path(name).name for name in FileJob.objects.values_list("file", flat=True)}
    for file in folder.iterdir() if folder.is_dir() else []:
        if file.name not in kept and file.stat().st_mtime < (at - DAY).timestamp():
            file.unlink(missing_ok=True)


def is_worker_missing(at=None):
    """Files wait for long and nobody makes any."""
    at = at or timezone.now()
    late = FileJob.objects.waiting().filter(asked_at__lt=at - LATE)
    return (
        late.exists()
        and not FileJob.objects.running()
        .exclude(pk__in=FileJob.objects.silent(at).values("pk"))
        .exists()
    )

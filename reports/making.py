"""Makes a long file, in the language and with the rights of who asked; so that no half file is ever seen.

It is written under a name of its own and gets its real one when it is whole. Whoever makes it gives a sign
of life with the rows; after a minute without one the worker starts it again, three times at most.
"""

import logging
import os
import shutil
from pathlib import Path
from time import monotonic

from django.core.files.storage import default_storage
from django.db.models import F
from django.utils import timezone
from django.utils.translation import override

from . import makers
from .models import FileJob, JobStatus

MAX_TRIES = 3
FOLDER, HALF = "made", ".part"
EVERY = 1  # second between two signs of life
logger = logging.getLogger(__name__)


class NotOurs(Exception):
    """The job was cancelled, or somebody else makes it by now."""


class Progress:
    """Called with how many rows are done; often."""

    def __init__(self, job):
        self.job, self.told_at = job, monotonic()

    def __call__(self, rows_done):
        if monotonic() - self.told_at < EVERY:
            return
        self.told_at = monotonic()
        if not ours(self.job).update(rows_done=rows_done, alive_at=timezone.now()):
            raise NotOurs


def make(job_id):
    """Nothing happens when the job is gone or somebody else has taken it."""
    job = take(job_id)
    if job is None:
        return
    try:
        with override(job.language):
            keep(job, makers.made(job, Progress(job)))
    except NotOurs:
        return
    except makers.CannotBeMade:
        fail(job)
    except Exception:  # whatever it is, the worker goes on with the next file
        logger.exception("Long file %s, try %s", job.pk, job.tries)
        give_back(job)
    except BaseException:  # the worker is being stopped
        ours(job).update(status=JobStatus.WAITING, tries=F("tries") - 1)
        raise


def take(job_id):
    """The job, for the first one who asks."""
    taken = {"status": JobStatus.RUNNING, "tries": F("tries") + 1, "rows_done": 0}
    jobs = FileJob.objects.filter(pk=job_id)
    if not jobs.waiting().update(alive_at=timezone.now(), **taken):
        return None
    return jobs.select_related("asked_by").get()


def ours(job):
    return FileJob.objects.running().filter(pk=job.pk, tries=job.tries)


def keep(job, made):
    name = f"{FOLDER}/{job.pk}-{job.asked_at:%H%M%S}-{job.tries}{Path(made.name).suffix}"
    whole = Path(default_storage.path(name))
    half = whole.with_name(whole.name + HALF)
    whole.parent.mkdir(parents=True, exist_ok=True)
    with made.file, half.open("wb") as file:
        shutil.copyfileobj(made.file, file, 1024 * 1024)
        file.flush()
        os.fsync(file.fileno())
    half.replace(whole)
    ready = {"status": JobStatus.READY, "finished_at": timezone.now(), "rows_done": job.rows_total}
    if not ours(job).update(file=name, file_name=made.name, **ready):
        default_storage.delete(name)
        raise NotOurs


def give_back(job):
    """To be tried again, or not any more."""
    if job.tries >= MAX_TRIES:
        fail(job)
    else:
        ours(job).update(status=JobStatus.WAITING)


def fail(job):
    ours(job).update(status=JobStatus.FAILED, finished_at=timezone.now())

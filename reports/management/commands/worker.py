"""Makes the long files, beside the server; runs until it is stopped."""

import logging
import os
import signal
import time

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from reports.upkeep import look_after

PAUSE, CARE = 1, 20  # seconds
AFTER_TROUBLE = 5
logger = logging.getLogger("worker")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument(
            "--parent", type=int, help="stop when this process is no longer the parent"
        )

    def handle(self, *, parent=None, **options):
        self.is_stopped, self.parent, self.cared_at = False, parent, -CARE
        self.worker = new_worker()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        while self.goes_on():
            self.do_what_there_is()
            time.sleep(PAUSE)

    def goes_on(self):
        return not self.is_stopped and self.parent in (None, os.getppid())

    def stop(self, number, frame):
        """A file that is being made goes back into the queue, see making.make()."""
        self.is_stopped, self.worker.running = True, False
        if self.worker.running_task:
            raise SystemExit

    def do_what_there_is(self):
        close_old_connections()
        try:
            if time.monotonic() - self.cared_at >= CARE:
                look_after()
                self.cared_at = time.monotonic()
            if DBTaskResult.objects.ready().exists():
                self.worker.run()
        except Error:  # the database restarts
            logger.exception("The database does not answer")
            time.sleep(AFTER_TROUBLE)


def new_worker():
    return Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"{os.uname().nodename[:40]}-{os.getpid()}",
        excluded_queue_names=[],
    )

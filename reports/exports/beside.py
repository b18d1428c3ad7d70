"""CSV and XLSX of long tables, in a process of its own while the rest of a signed report is put together."""

import json
import logging
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from tempfile import TemporaryFile
from types import SimpleNamespace

from django.conf import settings
from django.utils import translation

from lib.memory import uncollected
from reports.merging import read

from .tables_csv import figures_csv
from .tables_xlsx import sheets

SECONDS = 60
# The answer goes where nothing else is printed. No apps: to load them takes as long as to make the files.
COMMAND = """
import json, os, sys
os.nice(10)  # what it makes is needed last
answers = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
sys.path.insert(0, os.getcwd())
from django.apps import apps
from django.conf import settings
settings.configure(**json.loads(sys.argv[1]))
apps.populate([])
from reports.exports.beside import answer
answer(answers)
"""
# What words, dates and times depend on.
SETTINGS = [
    "LANGUAGES",
    "LANGUAGE_CODE",
    "LOCALE_PATHS",
    "FORMAT_MODULE_PATH",
    "USE_I18N",
    "USE_TZ",
    "TIME_ZONE",
]
# What a workbook tells of its report; as plain values, no code of the report is needed for them.
TOLD = [
    "title",
    "period",
    "status",
    "made_at",
    "has_sample",
    "mark",
    "lines",
    "gaps",
    "snapshot",
    "sha256",
]
log = logging.getLogger("django.request")


class Beside:
    """Nothing happens before start()."""

    process = None

    def __enter__(self):
        self.writer = ThreadPoolExecutor(max_workers=1)
        self.errors = TemporaryFile()  # a pipe that nobody reads would fill up
        return self

    def __exit__(self, *_error):
        if self.process:
            with suppress(BrokenPipeError), self.process:
                self.process.kill()
        self.writer.shutdown()
        self.errors.close()

    def start(self):
        pipes = dict.fromkeys(["stdin", "stdout"], subprocess.PIPE)
        words = json.dumps({name: getattr(settings, name) for name in SETTINGS}, default=str)
        command = [sys.executable, "-c", COMMAND, words]
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, stderr=self.errors, **pipes)

    def begin(self, language, about, tables):
        """tables: text, as it is signed; about: as far as it is known."""
        self.sent = self.writer.submit(
            self._send, pickle.dumps((language, _told(about), tables.encode()))
        )

    def _send(self, content):
        with suppress(BrokenPipeError):  # finish() tells why it has ended
            self.process.stdin.write(content)
            self.process.stdin.flush()

    def finish(self, about):
        """(CSV, XLSX), bytes; None when that went wrong, which the log tells."""
        try:
            self.sent.result(SECONDS)
            content, _errors = self.process.communicate(pickle.dumps(_told(about)), timeout=SECONDS)
            return pickle.loads(content)
        except (OSError, EOFError, pickle.UnpicklingError, subprocess.TimeoutExpired) as error:
            self.process.kill()
            self.errors.seek(0)
            said = self.errors.read().decode(errors="replace")
            log.error("CSV and XLSX are not made beside: %r %s", error, said[-2000:])
        return None


def _told(about):
    return SimpleNamespace(**{name: getattr(about, name) for name in TOLD})


def answer(answers):
    """What the process does: asks the database nothing."""
    source = sys.stdin.buffer
    language, about, text = pickle.load(source)
    with uncollected(), translation.override(language):
        tables = [read(kept, language) for kept in json.loads(text)]
        with figures_csv(tables) as file:
            csv = file.read()
        with sheets(tables, about) as (file, finish):
            finish(pickle.load(source))
        with file:
            xlsx = file.read()
    with answers:
        answers.write(pickle.dumps((csv, xlsx)))

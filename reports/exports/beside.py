"""CSV and XLSX of long tables, in a process of its own while the rest of a signed report is put together."""

import json
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from django.conf import settings
from django.utils import translation

from lib.memory import uncollected
from reports.merging import read

from .tables_csv import figures_csv
from .tables_xlsx import sheets

SECONDS = 300
COMMAND = "import django; django.setup(); from reports.exports.beside import answer; answer()"


class Beside:
    """Nothing happens before start()."""

    process = None

    def __enter__(self):
        self.writer = ThreadPoolExecutor(max_workers=1)
        return self

    def __exit__(self, *_error):
        if self.process:
            with suppress(BrokenPipeError), self.process:
                self.process.kill()
        self.writer.shutdown()

    def start(self):
        pipes = dict.fromkeys(["stdin", "stdout", "stderr"], subprocess.PIPE)
        command = [sys.executable, "-c", COMMAND]
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, **pipes)

    def begin(self, language, about, tables):
        """tables: text, as it is signed; about: as far as it is known."""
        self.sent = self.writer.submit(self._send, pickle.dumps((language, about, tables.encode())))

    def _send(self, content):
        with suppress(BrokenPipeError):  # finish() tells why it has ended
            self.process.stdin.write(content)
            self.process.stdin.flush()

    def finish(self, about):
        """(CSV, XLSX), bytes."""
        self.sent.result()
        content, errors = self.process.communicate(pickle.dumps(about), timeout=SECONDS)
        if self.process.returncode:
            raise RuntimeError(errors.decode(errors="replace"))
        return pickle.loads(content)


def answer():
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
    sys.stdout.buffer.write(pickle.dumps((csv, xlsx)))

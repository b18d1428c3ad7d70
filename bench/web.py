"""The portal as it runs in production, and one person's browser asking it."""

import contextlib
import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from django.test import Client

ROOT = Path(__file__).resolve().parent.parent
HOST, WORKERS = "127.0.0.1", 2


class Answer(NamedTuple):
    status: int
    body: bytes
    seconds: float


class Portal:
    """`make serve` with two workers, in front of one of the databases."""

    def __init__(self, port, process):
        self.port, self.process = port, process

    @classmethod
    @contextlib.contextmanager
    def start(cls, database, log):
        port = free_port()
        environment = {"DATABASE_URL": database, "PORT": str(port), "WEB_CONCURRENCY": str(WORKERS)}
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, ROOT / "tools" / "serve.py"],
                env={**os.environ, **environment, "HOST": HOST},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                portal = cls(port, process)
                portal.wait(log)
                yield portal
            finally:
                process.terminate()
                process.wait()

    def wait(self, log):
        for _second in range(120):
            with contextlib.suppress(OSError), Browser(self.port) as browser:
                if browser.get("/healthz").status == 200:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.5)
        sys.exit(f"The portal did not start, see {log}:\n{log.read_text()[-2000:]}")

    # --- Memory of its workers, as Linux counts it -------------------------------------------

    def workers(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return children.read_text().split()

    def forget_peaks(self):
        for worker in self.workers():
            Path(f"/proc/{worker}/clear_refs").write_text("5")

    def peak_megabytes(self):
        return {worker: megabytes(worker) for worker in self.workers()}


def megabytes(process):
    """At its peak, without what it was started from: ru_maxrss is at least the peak of that one."""
    return megabytes_in(Path(f"/proc/{process}/status").read_text())


def megabytes_in(status):
    lines = status.splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Browser:
    """One connection that stays open, signed in as one person."""

    def __init__(self, port, user=None):
        self.connection = http.client.HTTPConnection(HOST, port, timeout=120)
        self.headers = {"Accept-Language": "ru"}
        if user:
            self.headers["Cookie"] = f"sessionid={signed_in(user).cookies['sessionid'].value}"

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.connection.close()

    def get(self, path):
        started = time.perf_counter()
        try:
            return self._get(path, started)
        except (http.client.RemoteDisconnected, ConnectionError):
            # gunicorn closes what was idle for two seconds
            self.connection.close()
            return self._get(path, time.perf_counter())

    def _get(self, path, started):
        self.connection.request("GET", path, headers=self.headers)
        response = self.connection.getresponse()
        body = response.read()
        return Answer(response.status, body, time.perf_counter() - started)


def signed_in(user):
    """A client in this process, and a session that the server accepts: both know the secret key."""
    client = Client(headers={"host": HOST, "accept-language": "ru"})
    client.force_login(user)
    return client


def spread(seconds):
    """(median, 95th percentile) in milliseconds."""
    milliseconds = sorted(second * 1000 for second in seconds)
    if len(milliseconds) < 20:
        return statistics.median(milliseconds), milliseconds[-1]
    return statistics.median(milliseconds), statistics.quantiles(milliseconds, n=20)[-1]


def seconds_of(function, *arguments):
    started = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - started

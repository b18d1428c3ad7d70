"""The portal to try out: brings the database up to date, loads the first data, serves; a worker beside it."""

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = os.environ.get("PORT", "8000")
SECONDS_BEFORE_ANOTHER = 5


def main():
    refuse_taken_port()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "psi_portal.settings")
    os.environ.setdefault("TRIAL", "1")
    os.environ.setdefault("DJANGO_RUNSERVER_HIDE_WARNING", "true")
    if HOST not in ("127.0.0.1", "localhost"):
        # Whoever opens it to the network wants it to answer under every name of this machine.
        os.environ.setdefault("ALLOWED_HOSTS", "*")
    django.setup()
    prepare_database()
    name = "localhost" if HOST in ("127.0.0.1", "0.0.0.0") else HOST
    with worker():
        print(f"Open http://{name}:{PORT}/  (stop with Ctrl-C)", flush=True)
        call_command(
            "runserver", f"{HOST}:{PORT}", use_reloader=False, skip_checks=True, verbosity=0
        )


@contextmanager
def worker():
    """Makes the long files. It ends with this process, also when nobody can tell it to."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started, ended = [start_worker()], threading.Event()
    keeper = threading.Thread(target=keep_worker, args=(started, ended), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()
        started[-1].terminate()
        try:
            started[-1].wait(10)
        except subprocess.TimeoutExpired:
            started[-1].kill()


def start_worker():
    command = [sys.executable, str(ROOT / "manage.py"), "worker", "--parent", str(os.getpid())]
    # In a session of its own: Ctrl-C is for this process, which then tells the worker.
    return subprocess.Popen(command, start_new_session=True)


def keep_worker(started, ended):
    """One that was killed is followed by another, which goes on with the file that was being made."""
    while not ended.wait(SECONDS_BEFORE_ANOTHER):
        if started[-1].poll() is not None:
            started.append(start_worker())


def prepare_database():
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Preparing the database …", flush=True)
        call_command("migrate", interactive=False, verbosity=0)
    call_command("load_first_run")


def refuse_taken_port():
    if not PORT.isdigit():
        sys.exit(f"PORT must be a number, not {PORT!r}, for example: PORT=8001 make run")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except OSError as error:
            other = int(PORT) + 1 if int(PORT) < 65535 else 8000
            sys.exit(
                f"Cannot listen on {HOST}:{PORT} ({error.strerror}). Choose another port: PORT={other} make run"
            )


if __name__ == "__main__":
    main()

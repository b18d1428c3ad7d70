"""The portal in production: checks the database, collects and compresses static files, becomes gunicorn."""

import os
import sys
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def main():
    prepare()
    address = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
    workers = os.environ.get("WEB_CONCURRENCY") or str((os.cpu_count() or 1) + 1)
    options = [
        "--worker-class",
        "gthread",
        "--threads",
        "4",
        "--workers",
        workers,
        "--bind",
        address,
    ]
    # A worker's heartbeat is a file; on a busy disk it would look dead.
    options += ["--worker-tmp-dir", "/dev/shm"] if os.access("/dev/shm", os.W_OK) else []
    options += ["--access-logfile", "-", "--chdir", str(ROOT)]
    print(f"Serving on http://{address}/ with {workers} workers", flush=True)
    os.execv(
        sys.executable, [sys.executable, "-m", "gunicorn", *options, "psi_portal.wsgi:application"]
    )


def prepare():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "psi_portal.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    refuse_old_database()
    print("Collecting static files …", flush=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    import_string("action_plans.findings.recheck_if_none")()


def refuse_old_database():
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        sys.exit(
            f"The database does not answer: {error}\nDATABASE_URL says where it is, see README.md."
        )
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    connection.close()
    if waiting:
        # Not done here: two servers starting at once would both migrate, and a backup comes first.
        sys.exit(
            f"The database waits for {waiting} migrations. Back it up, then: .venv/bin/python manage.py migrate"
        )


if __name__ == "__main__":
    main()

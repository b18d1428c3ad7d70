"""The databases that are measured, kept in var/bench-pg from one time to the next."""

import hashlib
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.core.management import call_command
from django.db import connection

from . import data, data_sharing

ROOT = Path(__file__).resolve().parent.parent
# Whoever changes one of these gets new data; views and queries are not among them.
DECIDING = ["bench/data*.py", "bench/tables.py", "bench/words.py", "*/migrations/*.py"]
DECIDING += [
    "action_plans/totals.py",
    "action_plans/findings.py",
    "action_plans/known.py",
    "action_plans/paid_days.py",
    "action_plans/paid_months.py",
    "action_plans/variance.py",
    "fixtures/*.csv",
    "fixtures/*.json",
]


def fingerprint(number):
    """What the data depend on."""
    found = hashlib.sha256(str(number).encode())
    for pattern in DECIDING:
        for path in sorted(ROOT.glob(pattern)):
            found.update(path.read_bytes())
    return found.hexdigest()


def prepare(server, number):
    """The URL of a database with so many plans; made anew if what decides about it has changed."""
    name = f"bench_{number}"
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    wanted = fingerprint(number)
    if comment(server, name) != wanted:
        recreate(server, name)
        use(url)
        with careless(server):
            fill(number)
        execute(server, f"COMMENT ON DATABASE {name} IS '{wanted}'")
    use(url)
    return url


@contextmanager
def careless(server):
    """Data that can be made again need not wait for the disk; what is measured does, as in production."""
    set_careless(server, "off")
    try:
        yield
    finally:
        set_careless(server, "on")
        execute(server, "CHECKPOINT")


def set_careless(server, value):
    for setting in ["fsync", "synchronous_commit", "full_page_writes"]:
        execute(server, f"ALTER SYSTEM SET {setting} = {value}")
    execute(server, "SELECT pg_reload_conf()")


def fill(number):
    started = time.monotonic()
    print(f"Making {number:,} plans …", flush=True)
    call_command("migrate", interactive=False, verbosity=0)
    load_places()
    data.generate(number)
    data_sharing.generate(number)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")  # as autovacuum does in a database that lives
    print(f"… in {time.monotonic() - started:.0f} s", flush=True)


def load_places():
    """Registry and reference tables, as a real installation begins."""
    call_command("load_registry", ROOT / "fixtures" / "registry.csv", yes=True, verbosity=0)
    call_command("load_reference", verbosity=0)


def use(url):
    """Let Django in this process speak to that database."""
    connection.close()
    parts = urlsplit(url)
    connection.settings_dict["NAME"] = parts.path.lstrip("/")


def comment(server, name):
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    found = execute(server, query, [name])
    return found[0][0] if found else None


def recreate(server, name):
    execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    execute(server, f"CREATE DATABASE {name}")


def execute(server, statement, parameters=()):
    session = psycopg2.connect(server)
    session.autocommit = True
    try:
        with session.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []
    finally:
        session.close()

"""Rules that hold for every way into the database, update() and its shell included: triggers.

Each is one condition that SQLite and PostgreSQL read alike. They are installed after every migrate (apps.py of
who has some), because SQLite drops them with a table that a migration remakes; and taken away before one that
has something to do, because SQLite renames no table while a trigger names a missing one.

What a trigger refuses comes to Python as RefusedError: a ValidationError in words, and an IntegrityError.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.dispatch import receiver
from django.utils import translation

KEY = re.compile(r"\[psi:(\w+)\]")
WORDS = {}  # {key: what is refused, in words}


class RefusedError(ValidationError, IntegrityError):
    """A trigger refused a change."""


class Guard(NamedTuple):
    name: str
    table: str
    event: str  # INSERT, UPDATE, UPDATE OF columns, DELETE
    refused_if: str  # SQL with NEW and OLD
    says: str  # a key of the words
    when: str = ""  # the same without a question to another table: what is cheap to ask first


class Guards(NamedTuple):
    label: str  # how the names of its triggers begin
    words: dict  # {key: sentence}
    rules: Callable  # vendor → [Guard]
    tables: Callable  # () → models that have guards: without them nothing is installed
    functions: str = ""  # of PostgreSQL, that conditions call
    emptied_if: str = "TRUE"  # when a guarded table must not be emptied by TRUNCATE

    def install(self, connection):
        """Again and again with the same result; nothing while a migration has not made all tables."""
        with connection.cursor() as cursor:
            if not self._has_tables(connection, cursor):
                return
            wanted = dict(self._statements(connection.vendor))
            self._drop(connection, cursor, keep=wanted if connection.vendor == "postgresql" else ())
            if connection.vendor == "postgresql" and self.functions:
                cursor.execute(self.functions)
            for statement in wanted.values():
                cursor.execute(statement)

    def drop(self, connection):
        with connection.cursor() as cursor:
            self._drop(connection, cursor, keep=())

    def installed(self, connection):
        """{name: its table}"""
        with connection.cursor() as cursor:
            cursor.execute(FIND[connection.vendor], [f"{self.label}\\_%"])
            return dict(cursor.fetchall())

    def names(self, vendor):
        return {name for name, _statement in self._statements(vendor)}

    def _drop(self, connection, cursor, *, keep):
        for name, table in self.installed(connection).items():
            if name not in keep:
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')

    def _has_tables(self, connection, cursor):
        names = set(connection.introspection.table_names(cursor))
        for model in self.tables():
            table = model._meta.db_table
            if table not in names:
                return False
            found = connection.introspection.get_table_description(cursor, table)
            if not {field.column for field in model._meta.local_concrete_fields} <= {
                column.name for column in found
            }:
                return False
        return True

    def _statements(self, vendor):
        with translation.override("en"):
            for guard in self.rules(vendor):
                name = f"{self.label}_{guard.name}"
                yield (
                    name,
                    WRITERS[vendor](name, guard, f"{self.words[guard.says]} [psi:{guard.says}]"),
                )
            for model in self.tables():
                yield from REST[vendor](self, model)


FIND = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s ESCAPE '\\'",
    "postgresql": "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE tgname LIKE %s",
}


# --- SQLite -----------------------------------------------------------------------------------------


def _sqlite(name, guard, words):
    parts = " AND ".join(f"({part})" for part in (guard.when, guard.refused_if) if part)
    condition = parts.replace("IS NOT DISTINCT FROM", "IS").replace("IS DISTINCT FROM", "IS NOT")
    return (
        f'CREATE TRIGGER "{name}" BEFORE {guard.event} ON "{guard.table}" FOR EACH ROW '
        f"WHEN {condition} BEGIN SELECT RAISE(ABORT, {_quoted(words)}); END"
    )


def _not_replaced(guards, model):
    """INSERT OR REPLACE and UPDATE OR REPLACE delete what stands in their way, and no trigger sees it."""
    table, sets = model._meta.db_table, _unique_columns(model)
    words = f"{guards.words['replaced']} [psi:replaced]"
    for event, place in [("INSERT", ""), ("UPDATE", " AND id <> OLD.id")]:
        columns = sorted({column for columns in sets for column in columns})
        there = " OR ".join(
            'EXISTS (SELECT 1 FROM "{}" WHERE {}{})'.format(
                table, " AND ".join(f'"{column}" = NEW."{column}"' for column in columns), place
            )
            for columns in sets
        )
        of = f" OF {', '.join(columns)}" if event == "UPDATE" else ""
        name = f"{guards.label}_{table}_{event.lower()}_or_replace"
        yield name, _sqlite(name, Guard(name, table, event + of, there, "replaced"), words)


def _unique_columns(model):
    meta = model._meta
    alone = [(field.column,) for field in meta.local_concrete_fields if field.unique]
    together = [constraint.fields for constraint in meta.total_unique_constraints]
    return alone + [tuple(meta.get_field(name).column for name in names) for names in together]


# --- PostgreSQL -------------------------------------------------------------------------------------


def _postgresql(name, guard, words):
    row = "OLD" if guard.event == "DELETE" else "NEW"
    when = f"WHEN ({guard.when}) " if guard.when else ""
    return _function(name, guard.refused_if, words, f"RETURN {row};") + (
        f'CREATE OR REPLACE TRIGGER "{name}" BEFORE {guard.event} ON "{guard.table}" '
        f'FOR EACH ROW {when}EXECUTE FUNCTION "{name}"()'
    )


def _not_emptied(guards, model):
    table = model._meta.db_table
    name = f"{guards.label}_{table}_emptied"
    words = f"{guards.words['emptied']} [psi:emptied]"
    condition = f'{guards.emptied_if} AND EXISTS (SELECT 1 FROM "{table}")'
    yield (
        name,
        _function(name, condition, words, "RETURN NULL;")
        + (
            f'CREATE OR REPLACE TRIGGER "{name}" BEFORE TRUNCATE ON "{table}" '
            f'FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()'
        ),
    )


def _function(name, condition, words, end):
    return (
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $guard$ '
        f"BEGIN IF {condition} THEN RAISE EXCEPTION '%', {_quoted(words)} "
        f"USING ERRCODE = 'check_violation'; END IF; {end} END $guard$; "
    )


def _quoted(text):
    return "'" + text.replace("'", "''") + "'"


WRITERS = {"sqlite": _sqlite, "postgresql": _postgresql}
REST = {"sqlite": _not_replaced, "postgresql": _not_emptied}


# --- Before and after a migration, and in words ------------------------------------------------------


def keep(guards, app):
    """From the app's ready(): its guards are there after every migrate."""
    WORDS.update(guards.words)

    def drop(using, plan=(), **kwargs):
        if plan:  # otherwise there is nothing to migrate
            guards.drop(connections[using])

    def install(using, **kwargs):
        guards.install(connections[using])

    # Signals hold their receivers weakly; these live as long as the process.
    pre_migrate.connect(drop, sender=app, weak=False, dispatch_uid=f"drop {guards.label}")
    post_migrate.connect(install, sender=app, weak=False, dispatch_uid=f"install {guards.label}")


def in_words(execute, sql, params, many, context):
    try:
        return execute(sql, params, many, context)
    except IntegrityError as error:
        key = KEY.search(str(error))
        if not key or key[1] not in WORDS:
            raise
        raise RefusedError(WORDS[key[1]], code="closed") from error


@receiver(connection_created)
def refuse_in_words(connection, **kwargs):
    if in_words not in connection.execute_wrappers:
        connection.execute_wrappers.append(in_words)

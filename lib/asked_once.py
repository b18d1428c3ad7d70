"""Where the same is read several times, as for each language of a report, the database answers once."""

from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice

from django.db import connection

_objects = ContextVar("objects", default=None)


@contextmanager
def asked_once():
    """Around what only reads: the same SQL with the same parameters has the answer that it had first."""
    token = _objects.set({})
    try:
        with connection.execute_wrapper(_Answers()):
            yield
    finally:
        _objects.reset(token)


def objects_of(rows):
    """[objects of a queryset]; within asked_once() the same ones for the same question: do not change them."""
    known = _objects.get()
    if known is None:
        return list(rows)
    question = rows._iterable_class, str(rows.query)
    if question not in known:
        known[question] = list(rows)
    return known[question]


class _Answers:
    def __init__(self):
        self.known = {}

    def __call__(self, execute, sql, params, many, context):
        cursor = context["cursor"]
        is_read_bit_by_bit = getattr(cursor.cursor, "name", None)  # there, to be kept nowhere
        if many or is_read_bit_by_bit or not sql.lstrip("(").startswith("SELECT"):
            return execute(sql, params, many, context)
        question = sql, repr(params)
        if question not in self.known:
            execute(sql, params, many, context)
            self.known[question] = cursor.fetchall()
        cursor.cursor.close()
        cursor.cursor = _Told(self.known[question])
        return None


class _Told:
    """A cursor that has its answer."""

    query = None  # PostgreSQL has not been asked

    def __init__(self, rows):
        self.rows, self.rowcount = iter(rows), len(rows)

    def __iter__(self):
        return self.rows

    def fetchone(self):
        return next(self.rows, None)

    def fetchmany(self, size=1):
        return list(islice(self.rows, size))

    def fetchall(self):
        return list(self.rows)

    def close(self):
        pass

"""What is worth keeping and must not be shared between threads."""

import threading
from datetime import date, timedelta
from functools import wraps
from uuid import UUID

from django.db import connection

# What stands for the n-th argument while its SQL is written: no row has such a number, text, key or day.
STAND_INS = {
    int: lambda n: -9_008_007_006_005 - n,
    str: "the text that stands for argument {}".format,
    UUID: lambda n: UUID(int=9_008_007_006_005 + n),
    date: lambda n: date(1, 2, 3) + timedelta(n),
}


def written_once(build):
    """For a values_list() of rows that is asked often; answers with a list.

    build: the arguments → queryset. Each is several numbers, texts or UUIDs, filtered by `…__in=`, or a day.
    Django needs longer to write the SQL of a large query than PostgreSQL to answer it, so it is written once
    per thread, with stand-ins where the arguments belong. Nothing else may change from call to call: no
    language, no person.
    """
    kept = threading.local()

    @wraps(build)
    def rows(*arguments):
        lists = [[given] if isinstance(given, date) else list(given) for given in arguments]
        if not all(lists):
            return []
        kinds = tuple(_kind(values[0]) for values in lists)
        written = kept.__dict__.setdefault("by_kinds", {})
        if kinds not in written:
            written[kinds] = _Written(build, kinds)
        return written[kinds].rows(lists)

    return rows


def columns(model):
    """What the_one() wants to be asked for."""
    return [field.attname for field in model._meta.concrete_fields]


def the_one(model, rows):
    """The instance of the only row, as get() answers."""
    if not rows:
        raise model.DoesNotExist
    return model.from_db(connection.alias, columns(model), *rows)


def _kind(value):
    return next(kind for kind in STAND_INS if isinstance(value, kind))


class _Written:
    def __init__(self, build, kinds):
        stand_ins = [STAND_INS[kind](n) for n, kind in enumerate(kinds)]
        given = [it if kind is date else [it] for it, kind in zip(stand_ins, kinds, strict=True)]
        # What writes the SQL also knows how this database's answers become Decimal or dates.
        self.compiler = build(*given).query.get_compiler(connection=connection)
        sql, self.parameters = self.compiler.as_sql()
        self.first, *self.others = sql.split("%s")
        stand_ins = [_as_parameter(it) for it in stand_ins]
        self.filled_by = [
            stand_ins.index(it) if it in stand_ins else None for it in self.parameters
        ]

    def rows(self, lists):
        with connection.cursor() as cursor:
            cursor.execute(*self._about(lists))
            found = cursor.fetchall()
        return list(self.compiler.results_iter([found], tuple_expected=True))

    def _about(self, lists):
        """The SQL with a place for each value, and what stands in its places."""
        sql, values = [self.first], []
        for parameter, n, after in zip(self.parameters, self.filled_by, self.others, strict=True):
            here = [parameter] if n is None else [_as_parameter(it) for it in lists[n]]
            sql += [", ".join(["%s"] * len(here)), after]
            values += here
        return "".join(sql), values


def _as_parameter(value):
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value

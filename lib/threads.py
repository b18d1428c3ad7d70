"""What is worth keeping and must not be shared between threads."""

import threading
from datetime import date
from functools import wraps

from django.db import connection

# No row has this number, and no money moved on this day.
STAND_IN, DAY = -9_008_007_006_005, date(1, 2, 3)


def written_once(build):
    """For a values_list() of the rows of some keys that is asked often; answers with a list.

    build: keys → queryset, filtered by `…__in=keys`; or keys, a day → queryset. Django needs longer to write
    the SQL of a large query than PostgreSQL to answer it, so it is written once per thread, with stand-ins
    where the keys and the day belong. Nothing else may change from call to call: no language, no person.
    """
    kept = threading.local()

    @wraps(build)
    def rows(keys, *day):
        if not keys:
            return []
        if not hasattr(kept, "it"):
            # What writes the SQL also knows how this database's answers become Decimal or dates.
            compiler = build([STAND_IN], *[DAY for _given in day]).query.get_compiler(
                connection=connection
            )
            kept.it = compiler, *compiler.as_sql()
        compiler, sql, parameters = kept.it
        days = [[_as_parameter(given)] for given in day]
        with connection.cursor() as cursor:
            cursor.execute(*_about(list(keys), days, sql, parameters))
            found = cursor.fetchall()
        return list(compiler.results_iter([found], tuple_expected=True))

    return rows


def _about(keys, days, sql, parameters):
    """The SQL with a place for each key, and what stands in its places."""
    first, *others = sql.split("%s")
    values = []
    for value, after in zip(parameters, others, strict=True):
        stands_for = [value]
        if value == STAND_IN:
            stands_for = keys
        elif days and value == _as_parameter(DAY):
            stands_for = days[0]
        first += ", ".join(["%s"] * len(stands_for)) + after
        values += stands_for
    return first, values


def _as_parameter(day):
    return connection.ops.adapt_datefield_value(day)

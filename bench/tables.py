"""Rows on their way to the database: collected as unsaved instances, written with COPY."""

import csv
import io
import json
from operator import attrgetter

from django.core.management.color import no_style
from django.db import connection

NULL = r"\N"


class Tables:
    """What is added is written in the order of `models`, so that parents come first."""

    def __init__(self, *models):
        self.rows = {model: [] for model in models}

    def add(self, row):
        self.rows[type(row)].append(row)
        return row

    def flush(self):
        for model, rows in self.rows.items():
            write(model, rows)
            rows.clear()


def write(model, rows):
    if connection.vendor == "postgresql":
        copy(model, rows)
    else:
        model.objects.bulk_create(rows, batch_size=100)


def copy(model, rows):
    fields = model._meta.concrete_fields
    values_of = attrgetter(*[field.attname for field in fields])
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([as_text(value) for value in values_of(row)] for row in rows)
    text.seek(0)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY \"{model._meta.db_table}\" ({columns}) FROM STDIN (FORMAT csv, NULL '{NULL}')",
            text,
        )


def as_text(value):
    if value is None:
        return NULL
    return json.dumps(value) if isinstance(value, list) else value


def continue_numbering(models):
    """The rows brought their own keys; the next one entered in the portal must come after them."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)

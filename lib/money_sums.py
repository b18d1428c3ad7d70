"""Amounts that the database adds up."""

from django.db.models import DecimalField, Sum
from django.db.models.functions import Coalesce

from .money import round_kgs


class KgsColumn(DecimalField):
    """Of an aggregate: SQLite adds decimals as floats and would answer 0.300000000000000."""

    def from_db_value(self, value, expression, connection):
        return None if value is None else round_kgs(value)


def sum_kgs(expression, **options):
    """Aggregate: the sum to 0.01, 0.00 over no rows; options as of Sum (filter=…)."""
    column = KgsColumn(max_digits=18, decimal_places=2)
    return Coalesce(Sum(expression, output_field=column, **options), 0, output_field=column)

"""The funding report for machines: UTF-8 with BOM, commas, raw numbers, empty where nothing is known.

Names of places and titles are in the reader's language; area, phase and status are codes. A date is as
long as what is known of it: 2018-08-16, 2018-08, 2018. No row of totals. What the columns mean stands
in docs/funding-csv.md and in the notes of the workbook.
"""

from tempfile import TemporaryFile

from django.db import connection
from django.db.models import Case, F, Value, When
from django.db.models.functions import Concat, Left
from django.db.models.lookups import In

from action_plans.models import PlanArea, ServiceArea
from lib.csv_cells import BOM, FORMULA_SIGNS, cell
from reports.plan_rows import with_words

COLUMNS = {
    "plan": "reference",
    "title": "row_title",
    "municipality": "row_municipality",
    "soate": "lead__code",
    "region": "row_region",
    "district": "row_district",
    "area": "row_area",
    "phase": "phase__code",
    "status": "status",
    "cost_kgs": "row_cost_kgs",
    "own_cash_kgs": "row_own_cash_kgs",
    "own_in_kind_kgs": "row_own_in_kind_kgs",
    "grant_kgs": "row_grant_kgs",
    "other_kgs": "row_other_kgs",
    "gap_kgs": "row_gap_kgs",
    "surplus_kgs": "row_surplus_kgs",
    "own_share_pct": "own_share_pct",
    "own_share_reason": "row_own_share_reason",
    "received_kgs": "row_received_kgs",
    "starts_on": "row_starts_on",
    "ends_on": "row_ends_on",
    "sample_fields": "row_sample_fields",
}
TYPED_BY_PEOPLE = ["title", "municipality", "region", "district"]


def to_csv(rows):
    """rows: plan_rows.with_money(…). A file on disk, rewound: memory stays flat for any length."""
    file = TemporaryFile()  # noqa: SIM115 -- the response closes it
    file.write(f"{BOM}{','.join(COLUMNS)}\n".encode())
    write = _copy if connection.vendor == "postgresql" else _iterate
    write(rows, file)
    file.seek(0)
    return file


def _columns(rows, **replaced):
    safe = {f"safe_{name}": _as_text(COLUMNS[name]) for name in TYPED_BY_PEOPLE}
    return with_words(rows).annotate(**safe | replaced).values_list(*_names())


def _names():
    return [f"safe_{n}" if n in TYPED_BY_PEOPLE else source for n, source in COLUMNS.items()]


def _as_text(name):
    is_formula = In(Left(name, 1), FORMULA_SIGNS)
    return Case(When(is_formula, then=Concat(Value("'"), name)), default=F(name))


def _copy(rows, file):
    """The areas of all plans are joined at once: asked plan by plan they take as long as all the rest."""
    columns = ("areas.codes" if n == "row_area" else f'plans."{n}"' for n in _names())
    sql, params = _columns(rows.order_by(), row_area=F("pk")).query.sql_with_params()
    sql = f"""
        WITH areas AS (
            SELECT plan_id, string_agg(code, ' ' ORDER BY code COLLATE "C") AS codes
            FROM {PlanArea._meta.db_table} AS part
            JOIN {ServiceArea._meta.db_table} AS area ON area.id = part.area_id
            GROUP BY plan_id
        )
        SELECT {", ".join(columns)} FROM ({sql}) AS plans
        LEFT JOIN areas ON areas.plan_id = plans.row_area
        ORDER BY plans.reference
    """
    with connection.cursor() as cursor:
        query = cursor.mogrify(sql, params).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT WITH (FORMAT csv)", file)


def _iterate(rows, file):
    """The same bytes as COPY writes them."""
    area = list(COLUMNS).index("area")
    for row in _columns(rows).order_by("reference").iterator(chunk_size=2000):
        codes = row[area] and " ".join(sorted(row[area].split()))
        cells = map(cell, [*row[:area], codes, *row[area + 1 :]])
        file.write(f"{','.join(cells)}\n".encode())

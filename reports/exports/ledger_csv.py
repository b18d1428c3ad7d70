"""A plan's ledger for machines: every row as it was booked, also those taken back and those that wait.

The columns are described in docs/ledger-csv.md.
"""

from tempfile import TemporaryFile

from lib.csv_cells import BOM, as_text, cell

COLUMNS = {
    "plan": lambda row: row.contribution.plan.reference,
    "row": lambda row: row.pk,
    "state": lambda row: "booked" if row.is_booked else "waiting",
    "paid_on": lambda row: row.paid_on.isoformat(),
    "kind": lambda row: row.kind,
    "contribution": lambda row: row.contribution_id,
    "source": lambda row: row.contribution.source,
    "form": lambda row: row.contribution.form,
    "currency": lambda row: row.currency,
    "amount": lambda row: row.amount,
    "rate_value": lambda row: plain(row.rate_value),
    "rate_nominal": lambda row: row.rate_nominal if row.is_booked else None,
    "rate_on": lambda row: row.rate_on and row.rate_on.isoformat(),
    "rate_source": lambda row: row.rate_source,
    "amount_kgs": lambda row: row.amount_kgs,
    "budget_line": lambda row: row.budget_line and row.budget_line.position,
    "in_kind": lambda row: row.in_kind_id,
    "document_number": lambda row: as_text(row.document_number),
    "evidence": lambda row: row.evidence and as_text(str(row.evidence)),
    "reverses": lambda row: row.reverses_id,
    "corrects": lambda row: row.corrects_id,
    "reason": lambda row: as_text(row.reason),
    "entered_at": lambda row: moment(row.entered_at),
    "entered_by": lambda row: row.entered_by and as_text(str(row.entered_by)),
    "booked_at": lambda row: moment(row.booked_at),
    "booked_by": lambda row: row.booked_by and as_text(str(row.booked_by)),
    "is_sample": lambda row: "1" if row.is_sample else "0",
    "accounted_on": lambda row: row.accounted_on and row.accounted_on.isoformat(),
    "late_for": lambda row: row.late_for and days(row.late_for),
}


def to_csv(ledger):
    """A file on disk, rewound."""
    file = TemporaryFile()  # noqa: SIM115 -- the response closes it
    file.write(f"{BOM}{','.join(COLUMNS)}\n".encode())
    for row in ledger.rows:
        row.contribution.plan = ledger.plan
        file.write(f"{','.join(cell(read(row)) for read in COLUMNS.values())}\n".encode())
    file.seek(0)
    return file


def days(period):
    """2018-01-01/2018-06-30, an interval of ISO 8601."""
    return f"{period.starts_on.isoformat()}/{period.ends_on.isoformat()}"


def plain(value):
    """70.1234, not 70.1234000000."""
    return None if value is None else f"{value.normalize():f}"


def moment(value):
    """In UTC, to the second."""
    return value and value.isoformat(timespec="seconds")

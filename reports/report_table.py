"""What every donor table is: the page, the sheet, the PDF section, the CSV and the snapshot read only this."""

from dataclasses import dataclass, field

from .column import Column


@dataclass
class ReportTable:
    """rows: dicts by column name: Decimal for kgs, amount, rate and pct (percent, unrounded), int, date, datetime,
    str; None where nothing is known, and then `<name>_reason` may say why in words ("unbudgeted", "not reported").

    Cells of kind text that a database gave (names of places, titles, what people typed) are as they are read
    in the active language. total: the same keys, or None where rows are not added up.
    """

    slug: str
    code: str  # T2
    title: str
    columns: list[Column]
    rows: list[dict]
    total: dict | None = None
    # Whole sentences that stand under the table on the page, in the PDF and in the sheet of notes.
    notes: list[str] = field(default_factory=list)
    # What stands in place of rows when there are none.
    empty: str = ""
    # Names of columns that hold codes, identical in every language; the CSV has them, pages do not.
    keys: list[str] = field(default_factory=list)
    # Address on the page of what a row is about, by key of the row: row["link"] if it is there.

    def column(self, name):
        return next(column for column in self.columns if column.name == name)

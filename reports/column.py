from typing import NamedTuple


class Column(NamedTuple):
    name: str
    label: str
    kind: str  # text, date, moment, count, kgs, pct; amount (in any currency) and rate are not added up
    meaning: str = ""
    width: int = 0  # in a workbook; 0: as wide as its kind needs
    # How a workbook computes it from other columns of its row: (("+", "before_kgs"), ("-", "paid_kgs"));
    # ratio: (part, whole). The value that stands beside the formula is ours.
    sums: tuple = ()
    ratio: tuple = ()

    @property
    def is_rare(self):
        """Mostly 0: a phone leaves the zeros out."""
        return self.name in ("other_kgs", "gap_kgs", "surplus_kgs", "over_kgs", "own_in_kind_kgs")

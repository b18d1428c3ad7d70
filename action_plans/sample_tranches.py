"""The donor tranches of the sample set, so that its grants come from somewhere; all invented."""

from datetime import date, datetime
from decimal import Decimal

from lib.fixtures import read
from lib.money import convert

from . import phases
from .models import Tranche, UsedRate


def load_tranches(known):
    """known: {code: phase}"""
    tranches = [_tranche(known[row["phase"]], row) for row in read("sample_tranches.json")]
    Tranche.objects.bulk_create(tranches)
    for phase in {tranche.phase for tranche in tranches}:
        phases.fix_policy(phase)


def _tranche(phase, row):
    at = datetime.fromisoformat(f"{row['received_on']}T17:00:00+06:00")
    amount, rate = Decimal(row["amount"]), Decimal(row["rate"])
    return Tranche(
        phase=phase,
        donor=row["donor"],
        received_on=date.fromisoformat(row["received_on"]),
        currency=row["currency"],
        amount=amount,
        amount_kgs=convert(amount, rate),
        rate_value=rate,
        rate_on=date.fromisoformat(row["received_on"]),
        rate_source=UsedRate.BANK,
        document_number=row["document_number"],
        entered_at=at,
        booked_at=at,
        accounted_on=date.fromisoformat(row["received_on"]),
        is_sample=True,
    )

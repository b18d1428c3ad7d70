"""What stands behind the money in kind of the sample set: verified items, and one that waits; all invented."""

from datetime import date, datetime
from decimal import Decimal

from simple_history.utils import bulk_create_with_history

from lib.fixtures import read
from lib.money import round_kgs

from .models import Contribution, Form, InKindItem, Payment


def load_in_kind(plans):
    """An item for each payment in kind; the payment says which. A row with a day of its own is only claimed."""
    rows = {row["reference"]: row for row in read("sample_in_kind.json")}
    promises = Contribution.objects.filter(plan__in=plans, form=Form.IN_KIND)
    promises = {p.plan.reference: p for p in promises.select_related("plan")}
    payments = Payment.objects.filter(contribution__in=promises.values())
    payments = {payment.contribution_id: payment for payment in payments}
    items = [
        _item(promises[reference], payments.get(promises[reference].pk), row)
        for reference, row in rows.items()
    ]
    bulk_create_with_history(items, InKindItem)
    for item in InKindItem.objects.filter(verified_at__isnull=False):
        Payment.objects.filter(pk=payments[item.contribution_id].pk).update(in_kind=item)


def _item(promise, payment, row):
    given_on = payment.paid_on if payment else date.fromisoformat(row["given_on"])
    quantity, unit_value = Decimal(row["quantity"]), Decimal(row["unit_value_kgs"])
    item = InKindItem(
        contribution=promise,
        given_on=given_on,
        what=row["what"],
        quantity=quantity,
        unit=row["unit"],
        unit_value_kgs=unit_value,
        claimed_kgs=round_kgs(quantity * unit_value),
        valuation=row["valuation"],
        valuation_note=row["valuation_note"],
        claimed_at=datetime.fromisoformat(f"{given_on}T11:00:00+06:00"),
        is_sample=True,
    )
    if payment:
        item.verified_kgs, item.verified_at = payment.amount_kgs, payment.booked_at
    return item

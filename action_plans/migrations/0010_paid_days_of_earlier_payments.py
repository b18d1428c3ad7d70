"""What was booked before there were days of grants."""

from django.db import migrations
from django.db.models import Sum


def fill(apps, schema_editor):
    """By the rule of action_plans.paid_days, whose check (check_totals) compares the two."""
    alias = schema_editor.connection.alias
    days = apps.get_model("action_plans", "PaidDay").objects.using(alias)
    payments = apps.get_model("action_plans", "Payment").objects.using(alias)
    sums = payments.filter(
        booked_at__isnull=False,
        contribution__source="grant",
        contribution__form="cash",
        kind__in=["received", "returned"],
    ).order_by()
    sums = sums.values_list("contribution__plan__phase", "currency", "kind", "paid_on")
    model = days.model
    days.bulk_create(
        model(
            phase_id=phase,
            currency=currency,
            kind=kind,
            paid_on=day,
            # SQLite adds decimals as floating point.
            amount=round(amount, 2),
            amount_kgs=round(kgs, 2),
        )
        for phase, currency, kind, day, amount, kgs in sums.annotate(
            sum_amount=Sum("amount"), sum_kgs=Sum("amount_kgs")
        )
    )


class Migration(migrations.Migration):
    dependencies = [("action_plans", "0009_paid_days")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

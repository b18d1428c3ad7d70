"""Payments that were booked before there were currencies are in som."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    payments = apps.get_model("action_plans", "Payment").objects.using(
        schema_editor.connection.alias
    )
    payments.filter(amount=None).update(
        amount=F("amount_kgs"),
        rate_value=1,
        rate_source="som",
        entered_at=F("booked_at"),
        entered_by=F("booked_by"),
    )


class Migration(migrations.Migration):
    dependencies = [("action_plans", "0003_ledger")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

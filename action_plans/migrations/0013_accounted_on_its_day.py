"""What was booked before there were periods is accounted on its own day."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    using = schema_editor.connection.alias
    for name, day in [("Payment", "paid_on"), ("Tranche", "received_on")]:
        rows = apps.get_model("action_plans", name).objects.using(using)
        rows.filter(booked_at__isnull=False).update(accounted_on=F(day))


class Migration(migrations.Migration):
    dependencies = [("action_plans", "0012_periods")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

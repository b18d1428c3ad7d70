from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("action_plans", "0013_accounted_on_its_day")]
    operations = [
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accounted_on", None), ("booked_at", None), ("late_for", None)),
                    models.Q(
                        ("accounted_on", models.F("paid_on")),
                        ("booked_at__isnull", False),
                        ("late_for", None),
                    ),
                    models.Q(
                        ("accounted_on__gt", models.F("paid_on")),
                        ("booked_at__isnull", False),
                        ("late_for__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="payment_accounted_on_its_day_or_late",
            ),
        ),
        migrations.AddConstraint(
            model_name="tranche",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accounted_on", None), ("booked_at", None), ("late_for", None)),
                    models.Q(
                        ("accounted_on", models.F("received_on")),
                        ("booked_at__isnull", False),
                        ("late_for", None),
                    ),
                    models.Q(
                        ("accounted_on__gt", models.F("received_on")),
                        ("booked_at__isnull", False),
                        ("late_for__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="tranche_accounted_on_its_day_or_late",
            ),
        ),
    ]

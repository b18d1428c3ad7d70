from django.db import migrations, models


def choose(apps, schema_editor):
    """Nobody has chosen the policy of a phase before this release."""
    phases = apps.get_model("action_plans", "Phase").objects.filter(fx_policy_fixed=False)
    phases.filter(fx_policy="day").update(fx_policy="weighted")


class Migration(migrations.Migration):
    dependencies = [("action_plans", "0006_reasons_of_corrections")]
    operations = [
        migrations.AlterField(
            model_name="phase",
            name="fx_policy",
            field=models.CharField(
                choices=[
                    ("day", "official rate of the day of the payment"),
                    ("weighted", "weighted average of the tranches"),
                    ("fifo", "tranches in turn: first in, first out"),
                    ("budget", "rate of the budget"),
                ],
                default="weighted",
                max_length=10,
                verbose_name="exchange rate policy",
            ),
        ),
        migrations.RunPython(choose, migrations.RunPython.noop),
    ]

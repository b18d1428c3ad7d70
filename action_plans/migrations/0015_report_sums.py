from django.conf import settings
from django.db import migrations, models


def tell_whole_slices(apps, schema_editor):
    """As action_plans.totals keeps it from now on."""
    slices = apps.get_model("action_plans", "FundingSlice").objects
    others = slices.filter(plan=models.OuterRef("plan")).exclude(pk=models.OuterRef("pk"))
    slices.filter(~models.Exists(others)).update(is_whole=True)


class Migration(migrations.Migration):
    dependencies = [
        ("action_plans", "0014_accounted_rules"),
        ("municipalities", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="contribution",
            name="recorded_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="fundingslice",
            name="is_whole",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="historicalcontribution",
            name="recorded_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="fundingslice",
            index=models.Index(
                condition=models.Q(("is_whole", False)), fields=["plan"], name="slice_of_several"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["accounted_on"], name="payment_accounted"),
        ),
        migrations.RunPython(tell_whole_slices, migrations.RunPython.noop),
    ]

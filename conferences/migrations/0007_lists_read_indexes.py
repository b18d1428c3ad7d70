from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conferences", "0006_search_key_unpacked")]

    operations = [
        migrations.AddIndex(
            model_name="practiceversion",
            index=models.Index(
                condition=models.Q(("status__in", ["published", "outdated"])),
                fields=["-status", "-published_at", "-id", "practice"],
                name="practice_readable_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="takeover",
            index=models.Index(
                condition=models.Q(("state__in", ["planning", "running"])),
                fields=["practice"],
                name="take_over_counted",
            ),
        ),
    ]

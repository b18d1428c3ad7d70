from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conferences", "0004_version_saved_by"),
    ]

    operations = [
        migrations.AddField(
            model_name="presentation",
            name="search_key",
            field=models.TextField(default="", editable=False),
        ),
    ]

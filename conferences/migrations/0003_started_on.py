from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("conferences", "0002_roles_in_languages")]

    operations = [migrations.RenameField("takeover", "running_since", "started_on")]

from django.db import migrations


def unpacked(apps, schema_editor):
    """A search reads the key of every practice: PostgreSQL would unpack each, which takes longer than reading it."""
    _store(schema_editor, "EXTERNAL")


def packed(apps, schema_editor):
    _store(schema_editor, "EXTENDED")


def _store(schema_editor, how):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"ALTER TABLE conferences_practiceversion ALTER COLUMN search_key SET STORAGE {how}"
        )


class Migration(migrations.Migration):
    dependencies = [("conferences", "0005_presentation_search_key")]
    operations = [migrations.RunPython(unpacked, packed)]

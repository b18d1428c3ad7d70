from django.db.models import Index


class ListIndex(Index):
    """For ORDER BY … DESC NULLS LAST: PostgreSQL's index has to say so, too.

    SQLite puts NULL last in a descending index anyway, and refuses the words there.
    """

    def create_sql(self, model, schema_editor, using="", **kwargs):
        if schema_editor.connection.vendor != "sqlite":
            return super().create_sql(model, schema_editor, using=using, **kwargs)
        plain = [expression.copy() for expression in self.expressions]
        for expression in plain:
            expression.nulls_last = None
        index = Index(*plain, name=self.name, condition=self.condition)
        return index.create_sql(model, schema_editor, using=using, **kwargs)

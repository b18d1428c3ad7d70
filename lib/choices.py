"""Labels of choices."""


def label_of(field, choices):
    """A get_…_display() for a model whose rows fill long tables.

    It looks the label up; Django's own makes a dictionary of all choices for each row.
    """
    labels = dict(choices.choices)

    def display(self):
        value = getattr(self, field)
        return str(labels.get(value, value))

    return display

"""Two people on one row: who saves over a newer state is asked, and nothing that was typed is lost.

    try:
        save(…, revision=form.cleaned_data["revision"])     # the verb calls refuse_older(row, revision)
    except Conflict as conflict:
        data = with_revision(request.POST, conflict.row)    # the next press of “save” is a decision
        forms, stored = (the forms of data), (the forms of conflict.row)
        context["conflict"] = conflict
        context["differences"] = differences(forms, stored)

The page includes conferences/_conflict.html.
"""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from action_plans.form_fields import kept_input

MAX_REVISION = 2**31 - 1


class Conflict(Exception):
    """Somebody saved the row after this person opened it."""

    def __init__(self, row):
        super().__init__(str(row.pk))
        self.row = row
        record = _last_record(row)
        self.by = record.history_user if record else None
        self.at = record.history_date if record else getattr(row, "saved_at", None)


def _last_record(row):
    history = getattr(row, "history", None)
    if history is None:
        return None
    return history.select_related("history_user").order_by("-history_date", "-history_id").first()


def refuse_older(row, posted_revision):
    """`row` is locked and fresh. Who does not say what they saw, saw nothing."""
    if posted_revision is None or posted_revision < row.revision:
        raise Conflict(row)


def revision_field():
    return forms.IntegerField(
        required=False, min_value=0, max_value=MAX_REVISION, widget=kept_input()
    )


def with_revision(data, row):
    """What was typed, as if over the row that is stored now."""
    data = data.copy()
    data["revision"] = str(row.revision)
    return data


@dataclass
class Difference:
    where: str  # id of the field
    label: str
    typed: str
    stored: str


def differences(typed_forms, stored_forms):
    """What is typed beside what is stored, of the same forms in the same order.

    Each field that differs gets a line below it: what is stored now.
    """
    found = []
    for form, stored in zip(typed_forms, stored_forms, strict=True):
        for name, field in form.fields.items():
            if not field.widget.is_hidden and name in stored.fields:
                typed, now = _plain(form[name]), _plain(stored[name])
                if typed != now:
                    found.append(_difference(form, name, stored[name]))
    return found


def _difference(form, name, stored):
    field, bound = form.fields[name], form[name]
    now = _words(stored)
    field.help_text = format_html(
        '{} <span class="stored-now">{} <b>{}</b></span>', field.help_text, _("Stored now:"), now
    )
    label = str(bound.label)
    if language := getattr(form, "language_name", ""):
        label = _("%(field)s (%(language)s)") % {"field": label, "language": language}
    return Difference(bound.id_for_label, label, _words(bound), now)


def _plain(bound):
    """The value without the ways of typing it."""
    value = bound.value()
    if isinstance(value, list | tuple) or hasattr(value, "values_list"):
        return sorted(str(getattr(one, "pk", one)) for one in value)
    if isinstance(bound.field, forms.ModelChoiceField):
        return str(getattr(value, "pk", value) or "")
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").strip()
    try:
        read = bound.field.to_python(value)
    except ValidationError:
        read = value
    return "" if read is None else read


def _words(bound):
    """As people read it."""
    value = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return pgettext("value", "yes") if bound.field.to_python(value) else pgettext("value", "no")
    if hasattr(bound.field, "choices"):
        many = isinstance(value, list | tuple)
        chosen = {str(getattr(v, "pk", v)) for v in (value if many else [value]) if v is not None}
        labels = [str(label) for key, label in _flat(bound.field.choices) if str(key) in chosen]
        shown = ", ".join(labels)
    else:
        shown = str(bound.field.prepare_value(value) if value is not None else "").strip()
    return shown or pgettext("value", "empty")


def _flat(choices):
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield key, label

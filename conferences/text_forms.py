"""The forms of what is written in three languages: one language is the original, the others translate it."""

from crispy_forms.layout import Field
from django import forms
from django.conf import settings
from django.db.models import CharField
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from action_plans.forms import helper
from municipalities.models import current_language

from .models import TextState

LONG = 20_000
NAMES = dict(settings.LANGUAGES)


class ChoiceOfOriginal(forms.Form):
    original = forms.ChoiceField(
        choices=settings.LANGUAGES,
        label=gettext_lazy("Written in"),
        help_text=gettext_lazy("The language of the original; the others are translations of it."),
    )
    helper = helper("original")


class TextForm(forms.ModelForm):
    """The text in one language. Of a language that is not the original, everything may stay empty."""

    checked = forms.BooleanField(required=False, label=gettext_lazy("The translation was checked"))

    def __init__(self, *args, language, is_original, required, **kwargs):
        super().__init__(
            *args,
            prefix=language,
            empty_permitted=not is_original,
            use_required_attribute=False,
            **kwargs,
        )
        self.language, self.language_name = language, NAMES[language]
        self.is_original = is_original
        self.state = self.instance.state if self.instance.pk else None
        self.initial["checked"] = self.state == TextState.CHECKED
        for name in self.text_names:
            self._shape(name, required=name in required)
        fields = [*self.text_names, Field("checked", wrapper_class="only-translation")]
        self.helper = helper(*fields)

    def _shape(self, name, *, required):
        field, column = self.fields[name], self._meta.model._meta.get_field(name)
        is_line = type(column) is CharField
        attrs = {"rows": 1 if is_line else 3, "class": "grow", "lang": self.language}
        field.widget = forms.Textarea(attrs)
        if not is_line:
            field.max_length = LONG
            field.validators.append(forms.CharField(max_length=LONG).validators[0])
        field.required = required
        field.in_row = not self.is_original  # needed only once something is written: no mark
        if required:
            field.error_messages["required"] = self._missing(field.label)

    def _missing(self, label):
        if self.is_original:
            text = _("Write this in the language of the original: %(field)s.")
        else:
            text = _(
                "A translation needs this, too: %(field)s. Write it, or empty the other fields of "
                "this language."
            )
        return text % {"field": label}

    @property
    def text_names(self):
        return [name for name in self.fields if name != "checked"]

    @property
    def is_filled(self):
        return any(str(self[name].value() or "").strip() for name in self.text_names)

    def has_changed(self):
        # Compared with nothing, not with the stored text: emptying everything removes the translation.
        return self.is_bound and (self.is_original or self.is_filled)

    def clean(self):
        data = super().clean()
        for name in self.text_names:
            text = (data.get(name) or "").replace("\r\n", "\n")
            is_line = type(self._meta.model._meta.get_field(name)) is CharField
            data[name] = " ".join(text.split()) if is_line else text
        return data

    def validate_constraints(self):
        """The language and what it belongs to are not typed."""

    @property
    def values(self):
        return {name: self.cleaned_data.get(name, "") for name in self.text_names}

    def shown(self):
        """Stands open: the original, what is wrong."""
        return self.is_original or bool(self.errors)


class Texts:
    """One form per language, and which of them is the original.

    texts = Texts(EventText, "event", event, request.POST or None)
    if form.is_valid() and texts.is_valid(): …; texts.save(event, by=request.user)
    """

    def __init__(self, model, owner_field, owner=None, data=None, required=("title",), fields=None):
        self.model, self.owner_field, self.data = model, owner_field, data
        rows = {row.language: row for row in owner.texts.all()} if owner else {}
        stored = next((row.language for row in rows.values() if row.is_original), None)
        self.choice = ChoiceOfOriginal(data, initial={"original": stored or current_language()})
        form_class = forms.modelform_factory(
            model, form=TextForm, fields=fields or _texts_of(model, owner_field)
        )
        self.forms = [
            form_class(
                data,
                instance=rows.get(code) or model(language=code),
                language=code,
                is_original=code == self.original,
                required=required,
            )
            for code in NAMES
        ]

    # --- Asking ---

    @cached_property
    def original(self):
        """The chosen language of the original."""
        chosen = self.choice["original"].value()
        return chosen if chosen in NAMES else current_language()

    @property
    def original_form(self):
        return next(form for form in self.forms if form.is_original)

    @property
    def ordered(self):
        """The forms as the page shows them: the original first."""
        return sorted(self.forms, key=lambda form: not form.is_original)

    @property
    def all_forms(self):
        return [self.choice, *self.forms]

    @property
    def is_filled(self):
        return any(form.is_filled for form in self.forms)

    def is_valid(self):
        valid = all([form.is_valid() for form in self.all_forms])  # noqa: C419 -- each shows its errors
        return valid and self._original_is_written()

    def _original_is_written(self):
        if self.original_form.is_filled or not self.is_filled:
            return True
        self.choice.add_error(
            "original",
            _("Nothing is written in this language. Write it, or choose the one you wrote in."),
        )
        return False

    @property
    def title(self):
        """What is typed as title of the original, for the address of a new row."""
        return self.original_form.cleaned_data.get("title", "")

    @property
    def problems(self):
        """[(id to jump to, label, message)] in the order of the page"""
        if self.data is None:
            return []
        found = [
            (self.choice["original"].id_for_label, self.choice["original"].label, message)
            for message in self.choice.errors.get("original", [])
        ]
        for form in self.ordered:
            for name, messages in form.errors.items():
                where, label = ("main", "")
                if name != "__all__":
                    where, label = form[name].id_for_label, form[name].label
                of = _("%(field)s (%(language)s)")
                label = of % {"field": label, "language": form.language_name} if label else ""
                found += [(where, label, message) for message in messages]
        return found

    # --- Saving ---

    def differ_from(self, owner):
        """Whether saving would change anything that is stored now."""
        rows = {row.language: row for row in self._rows_of(owner)}
        return any(_would_change(form, rows.get(form.language)) for form in self.forms)

    def _rows_of(self, owner):
        return self.model.objects.filter(**{self.owner_field: owner})

    def save(self, owner, *, by=None):
        """Writes what differs from what is stored now; True when anything did."""
        rows = {row.language: row for row in self._rows_of(owner)}
        news = self._original_is_new(rows)
        # The old original steps back first: only one may be it at a time.
        forms_in_order = sorted(self.forms, key=lambda form: form.is_original)
        saved = [self._save_one(owner, form, rows, news=news, by=by) for form in forms_in_order]
        getattr(owner, "_prefetched_objects_cache", {}).pop("texts", None)
        return any(saved)

    def _original_is_new(self, rows):
        """What was checked was checked against another original."""
        row = rows.get(self.original)
        return row is None or not row.is_original or _differ(row, self.original_form.values)

    def _save_one(self, owner, form, rows, *, news, by):
        row, values = rows.get(form.language), form.values
        if not any(values.values()):
            if row:
                row._history_user = by
                row.delete()
            return bool(row)
        row = row or self.model(language=form.language, **{self.owner_field: owner})
        is_touched = row.pk is None or _differ(row, values)
        state = _state(form, row, is_touched=is_touched, original_is_new=news)
        if not is_touched and (row.state, row.is_original) == (state, form.is_original):
            return False
        row.state, row.is_original = state, form.is_original
        for name, value in values.items():
            setattr(row, name, value)
        row._history_user = by
        row.save()
        return True


def _texts_of(model, owner_field):
    skipped = {"id", owner_field, "language", "is_original", "state"}
    return [field.name for field in model._meta.concrete_fields if field.name not in skipped]


def _differ(row, values):
    return any(getattr(row, name) != value for name, value in values.items())


def _would_change(form, row):
    values = form.values
    if row is None or not any(values.values()):
        return bool(row) or any(values.values())
    ticked = bool(form.cleaned_data.get("checked")) and not form.is_original
    is_checked = row.state == TextState.CHECKED
    return _differ(row, values) or row.is_original != form.is_original or ticked != is_checked


def _state(form, row, *, is_touched, original_is_new):
    if form.is_original:
        return TextState.ORIGINAL
    if not form.cleaned_data.get("checked"):
        return TextState.DRAFT
    was_checked = row.state == TextState.CHECKED
    if was_checked and original_is_new and not is_touched:
        return TextState.DRAFT  # it translates what no longer stands there
    return TextState.CHECKED

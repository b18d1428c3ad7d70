"""The form of a template of donor reports: its settings, and a row per table in the order of the report."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from lib import currencies

from .donor_tables.registry import ALL, TABLES
from .models import ReportTemplate

MORE_ROWS = 3  # empty ones at the end
MOST_ROWS = 40


def text_area():
    return forms.Textarea(attrs={"rows": 3, "class": "form-control"})


class TemplateForm(forms.ModelForm):
    """version: the one that was read; it travels with the form."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    period_months = forms.IntegerField(
        label=gettext_lazy("Length of a period, months"),
        initial=6,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=gettext_lazy("6: half-year, 12: year. The next period is suggested by it."),
    )

    class Meta:
        model = ReportTemplate
        fields = [
            "name_en",
            "name_ru",
            "name_ky",
            "slug",
            "donor",
            "basis",
            "period_months",
            "currency",
            "rate_basis",
            "language",
            "certificate_en",
            "certificate_ru",
            "certificate_ky",
            "is_retired",
        ]
        widgets = {f"certificate_{language}": text_area() for language in ("en", "ru", "ky")}
        help_texts = {
            "slug": gettext_lazy("Latin letters, digits and hyphens; it never changes."),
            "currency": gettext_lazy(
                "Amounts are kept in som; tables marked as equivalents are shown in this currency."
            ),
            "is_retired": gettext_lazy("It is not offered any more; signed reports stay."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["currency"] = forms.ChoiceField(
            label=gettext_lazy("Currency of equivalents"),
            choices=currencies.choices(),
            initial=currencies.KGS,
            help_text=self.fields["currency"].help_text,
        )
        if self.instance.pk:
            del self.fields["slug"]
        for name in ("basis", "rate_basis", "language"):
            self.fields[name].widget.attrs["class"] = "form-select"

    def _post_clean(self):
        """The verb checks the whole template, its tables too; a form alone knows only its own fields."""

    @property
    def values(self):
        chosen = dict(self.cleaned_data)
        chosen.pop("version", None)
        chosen.pop("slug", None)
        return chosen


class TableRow(forms.Form):
    """A table of the report; without a table it is left out."""

    order = forms.IntegerField(
        label=pgettext_lazy("column", "Place"),
        required=False,
        min_value=0,
        max_value=999,
        widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )
    table = forms.ChoiceField(
        label=pgettext_lazy("column", "Table"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    rows = forms.ChoiceField(
        label=pgettext_lazy("column", "Rows"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    equivalents = forms.BooleanField(
        label=gettext_lazy("as equivalents in the currency of the template"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    # What the columns below belong to: another table has other ones.
    columns_of = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, columns=None, **kwargs):
        """columns: {(table, rows): [Column]}, of those that have them to choose from."""
        super().__init__(*args, **kwargs)
        empty = ("", gettext_lazy("no table: leave this row out"))
        self.fields["table"].choices = [empty, *((t.slug, f"{t.code} {t.title}") for t in ALL)]
        self.fields["rows"].choices = [("", gettext_lazy("usual rows")), *ROWS.items()]
        own = f"{self.initial.get('table', '')}/{self.initial.get('rows', '')}"
        shown = self.data.get(self.add_prefix("columns_of"), own)
        offered = {"/".join(kind): found for kind, found in (columns or {}).items()}
        if shown in offered:
            self.fields["columns"] = self._columns(offered[shown])
            self.initial["columns_of"] = shown

    def _columns(self, columns):
        names = [column.name for column in columns]
        self.initial["columns"] = self.initial.get("columns") or names
        return forms.MultipleChoiceField(
            label=pgettext_lazy("column", "Columns"),
            required=False,
            choices=[(column.name, column.label) for column in columns],
            widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        )

    def clean(self):
        chosen = super().clean()
        slug, rows = chosen.get("table"), chosen.get("rows")
        if slug and rows and rows not in TABLES[slug].row_choices:
            words = {"table": TABLES[slug].title, "rows": ROWS[rows]}
            text = _("The table “%(table)s” has no rows of the kind “%(rows)s”.")
            self.add_error("rows", text % words)
        return chosen

    @property
    def columns_field(self):
        return self["columns"]

    @property
    def chosen_number(self):
        """How many columns are chosen of how many."""
        return f"{len(self['columns'].value() or [])}/{len(self.fields['columns'].choices)}"

    @property
    def entry(self):
        """As the template keeps it; None without a table."""
        chosen = self.cleaned_data
        if not chosen.get("table"):
            return None
        entry = {
            "table": chosen["table"],
            "rows": chosen.get("rows", ""),
            "columns": self._chosen_columns(chosen),
        }
        return entry | ({"equivalents": True} if chosen.get("equivalents") else {})

    def _chosen_columns(self, chosen):
        """[]: all, also those that a later version of the portal adds."""
        is_same = chosen.get("columns_of") == f"{chosen['table']}/{chosen.get('rows', '')}"
        if "columns" not in self.fields or not is_same:
            return []
        every = [name for name, _label in self.fields["columns"].choices]
        return [] if chosen["columns"] == every else chosen["columns"]


ROWS = {value: words for table in ALL for value, words in table.row_choices.items()}


class TableRows:
    """All rows, read and written together."""

    def __init__(self, data=None, *, entries=(), columns=None):
        self.columns = columns or {}
        self.data = data
        number = _number(data) if data is not None else len(entries) + MORE_ROWS
        self.forms = [self._form(place, entries) for place in range(number)]

    def _form(self, place, entries):
        initial = {"order": (place + 1) * 10}
        if self.data is None and place < len(entries):
            initial |= entries[place]
        return TableRow(self.data, prefix=f"tables-{place}", initial=initial, columns=self.columns)

    @cached_property
    def is_valid(self):
        wrong = [form for form in self.forms if not form.is_valid()]
        return not wrong

    @property
    def entries(self):
        """In the order of their places; of the same place as they stand."""
        filled = [form for form in self.forms if form.entry]
        filled.sort(
            key=lambda form: (form.cleaned_data["order"] is None, form.cleaned_data["order"])
        )
        return [form.entry for form in filled]


def _number(data):
    number = data.get("tables-TOTAL", "")
    return min(int(number), MOST_ROWS) if number.isascii() and number.isdigit() else 0

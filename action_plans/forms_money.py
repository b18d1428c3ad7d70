"""The small forms of the plan page."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.uploads import KINDS, check_upload

from .form_fields import check_year
from .models import Attachment

ACCEPT = ",".join(f".{ending}" for kind in KINDS for ending in kind.endings)
FILE_HELP = _("PDF, JPG, PNG, DOCX or XLSX, at most 20 MB.")


class DateInput(forms.DateInput):
    def __init__(self, **attrs):
        super().__init__(attrs={"inputmode": "numeric", "autocomplete": "off", **attrs})


class UploadField(forms.FileField):
    """A file whose content is what its name says."""

    def __init__(self, **kwargs):
        widget = forms.FileInput(attrs={"accept": ACCEPT, "class": "form-control"})
        super().__init__(widget=widget, help_text=FILE_HELP, max_length=200, **kwargs)

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if file:
            check_upload(file)
        return file


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        help_text=_("Kept with the plan; the municipality and the project staff read it."),
        error_messages={"required": _("Give a reason. It is kept with the plan.")},
    )


class DayForm(forms.Form):
    on = forms.DateField(
        label=pgettext_lazy("day of a step", "Date"),
        widget=DateInput(**{"class": "form-control"}),
        help_text=_("Day, month, year, for example 16.08.2018."),
        error_messages={"invalid": _("This is not a date. Write it like 16.08.2018.")},
        validators=[check_year],
    )


class DocumentForm(forms.Form):
    file = UploadField(label=_("File"))
    kind = forms.ChoiceField(
        label=pgettext_lazy("kind of document", "Kind"),
        choices=Attachment.Kind,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    title = forms.CharField(
        label=pgettext_lazy("name of a document", "Title"),
        max_length=200,
        required=False,
        help_text=_("If empty, the name of the file is shown."),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

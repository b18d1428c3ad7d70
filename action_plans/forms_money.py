"""The small forms of the plan page and the form of a payment."""

import uuid

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.money import AmountField
from lib.uploads import KINDS, check_upload

from .form_fields import check_year, kept_input
from .models import Attachment, Contribution, PaymentKind

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


class ContributionField(forms.ModelChoiceField):
    def label_from_instance(self, contribution):
        return f"{contribution.get_source_display()}, {contribution.get_form_display()}"


class PaymentForm(forms.Form):
    contribution = ContributionField(
        label=_("Contribution"),
        queryset=Contribution.objects.none(),
        empty_label=_("Choose who pays"),
    )
    kind = forms.ChoiceField(
        label=_("What happened"),
        choices=PaymentKind,
        initial=PaymentKind.RECEIVED,
    )
    paid_on = forms.DateField(
        label=_("Date of the payment"),
        widget=DateInput(),
        help_text=_("Day, month, year, for example 16.08.2018."),
        error_messages={"invalid": _("This is not a date. Write it like 16.08.2018.")},
        validators=[check_year],
    )
    amount_kgs = AmountField(
        label=_("Amount, som"), help_text=_("For example 1 234,50 or 1234.50.")
    )
    document_number = forms.CharField(
        label=_("Document number"),
        max_length=100,
        required=False,
        help_text=_("Number of the payment order, invoice or act."),
    )
    evidence = UploadField(label=_("Evidence"), required=False)
    booking_key = forms.UUIDField(widget=kept_input())

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, initial={"booking_key": uuid.uuid4()}, **kwargs)
        self.fields["contribution"].queryset = plan.contributions.all()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "contribution",
            Row(
                Column("kind", css_class="col-md-4"),
                Column("paid_on", css_class="col-md-4"),
                Column("amount_kgs", css_class="col-md-4"),
            ),
            Row(
                Column("document_number", css_class="col-md-4"),
                Column("evidence", css_class="col-md-8"),
            ),
            "booking_key",
        )

    def begin_another(self):
        """Sent once more, what was typed is a payment of its own."""
        self.data = self.data.copy()
        self.data["booking_key"] = str(uuid.uuid4())

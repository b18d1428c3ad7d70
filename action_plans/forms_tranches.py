"""The forms of donor tranches and of the settings of a phase."""

import uuid

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib import currencies
from lib.money_fields import AmountField, RateField

from . import phases, rates
from .form_fields import check_year, kept_input
from .forms_money import DateInput, UploadField
from .models import Phase

DAY_HELP = _("Day, month, year, for example 16.08.2018.")
NO_DATE = _("This is not a date. Write it like 16.08.2018.")


def day_field(label, **kwargs):
    return forms.DateField(
        label=label,
        widget=DateInput(),
        error_messages={"invalid": NO_DATE},
        validators=[check_year],
        **kwargs,
    )


def one_currency():
    return [("", _("Choose a currency")), *currencies.choices()]


class PeriodForm(forms.Form):
    """Of a statement; empty: the whole phase to today."""

    starts_on = day_field(_("From"), required=False)
    ends_on = day_field(_("To"), required=False)

    def clean(self):
        typed = self.cleaned_data
        first, last = typed.get("starts_on"), typed.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The end is before the start. Check the year."))
        return typed

    def period(self, phase, *, on):
        """(first day, last day); None when what was typed cannot be read."""
        if not self.is_valid():
            return None
        starts_on, ends_on = self.cleaned_data["starts_on"], self.cleaned_data["ends_on"]
        starts_on = starts_on or min(phase.starts_on, ends_on or phase.starts_on)
        return starts_on, ends_on or max(on, starts_on)


class TrancheForm(forms.Form):
    phase = forms.ModelChoiceField(Phase.objects.all(), label=_("Phase"), empty_label=None)
    donor = forms.CharField(label=_("Donor"), max_length=150)
    received_on = day_field(_("Received on"), help_text=DAY_HELP)
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=one_currency,
        error_messages={"invalid_choice": _("This is not a currency that the portal knows.")},
    )
    amount = AmountField(label=_("Amount"), help_text=_("For example 1 234,50 or 1234.50."))
    rate = RateField(
        label=_("Rate of the bank, som"),
        required=False,
        help_text=_(
            "At which the bank changed the money, for example 70,1234. "
            "Empty: the official rate of the day."
        ),
    )
    nominal = forms.TypedChoiceField(
        label=_("For how many units"),
        choices=[(n, str(n)) for n in rates.NOMINALS],
        coerce=int,
        initial=1,
    )
    document_number = forms.CharField(
        label=_("Document number"),
        max_length=100,
        required=False,
        help_text=_("Number of the bank's advice or of the payment request."),
    )
    evidence = UploadField(label=_("Evidence"), required=False)
    booking_key = forms.UUIDField(widget=kept_input())

    def __init__(self, *args, initial=None, **kwargs):
        initial = {
            "booking_key": uuid.uuid4(),
            "received_on": timezone.localdate(),
            **(initial or {}),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Row(
                Column("phase", css_class="col-md-4"),
                Column("donor", css_class="col-md-8"),
            ),
            Row(
                Column("received_on", css_class="col-md-4"),
                Column("amount", css_class="col-md-4"),
                Column("currency", css_class="col-md-4"),
            ),
            Row(
                Column("rate", css_class="col-md-8"),
                Column("nominal", css_class="col-md-4"),
            ),
            Row(
                Column("document_number", css_class="col-md-4"),
                Column("evidence", css_class="col-md-8"),
            ),
            "booking_key",
        )

    def clean(self):
        typed = self.cleaned_data
        if typed.get("currency") == currencies.KGS and typed.get("rate") is not None:
            self.add_error("rate", _("Som need no rate. Leave it empty, or choose the currency."))
        return typed

    def arguments(self):
        """Of tranches.enter()."""
        typed = self.cleaned_data
        names = ["phase", "donor", "received_on", "currency", "amount", "document_number"]
        rate = None if typed["rate"] is None else (typed["rate"], typed["nominal"])
        return {name: typed[name] for name in names} | {
            "rate": rate,
            "evidence_file": typed["evidence"],
            "booking_key": typed["booking_key"],
        }

    def put_errors(self, error):
        """Of the verb; what has no field stands at the top."""
        if getattr(error, "code", "") == "booked":
            self.data = self.data.copy()
            self.data["booking_key"] = str(uuid.uuid4())  # sent once more, it is another tranche
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)


class TakeTrancheBackForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept with the tranche; the project staff and donors read it."),
        error_messages={"required": _("Give a reason. It is kept with the tranche.")},
    )


class PercentOrZeroField(AmountField):
    """10 · 12,5 · 12.5 %"""

    def __init__(self, **kwargs):
        wrong = _("A percentage is at most 100.")
        super().__init__(validators=[MaxValueValidator(100, wrong)], **kwargs)

    def to_python(self, value):
        return super().to_python(value.replace("%", "") if isinstance(value, str) else value)


class PhaseForm(forms.ModelForm):
    class Meta:
        model = Phase
        fields = phases.SETTINGS
        field_classes = {
            "minimum_own_share": PercentOrZeroField,
            "variance_pct": PercentOrZeroField,
            "variance_kgs": AmountField,
            "budget_rate": RateField,
        }
        help_texts = {
            "in_kind_counts": _("Goods and work given by the municipality itself."),
            "fx_policy": _(
                "How grants paid in another currency become som, and what som cost in it."
            ),
            "variance_kgs": _("A line needs a comment when it differs by more than both limits."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in phases.fixed_fields(self.instance) & self.fields.keys():
            self.fields[name].disabled = True
        if self.instance.budget_currency in ("", currencies.KGS):
            rate = self.fields["budget_rate"]
            rate.disabled = True
            rate.help_text = _("The budget of this phase is not in another currency.")

    def changes(self):
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def put_errors(self, error):
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)

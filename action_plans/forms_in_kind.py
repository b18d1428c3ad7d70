"""The forms of contributions in kind and of promises after approval."""

import uuid

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.money import format_kgs
from lib.money_fields import AmountField
from lib.quantities import QuantityField

from .form_fields import check_year, kept_input
from .forms import helper
from .forms_money import DateInput, UploadField
from .models import Contribution, Form, InKindItem, Source, Valuation

DAY = _("Day, month, year, for example 16.08.2018.")
NO_DAY = _("This is not a date. Write it like 16.08.2018.")
CHOOSE = ("", pgettext_lazy("empty choice", "— choose —"))


class DayField(forms.DateField):
    def __init__(self, **kwargs):
        kwargs = {"widget": DateInput(), "help_text": DAY, "validators": [check_year]} | kwargs
        super().__init__(error_messages={"invalid": NO_DAY}, **kwargs)


def words(rows=2, **attrs):
    return forms.Textarea(attrs={"rows": rows, **attrs})


class VerbForm(forms.Form):
    """What a verb refuses stands at the field it is about."""

    def refuse(self, error):
        """Shows a ValidationError of a verb; its keys that are no fields stand above the form."""
        for name, problem in getattr(error, "error_dict", {None: error}).items():
            self.add_error(name if name in self.fields else None, problem)

    def go_on_with(self, **hidden):
        """Sent once more, the form goes on from what stands now."""
        self.data = self.data.copy()
        for name, value in hidden.items():
            self.data[name] = str(value)


class PromiseChoice(forms.ModelChoiceField):
    def label_from_instance(self, promise):
        source, form = promise.get_source_display(), promise.get_form_display()
        return f"{source}, {form}: {format_kgs(promise.amount_kgs)}"


class ClaimForm(VerbForm):
    contribution = PromiseChoice(
        label=_("Promise that it fulfils"), queryset=Contribution.objects.none(), empty_label=None
    )
    given_on = DayField(label=_("Given on"))
    what = forms.CharField(
        label=_("What was given"),
        max_length=InKindItem._meta.get_field("what").max_length,
        help_text=_("For example: sand, work of volunteers, hours of an excavator."),
    )
    quantity = QuantityField(label=_("Quantity"), help_text=_("For example 30 or 12,5."))
    unit = forms.CharField(
        label=_("Unit"),
        max_length=InKindItem._meta.get_field("unit").max_length,
        help_text=_("For example m³, working day, machine hour."),
    )
    unit_value = AmountField(label=_("Value of a unit, som"))
    valuation = forms.ChoiceField(
        label=_("How it was valued"), choices=[CHOOSE, *Valuation.choices]
    )
    valuation_note = forms.CharField(
        label=_("Where the value comes from"),
        max_length=InKindItem._meta.get_field("valuation_note").max_length,
        required=False,
        help_text=_("For example the price list of a shop with its date."),
    )
    evidence = UploadField(label=_("Evidence: act, list of workers, photo"), required=False)
    claim_key = forms.UUIDField(widget=kept_input())
    version = forms.IntegerField(widget=kept_input(), required=False)

    def __init__(self, *args, plan, item=None, version=None, **kwargs):
        initial = {"claim_key": uuid.uuid4(), "version": version, **_said(item)}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["contribution"].queryset = plan.contributions.filter(form=Form.IN_KIND)
        if item and item.evidence:
            self.fields["evidence"].label = _("Another evidence in place of the present one")
        self.helper = helper()
        self.helper.layout = Layout(
            _row(contribution=8, given_on=4),
            "what",
            _row(quantity=4, unit=4, unit_value=4),
            _row(valuation=4, valuation_note=8),
            "evidence",
            "claim_key",
            "version",
        )

    def clean_quantity(self):
        return _positive(self.cleaned_data["quantity"])

    def clean_unit_value(self):
        return _positive(self.cleaned_data["unit_value"])

    def begin_another(self):
        """Sent once more, what was typed is a contribution of its own."""
        self.go_on_with(claim_key=uuid.uuid4())

    def claimed(self):
        """What the verbs need."""
        hidden = ("claim_key", "version")
        return {name: value for name, value in self.cleaned_data.items() if name not in hidden}


class VerifyForm(VerbForm):
    accepted = AmountField(
        label=_("Accepted value, som"),
        help_text=_("Up to the claim. 0 means that nothing is accepted."),
    )
    note = forms.CharField(
        label=_("Remark on the verification"),
        max_length=2000,
        required=False,
        widget=words(3),
        help_text=_("Needed when less is accepted than was claimed."),
    )
    version = forms.IntegerField(widget=kept_input())

    def __init__(self, *args, item, version, **kwargs):
        initial = {"accepted": item.claimed_kgs, "version": version}
        super().__init__(*args, initial=initial, **kwargs)
        self.helper = helper()
        self.helper.layout = Layout(_row(accepted=4), "note", "version")


class PromiseForm(VerbForm):
    decision = forms.CharField(
        label=_("Decision or letter"),
        max_length=250,
        help_text=_("Number and date of what the change rests on."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=words(3),
        help_text=_("Kept with the plan; the municipality and the project staff read it."),
        error_messages={"required": _("Give a reason. It is kept with the plan.")},
    )


class ReviseForm(PromiseForm):
    """number: that of the revision which this form makes."""

    amount = AmountField(
        label=_("Promised from then on, som"),
        help_text=_("The whole promise, not the difference. 0 means that it is withdrawn."),
    )
    effective_on = DayField(label=_("From which day"))
    document = UploadField(label=_("The decision as a file"), required=False)
    number = forms.IntegerField(widget=kept_input())

    def __init__(self, *args, number, **kwargs):
        super().__init__(*args, initial={"number": number}, **kwargs)
        self.helper = helper()
        self.helper.layout = Layout(
            _row(amount=6, effective_on=6), "reason", _row(decision=6, document=6), "number"
        )


class AddPromiseForm(PromiseForm):
    """after: the newest contribution of the plan when the form was opened."""

    source = forms.ChoiceField(label=_("Source"), choices=[CHOOSE, *Source.choices])
    form = forms.ChoiceField(
        label=pgettext_lazy("of a contribution", "Form"), choices=Form.choices, initial=Form.CASH
    )
    amount = AmountField(label=_("Amount, som"), help_text=_("For example 1 234,50 or 1234.50."))
    promised_on = DayField(label=_("Promised on"))
    after = forms.IntegerField(widget=kept_input())

    def __init__(self, *args, after, **kwargs):
        super().__init__(*args, initial={"after": after}, **kwargs)
        self.fields["reason"].required = False
        self.helper = helper()
        self.helper.layout = Layout(
            _row(source=8, form=4), _row(amount=6, promised_on=6), "decision", "reason", "after"
        )

    def clean_amount(self):
        return _positive(self.cleaned_data["amount"], _("A new promise is more than 0."))


MORE_THAN_NOTHING = _("This must be more than 0.")


def _positive(value, message=MORE_THAN_NOTHING):
    if value <= 0:
        raise forms.ValidationError(message, code="zero")
    return value


def _said(item):
    if not item:
        return {}
    names = ["contribution", "given_on", "what", "quantity", "unit", "valuation", "valuation_note"]
    return {name: getattr(item, name) for name in names} | {"unit_value": item.unit_value_kgs}


def _row(**columns):
    fields = [Column(name, css_class=f"col-md-{width}") for name, width in columns.items()]
    return Row(*fields)

"""The form with which a municipality notes how far it is with a practice."""

from crispy_forms.layout import Div, Field
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from action_plans.form_fields import check_year
from action_plans.forms import helper
from action_plans.forms_money import DateInput
from lib.money_fields import AmountField
from municipalities.models import Municipality, current_language

from .conflict import revision_field
from .models import TakeOverState
from .taking_over import TYPED, plans_to_choose

LONG = 5000


class PlanField(forms.ModelChoiceField):
    def label_from_instance(self, plan):
        return f"{plan.reference} · {plan.title} · {plan.get_status_display()}"


class TakeOverForm(forms.Form):
    state = forms.ChoiceField(
        label=_("How far it is"),
        choices=TakeOverState,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how far it is.")},
    )
    plan = PlanField(
        queryset=None,
        required=False,
        label=_("With the action plan"),
        empty_label=_("without a plan in the portal"),
        help_text=_("Its cost is shown beside that of the practice, once the plan is approved."),
        error_messages={"invalid_choice": _("This is not a plan of this municipality.")},
    )
    started_on = forms.DateField(
        label=_("Running since"),
        required=False,
        widget=DateInput(),
        help_text=_("Day, month, year, for example 16.08.2018. Needed when it is running."),
        error_messages={"invalid": _("This is not a date. Write it like 16.08.2018.")},
        validators=[check_year],
    )
    cost_kgs = AmountField(
        required=False,
        label=_("Cost there, som"),
        help_text=_("Only without a plan: of a plan the cost is read, not typed again."),
    )
    result = forms.CharField(
        required=False,
        max_length=LONG,
        label=_("Result there"),
        widget=forms.Textarea(attrs={"rows": 4, "class": "grow"}),
        help_text=_("What it brought, in numbers if there are any. Everybody reads it."),
    )
    language = forms.ChoiceField(
        required=False, choices=settings.LANGUAGES, label=_("The result is written in")
    )
    given_up_reason = forms.CharField(
        required=False,
        max_length=LONG,
        label=_("Why it was given up"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "grow"}),
        help_text=_("Needed when it was given up. Others learn from it."),
    )
    revision = revision_field()

    helper = helper(
        Field("revision"),
        Field("state"),
        Div(
            Field("plan", wrapper_class="col-md-6"),
            Field("cost_kgs", wrapper_class="col-md-3"),
            Field("started_on", wrapper_class="col-md-3"),
            css_class="row gx-3",
        ),
        Field("result"),
        Div(Field("language", wrapper_class="col-md-4"), css_class="row gx-3"),
        Field("given_up_reason"),
    )

    def __init__(self, data=None, *, row, municipality):
        super().__init__(data, use_required_attribute=False, initial=initial_of(row))
        plans = plans_to_choose(municipality).prefetch_related("texts")
        self.fields["plan"].queryset = plans.order_by("-starts_on", "reference")

    @property
    def typed(self):
        return {name: self.cleaned_data.get(name) for name in TYPED}


def initial_of(row):
    if row is None:
        return {"state": TakeOverState.INTERESTED, "language": current_language(), "revision": 0}
    values = {name: getattr(row, name) for name in TYPED} | {"revision": row.revision}
    return values | {"language": row.language or current_language()}


class WhoForm(forms.Form):
    """The office says which municipality it is about."""

    municipality = forms.ModelChoiceField(
        queryset=Municipality.objects.none(), to_field_name="code", label=_("Municipality")
    )

    def __init__(self, data=None):
        super().__init__(data)
        places = Municipality.objects.current().select_related("district").by_name()
        self.fields["municipality"].queryset = places
        self.fields["municipality"].label_from_instance = _with_district
        self.fields["municipality"].widget.attrs["class"] = "form-select"


def _with_district(place):
    """31 names are used more than once."""
    return f"{place.name} · {place.district.name}" if place.district else place.name

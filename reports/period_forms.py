"""The forms of reporting periods."""

from django import forms
from django.utils.translation import gettext_lazy as _

from action_plans.forms_tranches import day_field
from action_plans.models import Phase

DAY_HELP = _("Day, month, year, for example 30.06.2018.")


class DaysForm(forms.Form):
    """Of a period that is open."""

    starts_on = day_field(_("First day"), help_text=DAY_HELP)
    ends_on = day_field(_("Last day"))


class PeriodForm(DaysForm):
    phase = forms.ModelChoiceField(Phase.objects.all(), label=_("Phase"), empty_label=None)
    field_order = ["phase"]


class CloseForm(forms.Form):
    """accepted: the digest of the list on the page. The days are those of the next period; empty: none."""

    accepted = forms.CharField(widget=forms.HiddenInput, required=False)
    read = forms.BooleanField(
        label=_("I have read this list and accept that it stands in the report"),
        error_messages={"required": _("Read the list and tick that it stands in the report.")},
    )
    starts_on = day_field(_("First day of the next period"), required=False)
    ends_on = day_field(
        _("Last day of the next period"),
        required=False,
        help_text=_("Leave both days empty to add the next period later."),
    )

    def clean(self):
        typed = self.cleaned_data
        if bool(typed.get("starts_on")) != bool(typed.get("ends_on")):
            for name in ("starts_on", "ends_on"):
                if not typed.get(name) and name not in self.errors:
                    self.add_error(name, _("Give both days of the next period, or neither."))
        return typed

    @property
    def following(self):
        days = self.cleaned_data["starts_on"], self.cleaned_data["ends_on"]
        return days if all(days) else None


class ReopenForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays with the period, with your name; donors read it."),
        error_messages={"required": _("Give a reason. It stays with the period.")},
    )

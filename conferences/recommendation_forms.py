from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from action_plans.forms import helper, third
from municipalities.models import Municipality

from .conflict import revision_field
from .forms_presentations import check_site
from .models import Recommendation, RecommendationStep


class RecommendationForm(forms.ModelForm):
    revision = revision_field()

    class Meta:
        model = Recommendation
        fields = ["municipality", "due_on", "source"]
        widgets = {"source": forms.TextInput, "due_on": forms.DateInput(attrs={"size": 12})}
        help_texts = {
            "municipality": _("Empty: to the institution named above."),
            "due_on": _("For example 16.08.2018. Empty: no day was named."),
        }

    def __init__(self, *args, event, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision if self.instance.pk else 0
        self.fields["municipality"].empty_label = pgettext("recommendation to", "no municipality")
        self.fields["municipality"].queryset = municipalities_of(event, self.instance)
        self.helper = helper(third("municipality"), third("due_on"), "source", "revision")


def municipalities_of(event, recommendation):
    """Who hosted, came or presented; all of the country where nobody is named yet."""
    named = (
        Q(hosted_events=event)
        | Q(attendance__event=event)
        | Q(presentations__event=event)
        | Q(recommendations=recommendation if recommendation.pk else None)
    )
    found = Municipality.objects.filter(named).distinct()
    return (found if found.exists() else Municipality.objects.current()).by_name()


class StepForm(forms.ModelForm):
    file = forms.FileField(
        required=False,
        label=_("File that proves it"),
        help_text=_("PDF, JPG, PNG, DOCX or XLSX, at most 20 MB."),
    )

    link = forms.URLField(
        required=False,
        max_length=500,
        assume_scheme="https",
        validators=[check_site],
        label=_("Link to the evidence"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )

    class Meta:
        model = RecommendationStep
        fields = ["note", "link"]
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("note", "link", "file")

    def validate_constraints(self):
        """What a step needs depends on the step: conferences.recommendations.take()."""

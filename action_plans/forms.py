"""The parts of the plan's form; entry.py puts them together."""

import uuid

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext_lazy as _

from lib.money_fields import AmountField

from .facts import DATES, LANGUAGE, PLAIN, REASON, TEXTS, text_in
from .form_fields import CountField, PartialDateField, kept_input
from .models import ActionPlan, Phase, PlanText

DATE_HELP = _("Like 16.08.2018; or 08.2018, or 2018, when no more is known.")


def helper(*layout):
    shape = FormHelper()
    shape.form_tag = False
    shape.disable_csrf = True
    shape.layout = Layout(*layout)
    return shape


def third(name, **options):
    return Field(name, wrapper_class="col-md-4", **options)


class PlanForm(forms.ModelForm):
    cost_kgs = AmountField(
        required=False,
        label=_("Planned cost, som"),
        help_text=_("Not known yet? Leave empty."),
    )
    starts_on = PartialDateField(required=False, label=_("Start"), help_text=DATE_HELP)
    ends_on = PartialDateField(required=False, label=_("End"), help_text=DATE_HELP)
    beneficiaries_total = CountField(required=False, label=_("People who benefit"))
    beneficiaries_women = CountField(required=False, label=_("Women"))
    beneficiaries_men = CountField(required=False, label=_("Men"))
    beneficiaries_children = CountField(required=False, label=_("Children"))
    stays_under = forms.BooleanField(required=False, label=_("Leave under the minimum"))
    under_minimum_reason = forms.CharField(
        required=False,
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Will be visible to the donor."),
    )
    version = forms.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, widget=kept_input()
    )
    key = forms.UUIDField(required=False, widget=kept_input())

    class Meta:
        model = ActionPlan
        fields = [
            "phase",
            "villages",
            "cost_kgs",
            "starts_on",
            "ends_on",
            "beneficiaries_total",
            "beneficiaries_women",
            "beneficiaries_men",
            "beneficiaries_children",
        ]
        widgets = {"villages": forms.Textarea(attrs={"rows": 1, "class": "grow"})}

    # A constraint that fails is told at this field.
    TOLD_AT = {
        "plan_ends_after_it_starts": "ends_on",
        "plan_cost_within_limits": "cost_kgs",
        "plan_women_and_men_within_all": "beneficiaries_total",
    }
    basics = helper(
        Div(
            Field("phase", wrapper_class="col-md-4"),
            Field("villages", wrapper_class="col-md-8"),
            third("starts_on"),
            third("ends_on"),
            third("cost_kgs"),
            css_class="row gx-3",
        )
    )
    people = helper(
        Div(
            *(
                Field(f"beneficiaries_{who}", wrapper_class="col-6 col-md-3")
                for who in ["total", "women", "men", "children"]
            ),
            css_class="row gx-3 align-items-end",
        )
    )
    confirmation = helper("stays_under", "under_minimum_reason")
    hidden = helper("version", "key")

    def __init__(self, *args, facts, version, may_confirm, **kwargs):
        super().__init__(*args, initial={**_initial(facts), "version": version}, **kwargs)
        self.facts = facts
        self.phases = {phase.pk: phase for phase in Phase.objects.order_by("-starts_on")}
        self.fields["phase"].queryset = Phase.objects.order_by("-starts_on")
        self.fields["phase"].empty_label = None
        self.fields["phase"].label_from_instance = lambda phase: phase.name
        self.fields["under_minimum_reason"].is_needed = True
        if not may_confirm:
            del self.fields["stays_under"], self.fields["under_minimum_reason"]

    def clean_starts_on(self):
        return self._day("starts_on")

    def clean_ends_on(self):
        return self._day("ends_on")

    def _day(self, name):
        """The date for the model; the precision it was known with stays until the date changes."""
        typed, known = self.cleaned_data[name], self.facts.get((name,))
        date = known if typed and typed.is_same_as(known) else typed
        self.dates = {**getattr(self, "dates", {}), name: date}
        return date.day if date else None

    def clean(self):
        data = super().clean()
        if data.get("stays_under") and not data.get("under_minimum_reason"):
            self.add_error("under_minimum_reason", _("Say why the share stays under the minimum."))
        return data

    def _post_clean(self):
        super()._post_clean()
        untold = self._errors.pop(NON_FIELD_ERRORS, None)
        told_at = {
            str(constraint.violation_error_message): self.TOLD_AT.get(constraint.name)
            for constraint in ActionPlan._meta.constraints
        }
        for error in untold.as_data() if untold else []:
            self.add_error(told_at.get(str(error.message)), error)

    def typed_facts(self):
        data = self.cleaned_data
        facts = {(name,): data.get(name.removesuffix("_id")) for name in PLAIN}
        facts["phase_id",] = data["phase"].pk
        facts |= {(name,): self.dates.get(name) for name in DATES}
        facts[REASON] = (data.get("stays_under") and data.get("under_minimum_reason")) or None
        return facts


def _initial(facts):
    initial = {name.removesuffix("_id"): facts.get((name,)) for name in [*PLAIN, *DATES]}
    reason = facts.get(REASON)
    return initial | {
        "stays_under": bool(reason),
        "under_minimum_reason": reason,
        "key": uuid.uuid4(),
    }


def _long(rows=3):
    return forms.Textarea(attrs={"rows": rows, "class": "grow"})


class TextForm(forms.ModelForm):
    """The texts of a plan in one language."""

    class Meta:
        model = PlanText
        fields = TEXTS
        labels = {
            "title": _("Title"),
            "problem": _("Problem"),
            "objective": _("Objective"),
            "works": _("What is bought or built"),
            "provider": _("Provider or partner"),
            "upkeep": _("How upkeep is paid"),
            "beneficiaries_note": _("Other groups and details"),
        }
        widgets = {
            "title": _long(1),
            "provider": _long(1),
            **{name: _long() for name in ["problem", "objective", "works", "upkeep"]},
            "beneficiaries_note": _long(2),
        }
        error_messages = {"title": {"required": _("Write a title.")}}

    helper = helper(*TEXTS)

    def clean(self):
        data = super().clean()
        return {
            name: value.replace("\r\n", "\n") if isinstance(value, str) else value
            for name, value in data.items()
        }

    def typed_facts(self, language):
        return {("texts", language, name): self.cleaned_data.get(name, "") for name in TEXTS}


class OriginalForm(TextForm):
    """… in the language they were written in."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, label=_("Written in"))

    head = helper(
        Div(
            Field("title", wrapper_class="col-md-8"),
            third("language"),
            css_class="row gx-3 align-items-end",
        )
    )
    body = helper("problem", "objective", "works", "provider", "upkeep")
    note = helper("beneficiaries_note")

    def __init__(self, *args, facts, **kwargs):
        language = facts[LANGUAGE]
        initial = {"language": language, **text_in(facts, language)}
        super().__init__(*args, initial=initial, prefix="text", **kwargs)
        for name in TEXTS:
            self.fields[name].widget.attrs["lang"] = language


class TranslationForm(TextForm):
    """… in another language: all of it can stay empty."""

    def __init__(self, *args, language, facts, **kwargs):
        is_original = facts[LANGUAGE] == language
        super().__init__(
            *args,
            initial={} if is_original else text_in(facts, language),
            prefix=language,
            empty_permitted=True,
            use_required_attribute=False,
            **kwargs,
        )
        self.language, self.language_name = language, dict(settings.LANGUAGES)[language]
        for name in TEXTS:
            self.fields[name].widget.attrs["lang"] = language
        self.fields["title"].error_messages["required"] = _(
            "A translation needs its title. Write it, or empty the other fields of this language."
        )

    def same_as_original(self):
        return _(
            "The plan is written in this language. Choose another one under “Written in”, "
            "or empty these fields."
        )

    @property
    def is_filled(self):
        return any(self[name].value() for name in TEXTS)

    def has_changed(self):
        # Compared with nothing, not with the stored text: emptying everything removes the translation.
        return self.is_bound and self.is_filled

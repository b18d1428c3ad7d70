"""The form for facts of an approved plan: a part of the plan's own form, and a reason."""

from crispy_forms.layout import Div
from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .entry import complete, keep_quiet, problems_of
from .facts import DATES, facts_of
from .facts_correction import PLAIN
from .form_fields import check_year
from .form_rows import AreaFormSet, AreaRow, area_choices, area_initial
from .forms import PlanForm, helper, third
from .forms_money import DateInput


def day_field(label, help_text):
    return forms.DateField(
        label=label,
        required=False,
        initial=timezone.localdate,
        widget=DateInput(),
        help_text=help_text,
        error_messages={"invalid": _("This is not a date. Write it like 16.08.2018.")},
        validators=[check_year],
    )


class FactsForm(PlanForm):
    effective_on = day_field(
        _("From which day"),
        _(
            "When the fact became so; for a misprint leave today. Reports about earlier days keep the "
            "old value."
        ),
    )
    areas_on = day_field(
        _("In this service area from which day"),
        _("Only when the service area changes. Reports about earlier days keep the old one."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the history of the plan."),
        error_messages={"required": _("Give a reason. It is kept with the plan.")},
    )

    basics = helper(
        Div(third("cost_kgs"), third("starts_on"), third("ends_on"), css_class="row gx-3")
    )
    moved = helper(Div(third("areas_on"), css_class="row gx-3"))
    since = helper(Div(third("effective_on"), css_class="row gx-3"))
    why = helper("reason")
    hidden = helper("version")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, may_confirm=False, **kwargs)
        for name in ("phase", "villages", "key"):
            del self.fields[name]

    def typed_facts(self):
        facts = {(name,): self.cleaned_data.get(name) for name in PLAIN}
        return facts | {(name,): self.dates.get(name) for name in DATES}


GIVEN = ["reason", "effective_on", "areas_on"]


class FactsEntry:
    """The form and the rows of service areas as one thing."""

    def __init__(self, *, plan, facts=None, data=None, kept=None):
        self.facts = facts or facts_of(plan)
        self.data = complete(data) if data is not None else None
        self.form = FactsForm(self.data, facts=self.facts, version=plan.version)
        self.form.initial |= kept or {}
        choices = {"choices": [AreaRow.NONE, *area_choices()]}
        source = {"initial": area_initial(self.facts)} if data is None else {"data": self.data}
        self.areas = AreaFormSet(prefix="areas", form_kwargs=choices, **source)

    @property
    def parts(self):
        return [self.form, self.areas]

    def is_valid(self):
        return all([part.is_valid() for part in self.parts])  # noqa: C419 -- each shows its errors

    def typed(self):
        return self.form.typed_facts() | self.areas.typed_facts()

    @property
    def base(self):
        """The version the form was opened with."""
        return self.form.cleaned_data.get("version") or 0

    @property
    def given(self):
        """What is said about the correction: the reason, and from which days it holds."""
        return {name: self.form.cleaned_data[name] for name in GIVEN}

    @cached_property
    def problems(self):
        """[(id to jump to, label, message)] in the order of the page."""
        return [*problems_of(self.form), *problems_of(self.areas)]

    def keep_quiet(self):
        keep_quiet(self.parts)

"""The whole form of a plan: its parts as one thing that can be filled, checked, read and shown again."""

import uuid

from django.conf import settings
from django.core.exceptions import BadRequest
from django.forms.utils import ErrorDict, ErrorList
from django.utils.functional import cached_property

from municipalities.models import current_language

from .editing import was_ever_of
from .facts import LANGUAGE, LEAD, facts_of, part, without_empty
from .form_rows import (
    CHOOSE,
    WHOLE,
    AreaFormSet,
    AreaRow,
    MoneyFormSet,
    PlaceFormSet,
    area_choices,
    area_initial,
    money_initial,
    municipality_choices,
    place_initial,
)
from .forms import OriginalForm, PlanForm, TranslationForm
from .models import Form, Payment, Phase, Source
from .sums import Sums

COLOURS = {"own_cash_kgs": "own", "own_in_kind_kgs": "in-kind", "grant_kgs": "grant"}
FORMSETS = ["places", "areas", "money"]


class PlanEntry:
    def __init__(self, *, user, plan=None, facts=None, data=None, today=None):
        self.user, self.plan = user, plan
        self.stored = facts_of(plan) if plan else _new_facts(user, today)
        self.facts = facts or self.stored
        self.data = complete(data) if data is not None else None
        self.form = PlanForm(
            self.data,
            facts=self.facts,
            version=plan.version if plan else None,
            may_confirm=user.works_for_programme,
        )
        self.text = OriginalForm(self.data, facts=self.facts)
        self.translations = [
            TranslationForm(self.data, facts=self.facts, language=language)
            for language, _name in settings.LANGUAGES
        ]
        self.places = self._places()
        self.areas = self._formset(
            AreaFormSet, "areas", area_initial, choices=[AreaRow.NONE, *area_choices()]
        )
        self.money = self._formset(MoneyFormSet, "money", money_initial, paid=self._paid())
        if self.data is not None:
            self._refuse_strange_rows()

    # --- Building ---

    def _formset(self, formset, prefix, initial, *, options=None, **form_kwargs):
        source = {"data": self.data} if self.data is not None else {"initial": initial(self.facts)}
        return formset(prefix=prefix, form_kwargs=form_kwargs, **source, **(options or {}))

    def _places(self):
        choices = [CHOOSE, *municipality_choices(part(self.facts, "places"))]
        return self._formset(
            PlaceFormSet,
            "places",
            place_initial,
            options={"fixed_lead": self._fixed_lead()},
            choices=choices,
        )

    def _fixed_lead(self):
        """For municipal people the municipality that leads is given."""
        if self.user.works_for_programme:
            return None
        return self.plan.lead if self.plan else self.user.municipality

    def _paid(self):
        if not self.plan:
            return {}
        rows = Payment.objects.filter(contribution__plan=self.plan).values_list(
            "contribution", "contribution__source", "contribution__form"
        )
        return {pk: (source, form) for pk, source, form in rows.distinct()}

    def _refuse_strange_rows(self):
        ids = self.money.ids
        known = was_ever_of(self.plan, ids) if ids and self.plan else set()
        if len(ids) > len(known):
            raise BadRequest("contribution of another plan, or the same one twice")

    # --- Asking ---

    @property
    def parts(self):
        return [self.form, self.text, *self.translations, *(getattr(self, n) for n in FORMSETS)]

    def is_valid(self):
        valid = all([part.is_valid() for part in self.parts])  # noqa: C419 -- each shows its errors
        if {"version", "key"} & self.form.errors.keys():
            raise BadRequest("hidden fields of a plan's form")
        return valid and self._languages_fit()

    def _languages_fit(self):
        language = self.text.cleaned_data["language"]
        twice = [form for form in self.translations if form.language == language and form.is_filled]
        for form in twice:
            form.add_error("title", form.same_as_original())
        return not twice

    def typed(self):
        """What was entered, once it is valid."""
        language = self.text.cleaned_data["language"]
        facts = {LANGUAGE: language, **self.form.typed_facts(), **self.text.typed_facts(language)}
        for form in self.translations:
            if form.is_filled:
                facts |= form.typed_facts(form.language)
        for name in FORMSETS:
            facts |= getattr(self, name).typed_facts()
        return without_empty(facts)

    @property
    def base(self):
        """The version the form was opened with."""
        return self.form.cleaned_data.get("version") or 0

    @property
    def key(self):
        return self.form.cleaned_data.get("key") or uuid.uuid4()

    # --- Showing ---

    @cached_property
    def sums(self):
        phase = str(self.form["phase"].value())
        chosen = next((p for pk, p in self.form.phases.items() if str(pk) == phase), None)
        return Sums(
            cost=self.form["cost_kgs"].value(),
            rows=[(row.pot, row["amount_kgs"].value()) for row in self.money.shown],
            phase=chosen,
        )

    @property
    def sum_rows(self):
        """[(name, colour, label, amount)] of the sum, in the order of every bar."""
        labels = {f"{source}_kgs": label for source, label in Source.choices}
        own = Source.MUNICIPALITY.label
        labels |= {"own_cash_kgs": own, "own_in_kind_kgs": f"{own}, {Form.IN_KIND.label}"}
        return [
            (name, COLOURS.get(name, "other"), labels[name], amount)
            for name, amount in self.sums.money.items()
        ]

    @property
    def other_languages(self):
        """Translations to offer: not of the original's own language, unless something stands in it."""
        language = self.text["language"].value()
        return [f for f in self.translations if f.language != language or f.is_filled]

    @cached_property
    def problems(self):
        """[(id to jump to, label, message)] in the order of the page."""
        found = []
        for shown in [
            self.text,
            *self.translations,
            self.places,
            self.areas,
            self.form,
            self.money,
        ]:
            found += problems_of(shown)
        return found

    def keep_quiet(self):
        keep_quiet(self.parts)


def keep_quiet(parts):
    """Show what was typed again without judging it: a row was added or removed, nothing was saved."""
    for shown in parts:
        for form in getattr(shown, "forms", [shown]):
            form._errors = ErrorDict()
        if hasattr(shown, "forms"):
            shown._errors, shown._non_form_errors = (
                [ErrorDict() for _f in shown.forms],
                ErrorList(),
            )


def problems_of(shown):
    if not shown.is_bound:
        return
    if hasattr(shown, "forms"):
        for message in shown.non_form_errors():
            yield f"{shown.prefix}-rows", "", message
    for form in getattr(shown, "shown", [shown]):
        for name, messages in form.errors.items():
            for message in messages:
                yield (
                    (form[name].id_for_label, form[name].label, message)
                    if name != "__all__"
                    else ("main", "", message)
                )


def _new_facts(user, today):
    phases = list(Phase.objects.order_by("starts_on"))
    now = [phase for phase in phases if phase.starts_on <= today <= phase.ends_on] or phases[-1:]
    facts = {LANGUAGE: current_language()}
    if now:
        facts["phase_id",] = now[-1].pk
    if user.is_municipal:
        facts |= {LEAD: user.municipality_id, ("places", user.municipality_id): WHOLE}
    return facts


# --- Rows without a script: a button that adds or removes one sends the whole form ----------------


def complete(data):
    """Counts that no person types: a form without them is an empty one, not a broken page."""
    data = data.copy()
    for prefix in FORMSETS:
        data[f"{prefix}-TOTAL_FORMS"] = str(_count(data.get(f"{prefix}-TOTAL_FORMS", "")))
        data[f"{prefix}-INITIAL_FORMS"] = "0"
    return data


def _count(typed):
    """At least one row; of more than any form may have, only so many digits that it can be read."""
    return max(int(typed[:4]), 1) if typed.isdecimal() else 1


def rearranged(data):
    """The data after “add” or “remove”; None when neither was pressed."""
    if "add" in data:
        prefix = data["add"] if data["add"] in FORMSETS else "money"
        data = complete(data)
        data[f"{prefix}-TOTAL_FORMS"] = str(int(data[f"{prefix}-TOTAL_FORMS"]) + 1)
        return data
    for action, value in [("remove", "on"), ("restore", "")]:
        if data.get(action, "").rpartition("-")[0] in FORMSETS:
            row, data = data[action], data.copy()
            data[f"{row}-DELETE"] = value
            return data
    return None

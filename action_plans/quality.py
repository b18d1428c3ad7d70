"""The page of everything that does not add up: which plans a person sees, by check, and of which place."""

from datetime import date
from typing import NamedTuple

from django import forms
from django.db.models import Count, Exists, F, OuterRef, Prefetch
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from municipalities.models import Municipality, Region

from .filters import COUNTED_STATES, STATES
from .models import COUNTED, ActionPlan, Check, Finding, Phase, PlanMunicipality, PlanText

FIRST = 20
EVERYWHERE = "all"
# What becomes true by waiting; the others have no day.
DATED = {Check.NO_PAYMENT, Check.NOT_VERIFIED, Check.NO_COMMENT}
SELECTS = ["check", "status", "region", "phase"]
NOT_SHOWN = ["source", "source_note", "search_key", "villages"]


class Chip(NamedTuple):
    label: str
    words: str
    query: str  # the filter without it


def known_choice(label, empty, choices):
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", empty), *choices],
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": gettext_lazy("“%(value)s” is not known here.")},
    )


class QualityForm(forms.Form):
    check = known_choice(
        pgettext_lazy("check", "What does not add up"),
        pgettext_lazy("check", "Everything"),
        Check.choices,
    )
    municipality = forms.CharField(
        label=gettext_lazy("Municipality"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, data):
        super().__init__(data)
        regions = [(region.iso, region.name) for region in Region.objects.by_name()]
        phases = [(phase.code, phase.name) for phase in Phase.objects.all()]
        states = [state for state in STATES if state[0] == COUNTED_STATES]
        self.fields["status"] = known_choice(_("Status"), _("submitted and later"), states)
        self.fields["region"] = known_choice(_("Region"), _("All regions"), regions)
        self.fields["phase"] = known_choice(_("Phase"), _("All phases"), phases)

    def clean_municipality(self):
        """A Municipality; None: not chosen; “all”: everywhere."""
        code = self.cleaned_data["municipality"]
        if code in ("", EVERYWHERE):
            return code or None
        if place := Municipality.objects.filter(code=code).first():
            return place
        raise forms.ValidationError(_("“%(value)s” is not known here.") % {"value": code[:40]})


class Quality:
    """What one person sees on one day with one filter."""

    def __init__(self, data, *, user, on):
        self.data, self.user, self.on = filled(data), user, on
        self.form = QualityForm(self.data)
        self.is_known = self.form.is_valid()

    # What is found

    @cached_property
    def findings(self):
        if not self.is_known:
            return Finding.objects.none()
        findings = Finding.objects.on(self.on).of_plans_visible_to(self.user)
        chosen = self.form.cleaned_data
        if chosen["status"]:
            findings = findings.filter(plan__status__in=COUNTED)
        if chosen["phase"]:
            findings = findings.filter(plan__phase__code=chosen["phase"])
        if chosen["region"]:
            region = Region.objects.filter(iso=chosen["region"])
            findings = findings.filter(_in(municipality__region__in=region))
        if self.places:
            findings = findings.filter(_in(municipality__in=self.places))
        return findings

    @cached_property
    def places(self):
        """Ids of the municipalities it is about; None: of all. Municipal people begin with their own."""
        chosen = self.form.cleaned_data["municipality"]
        if chosen is None:
            return self.user.municipality_ids if self.user.is_municipal else None
        if chosen == EVERYWHERE:
            return None
        own = self.user.municipality_ids
        return own if chosen.pk in own else {chosen.pk}

    @cached_property
    def numbers(self):
        """{check: how many plans}, in the order of Check; without those that all plans pass."""
        rows = self.findings.order_by().values_list("check_name").annotate(Count("pk"))
        numbers = dict(rows)
        return {check: numbers[check] for check in Check if numbers.get(check)}

    @property
    def check(self):
        """The one that was chosen."""
        chosen = self.form.cleaned_data.get("check")
        return Check(chosen) if chosen else None

    @cached_property
    def first(self):
        """{check: its first findings}, asked in one query."""
        # Each by its ids: SQLite does not know a union of rows that are cut off.
        asked = [self.of(check)[:FIRST].values("pk") for check in self.numbers or DATED]
        every = [Finding.objects.filter(pk__in=ids) for ids in asked]
        found = {check: [] for check in self.numbers}
        for finding in sorted(every[0].union(*every[1:], all=True), key=_in_turn):
            found[Check(finding.check_name)].append(finding)
        return found

    def of(self, check):
        """What has waited longest comes first, else the older plan; as _in_turn()."""
        rows = self.findings.filter(check_name=check)
        if check in DATED:
            return rows.order_by(F("since_on").asc(nulls_first=True), "plan_id")
        return rows.filter(since_on=None).order_by("plan_id")

    # What the page shows of the filter

    @property
    def fields(self):
        return [self.form[name] for name, _field in self._selects()]

    @property
    def query(self):
        return self.data.urlencode()

    def query_with(self, **values):
        query = self.data.copy()
        for name, value in values.items():
            query[name] = value
        return query.urlencode()

    @cached_property
    def chips(self):
        return [
            Chip(field.label, dict(field.choices).get(value, value), self._query_without(name))
            for name, field in self._selects()
            if (value := self.data.get(name))
        ] + self._chip_of_place()

    def _chip_of_place(self):
        if not self.is_known or not self.places:
            return []
        chosen = self.form.cleaned_data["municipality"] or self.user.municipality
        return [Chip(_("Municipality"), chosen.name, self._query_everywhere())]

    @property
    def own_query(self):
        """Back to the own municipality, for who has one and looks at others."""
        here = self.is_known and self.places == self.user.municipality_ids
        return None if here or not self.user.is_municipal else self._query_without("municipality")

    @property
    def problems(self):
        return [
            (self.form.fields[name].label, message)
            for name, messages in self.form.errors.items()
            for message in messages
        ]

    def _selects(self):
        fields = self.form.fields
        return [(name, fields[name]) for name in SELECTS]

    def _query_without(self, name):
        query = self.data.copy()
        query.pop(name, None)
        return query.urlencode()

    def _query_everywhere(self):
        if self.user.is_municipal:
            return self.query_with(municipality=EVERYWHERE)
        return self._query_without("municipality")


def filled(data):
    """Our own parameters, filled: no two addresses for one filter."""
    query = QueryDict(mutable=True)
    for name in [*SELECTS, "municipality"]:
        value = str(data.get(name) or "").replace("\x00", "\ufffd").strip()
        if value:
            query[name] = value
    return query


def _in(**place):
    return Exists(PlanMunicipality.objects.filter(plan=OuterRef("plan"), **place))


def _in_turn(finding):
    return finding.since_on or date.min, finding.plan_id


def plans_of(findings):
    """{id: plan with what its row shows}"""
    titles = PlanText.objects.only("plan", "language", "is_original", "title")
    plans = ActionPlan.objects.select_related("phase", "lead").defer(*NOT_SHOWN)
    keys = {finding.plan_id for finding in findings}
    return plans.prefetch_related(Prefetch("texts", titles)).in_bulk(keys)


def count_for(user, *, on):
    """{check: number} of everything a person sees, for the links that lead here."""
    rows = Finding.objects.on(on).of_plans_visible_to(user).order_by()
    return dict(rows.values_list("check_name").annotate(Count("pk")))

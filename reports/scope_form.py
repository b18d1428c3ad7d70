"""The filter of every donor table and report: an address is read here, and nowhere else.

What is not known, and a day for which there are no figures, becomes a sentence in Scope.problems: then the
page shows it in place of figures, and there is no file.
"""

from datetime import datetime, time

from django import forms
from django.db.models import Min
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.models import Role
from action_plans.models import (
    ActionPlan,
    Payment,
    Phase,
    ReportingPeriod,
    ServiceArea,
    Source,
    Tranche,
)
from lib import currencies
from lib.dates import format_partial, parse_date
from municipalities.models import Municipality, Region

from . import equivalents
from .donor_tables.registry import ALL
from .models.template import Basis, RateBasis
from .scope import Scope

NO_AREA = "none"
NOT_KNOWN = gettext_lazy("“%(value)s” is not known here.")
OFFERED_CURRENCIES = ["CHF", "EUR", "USD"]
# What is meant without a word; an address that says it means the same.
USUAL = {"basis": Basis.CASH, "currency": currencies.KGS, "rate_basis": RateBasis.END}


class DayField(forms.DateField):
    """A day as an address writes it (2018-12-31) or as people do (31.12.2018)."""

    def to_python(self, value):
        return parse_date(value) if isinstance(value, str) and value.strip() else None


class Choice(forms.ChoiceField):
    def __init__(self, *, label, empty):
        self.empty = empty
        super().__init__(
            label=label,
            required=False,
            choices=[("", empty)],
            widget=forms.Select(attrs={"class": "form-select"}),
            error_messages={"invalid_choice": NOT_KNOWN},
        )

    def offer(self, options):
        self.choices = [("", self.empty), *options]


def hidden(label):
    return forms.CharField(label=label, required=False, widget=forms.HiddenInput)


class ScopeForm(forms.Form):
    programme = Choice(label=gettext_lazy("Programme"), empty=gettext_lazy("All programmes"))
    phase = Choice(label=gettext_lazy("Phase"), empty=gettext_lazy("All phases"))
    period = Choice(
        label=pgettext_lazy("filter of reports", "Period"),
        empty=gettext_lazy("No period: everything up to a day"),
    )
    as_of = DayField(
        label=pgettext_lazy("filter of reports", "As of the day"),
        required=False,
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "inputmode": "numeric",
                "autocomplete": "off",
                "maxlength": 10,
                "placeholder": gettext_lazy("31.12.2018"),
            }
        ),
    )
    region = Choice(label=gettext_lazy("Region"), empty=gettext_lazy("All regions"))
    municipality = Choice(
        label=gettext_lazy("Municipality"), empty=gettext_lazy("All municipalities")
    )
    area = Choice(label=gettext_lazy("Service area"), empty=gettext_lazy("All areas"))
    source = Choice(label=gettext_lazy("Source of money"), empty=gettext_lazy("All sources"))
    donor = Choice(label=gettext_lazy("Donor"), empty=gettext_lazy("All donors"))
    rows = Choice(
        label=pgettext_lazy("filter of reports", "Rows"), empty=gettext_lazy("Usual rows")
    )
    basis = Choice(
        label=pgettext_lazy("filter of reports", "Counts as actual"), empty=Basis.CASH.label
    )
    currency = Choice(
        label=pgettext_lazy("filter of reports", "Shown in"), empty=gettext_lazy("som")
    )
    rate_basis = Choice(label=gettext_lazy("Rate of equivalents"), empty=RateBasis.END.label)

    def __init__(self, data, *, user, table=None):
        super().__init__(data)
        self.user, self.table = user, table
        for name, options in self._options().items():
            self.fields[name].offer(options)

    def _options(self):
        return {
            "programme": [
                (p.code, p.name)
                for p in {x.programme_id: x.programme for x in self.phases}.values()
            ],
            "phase": [(phase.code, phase.name) for phase in self.phases],
            "period": self._period_options(),
            "region": [(region.iso, region.name) for region in self.regions],
            "municipality": [(place.code, place.name) for place in self.places],
            "area": [(NO_AREA, pgettext("service area", "not specified")), *self._area_options()],
            "source": Source.choices,
            "donor": [(name, name) for name in self._donors()],
            "rows": self._row_options(),
            "basis": Basis.choices[1:],
            "currency": self._currency_options(),
            "rate_basis": self._rate_options(),
        }

    # What can be chosen

    @cached_property
    def phases(self):
        return list(Phase.objects.select_related("programme"))

    @cached_property
    def periods(self):
        periods = list(ReportingPeriod.objects.order_by("-starts_on", "phase_id"))
        by_key = {phase.pk: phase for phase in self.phases}
        for period in periods:
            period.phase = by_key[period.phase_id]
        return periods

    def _period_options(self):
        """Those of each phase under its name, the newest first."""
        by_phase = {}
        for period in self.periods:
            words = f"{period} ({period.get_status_display().lower()})"
            by_phase.setdefault(period.phase.name, []).append((str(period.pk), words))
        return list(by_phase.items())

    @cached_property
    def regions(self):
        return list(Region.objects.by_name())

    @cached_property
    def places(self):
        """Of the chosen region, or the chosen one alone: all 484 would weigh more than the page."""
        code, iso = self.data.get("municipality"), self.data.get("region")
        places = Municipality.objects.select_related("region", "district")
        if iso in {region.iso for region in self.regions}:
            places = places.filter(region__iso=iso) | places.filter(code=code or "")
        elif code:
            places = places.filter(code=code)
        else:
            return []
        return list(places.by_name())

    @cached_property
    def areas(self):
        return list(ServiceArea.objects.all())

    def _area_options(self):
        for top in self.areas:
            if top.parent_id is None:
                yield top.code, top.name
                for area in self.areas:
                    if area.parent_id == top.pk:
                        yield area.code, f"\u00a0\u00a0\u00a0{area.name}"

    @property
    def sees_tranches(self):
        return self.user.works_for_programme or self.user.role == Role.DONOR

    def _donors(self):
        """Who sent what is for the office and the donors, as the tranches are."""
        if not self.sees_tranches:
            return []
        return Tranche.objects.order_by("donor").values_list("donor", flat=True).distinct()

    def _row_options(self):
        if self.table:
            return list(self.table.row_choices.items())
        return list({k: v for table in ALL for k, v in table.row_choices.items()}.items())

    def _currency_options(self):
        """The usual ones, and any other that the address names and the portal knows."""
        asked = self.data.get("currency", "")
        extra = [asked] if asked in currencies.CODES and asked not in OFFERED_CURRENCIES else []
        return [(c, f"{c} · {currencies.name_of(c)}") for c in [*OFFERED_CURRENCIES, *extra]]

    def _rate_options(self):
        """The average of the tranches says what tranches cost: not for municipal people."""
        left_out = {RateBasis.END} if self.sees_tranches else {RateBasis.END, RateBasis.TRANCHES}
        return [choice for choice in RateBasis.choices if choice[0] not in left_out]

    # What was chosen

    def clean_as_of(self):
        day = self.cleaned_data["as_of"]
        if day is None or self.data.get("period"):
            return None  # the period says which days; the page says so
        if day > timezone.localdate():
            raise forms.ValidationError(
                _("%(day)s has not come yet: nobody knows its figures.")
                % {"day": format_partial(day)}
            )
        if not knew_anything(day):
            raise forms.ValidationError(nothing_known_text(day))
        return day

    def clean(self):
        chosen = self.cleaned_data
        period, phase = self._period(), self._phase()
        if period and phase and period.phase_id != phase.pk:
            words = {"period": period, "of": period.phase.name, "phase": phase.name}
            text = _("The period %(period)s belongs to %(of)s, not to %(phase)s.")
            self.add_error("period", text % words)
        place, region = self._one(self.places, "code", "municipality"), self._region()
        if place and region and place.region_id != region.pk:
            words = {"place": place.name, "region": region.name}
            self.add_error("municipality", _("%(place)s is not in %(region)s.") % words)
        return chosen

    def _one(self, things, attribute, name):
        value = self.cleaned_data.get(name)
        return next((x for x in things if value and str(getattr(x, attribute)) == value), None)

    def _period(self):
        return self._one(self.periods, "pk", "period")

    def _phase(self):
        return self._one(self.phases, "code", "phase")

    def _region(self):
        return self._one(self.regions, "iso", "region")

    def scope(self):
        """As it was asked for; with problems it is today's, for a page that shows no figures."""
        is_valid = self.is_valid()
        chosen = self.cleaned_data
        period = self._period() or self._period_that_answers(chosen.get("as_of"))
        scope = Scope(
            user=self.user,
            **_days(period, chosen.get("as_of")),
            period=period,
            phases=self._phases(period),
            region=self._region(),
            municipality=self._one(self.places, "code", "municipality"),
            area=self._one(self.areas, "code", "area"),
            no_area=chosen.get("area") == NO_AREA,
            source=chosen.get("source", ""),
            donor=chosen.get("donor", ""),
            rows=chosen.get("rows", ""),
            basis=chosen.get("basis") or Basis.CASH,
            currency=chosen.get("currency") or currencies.KGS,
            rate_basis=chosen.get("rate_basis") or RateBasis.END,
        )
        problems = self.problems if not is_valid else self._without_rate(scope)
        return scope.with_(problems=tuple(problems))

    def _phases(self, period):
        if period:
            return (period.phase,)
        if phase := self._phase():
            return (phase,)
        code = self.cleaned_data.get("programme")
        return tuple(phase for phase in self.phases if code in ("", None, phase.programme.code))

    def _period_that_answers(self, day):
        """The last day of a signed period is answered with what was signed, whatever is known now."""
        phases = self._phases(None)
        if day is None or len(phases) != 1:
            return None
        ended = [p for p in self.periods if p.ends_on == day and p.phase_id == phases[0].pk]
        return next((period for period in ended if period.is_signed), None)

    @property
    def problems(self):
        """[(label, sentence)]"""
        return [
            (self.fields[name].label, message)
            for name, messages in self.errors.items()
            for message in messages
        ]

    def _without_rate(self, scope):
        if scope.currency == currencies.KGS or equivalents.rate_of(scope):
            return []
        return [(self.fields["currency"].label, equivalents.why_not(scope))]


def scope_of(query, *, user, table=None):
    """table: the DonorTable it is asked for; without one every kind of rows is known."""
    return ScopeForm(filled(query), user=user, table=table).scope()


def filled(query):
    """Only our own parameters, only filled ones, of each the last: no two addresses for one question."""
    kept = QueryDict(mutable=True)
    for name in ScopeForm.base_fields:
        value = str(query.get(name, "")).replace("\x00", "\ufffd").strip()
        if value and value != USUAL.get(name):
            kept[name] = value
    return kept


def _days(period, as_of):
    """What counts, and what is known: of a period what was known when it was closed."""
    now, today = timezone.now(), timezone.localdate()
    if period:
        return {"day": period.ends_on, "known_at": period.closed_at or now}
    if as_of and as_of < today:
        return {"day": as_of, "known_at": end_of(as_of), "is_past": True}
    return {"day": today, "known_at": now}


def end_of(day):
    """The last moment of the day, in local time."""
    return timezone.make_aware(datetime.combine(day, time.max))


def knew_anything(day):
    """Whether a plan had been approved or a row booked by the end of that day."""
    until = end_of(day)
    return (
        ActionPlan.objects.filter(approved_at__lte=until).exists()
        or Payment.objects.filter(paid_on__lte=day, booked_at__lte=until).exists()
        or Tranche.objects.filter(received_on__lte=day, booked_at__lte=until).exists()
    )


def nothing_known_text(day):
    firsts = [
        ActionPlan.objects.aggregate(first=Min("approved_at"))["first"],
        Payment.objects.aggregate(first=Min("booked_at"))["first"],
        Tranche.objects.aggregate(first=Min("booked_at"))["first"],
    ]
    if not any(firsts):
        return _("Nothing has been approved or booked yet.")
    first = timezone.localtime(min(filter(None, firsts))).date()
    words = {"day": format_partial(day), "first": format_partial(first)}
    return (
        _("Nothing had been approved or booked by %(day)s. The first entry is of %(first)s.")
        % words
    )

"""The rows of the plan's form: municipalities, service areas, contributions."""

from decimal import Decimal
from itertools import groupby

from crispy_forms.layout import Field
from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.money import format_share
from lib.money_fields import AmountField
from municipalities.models import Municipality, current_language

from .editing import NOTHING, PAID
from .facts import LEAD, MONEY, part, tidy
from .form_fields import PercentField, kept_input
from .forms import helper
from .models import Contribution, Form, ServiceArea, Source

WHOLE = Decimal(100)
CHOOSE = ("", pgettext_lazy("empty choice", "— choose —"))


# --- What can be chosen -------------------------------------------------------------------------


def municipality_choices(keep=()):
    """The register by region and district; `keep`: ids that a plan names although they are gone."""
    language = current_language()
    places = (
        Municipality.objects.filter(Q(gone_on=None) | Q(pk__in=keep))
        .select_related("region", "district")
        .order_by(
            f"region__sort_{language}",
            f"district__sort_{language}",
            "district__code",
            f"sort_{language}",
            "code",
        )
    )
    return [
        (group, [(place.pk, place.name) for place in members])
        for group, members in groupby(places, key=_group)
    ]


def _group(place):
    return f"{place.region.name} · {place.district.name}" if place.district else place.region.name


def area_choices():
    """Every area may be chosen: the top ones stand first in their group."""
    areas = list(ServiceArea.objects.select_related("parent"))
    return [
        (top.name, [(area.pk, area.name) for area in areas if area.top == top])
        for top in areas
        if not top.parent_id
    ]


# --- Municipalities and areas: shares that add up to 100 --------------------------------------------


class ShareRow(forms.Form):
    share = PercentField(
        label=_("Share, %"), error_messages={"required": _("Write the share in percent.")}
    )

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[self.OF].choices = choices
        self.fields["share"].in_row = True

    def has_changed(self):
        share = (self["share"].value() or "").strip() if self.is_bound else ""
        return self.is_bound and bool(self[self.OF].value() or share not in ("", "100"))

    @property
    def chosen(self):
        return self.cleaned_data.get(self.OF)

    @property
    def is_removed(self):
        return self["DELETE"].value() in ("on", "true", True)


class PlaceRow(ShareRow):
    OF = "municipality"
    municipality = forms.TypedChoiceField(
        coerce=int,
        label=_("Municipality"),
        error_messages={"required": _("Choose the municipality.")},
    )
    field_order = ["municipality", "share"]
    helper = helper("municipality", Field("share", wrapper_class="share"))


class AreaRow(ShareRow):
    OF = "area"
    area = forms.TypedChoiceField(
        coerce=int,
        label=_("Service area"),
        error_messages={"required": _("Choose the service area, or remove the row.")},
    )
    field_order = ["area", "share"]
    NONE = ("", pgettext_lazy("service area", "not specified"))
    helper = helper("area", Field("share", wrapper_class="share"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].in_row = True  # a plan may have none


class Rows(forms.BaseFormSet):
    default_error_messages = forms.BaseFormSet.default_error_messages | {
        "too_many_forms": _("There are too many rows here: at most %(num)d can be saved.")
    }

    @classmethod
    def get_deletion_widget(cls):
        return kept_input(**{"data-delete": ""})

    def live(self):
        """The rows that stay and were filled in."""
        return [
            form for form in self.forms if not self._should_delete_form(form) and form.has_changed()
        ]

    @property
    def shown(self):
        return [form for form in self.forms if not form.is_removed]

    @property
    def is_single(self):
        """One row with all of it: its share need not be shown."""
        return len(self.shown) == 1 and self.shown[0]["share"].value() in (
            WHOLE,
            "100",
            "100.00",
            "100,00",
        )


class ShareRows(Rows):
    def clean(self):
        rows = [form for form in self.live() if form.is_valid()]
        if len(rows) < len(self.live()) or not rows:
            return
        chosen = [form.chosen for form in rows]
        if len(set(chosen)) < len(chosen):
            raise ValidationError(self.TWICE)
        self._adds_up(sum(form.cleaned_data["share"] for form in rows))

    def _adds_up(self, added):
        message = (
            _("The shares add up to %(sum)s; %(rest)s is missing.")
            if added < WHOLE
            else _("The shares add up to %(sum)s; that is %(rest)s too much.")
        )
        if added != WHOLE:
            raise ValidationError(
                message,
                params={
                    "sum": format_share(added, places=2),
                    "rest": format_share(abs(WHOLE - added), places=2),
                },
            )

    def shares(self):
        return {form.chosen: form.cleaned_data["share"] for form in self.live()}


class PlaceRows(ShareRows):
    TWICE = _("The same municipality stands there twice.")

    def __init__(self, *args, fixed_lead=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fixed_lead = fixed_lead
        if fixed_lead and self.is_bound:
            self._refuse_another_lead()

    def get_form_kwargs(self, index):
        options = super().get_form_kwargs(index)
        if index == 0 and self.fixed_lead:
            return {**options, "choices": [(self.fixed_lead.pk, self.fixed_lead.name)]}
        return options

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        if i == 0:
            form.empty_permitted = False  # every plan has a municipality
        return form

    def _refuse_another_lead(self):
        """Only a forged form names another municipality than the own one."""
        first = self.forms[0]
        named = first["municipality"].value()
        if str(self.lead_row) != "0" or first.is_removed or named != str(self.fixed_lead.pk):
            raise BadRequest("another municipality leads")

    @property
    def lead_row(self):
        row = self.data.get("lead", "0") if self.is_bound else "0"
        return int(row) if row.isdecimal() and len(row) < 4 else 0

    def typed_facts(self):
        shares = self.shares()
        rows = [
            form for i, form in enumerate(self.forms) if i == self.lead_row and form in self.live()
        ]
        lead = rows[0].chosen if rows else next(iter(shares))
        return {LEAD: lead} | {("places", pk): share for pk, share in shares.items()}


class AreaRows(ShareRows):
    TWICE = _("The same service area stands there twice.")

    def typed_facts(self):
        return {("areas", pk): share for pk, share in self.shares().items()}


# --- Contributions -----------------------------------------------------------------------------------


class MoneyRow(forms.ModelForm):
    row = forms.CharField(required=False, widget=kept_input())
    source = forms.ChoiceField(
        choices=[CHOOSE, *Source.choices],
        label=_("Source"),
        error_messages={"required": _("Choose who gives it, or remove the row.")},
    )
    form = forms.ChoiceField(
        choices=Form.choices, initial=Form.CASH, label=pgettext_lazy("of a contribution", "Form")
    )
    amount_kgs = AmountField(
        label=_("Amount, som"),
        error_messages={"required": _("Write the amount, or remove the row.")},
    )

    class Meta:
        model = Contribution
        fields = MONEY
        labels = {"decision": _("Decision or letter")}
        widgets = {
            "decision": forms.Textarea(
                attrs={"rows": 1, "class": "grow", "placeholder": _("No. and date")}
            )
        }

    helper = helper(
        "row",
        Field("source", wrapper_class="wide2"),
        "form",
        "amount_kgs",
        Field("decision", wrapper_class="line2"),
    )

    def __init__(self, *args, paid, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.in_row = True
        self.paid = paid  # {id: (source, form)} of promises that money was recorded for

    def has_changed(self):
        return self.is_bound and any(
            self[name].value() for name in ["row", "source", "amount_kgs", "decision"]
        )

    @property
    def pk(self):
        row = str(self["row"].value() or "")
        return int(row) if row.isdecimal() and len(row) < 18 else None

    @property
    def is_paid(self):
        return self.pk in self.paid

    @property
    def is_removed(self):
        return self["DELETE"].value() in ("on", "true", True)

    @property
    def pot(self):
        """For the colour at its left and for the sums, also of a row that is not complete."""
        source, form = self["source"].value(), self["form"].value()
        return Contribution(source=source, form=form).pot if source in Source.values else ""

    @property
    def colour(self):
        colours = {"own_cash_kgs": "own", "own_in_kind_kgs": "in-kind", "grant_kgs": "grant"}
        return colours.get(self.pot, "other") if self.pot else "unknown"

    @property
    def name(self):
        source, form = self["source"].value(), self["form"].value()
        if source not in Source.values:
            return ""
        return (
            Source(source).label
            if form != Form.IN_KIND
            else f"{Source(source).label}, {Form.IN_KIND.label}"
        )

    def clean_amount_kgs(self):
        amount = self.cleaned_data["amount_kgs"]
        if amount is not None and amount <= 0:
            raise ValidationError(NOTHING, code="zero")
        return amount

    def clean(self):
        data = super().clean()
        before = self.paid.get(self.pk)
        if before and (data.get("source"), data.get("form")) != before:
            self.add_error("source", PAID)
        return data


class MoneyRows(Rows):
    def clean(self):
        for form in self.forms:
            if form.is_paid and self._should_delete_form(form):
                raise ValidationError(PAID)

    @property
    def ids(self):
        """Of the contributions that the form says it changes or removes."""
        return [form.pk for form in self.forms if form.pk is not None]

    def typed_facts(self):
        return {
            ("money", form.pk if form.pk is not None else f"new-{i}"): (
                form.cleaned_data["source"],
                form.cleaned_data["form"],
                form.cleaned_data["amount_kgs"],
                tidy(form.cleaned_data["decision"]),
            )
            for i, form in enumerate(self.live())
        }


def _rows(form, formset, most):
    return forms.formset_factory(
        form,
        formset,
        extra=0,
        can_delete=True,
        max_num=most,
        absolute_max=most + 50,
        validate_max=True,
    )


PlaceFormSet = _rows(PlaceRow, PlaceRows, 30)
AreaFormSet = _rows(AreaRow, AreaRows, 20)
MoneyFormSet = _rows(MoneyRow, MoneyRows, 100)


def place_initial(facts):
    """The municipality that leads comes first."""
    shares, lead = part(facts, "places"), facts.get(LEAD)
    order = sorted(shares, key=lambda pk: pk != lead)
    return [{"municipality": pk, "share": shares[pk]} for pk in order] or [{"share": WHOLE}]


def area_initial(facts):
    shares = part(facts, "areas")
    return [{"area": pk, "share": share} for pk, share in shares.items()] or [{"share": WHOLE}]


def money_initial(facts):
    rows = [
        {"row": pk if isinstance(pk, int) else None, **dict(zip(MONEY, values, strict=True))}
        for pk, values in part(facts, "money").items()
    ]
    return rows or [{"form": Form.CASH}]

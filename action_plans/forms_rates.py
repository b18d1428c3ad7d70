"""The filter of exchange rates, and the forms that enter one or import the bank's file."""

from typing import NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib import currencies
from lib.dates import format_moment, format_partial, last_day
from lib.money_fields import RateField
from lib.uploads import sha256_of

from . import rates
from .form_fields import PartialDateField, check_year
from .forms_money import DateInput, UploadField
from .models import RateSource
from .rate_files import MAX_BYTES
from .rate_page import signed


def foreign():
    return [choice for choice in currencies.choices() if choice[0] != currencies.KGS]


def any_currency():
    return [("", pgettext_lazy("filter of rates", "Any currency")), *foreign()]


def one_currency():
    return [("", _("Choose a currency")), *foreign()]


class RateFilterForm(forms.Form):
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=any_currency,
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": _("“%(value)s” is not known here.")},
    )
    when = PartialDateField(
        label=_("Day, month or year"),
        required=False,
        help_text=_("For example 16.08.2018, 08.2018 or 2018."),
    )
    file = forms.IntegerField(
        required=False, min_value=1, max_value=2**31, widget=forms.HiddenInput
    )

    def filter(self, stored):
        """The rates asked for, newest first."""
        if not self.is_valid():
            return stored.none()
        asked = self.cleaned_data
        if asked["currency"]:
            stored = stored.filter(currency=asked["currency"])
        if when := asked["when"]:
            days = (when.day, last_day(when.day, when.precision))
            stored = stored.filter(applies_on__range=days)
        if asked["file"]:
            stored = stored.filter(evidence=asked["file"])
        return stored.order_by("-applies_on", "currency", "-entered_at", "-pk")

    @property
    def asks(self):
        """Whether anything is asked for; else the newest rates are shown."""
        return not self.is_valid() or any(self.cleaned_data.values())

    @property
    def day(self):
        """The one day asked for, or None."""
        when = self.is_valid() and self.cleaned_data["when"]
        return when.day if when and when.precision == "day" else None


class Doubt(NamedTuple):
    """What is possible but looks like a mistake; the key says what was seen when it was confirmed."""

    key: str
    text: str


class RateForm(forms.Form):
    currency = forms.ChoiceField(label=_("Currency"), choices=one_currency)
    nominal = forms.TypedChoiceField(
        label=_("For how many units"),
        choices=[(n, str(n)) for n in rates.NOMINALS],
        coerce=int,
        initial=1,
    )
    value = RateField(label=_("Rate, som"), help_text=_("For example 70,1234 or 70.1234."))
    applies_on = forms.DateField(
        label=_("Applies from"),
        widget=DateInput(),
        help_text=_("Day, month, year, for example 16.08.2018. It is valid for 7 days after that."),
        error_messages={"invalid": _("This is not a date. Write it like 16.08.2018.")},
        validators=[check_year],
    )
    evidence = UploadField(label=_("Evidence"), required=False)
    note = forms.CharField(
        label=_("Where it stands"),
        max_length=250,
        required=False,
        help_text=_("For example the page of the paper, or the site it was read on."),
    )
    sure = forms.CharField(label=_("Confirmation"), required=False, max_length=100)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.doubts = []
        self.fields["evidence"].help_text = _(
            "A letter of the bank or a print of its page, as PDF, JPG, PNG, DOCX or XLSX. "
            "A new version may leave it out: then the paper of the earlier one proves it."
        )

    def clean(self):
        typed = super().clean()
        if self.errors:
            return typed
        known = rates.stored(typed["currency"], typed["applies_on"], RateSource.MANUAL)
        if not known and not typed["evidence"]:
            self.add_error("evidence", _("A rate entered by hand needs a paper that proves it."))
        elif not is_repeated(known, typed):
            held = known or rates.of_the_bank(typed["currency"], typed["applies_on"])
            self.doubts = [*replaces(held), *jumps(typed)]
            if self.doubts and typed["sure"] != self.doubt_key:
                self.add_error("sure", _("Look at this again. Nothing is stored yet."))
        return typed

    @property
    def doubt_key(self):
        return " ".join(doubt.key for doubt in self.doubts)

    def begin_version_of(self, known):
        """Filled for a new version of a rate, which the page shows beside it."""
        self.doubts = replaces(known)
        for name in ("currency", "nominal", "applies_on", "note"):
            self.initial[name] = getattr(known, name)


def is_repeated(known, typed):
    """The same form sent twice: nothing new is stored."""
    if not known or (known.nominal, known.value) != (typed["nominal"], typed["value"]):
        return False
    file = typed["evidence"]
    same_paper = not file or (known.evidence and known.evidence.sha256 == sha256_of(file))
    return same_paper and known.note == typed["note"]


def replaces(known):
    if not known:
        return []
    text = _(
        "A rate of this day is stored already (%(source)s, version %(version)s): %(rate)s, entered "
        "%(moment)s. If you store another one, it is used from now on. The earlier one stays in the "
        "list, and rows that are booked keep their rate."
    )
    said = {
        "source": known.get_source_display(),
        "version": known.version,
        "rate": known.equation,
        "moment": format_moment(known.entered_at),
    }
    return [Doubt(f"version-{known.pk}", text % said)]


def jumps(typed):
    before = rates.before(typed["currency"], typed["applies_on"])
    if not before:
        return []
    change = rates.change(typed["value"], typed["nominal"], before.value, before.nominal)
    if not rates.is_jump(change):
        return []
    text = _(
        "On %(day)s the rate was %(rate)s; this one differs by %(change)s. "
        "Are the decimals and the number of units right?"
    )
    said = {
        "change": signed(change),
        "rate": before.equation,
        "day": format_partial(before.applies_on),
    }
    return [Doubt(f"jump-{before.pk}-{typed['value']}-{typed['nominal']}", text % said)]


class RateFileForm(forms.Form):
    file = forms.FileField(
        label=_("File of the National Bank"),
        help_text=_("daily.xml or weekly.xml, as it was downloaded."),
        max_length=200,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xml,text/xml", "class": "form-control"}),
    )

    def read(self):
        """(bytes, name); of a huge file no more than shows that it is one."""
        file = self.cleaned_data["file"]
        return file.read(MAX_BYTES + 1), file.name

"""The form of an event, without its texts (text_forms.py)."""

import re
import uuid
from datetime import datetime

from crispy_forms.layout import Div, Field
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from action_plans.form_fields import PartialDate, PartialDateField, check_year, kept_input
from action_plans.forms import DATE_HELP, helper, third
from lib.dates import Precision, parse_date

from .conflict import revision_field
from .models import Event
from .place_fields import Places, PlacesField

MOMENT = re.compile(r"(?P<day>\S+?),?[\sT]+(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})")


class MomentField(forms.Field):
    """21.09.2018 18:00, local time; to the minute."""

    widget = forms.TextInput

    def widget_attrs(self, widget):
        return {"autocomplete": "off", "maxlength": 30}

    def to_python(self, value):
        if value is None or isinstance(value, datetime):
            return value
        text = value.strip()
        if not text:
            return None
        read = MOMENT.fullmatch(text)
        hour, minute = (int(read["hour"]), int(read["minute"])) if read else (99, 99)
        if hour > 23 or minute > 59:
            raise ValidationError(
                _("“%(text)s” is not a day and a time. Write both, like 21.09.2018 18:00."),
                params={"text": text[:40]},
            )
        day = parse_date(read["day"])
        check_year(day)
        local = datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 -- made aware below
        return timezone.make_aware(local)

    def prepare_value(self, value):
        if isinstance(value, datetime):
            return f"{timezone.localtime(value):%d.%m.%Y %H:%M}"
        return value


class EventForm(forms.ModelForm):
    starts_on = PartialDateField(label=_("First day"), help_text=DATE_HELP)
    ends_on = PartialDateField(
        required=False, label=_("Last day"), help_text=_("Empty: it takes one day.")
    )
    call_opens_at = MomentField(
        required=False,
        label=_("Proposals from"),
        help_text=_("Bishkek time, like 21.09.2018 09:00; empty when nobody is asked."),
    )
    call_closes_at = MomentField(required=False, label=_("Proposals until"))
    revision = revision_field()
    key = forms.UUIDField(required=False, widget=kept_input())

    class Meta:
        model = Event
        fields = [
            "kind",
            "phase",
            "of_programme",
            "starts_on",
            "ends_on",
            "in_ky",
            "in_ru",
            "in_en",
            "call_opens_at",
            "call_closes_at",
            "source",
            "source_note",
        ]
        widgets = {
            "source": forms.Textarea(attrs={"rows": 2, "class": "grow"}),
            "source_note": forms.Textarea(attrs={"rows": 2, "class": "grow"}),
        }

    # A constraint that fails is told at this field.
    TOLD_AT = {
        "event_ends_after_it_starts": "ends_on",
        "event_call_closes_after_it_opens": "call_closes_at",
    }
    hidden = helper("revision", "key")
    basics = helper(
        Div(third("kind"), third("starts_on"), third("ends_on"), css_class="row gx-3"),
        Div(
            Field("hosts", wrapper_class="col-md-8"),
            third("phase"),
            css_class="row gx-3",
        ),
        "of_programme",
    )
    languages = helper("in_ky", "in_ru", "in_en")
    call = helper(
        Div(
            Field("call_opens_at", wrapper_class="col-md-6"),
            Field("call_closes_at", wrapper_class="col-md-6"),
            css_class="row gx-3",
        )
    )
    origin = helper("source", "source_note")

    def __init__(self, data=None, *, instance=None):
        event = instance
        hosts = list(event.hosts.select_related("district", "region")) if event else []
        initial = {"revision": event.revision if event else 0, "key": uuid.uuid4(), "hosts": hosts}
        if event:
            initial |= {name: _date(event, name) for name in ("starts_on", "ends_on")}
        super().__init__(data, instance=event, initial=initial, use_required_attribute=False)
        self.places = Places(keep=[host.pk for host in hosts])
        self.fields["hosts"] = PlacesField(
            places=self.places,
            required=False,
            label=_("Host municipalities"),
            help_text=_("The name in any language; with the district where several are called so."),
        )
        for name in ("source", "source_note"):
            self.fields[name].max_length = 5000
            self.fields[name].validators.append(forms.CharField(max_length=5000).validators[0])
        self.fields["phase"].empty_label = _("no phase")
        self.fields["phase"].label_from_instance = lambda phase: phase.name

    def clean(self):
        data = super().clean()
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if ends and starts and ends.precision != starts.precision:
            self.add_error("ends_on", _("Write both days in the same way: like the first day."))
        self._check_call(data)
        data["starts_precision"] = starts.precision if starts else Precision.DAY
        data["starts_on"] = starts.day if starts else None
        data["ends_on"] = ends.day if ends else None
        for name in ("source", "source_note"):
            data[name] = (data.get(name) or "").replace("\r\n", "\n")
        return data

    def _check_call(self, data):
        typed = [name for name in ("call_opens_at", "call_closes_at") if name in data]
        if len(typed) == 2 and bool(data["call_opens_at"]) != bool(data["call_closes_at"]):
            missing = typed[0] if data["call_closes_at"] else typed[1]
            self.add_error(missing, _("Say from when until when proposals are taken."))

    def _post_clean(self):
        super()._post_clean()
        untold = self._errors.pop(NON_FIELD_ERRORS, None)
        told_at = {
            str(constraint.violation_error_message): self.TOLD_AT.get(constraint.name)
            for constraint in Event._meta.constraints
        }
        for error in untold.as_data() if untold else []:
            self.add_error(told_at.get(str(error.message)), error)

    @property
    def facts(self):
        """What was typed, for the verb."""
        names = [*self.Meta.fields, "starts_precision"]
        return {name: self.cleaned_data[name] for name in names}

    @property
    def problems(self):
        """[(id to jump to, label, message)]"""
        return [
            ("main", "", message)
            if name == NON_FIELD_ERRORS
            else (self[name].id_for_label, self[name].label, message)
            for name, messages in self.errors.items()
            for message in messages
        ]


def _date(event, name):
    day = getattr(event, name)
    return PartialDate(day, event.starts_precision) if day else None

"""The forms of halls, sessions and of a presentation's place in the programme. Times are local."""

import datetime as dt

from crispy_forms.layout import Column, Row
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from action_plans.form_fields import kept_input
from action_plans.forms import helper
from action_plans.forms_in_kind import DayField, VerbForm

from .models import Session
from .programme import clock, seen_of
from .programme_page import day_in_words
from .scheduling import seen_of as slot_of

NAME_LENGTH = Session._meta.get_field("name_en").max_length
NAMES = ["name_ky", "name_ru", "name_en"]
MOST_DAYS = 31  # of an event, to choose one from a list
TIME_FORMATS = ["%H:%M", "%H.%M", "%H:%M:%S", "%H"]
NO_TIME = _("This is not a time. Write it like 09:30.")


def name_field(label):
    return forms.CharField(label=label, max_length=NAME_LENGTH, required=False)


class ClockField(forms.TimeField):
    """09:30 · 9.30 · 9"""

    def __init__(self, **kwargs):
        widget = forms.TimeInput(format="%H:%M", attrs={"autocomplete": "off", "maxlength": 8})
        super().__init__(
            input_formats=TIME_FORMATS, widget=widget, error_messages={"invalid": NO_TIME}, **kwargs
        )


class HallChoice(forms.ModelChoiceField):
    def label_from_instance(self, hall):
        return hall.name


class NamesForm(VerbForm):
    name_ky = name_field(_("Name in Kyrgyz"))
    name_ru = name_field(_("Name in Russian"))
    name_en = name_field(_("Name in English"))
    seen = forms.CharField(required=False, widget=kept_input())

    def clean(self):
        if not any(self.cleaned_data.get(name) for name in NAMES):
            text = _("Write the name in at least one language.")
            self.add_error("name_ru", text)
        return self.cleaned_data


class HallForm(NamesForm):
    def __init__(self, data=None, *, hall=None):
        initial = {name: getattr(hall, name) for name in NAMES} if hall else {}
        super().__init__(data, initial=initial | {"seen": seen_of(hall) if hall else ""})
        self.helper = helper(_names(), "seen")

    def values(self):
        return {name: self.cleaned_data[name] for name in NAMES}


class SessionForm(NamesForm):
    kind = forms.ChoiceField(
        label=pgettext_lazy("of a session", "Kind"), choices=Session.Kind.choices
    )
    hall = HallChoice(
        label=_("Hall"),
        queryset=None,
        required=False,
        empty_label=_("For everybody, in all halls"),
    )
    day = DayField(label=_("Day"))
    begins = ClockField(label=_("Begins"), help_text=_("For example 09:30."))
    ends = ClockField(label=_("Ends"))
    moderator = forms.CharField(
        label=_("Moderator"),
        max_length=Session._meta.get_field("moderator").max_length,
        required=False,
        help_text=_("Everybody reads it."),
    )

    def __init__(self, data=None, *, event, session=None, initial=None):
        super().__init__(data, initial=_of(session) if session else initial)
        self.fields["hall"].queryset = event.halls.all()
        if days := days_to_choose(event):
            self.fields["day"] = forms.TypedChoiceField(
                label=_("Day"), choices=days, coerce=dt.date.fromisoformat
            )
        self.helper = helper(
            Row(Column("day", css_class="col-md-4"), *_thirds("begins", "ends")),
            Row(Column("hall", css_class="col-md-6"), Column("kind", css_class="col-md-6")),
            _names(),
            "moderator",
            "seen",
        )

    def clean(self):
        typed = super().clean()
        day, begins, ends = (typed.get(name) for name in ("day", "begins", "ends"))
        if begins and ends and ends <= begins:
            self.add_error("ends", _("The session ends before it begins."))
        elif day and begins and ends:
            typed["starts_at"], typed["ends_at"] = local(day, begins), local(day, ends)
        return typed

    def values(self):
        names = [*NAMES, "kind", "hall", "starts_at", "ends_at", "moderator"]
        return {name: self.cleaned_data[name] for name in names}


class ScheduleForm(VerbForm):
    session = forms.ModelChoiceField(
        queryset=None,
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose a session.")},
    )
    begins = ClockField(
        label=_("Begins"),
        required=False,
        help_text=_("Empty: at the next free time of the session."),
    )
    minutes = forms.IntegerField(
        label=_("Length, minutes"),
        min_value=1,
        max_value=480,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    seen = forms.CharField(required=False, widget=kept_input())

    def __init__(self, data=None, *, talk, sessions):
        initial = {"minutes": talk.minutes, "seen": slot_of(talk), "session": talk.session_id}
        if talk.is_scheduled:
            initial["begins"] = clock(talk.starts_at)
        super().__init__(data, initial=initial)
        self.fields["session"].queryset = sessions

    def starts_at(self):
        """None: at the next free time."""
        begins = self.cleaned_data["begins"]
        session = self.cleaned_data["session"]
        return begins and local(timezone.localtime(session.starts_at).date(), begins)


class DelayForm(VerbForm):
    day = DayField(label=_("Day"))
    begins = ClockField(label=_("What begins from this time on"), help_text=_("For example 11:00."))
    minutes = forms.IntegerField(
        label=_("is so many minutes later"),
        help_text=_("With a minus: earlier, for example -10."),
        min_value=-720,
        max_value=720,
    )

    def __init__(self, data=None, *, event, initial=None):
        super().__init__(data, initial=initial, prefix="delay")
        if days := days_to_choose(event):
            self.fields["day"] = forms.TypedChoiceField(
                label=_("Day"), choices=days, coerce=dt.date.fromisoformat
            )
        self.helper = helper(
            Row(Column("day", css_class="col-md-4"), *_thirds("begins", "minutes"))
        )

    def begins_at(self):
        return local(self.cleaned_data["day"], self.cleaned_data["begins"])


class PutOnForm(VerbForm):
    first_on = DayField(label=_("New first day of the event"))

    def __init__(self, data=None, *, event):
        super().__init__(data, initial={"first_on": event.starts_on}, prefix="days")
        self.helper = helper("first_on")


def local(day, time):
    return timezone.make_aware(dt.datetime.combine(day, time))


def days_to_choose(event):
    """[(2018-11-30, Friday, 30 Nov 2018)] of an event of which the days are few."""
    days = [
        event.starts_on + dt.timedelta(days=n)
        for n in range((event.last_on - event.starts_on).days + 1)
    ]
    return [(day.isoformat(), day_in_words(day)) for day in days] if len(days) <= MOST_DAYS else []


def _of(session):
    begins, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    shown = {name: getattr(session, name) for name in [*NAMES, "kind", "hall", "moderator"]}
    return shown | {
        "day": begins.date(),
        "begins": begins.time(),
        "ends": ends.time(),
        "seen": seen_of(session),
    }


def _names():
    return Row(*(Column(name, css_class="col-md-4") for name in NAMES))


def _thirds(*names):
    return [Column(name, css_class="col-md-4") for name in names]

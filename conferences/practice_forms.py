"""The forms of writing and reviewing a practice."""

import re
import uuid

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from action_plans.form_fields import kept_input
from action_plans.form_rows import CHOOSE, area_choices, municipality_choices
from action_plans.models import ServiceArea
from municipalities.models import Municipality, current_language

from . import practice_gaps
from .conflict import Difference, differences, revision_field
from .models import PracticeStep, PracticeText
from .practice_content import SECTIONS, STEPS, label_of
from .text_forms import NAMES, Texts

TITLE = PracticeText._meta.get_field("title").max_length
MOST_STEPS, LONGEST_STEP, LONGEST_REMARK = 60, 4000, 4000
CODES = list(NAMES)
STEP_FIELDS = ["first_week", "weeks", *(f"text_{code}" for code in CODES)]
NOT_SPECIFIED = ("", pgettext_lazy("service area", "not specified"))
ROW = re.compile(rf"{STEPS}-([0-9]{{1,3}})(?:-(up|down))?")


# --- A new practice without a plan ----------------------------------------------------------------


class NewPracticeForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=TITLE,
        widget=forms.Textarea({"rows": 1, "class": "grow"}),
        help_text=gettext_lazy("What was done, and where. The address is made from it and stays."),
        error_messages={"required": gettext_lazy("Write a title.")},
    )
    language = forms.ChoiceField(label=gettext_lazy("Written in"), choices=settings.LANGUAGES)
    municipality = forms.ModelChoiceField(
        label=gettext_lazy("Municipality"),
        queryset=Municipality.objects.none(),
        error_messages={"required": gettext_lazy("Choose the municipality.")},
    )
    area = forms.ModelChoiceField(
        label=gettext_lazy("Service area"),
        queryset=ServiceArea.objects.all(),
        required=False,
    )
    key = forms.UUIDField(widget=kept_input())

    def __init__(self, *args, user, **kwargs):
        initial = {"language": current_language(), "key": uuid.uuid4()}
        initial["municipality"] = user.municipality_id
        super().__init__(*args, initial=initial, **kwargs)
        places, own = self.fields["municipality"], user.municipality_ids
        places.queryset = (
            Municipality.objects.filter(pk__in=own) if own else Municipality.objects.all()
        )
        choices = municipality_choices(keep=own)
        if user.is_municipal:
            choices = [
                (group, members)
                for group, all_members in choices
                if (members := [member for member in all_members if member[0] in own])
            ]
        places.choices = [CHOOSE, *choices]
        self.fields["area"].choices = [NOT_SPECIFIED, *area_choices()]

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())


# --- The draft --------------------------------------------------------------------------------------


class AboutForm(forms.Form):
    """What is not written in languages: the area, and which state of the draft was seen."""

    area = forms.ModelChoiceField(
        label=gettext_lazy("Service area"), queryset=ServiceArea.objects.all(), required=False
    )
    number = forms.IntegerField(min_value=1, max_value=32767, widget=kept_input())
    revision = revision_field()

    def __init__(self, *args, version, may_move, **kwargs):
        practice = version.practice
        initial = {
            "area": practice.area_id,
            "number": version.number,
            "revision": version.revision,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["area"].choices = [NOT_SPECIFIED, *area_choices()]
        if not may_move:
            del self.fields["area"]
        elif version.number > 1:
            self.fields["area"].help_text = _("Holds at once, also for the published version.")

    @property
    def label(self):
        return self.fields["area"].label

    def save_to(self, practice):
        """Whether the area changed."""
        if "area" not in self.fields or self.cleaned_data["area"] == practice.area:
            return False
        practice.area = self.cleaned_data["area"]
        practice.save(update_fields=["area"])
        return True


def _week(label):
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=520,
        widget=forms.TextInput({"inputmode": "numeric", "class": "form-control"}),
        error_messages={
            name: gettext_lazy("Weeks are whole numbers between 1 and 520.")
            for name in ("invalid", "min_value", "max_value")
        },
    )


class StepRow(forms.Form):
    first_week = _week(gettext_lazy("From week"))
    weeks = _week(gettext_lazy("Weeks"))

    def __init__(self, *args, original, **kwargs):
        super().__init__(*args, **kwargs)
        self.codes = sorted(CODES, key=lambda code: code != original)
        for code in CODES:
            self.fields[f"text_{code}"] = forms.CharField(
                label=PracticeStep._meta.get_field(f"text_{code}").verbose_name,
                required=False,
                max_length=LONGEST_STEP,
                widget=forms.Textarea({"rows": 2, "class": "form-control grow", "lang": code}),
            )

    @property
    def original_field(self):
        return self[f"text_{self.codes[0]}"]

    @property
    def other_fields(self):
        return [self[f"text_{code}"] for code in self.codes[1:]]

    @property
    def opens_others(self):
        return any(field.errors for field in self.other_fields)

    @property
    def is_filled(self):
        return any(str(self[name].value() or "").strip() for name in STEP_FIELDS)

    def has_changed(self):
        return self.is_bound and self.is_filled

    def clean(self):
        data = super().clean()
        if self.is_filled and not self.errors and not any(data[f"text_{c}"] for c in CODES):
            raise ValidationError(_("Write the step in at least one language, or remove it."))
        return data


class StepRows(forms.BaseFormSet):
    default_error_messages = forms.BaseFormSet.default_error_messages | {
        "too_many_forms": gettext_lazy("There are too many steps: at most %(num)d can be saved.")
    }

    def filled(self):
        return [form for form in self.forms if form.is_filled]

    def save(self, version):
        """In the order of the rows; rows without a word are left out."""
        typed = [{name: form.cleaned_data[name] for name in STEP_FIELDS} for form in self.filled()]
        stored = [
            {name: getattr(step, name) for name in STEP_FIELDS} for step in version.steps.all()
        ]
        if typed == stored:
            return
        version.steps.all().delete()
        PracticeStep.objects.bulk_create(
            PracticeStep(version=version, position=position, **step)
            for position, step in enumerate(typed, 1)
        )

    @property
    def problems(self):
        if not self.is_bound:
            return []
        found = [("main", "", message) for message in self.non_form_errors()]
        for number, form in enumerate(self.forms, 1):
            label = _("Step %(number)s") % {"number": number}
            for name, messages in form.errors.items():
                where = form[name if name != "__all__" else "first_week"].id_for_label
                found += [(where, label, message) for message in messages]
        return found

    def in_words(self):
        """The rows as typed, a line each, to lay them beside those that are stored."""
        rows = [
            [str(form[name].value() or "").strip() for name in STEP_FIELDS]
            for form in self.filled()
        ]
        return "\n".join(" · ".join(filter(None, row)) for row in rows)


def step_rows(version, data, *, original):
    initial = [{name: getattr(step, name) for name in STEP_FIELDS} for step in version.steps.all()]
    rows = forms.formset_factory(
        StepRow, formset=StepRows, extra=0 if initial else 3, max_num=MOST_STEPS, validate_max=True
    )
    return rows(data, prefix=STEPS, initial=initial, form_kwargs={"original": original})


class PracticeEntry:
    """The page of a draft: its texts, its steps, its area."""

    def __init__(self, version, user, data=None):
        self.version = version
        # As stored: forms write what is typed into the rows they were made of.
        self.title, self.original = version.title, version.original
        self.gaps, self.progress = practice_gaps.gaps(version), practice_gaps.progress(version)
        self.texts = Texts(PracticeText, "version", version, data)
        self.steps = step_rows(version, data, original=self.texts.original)
        may_move = user.works_for_programme or version.number == 1
        self.about = AboutForm(data, version=version, may_move=may_move)

    def is_valid(self):
        return all([self.texts.is_valid(), self.steps.is_valid(), self.about.is_valid()])

    def keep_quiet(self):
        """A row was added, moved or removed: nobody asked yet whether it is right."""
        for form in [*self.texts.all_forms, *self.steps.forms, self.about]:
            form._errors = forms.utils.ErrorDict()
            form.cleaned_data = {}

    @property
    def problems(self):
        return self.texts.problems + self.steps.problems

    def differences(self, stored):
        """From the same forms filled from what is stored now."""
        mine, theirs = self.texts.all_forms, stored.texts.all_forms
        found = differences([*mine, self.about], [*theirs, stored.about])
        typed, now = self.steps.in_words(), stored.steps.in_words()
        if typed != now:
            found.append(Difference(STEPS, label_of(STEPS), typed, now))
        return found


# --- Rows without JavaScript ------------------------------------------------------------------------


def rearranged(data):
    """The data after a step was added, moved or removed; None when no such button was pressed."""
    button = next((name for name in ("add", "remove", "move") if name in data), None)
    if button is None:
        return None
    rows = _rows(data)
    if button == "add":
        rows.append(dict.fromkeys(STEP_FIELDS, ""))
    elif match := ROW.fullmatch(data[button]):
        _change(rows, button, int(match[1]), match[2])
    return _with_rows(data, rows[:MOST_STEPS])


def _rows(data):
    total = data.get(f"{STEPS}-TOTAL_FORMS", "")
    number = min(int(total), MOST_STEPS) if total.isdecimal() and len(total) < 5 else 0
    return [
        {name: data.get(f"{STEPS}-{row}-{name}", "") for name in STEP_FIELDS}
        for row in range(number)
    ]


def _change(rows, button, row, way):
    if row >= len(rows):
        return
    if button == "remove":
        del rows[row]
    other = row - 1 if way == "up" else row + 1
    if button == "move" and way and 0 <= other < len(rows):
        rows[row], rows[other] = rows[other], rows[row]


def _with_rows(data, rows):
    data = data.copy()
    data[f"{STEPS}-TOTAL_FORMS"] = str(len(rows))
    for number, row in enumerate(rows):
        for name, value in row.items():
            data[f"{STEPS}-{number}-{name}"] = value
    return data


# --- The review ---------------------------------------------------------------------------------------


def _words(rows=3):
    return forms.Textarea({"rows": rows, "class": "form-control grow"})


class RemarkForm(forms.Form):
    section = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Remark"),
        max_length=LONGEST_REMARK,
        widget=_words(),
        error_messages={"required": gettext_lazy("Write the remark.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [(name, label_of(name)) for name in SECTIONS]


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("Answer"), max_length=LONGEST_REMARK, required=False, widget=_words(2)
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_REMARK,
        widget=_words(),
        error_messages={"required": gettext_lazy("Give a reason. It is kept with the practice.")},
    )

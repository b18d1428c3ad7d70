"""The rows of the attendance page. An emptied row is removed; what is not known stays empty."""

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from action_plans.form_fields import CountField, kept_input

from .models import Attendance
from .place_fields import PlaceField

SPARE, MOST = 4, 300
MAX_PEOPLE = 1_000_000


class AttendanceRow(forms.Form):
    institution = forms.CharField(
        required=False, max_length=200, label=gettext_lazy("or institution")
    )
    role = forms.ChoiceField(
        required=False, label=gettext_lazy("Role"), choices=Attendance.Role.choices
    )
    women = CountField(required=False, label=gettext_lazy("Women"))
    men = CountField(required=False, label=gettext_lazy("Men"))
    total = CountField(required=False, label=pgettext_lazy("attendance", "People"))
    field_order = ["municipality", "institution", "role", "women", "men", "total"]

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.fields["municipality"] = PlaceField(
            places=places, required=False, label=gettext_lazy("Municipality")
        )
        self.order_fields(self.field_order)
        self.initial.setdefault("role", Attendance.Role.OTHER)

    @property
    def is_filled(self):
        names = ["municipality", "institution", "women", "men", "total"]
        return any(str(self[name].value() or "").strip() for name in names)

    def clean(self):
        data = super().clean()
        if not self.is_filled:
            return data
        if data.get("municipality") and data.get("institution"):
            text = _("Choose a municipality or write an institution, not both.")
            self.add_error("institution", text)
        data["institution"] = " ".join((data.get("institution") or "").split())
        data["role"] = data.get("role") or Attendance.Role.OTHER
        if not {"women", "men", "total"} & self.errors.keys():
            self._clean_people(data)
        return data

    def _clean_people(self, data):
        women, men, total = data.get("women"), data.get("men"), data.get("total")
        both = women + men if None not in (women, men) else None
        if total is None:
            data["total"] = total = both
        if total is None:
            self.add_error("total", _("Write how many people came in all."))
        elif total == 0:
            self.add_error("total", _("Nobody came? Empty the row, and it is removed."))
        elif total < (both if both is not None else (women or men or 0)):
            self.add_error("total", _("There are more women and men than people in all."))
        elif total > MAX_PEOPLE:
            self.add_error("total", _("At most 1,000,000 people."))

    @property
    def who(self):
        """A municipality or an institution stands there once with a role."""
        data = self.cleaned_data
        return data.get("municipality"), data.get("institution"), data.get("role")

    def row(self):
        return Attendance(**{name: self.cleaned_data[name] for name in self.field_order})


class Rows:
    """All rows of the page, and the state that the person who sends them has seen."""

    def __init__(self, *, places, stored=(), seen="", data=None, spare=SPARE):
        self.data, self.places = data, places
        self.state = SeenForm(data, initial={"seen": seen})
        if data is None:
            initial = [_initial(row) for row in stored] + [{} for _row in range(spare)]
            self.forms = [self._form(number, initial=each) for number, each in enumerate(initial)]
        else:
            self.forms = [self._form(n, data=data) for n in range(_count(data))]

    def _form(self, number, **kwargs):
        return AttendanceRow(places=self.places, prefix=f"row-{number}", **kwargs)

    @property
    def filled(self):
        return [form for form in self.forms if form.is_filled]

    @property
    def seen(self):
        return self.state.data.get("seen", "")

    def is_valid(self):
        valid = all([form.is_valid() for form in self.filled])  # noqa: C419 -- each shows its errors
        return self._nobody_twice() and valid

    def _nobody_twice(self):
        seen, fits = set(), True
        for form in self.filled:
            if form.is_valid() and form.who in seen:
                form.add_error("role", _("This row stands there already with this role."))
                fits = False
            seen.add(form.who if form.is_valid() else form)
        return fits

    def rows(self):
        return [form.row() for form in self.filled]

    def more(self):
        """Some empty rows more; nothing is judged yet."""
        first, last = len(self.forms), min(len(self.forms) + SPARE, MOST)
        self.forms += [self._form(number) for number in range(first, last)]
        for form in self.forms:
            form._errors = ErrorDict()

    @property
    def problems(self):
        return [
            (
                form[name].id_for_label,
                _("Row %(number)s, %(field)s") % {"number": number, "field": form[name].label},
                message,
            )
            for number, form in enumerate(self.forms, start=1)
            if form.is_bound and form.is_filled
            for name, messages in form.errors.items()
            for message in messages
        ]

    def totals(self):
        """{"women", "men", "total"} of what can be read; None where no row says it."""
        return {name: self._sum(name) for name in ("women", "men", "total")}

    def _sum(self, name):
        values = [_read(form, name) for form in self.forms]
        known = [value for value in values if value is not None]
        return sum(known) if known else None


class SeenForm(forms.Form):
    seen = forms.CharField(required=False, widget=kept_input())


def _read(form, name):
    try:
        value = form.fields[name].to_python(form[name].value())
    except ValidationError:
        return None
    if value is None and name == "total":
        women, men = _read(form, "women"), _read(form, "men")
        return None if None in (women, men) else women + men
    return value


def _initial(row):
    names = ["municipality", "institution", "role", "women", "men", "total"]
    return {name: getattr(row, name) for name in names}


def _count(data):
    typed = data.get("rows", "")
    return min(int(typed[:4]), MOST) if typed.isascii() and typed.isdecimal() else 0

"""A municipality typed by its name, in any language and spelling, with the register as suggestions.

A list of 484 in every row would weigh more than the page; one <datalist> serves all rows.
"""

import re
from collections import Counter

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.spelling import fold
from municipalities.models import Municipality, current_language, without_kind

CODE = re.compile(r"\((X?[0-9]+)\)\s*$")
LIST_ID = "municipality-list"
LONGEST = 200


class Places:
    """The register, read once for a page."""

    def __init__(self, keep=()):
        self.keep = set(keep)

    @cached_property
    def all(self):
        places = Municipality.objects.select_related("district", "region")
        return list(places.order_by(f"sort_{current_language()}", "code"))

    @cached_property
    def _plain(self):
        """How many places a label without the code would mean."""
        return Counter(fold(_label(place)) for place in self.all)

    def label(self, place):
        """Kum-Bel, Aksy district: as it is suggested and shown again; with its code where it needs one."""
        plain = _label(place)
        return f"{plain} ({place.code})" if self._plain[fold(plain)] > 1 else plain

    @property
    def labels(self):
        """The suggestions: what still exists, or is named already."""
        shown = [place for place in self.all if not place.gone_on or place.pk in self.keep]
        return [self.label(place) for place in shown]

    @cached_property
    def _by_key(self):
        """Folded name with its district, name alone and code → places."""
        found = {}
        for place in self.all:
            for key in _keys(place):
                found.setdefault(key, set()).add(place)
        return found

    def find(self, text):
        """The municipality that is meant; ValidationError when none or several are."""
        if code := CODE.search(text):
            text = code[1]
        for wanted in (fold(text), fold(without_kind(text))):
            places = self._by_key.get(wanted, set())
            current = {place for place in places if not place.gone_on} or places
            if len(current) == 1:
                return next(iter(current))
            if current:
                names = sorted(self.label(place) for place in current)
                raise ValidationError(
                    _(
                        "Several municipalities are called so. Choose one with its district: %(names)s."
                    ),
                    params={"names": "; ".join(names[:5])},
                )
        raise ValidationError(
            _("“%(text)s” is not in the register. Choose a municipality from the list."),
            params={"text": text[:60]},
        )


def _label(place):
    where = place.district or place.region
    return f"{place.name}, {where.name}"


def _keys(place):
    where = place.district or place.region
    names = [*(getattr(place, f"name_{code}") for code in ("ky", "ru", "en"))]
    wheres = [getattr(where, f"name_{code}") for code in ("ky", "ru", "en")]
    yield place.code
    for name in filter(None, [*names, *place.other_names.splitlines()]):
        yield fold(name)
        yield fold(without_kind(name))
        for of in filter(None, wheres):
            yield fold(f"{name}, {of}")
            yield fold(without_kind(f"{name}, {of}"))


class PlaceField(forms.CharField):
    """One municipality; cleaned to the row, None when empty."""

    def __init__(self, *, places, **kwargs):
        self.places = places
        super().__init__(max_length=LONGEST, **kwargs)

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"list": LIST_ID, "autocomplete": "off"}

    def clean(self, value):
        if isinstance(value, Municipality):
            return value
        text = super().clean(value)
        return self.places.find(text) if text else None

    def prepare_value(self, value):
        return self.places.label(value) if isinstance(value, Municipality) else value


class SeveralPlaces(forms.Widget):
    """Some fields for one municipality each, name-0, name-1 …, always a few more than are filled."""

    template_name = "conferences/_several_places.html"
    SPARE, MOST = 2, 60

    def value_from_datadict(self, data, files, name):
        rows = {}
        for key in data:
            if row := re.fullmatch(rf"{re.escape(name)}-([0-9]{{1,3}})", key):
                rows[int(row[1])] = data[key]
        return [rows[number] for number in sorted(rows)][: self.MOST]

    def value_omitted_from_data(self, data, files, name):
        return False

    def id_for_label(self, id_, index=None):
        return f"{id_}_0" if id_ else ""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        filled = [text for text in value or [] if text]
        count = max(len(filled) + self.SPARE, 3)
        texts = [*filled, *[""] * (count - len(filled))][: self.MOST]
        context["rows"] = [(number, text) for number, text in enumerate(texts)]
        context["list"] = LIST_ID
        context["described_by"] = (attrs or {}).get("aria-describedby", "")
        return context

    def format_value(self, value):
        return value

    def _render(self, template_name, context, renderer=None):
        return render_to_string(template_name, context)


class PlacesField(forms.Field):
    """Several municipalities; cleaned to a list without doubles."""

    widget = SeveralPlaces

    def __init__(self, *, places, **kwargs):
        self.places = places
        super().__init__(**kwargs)

    def clean(self, value):
        found, problems = [], []
        for text in value or []:
            text = text.strip() if isinstance(text, str) else text
            if isinstance(text, Municipality):
                found.append(text)
            elif text:
                try:
                    found.append(self.places.find(text[:LONGEST].replace("\x00", "")))
                except ValidationError as problem:
                    problems.append(problem)
        if problems:
            raise ValidationError(problems)
        if self.required and not found:
            raise ValidationError(gettext_lazy("Choose a municipality."))
        return list(dict.fromkeys(found))

    def has_changed(self, initial, data):
        return True

    def prepare_value(self, value):
        return [
            self.places.label(each) if isinstance(each, Municipality) else each
            for each in value or []
        ]

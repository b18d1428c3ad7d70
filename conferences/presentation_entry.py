"""The whole form of a presentation: its parts as one thing that can be filled, checked and shown again."""

import uuid

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from action_plans.entry import keep_quiet, problems_of
from action_plans.form_rows import area_choices, municipality_choices

from .conflict import Difference, differences
from .forms_presentations import LinkFormSet, PlaceFormSet, PresentationForm, SpeakerFormSet
from .models import PresentationText
from .presentation_speakers import SpeakerFacts
from .presentations import Facts
from .text_forms import Texts

FORMSETS = ["places", "speakers", "links"]


class PresentationEntry:
    def __init__(self, *, user, event, talk=None, data=None):
        self.user, self.event, self.talk = user, event, talk
        self.data = complete(data) if data is not None else None
        initial = {"revision": talk.revision} if talk else {"key": uuid.uuid4()}
        self.form = PresentationForm(
            self.data, instance=talk, initial=initial, user=user, areas=area_choices()
        )
        self.texts = Texts(PresentationText, "presentation", talk, self.data)
        stored = list(talk.municipalities.all()) if talk else []
        partners = [place for place in stored if not self._is_own(place)]
        self.own = [place for place in stored if self._is_own(place)] or self._own()
        choices = municipality_choices([place.pk for place in partners])
        rows = [{"municipality": place.pk} for place in partners]
        self.places = self._formset(PlaceFormSet, "places", rows, choices=choices)
        self.speakers = self._formset(SpeakerFormSet, "speakers", self._stored_speakers())
        links = list(talk.links.values("url", "title")) if talk else []
        self.links = self._formset(LinkFormSet, "links", links)

    # --- Building ---

    def _formset(self, formset, prefix, rows, **form_kwargs):
        source = {"data": self.data} if self.data is not None else {"initial": rows or [{}]}
        return formset(prefix=prefix, form_kwargs=form_kwargs, **source)

    def _is_own(self, place):
        return place.pk in self.user.municipality_ids

    def _own(self):
        return [self.user.municipality] if self.user.is_municipal else []

    def _stored_speakers(self):
        if not self.talk:
            return []
        return [
            {"speaker": s.pk, "name": s.name, "role": s.role, "agrees": s.agrees}
            for s in (row.speaker for row in self.talk.speaking.select_related("speaker"))
        ]

    # --- Asking ---

    @property
    def parts(self):
        return [self.form, self.texts, self.places, self.speakers, self.links]

    def is_valid(self):
        return all([part.is_valid() for part in self.parts])  # noqa: C419 -- each shows its errors

    def facts(self):
        return Facts(
            plain=self.form.facts(),
            municipalities=[*self.own, *self._others()],
            speakers=[SpeakerFacts(*_values(row, SpeakerFacts)) for row in self.speakers.live()],
            links=[
                (row.cleaned_data["url"], row.cleaned_data["title"]) for row in self.links.live()
            ],
        )

    def _others(self):
        own = {place.pk for place in self.own}
        chosen = {place.pk: place for place in [*self._proposer(), *self.places.chosen()]}
        return [place for place in chosen.values() if place.pk not in own]

    def _proposer(self):
        """Whose presentation it is, is not taken away by a partner."""
        by = self.talk and self.talk.created_by
        if not by or not by.is_municipal or not self.user.is_municipal:
            return []
        return list(self.talk.municipalities.filter(pk=by.municipality_id))

    @property
    def revision(self):
        return self.form.cleaned_data.get("revision")

    @property
    def key(self):
        return self.form.cleaned_data.get("key") or uuid.uuid4()

    @cached_property
    def problems(self):
        """[(id to jump to, label, message)] in the order of the page"""
        found = list(self.texts.problems)
        for shown in [self.form, self.places, self.speakers, self.links]:
            found += problems_of(shown)
        return found

    def keep_quiet(self):
        keep_quiet([self.form, *self.texts.all_forms, self.places, self.speakers, self.links])

    # --- Somebody else saved meanwhile ---

    def differences_from(self, stored):
        """stored: the entry of what is in the database now."""
        typed_forms = [self.form, *self.texts.all_forms]
        found = differences(typed_forms, [stored.form, *stored.texts.all_forms])
        labels = [_("Municipalities"), _("Speakers"), _("Links")]
        for name, label in zip(FORMSETS, labels, strict=True):
            typed, now = self._words(name), stored._words(name)
            if typed != now:
                found.append(Difference(f"{name}-rows", label, typed, now))
        return found

    def _words(self, name):
        rows = [row for row in getattr(self, name).shown if _is_filled(row)]
        return "; ".join(_row_words(row) for row in rows) or _("nobody and nothing")


def _values(row, fields):
    names = {"speaker_id": "speaker"}
    return [row.cleaned_data[names.get(name, name)] for name in fields._fields]


def _is_filled(row):
    return any(str(row[name].value() or "").strip() for name in _names(row))


def _names(row):
    return [n for n in row.fields if n not in ("DELETE", "speaker", "agrees")]


def _row_words(row):
    if "municipality" in row.fields:
        chosen = str(row["municipality"].value())
        groups = row.fields["municipality"].choices
        flat = [
            one for value, label in groups for one in (label if isinstance(label, list) else [])
        ]
        return next((label for value, label in flat if str(value) == chosen), chosen)
    words = [str(row[name].value() or "").strip() for name in _names(row)]
    if "agrees" in row.fields and row.fields["agrees"].to_python(row["agrees"].value()):
        words.append(_("agrees to be named"))
    return ", ".join(filter(None, words))


# --- Rows without a script: a button that adds or removes one sends the whole form ----------------


def complete(data):
    """Counts that no person types: a form without them is an empty one, not a broken page."""
    data = data.copy()
    for prefix in FORMSETS:
        data[f"{prefix}-TOTAL_FORMS"] = str(_count(data.get(f"{prefix}-TOTAL_FORMS", "")))
        data[f"{prefix}-INITIAL_FORMS"] = "0"
    return data


def _count(typed):
    return max(int(typed[:4]), 1) if typed.isascii() and typed.isdigit() else 1


def rearranged(data):
    """The data after “add” or “remove”; None when neither was pressed."""
    if data.get("add") in FORMSETS:
        name = f"{data['add']}-TOTAL_FORMS"
        data = complete(data)
        data[name] = str(int(data[name]) + 1)
        return data
    if data.get("remove", "").rpartition("-")[0] in FORMSETS:
        row, data = data["remove"], data.copy()
        data[f"{row}-DELETE"] = "on"
        return data
    return None

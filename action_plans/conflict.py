"""Two people on one plan: what the other changed, and both people's changes in one form.

Rule for each fact: what I did not touch becomes theirs, what I typed stays mine.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lib.dates import format_partial
from lib.money import format_amount, format_kgs, format_number, format_share
from municipalities.models import Municipality

from .facts import DATES, LANGUAGE, LEAD, PLAIN, REASON, TEXTS, facts_at, facts_of, known_again
from .form_fields import PartialDate
from .models import (
    ActionPlan,
    Contribution,
    Form,
    Phase,
    PlanArea,
    PlanMunicipality,
    PlanText,
    ServiceArea,
    Source,
)

ROWS = {"places": PlanMunicipality, "areas": PlanArea, "money": Contribution}


@dataclass
class Change:
    """What the other person changed; `mine` only when I typed something else."""

    label: str
    was: str
    now: str
    mine: str | None
    by: object = None
    at: datetime | None = None


@dataclass
class Comparison:
    merged: dict  # what the form shows next
    changes: list


def compare(plan, *, base, mine):
    """What somebody saved since version `base`, against what was typed over it."""
    now = facts_of(plan)
    mine = known_again(mine, now)
    was, since = facts_at(plan, base)
    if was is None:  # entered before there was a history: show whatever differs
        was = {
            **now,
            **{key: None for key in now.keys() | mine.keys() if now.get(key) != mine.get(key)},
        }
        was = {key: value for key, value in was.items() if value is not None}
    authors = _authors(plan, base, since) if since else {}
    theirs = sorted(
        (k for k in was.keys() | now.keys() if was.get(k) != now.get(k) != mine.get(k)), key=_order
    )
    names = _Names(was, now, mine)
    changes = [_change(key, was, now, mine, names, authors) for key in theirs]
    return Comparison(merged=merge(was, now, mine), changes=changes)


def merge(was, now, mine):
    """Both people's changes; where both changed the same, mine."""
    merged = {}
    for key in [*now, *(key for key in mine if key not in now)]:
        value = now.get(key) if mine.get(key) == was.get(key) else mine.get(key)
        if value is None:
            continue
        gone = key[0] == "money" and key not in now and isinstance(key[1], int)
        merged[("money", f"again-{key[1]}") if gone else key] = value
    return merged


def _order(key):
    first = [*PLAIN, *DATES, "language", "texts", "lead", "places", "areas", "money", REASON[0]]
    return first.index(key[0]), key[0] == "texts" and TEXTS.index(key[2]), str(key)


def _change(key, was, now, mine, names, authors):
    typed = mine.get(key)
    untouched = typed == was.get(key)
    by, at = authors.get(key, (None, None))
    return Change(
        label=names.label(key),
        was=names.value(key, was.get(key)),
        now=names.value(key, now.get(key)),
        mine=None if untouched else names.value(key, typed),
        by=by,
        at=at,
    )


# --- Who changed it: the last one to touch it since then --------------------------------------


def _authors(plan, base, since):
    authors = {}
    for record, before in _steps(plan, base):
        for name in [*PLAIN, *DATES, "under_minimum_reason"]:
            if before is None or getattr(record, name) != getattr(before, name):
                authors[name,] = _author(record)
        if before is None or record.lead_id != before.lead_id:
            authors[LEAD] = _author(record)
    for record in _since(PlanText, plan, since):
        authors |= {("texts", record.language, name): _author(record) for name in TEXTS}
        authors[LANGUAGE] = _author(record)
    for kind, model in ROWS.items():
        for record in _since(model, plan, since):
            key = {"places": "municipality_id", "areas": "area_id", "money": "id"}[kind]
            authors[kind, getattr(record, key)] = _author(record)
    return authors


def _steps(plan, base):
    records = plan.history.select_related("history_user").order_by("history_date", "history_id")
    before = records.filter(version__lte=base).last()
    for record in records.filter(version__gt=base):
        yield record, before
        before = record


def _since(model, plan, since):
    records = model.history.filter(plan_id=plan.pk, history_date__gte=since)
    return records.select_related("history_user").order_by("history_date", "history_id")


def _author(record):
    return record.history_user, record.history_date


# --- In words -----------------------------------------------------------------------------------


class _Names:
    """Labels and values of facts as people read them."""

    def __init__(self, *all_facts):
        keys = {key for facts in all_facts for key in facts}
        ids = {kind: {k[1] for k in keys if k[0] == kind and len(k) == 2} for kind in ROWS}
        leads = {facts[LEAD] for facts in all_facts if LEAD in facts}
        phases = {facts["phase_id",] for facts in all_facts if ("phase_id",) in facts}
        self.places = Municipality.objects.in_bulk(ids["places"] | leads)
        self.areas = ServiceArea.objects.in_bulk(ids["areas"])
        self.phases = Phase.objects.in_bulk(phases)
        self.money = {key: facts[key] for facts in all_facts for key in facts if key[0] == "money"}

    def label(self, key):
        kind = key[0]
        if kind == "texts":
            language = dict(settings.LANGUAGES)[key[1]]
            name = PlanText._meta.get_field(key[2]).verbose_name
            return _("%(field)s (%(language)s)") % {"field": _capital(name), "language": language}
        if kind == "places":
            return _("Municipality: %(name)s") % {"name": self.places[key[1]].name}
        if kind == "areas":
            return _("Service area: %(name)s") % {"name": self.areas[key[1]].name}
        if kind == "money":
            source, form, *_rest = self.money[key]
            return _("Contribution: %(source)s, %(form)s") % {
                "source": Source(source).label,
                "form": Form(form).label,
            }
        if key == LEAD:
            return _("Leading municipality")
        if key == LANGUAGE:
            return _("Written in")
        return _capital(ActionPlan._meta.get_field(kind.removesuffix("_id")).verbose_name)

    def value(self, key, value):
        kind = key[0]
        if value is None:
            rows = kind in ROWS
            return pgettext("value", "no such row") if rows else pgettext("value", "empty")
        if kind == "money":
            source, form, amount, decision = value
            parts = [Source(source).label, Form(form).label, format_kgs(amount), decision]
            return ", ".join(str(part) for part in parts if part)
        if kind in ("places", "areas"):
            return format_share(value, places=2)
        if key == LEAD:
            return self.places[value].name
        if key == LANGUAGE:
            return dict(settings.LANGUAGES)[value]
        if kind == "phase_id":
            return self.phases[value].name
        if isinstance(value, PartialDate):
            return format_partial(value.day, value.precision)
        if isinstance(value, Decimal):
            return format_amount(value)
        return format_number(value) if isinstance(value, int) else value


def _capital(text):
    return str(text)[:1].upper() + str(text)[1:]

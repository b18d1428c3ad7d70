"""Templates of reports in words: what they consist of, and what differs between two versions."""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .donor_tables.registry import TABLES
from .models import ReportTemplate


class Part(NamedTuple):
    code: str
    title: str
    details: str


class Shown(NamedTuple):
    label: str
    now: str
    mine: str


def outline(template):
    """[Part], the tables of a report in their order."""
    return [_part(entry, template) for entry in template.tables if entry["table"] in TABLES]


def _part(entry, template):
    donor_table = TABLES[entry["table"]]
    details = []
    rows = entry.get("rows") or donor_table.default_rows
    if rows in donor_table.row_choices:
        details.append(_("rows: %(rows)s") % {"rows": donor_table.row_choices[rows]})
    if columns := entry.get("columns"):
        details.append(_("columns: %(number)s") % {"number": len(columns)})
    if entry.get("equivalents"):
        details.append(_("equivalents in %(currency)s") % {"currency": template.currency})
    return Part(donor_table.code, str(donor_table.title), ", ".join(details))


def differences(conflict):
    return [
        Shown(label_of(each.name), _words(each.name, each.now), _words(each.name, each.mine))
        for each in conflict.differences
    ]


def label_of(name):
    label = str(ReportTemplate._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def _words(name, value):
    if name == "tables":
        return ", ".join(_entry_words(entry) for entry in value)
    if value in ("", None):
        return pgettext("value", "empty")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = dict(ReportTemplate._meta.get_field(name).flatchoices)
    return str(choices.get(value, value))


def _entry_words(entry):
    donor_table = TABLES.get(entry["table"])
    code = donor_table.code if donor_table else entry["table"]
    rows = (donor_table and donor_table.row_choices.get(entry.get("rows", ""))) or ""
    more = [str(rows)] if rows else []
    if entry.get("columns"):
        more.append(_("columns: %(number)s") % {"number": len(entry["columns"])})
    return f"{code} ({', '.join(more)})" if more else code

"""What is signed: the figures of a closed period, in three languages, as canonical JSON.

Built only from what the portal knew when the period was closed: so the same data give the same bytes on every
database, in every language of the reader and on every day.
"""

import json

from django.utils import translation

from lib.asked_once import asked_once

from . import donor_report, facts, restated
from .canonical import canonical, plain, sha256_of, text_of
from .donor_tables.registry import TABLES
from .merging import LANGUAGES, Kinds, cell, merged, read, spoken, together
from .scope import Scope

__all__ = ["build", "canonical", "sha256_of", "table_from", "tables_from", "text_of"]
FORMAT = "psi-signed-report/1"
# The same for equal rows, whatever order the database answers in.
IN_ORDER = json.JSONEncoder(sort_keys=True, default=str).encode


def scope_of_period(period, template):
    """What a report of a closed period is asked about. Its preparer stands for the reader: sees everything."""
    scope = Scope(
        user=period.closed_by,
        day=period.ends_on,
        known_at=period.closed_at,
        phases=(period.phase,),
        period=period,
    )
    return donor_report.of_template(scope, template)


def build(period, template, version, *, early=None):
    """early: called with the tables in the language of the template, before the others are made."""
    scope = scope_of_period(period, template)
    known = facts.facts_of(scope)
    before = period.reports.filter(version__lt=version).order_by("-version").first()
    data = {
        "format": FORMAT,
        "version": version,
        "previous_sha256": before and before.sha256,
        "programme": _programme(period.phase.programme),
        "phase": _phase(period.phase),
        "period": {
            "starts_on": period.starts_on,
            "ends_on": period.ends_on,
            "closed_at": period.closed_at,
        },
        "template": _template(template),
        "tables": _tables(template, scope, known, early),
        "facts": sorted(_facts(known), key=IN_ORDER),
    }
    if before:
        data["tables"] += restated.tables(json.loads(before.snapshot), plain(data))
    return plain(data)


def tables_from(data, language):
    return [read(kept, language) for kept in data["tables"]]


def table_from(data, slug, language, *, rows=""):
    """The signed table of this name, of these rows if the report has several; None: not in the report."""
    found = [kept for kept in data["tables"] if kept["slug"] == slug]
    found = [kept for kept in found if kept["rows_are"] == rows] or ([] if rows else found)
    return read(found[0], language) if found else None


def _tables(template, scope, known, early):
    made = _spoken(template, scope, known, early)
    entries = [each for each in template.tables if each["table"] in TABLES]
    return [
        merged(dict(zip(made, same, strict=True)), order_of=template.language)
        | {"rows_are": entry.get("rows") or TABLES[entry["table"]].default_rows}
        for entry, same in zip(entries, zip(*made.values(), strict=True), strict=True)
    ]


def _spoken(template, scope, known, early):
    """{language: [ReportTable]}, with what the database said for the first one."""
    made = dict.fromkeys(LANGUAGES)
    with asked_once():
        for language in sorted(LANGUAGES, key=lambda each: each != template.language):
            with translation.override(language):
                tables = donor_report.tables_of(template, scope, known)
                made[language] = [spoken(table) for table in tables]
                if early and language == template.language:
                    early(made[language])
    return made


def _facts(known):
    kinds = Kinds()
    return [
        {name: cell(value, kinds[name]) for name, value in row.items()}
        for row in facts.plan_rows(known)
    ]


def _programme(programme):
    return {"code": programme.code, "name": _in_languages(lambda: programme.name)}


def _phase(phase):
    return {
        "code": phase.code,
        "name": _in_languages(lambda: phase.name),
        "starts_on": phase.starts_on,
        "ends_on": phase.ends_on,
        "budget": cell(phase.budget, "amount"),
        "budget_currency": phase.budget_currency,
        "fx_policy": phase.fx_policy,
    }


def _template(template):
    return {
        "slug": template.slug,
        "version": template.version,
        "name": _in_languages(lambda: template.name),
        "donor": template.donor,
        "tables": template.tables,
        "basis": template.basis,
        "currency": template.currency,
        "rate_basis": template.rate_basis,
        "language": template.language,
        "certificate": _in_languages(lambda: template.certificate),
    }


def _in_languages(of):
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = str(of())
    return together(said)

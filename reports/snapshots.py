"""What is signed: the figures of a closed period, in three languages, as canonical JSON.

Built only from what the portal knew when the period was closed: so the same data give the same bytes on every
database, in every language of the reader and on every day.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from django.utils import translation

from lib.asked_once import asked_once

from . import donor_report, restated, snapshot_rows
from .canonical import canonical, object_of, plain, sha256_of, text_of
from .donor_tables.registry import TABLES
from .facts_of_report import FactsOfReport
from .merging import LANGUAGES, cell, merged, read, spoken, together
from .scope import Scope

__all__ = ["build", "canonical", "sha256_of", "table_from", "tables_from", "text_of", "written"]
FORMAT = "psi-signed-report/1"


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


def build(period, template, version):
    return json.loads(written(period, template, version).text)


class Written(NamedTuple):
    """data: without the facts, which only the text has."""

    data: dict
    text: str


class NothingEarly:
    """Who makes files of a snapshot may begin with what is known already."""

    def with_tables(self, tables):
        """In the language of the template; the others are made next."""

    def with_text(self, tables):
        """As they will be signed; the facts are written next."""


def written(period, template, version, *, early=None):
    early = early or NothingEarly()
    scope = scope_of_period(period, template)
    known = FactsOfReport(scope)
    before = period.reports.filter(version__lt=version).order_by("-version").first()
    with asked_once(), ThreadPoolExecutor(max_workers=1) as beside:
        known.read_all()
        made = {template.language: _spoken(template.language, template, scope, known)}
        early.with_tables(made[template.language])
        # The facts are written while the database answers what the tables ask in the other languages.
        rows = beside.submit(snapshot_rows.texts, known)
        for language in set(LANGUAGES) - made.keys():
            made[language] = _spoken(language, template, scope, known)
        data = _about(period, template, version, before)
        data["tables"] = _tables(template, {language: made[language] for language in LANGUAGES})
        if before:
            data["tables"] += restated.tables(json.loads(before.snapshot), plain(data))
        data = plain(data)
        parts = {name: text_of(value) for name, value in data.items()}
        early.with_text(parts["tables"])
        parts["facts"] = f"[{','.join(rows.result())}]"
    return Written(data, object_of(parts))


def _about(period, template, version, before):
    return {
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
    }


def tables_from(data, language):
    return [read(kept, language) for kept in data["tables"]]


def table_from(data, slug, language, *, rows=""):
    """The signed table of this name, of these rows if the report has several; None: not in the report."""
    found = [kept for kept in data["tables"] if kept["slug"] == slug]
    found = [kept for kept in found if kept["rows_are"] == rows] or ([] if rows else found)
    return read(found[0], language) if found else None


def _tables(template, made):
    """made: {language: [ReportTable]}"""
    entries = [each for each in template.tables if each["table"] in TABLES]
    return [
        merged(dict(zip(made, same, strict=True)), order_of=template.language)
        | {"rows_are": entry.get("rows") or TABLES[entry["table"]].default_rows}
        for entry, same in zip(entries, zip(*made.values(), strict=True), strict=True)
    ]


def _spoken(language, template, scope, known):
    with translation.override(language):
        return [spoken(table) for table in donor_report.tables_of(template, scope, known)]


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

"""The funding report on paper: its tables as the page shows them, and its plans when they are not too many."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reports import catalogue
from reports.about import About
from reports.column import Column
from reports.report_table import ReportTable

from .notes import excluded
from .pdf import to_pdf

PLAN_COLUMNS = [
    catalogue.PLAN_HEAD[0],
    catalogue.PLAN_HEAD[1],
    catalogue.PLAN_HEAD[2],
    catalogue.COST,
    catalogue.OWN,
    catalogue.OWN_SHARE,
    catalogue.GRANT,
    catalogue.OTHER,
    catalogue.RECEIVED,
]
MONEY = ["cost_kgs", "own_kgs", "grant_kgs", "other_kgs", "received_kgs"]


def to_funding_pdf(report, *, at, address):
    """bytes"""
    tables = [_table(view) for view in [report.sources, *report.tables]]
    if not report.is_long:
        tables.append(_plans(report))
    return to_pdf(tables, _about(report, at, address))


def _table(view):
    total = view.total | {"name": pgettext("row of a table", "All plans")}
    columns = [Column("name", view.of.first, "text"), *view.page_columns]
    names = [column.name for column in columns]
    return ReportTable(
        slug=view.of.slug,
        code="",
        title=str(view.of.title),
        columns=columns,
        rows=[{name: row[name] for name in names} for row in view.rows],
        total={name: total.get(name) for name in names},
        notes=[str(catalogue.JOINT)] if view.rows_share_plans else [],
    )


def _plans(report):
    total = {"reference": pgettext("row of a table", "All plans")} | report.total
    return ReportTable(
        slug="plans",
        code="",
        title=_("Plans"),
        columns=PLAN_COLUMNS,
        rows=[_plan(plan) for plan in report.shown_plans],
        total={column.name: total.get(column.name) for column in PLAN_COLUMNS},
        notes=_without_cost(report),
    )


def _without_cost(report):
    without = report.total["plans"] - report.total["plans_with_cost"]
    return [excluded(without)] if without else []


def _plan(plan):
    return {
        "reference": plan.reference,
        "row_title": plan.title,
        "row_municipality": plan.lead.name,
        "own_share_pct": plan.own_share,
        **{name: getattr(plan, f"row_{name}") for name in MONEY},
    }


def _about(report, at, address):
    phases = [phase.name for phase in report.filter.phases]
    return About(
        title=_("Funding report"),
        programme="",
        phase=", ".join(phases),
        made_at=at,
        made_by=str(report.user),
        filters=tuple((str(chip.label), str(chip.words)) for chip in report.chips),
        basis=str(catalogue.BASIS),
        fx_text=str(report.fx_text),
        rounding=str(catalogue.ROUNDING),
        scope_note=str(catalogue.SCOPE),
        address=address,
        has_sample=report.has_sample,
        can_be_signed=False,
        gaps=tuple(gap.text for gap in report.gaps),
    )

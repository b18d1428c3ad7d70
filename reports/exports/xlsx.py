"""The funding report for people: a workbook with a sheet per table, sums as formulas, and notes."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from action_plans.models import ActionPlan, PlanArea, PlanStatus, PlanText, ServiceArea
from lib.dates import Precision, format_moment, format_partial
from lib.money import format_share
from reports import catalogue
from reports.plan_rows import COST_UNKNOWN, COST_ZERO, with_words

from .notes import notes
from .workbook import Writer, new_workbook


def to_xlsx(report, *, at, address, progress=None):
    """A file on disk, rewound."""
    with new_workbook(title=_("Funding report"), made_at=at) as (file, book):
        warning = _("Contains sample data.") if report.has_sample else ""
        writer = Writer(book, _footer(at), warning=warning, progress=progress)
        writer.sheet(_("Plans"), catalogue.PLAN_COLUMNS, _plans(report), _plan_total(report.total))
        for table in [*report.tables, report.years, report.sources]:
            head = catalogue.Column("name", table.of.first, "text")
            total = {"name": pgettext("row of a table", "All plans")} | table.total
            writer.sheet(table.of.title, [head, *table.columns], table.rows, total)
        writer.notes(notes(report, at=at, address=address))
    return file


def _footer(at):
    return _("Funding report, as of %(moment)s") % {"moment": format_moment(at)}


# The sheet of plans


def _plans(report):
    areas = {area.code: area.name for area in ServiceArea.objects.all()}
    phases = {phase.code: phase.name for phase in report.filter.phases}
    states = {state.value: str(state.label) for state in PlanStatus}
    labels = sample_labels()
    no_share = {
        None: "",
        COST_UNKNOWN: pgettext("own share", "the cost is not known yet"),
        COST_ZERO: pgettext("own share", "the cost is zero"),
    }
    rows = with_words(report.rows).order_by("reference").values(*PLAN_VALUES)
    for row in rows.iterator(chunk_size=2000):
        for name, source in MONEY:
            row[name] = row[source]
        codes, sample = row["row_area"] or "", row["row_sample_fields"] or ""
        row["row_area"] = ", ".join(sorted(areas[code] for code in codes.split()))
        named = dict.fromkeys(labels.get(name, name) for name in sample.split())
        row["row_sample_fields"] = ", ".join(named)
        row["phase__code"] = phases[row["phase__code"]]
        row["status"] = states[row["status"]]
        row["own_of_known_cost_kgs"] = None if row["cost_kgs"] is None else row["own_kgs"]
        row["own_share_reason"] = no_share[row["row_own_share_reason"]]
        row["is_under_minimum"] = _under_minimum(row) if row["is_under_minimum"] else ""
        row["starts_on"] = _date(row["starts_on"], row["starts_precision"])
        row["ends_on"] = _date(row["ends_on"], row["ends_precision"])
        del row["own_share_pct"]  # of the whole plan; the sheet divides what it shows
        yield row


def sample_labels():
    """{name of a sample field of a plan: what pages call it}"""
    fields = {field.name: field for model in (PlanText, ActionPlan) for field in model._meta.fields}
    labels = {name: str(field.verbose_name) for name, field in fields.items()}
    labels |= {column.name: str(column.label) for column in catalogue.PLAN_COLUMNS}
    labels |= {f"{name}_precision": labels[f"{name}_on"] for name in DATED}
    labels["area"] = labels["areas"] = str(PlanArea._meta.get_field("area").verbose_name)
    labels["municipality"] = labels["municipalities"] = labels["lead"]
    labels["approved_at"] = pgettext("sample value", "day of the approval")
    return {name: label[:1].upper() + label[1:] for name, label in labels.items()}


DATED = ["starts", "ends", "completed"]
MONEY = [(name, f"row_{name}") for name in catalogue.PLAN_MONEY]
PLAN_VALUES = [
    *(column.name for column in catalogue.PLAN_HEAD),
    *(source for _name, source in MONEY),
    "row_own_share_reason",
    "is_under_minimum",
    "own_share_pct",
    "phase__minimum_own_share",
    "starts_on",
    "starts_precision",
    "ends_on",
    "ends_precision",
    "row_sample_fields",
]


def _under_minimum(row):
    """With as many decimals as it takes: the cell of the share itself may show 10.0%."""
    pct, minimum = row["own_share_pct"], row["phase__minimum_own_share"]
    if pct >= minimum:  # it is the cash alone that is under it
        return pgettext("own share", "under the minimum")
    words = {"share": format_share(pct, below=minimum, places=2)}
    return pgettext("own share", "under the minimum (%(share)s)") % words


def _plan_total(whole):
    words = {"reference": pgettext("row of a table", "All plans")}
    return {name: whole[name] for name in whole if name.endswith("_kgs")} | words


def _date(day, precision):
    """A real date when the day is known, else words: August 2018."""
    return day if precision == Precision.DAY else format_partial(day, precision)

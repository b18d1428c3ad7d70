"""What stands in the notes sheet of the workbook: [(label, text)]."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.dates import format_moment
from lib.money import format_amount
from reports import catalogue

from .workbook import listed


def notes(report, *, at, address):
    filters = [f"{chip.label}: {chip.words}" for chip in report.chips]
    lines = [
        (_("Report"), _("Funding report")),
        (_("As of"), format_moment(at)),
        (_("Made by"), str(report.user)),
        (_("Filter"), "; ".join(filters) or _("No filter")),
        (_("Address"), address),
        (_("Covers"), catalogue.SCOPE),
        (_("Basis"), catalogue.BASIS),
        (_("How it adds up"), how_it_adds_up(report.total)),
        (_("Exchange rate policy"), report.fx_text),
        (_("Rounding"), catalogue.ROUNDING),
        (_("Joint plans"), catalogue.PART if report.filter.cuts else catalogue.JOINT),
    ]
    if without := report.total["plans"] - report.total["plans_with_cost"]:
        lines.append((_("Own share"), excluded(without)))
    if report.has_sample:
        lines.append((_("Sample data"), catalogue.SAMPLE))
    return [*lines, *_missing(report), ("", ""), *_meanings()]


def excluded(number):
    text = ngettext(
        "%(number)s plan excluded: cost unknown", "%(number)s plans excluded: cost unknown", number
    )
    return text % {"number": number}


def how_it_adds_up(whole):
    """cost = promised − promised without a cost + gap − surplus, in figures."""
    text = _(
        "Planned cost %(cost)s = promised %(promised)s − promised to plans whose cost is not known "
        "%(without_cost)s + not covered %(gap)s − surplus %(surplus)s"
    )
    names = {"without_cost": "promised_without_cost_kgs"}
    names |= {name: f"{name}_kgs" for name in ["cost", "promised", "gap", "surplus"]}
    return text % {key: format_amount(whole[name] or 0) for key, name in names.items()}


def _missing(report):
    texts = [gap.text for gap in report.gaps] or [_("Nothing is missing.")]
    return listed(_("What is missing"), texts)


def _meanings():
    """What each column means; CSV ids where they differ from the heading."""
    yield _("What the columns mean"), ""
    seen = set()
    for column in [*catalogue.PLAN_COLUMNS, *catalogue.GROUP_COLUMNS, *catalogue.SOURCE_COLUMNS]:
        if column.meaning and column.label not in seen:
            seen.add(column.label)
            yield column.label, column.meaning

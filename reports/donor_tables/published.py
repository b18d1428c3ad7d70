"""T1, second part: what sources have printed, as they said it, beside what the portal computes, and why it differs.

Nothing printed enters a sum. Why two figures differ is said only as far as data say it.
"""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from action_plans import facts_on
from action_plans.models import Phase
from lib.dates import format_partial
from lib.money import UNKNOWN, format_kgs, format_number, format_share
from reports.column import Column
from reports.models import PublishedFigure
from reports.published import label_of, words_of
from reports.report_table import ReportTable

from . import scoped
from .figures_then import figures

Measure, Qualifier = PublishedFigure.Measure, PublishedFigure.Qualifier
MILLION = Decimal(1_000_000)
MONEY = {Measure.COST, Measure.OWN}


def table(scope, facts=None):
    printed = [] if scope.is_filtered else _printed(scope)
    rows = _rows(printed, scope) if printed else []
    return ReportTable(
        slug="published",
        code="T1",
        title=_("Published figures beside the computed ones"),
        columns=_columns(),
        rows=rows,
        notes=_notes(scope, rows),
        empty=_no_rows(scope),
        keys=["measure", "published_value", "computed_value", "computed_then_value"],
    )


def _columns():
    return [
        Column("what", pgettext("column", "Figure"), "text", width=22),
        Column("measure", pgettext("column", "Code of the figure"), "text"),
        Column("published", pgettext("column", "As published"), "text", width=22),
        Column("published_value", pgettext("column", "Published value"), "rate"),
        Column("said_on", pgettext("column", "Published for"), "date"),
        Column("source", pgettext("column", "Source"), "text", width=36),
        Column(
            "computed",
            pgettext("column", "Computed here"),
            "text",
            _("From the plans, as of the day of this report."),
            24,
        ),
        Column("computed_value", pgettext("column", "Computed value"), "rate"),
        Column(
            "difference",
            pgettext("column", "Difference"),
            "text",
            _("By how much what is computed here is more or less than what was published."),
            24,
        ),
        Column(
            "computed_then",
            pgettext("column", "Computed for that day"),
            "text",
            _("From what the portal knew on the day of the published figure."),
            24,
        ),
        Column("computed_then_value", pgettext("column", "Computed value of that day"), "rate"),
        Column("why", pgettext("column", "Why they differ"), "text", width=60),
    ]


def _no_rows(scope):
    if scope.is_filtered:
        return _("Published figures are about the whole programme; with this filter none is shown.")
    return _("Nothing had been published by the day of this report.")


def _notes(scope, rows):
    if not rows:
        return []
    return [
        _(
            "Published figures are shown as their sources printed them. They enter no sum and no plan "
            "was made from them."
        )
    ]


def _printed(scope):
    """Said while these phases ran, up to the day of the report; later figures could not be known."""
    begun = min(phase.starts_on for phase in scope.phases) if scope.phases else scope.day
    rows = PublishedFigure.objects.filter(said_on__gte=begun, said_on__lte=scope.day)
    return list(rows.order_by("-said_on", "source_name", "pk"))


# --- The rows ---------------------------------------------------------------------------------------


def _rows(printed, scope):
    days = {figure.said_on: [facts_on.end_of(figure.said_on)] * 2 for figure in printed}
    now = [scoped.moment_of(scope), scoped.moment_of_money(scope)]
    since = {scope.day: scoped.approved_since(scope)}
    known = figures(scope.phases, days | {scope.day: now}, since)
    whole = set(scope.phases) == set(Phase.objects.all())
    counts = {(f.said_on, f.source_name): f.value for f in printed if f.measure == Measure.PLANS}
    return [
        _row(
            figure,
            known[scope.day],
            known[figure.said_on],
            scope,
            counts.get((figure.said_on, figure.source_name)),
            whole,
        )
        for figure in printed
    ]


def _row(figure, now, then, scope, plans, whole):
    value, past = _value(figure.measure, now), _value(figure.measure, then)
    difference = None if value is None else value - figure.value
    return {
        "what": label_of(figure),
        "measure": figure.measure,
        "published": words_of(figure),
        "published_value": figure.value,
        "said_on": figure.said_on,
        "source": figure.source_name,
        "computed": _words(figure.measure, value),
        "computed_value": value,
        "difference": _difference(figure.measure, difference),
        "computed_then": _words(figure.measure, past) if then.plans else _("none was known yet"),
        "computed_then_value": past if then.plans else None,
        "why": " ".join(
            _why(figure, value, past if then.plans else None, now, scope, plans, whole)
        ),
    }


def _value(measure, figures):
    return {
        Measure.PLANS: Decimal(figures.plans),
        Measure.MUNICIPALITIES: Decimal(figures.municipalities),
        Measure.COST: figures.cost,
        Measure.OWN: figures.own,
        Measure.SHARE: figures.share,
    }[measure]


def _words(measure, value):
    if value is None:
        return UNKNOWN
    if measure == Measure.SHARE:
        return format_share(value)
    return format_kgs(value) if measure in MONEY else format_number(value)


def _difference(measure, difference):
    """In words: text that begins with a sign is a formula to some programs."""
    if difference is None:
        return UNKNOWN
    if measure == Measure.SHARE:
        number = format_number(round(abs(difference), 1))
        words = pgettext("difference of two percentages", "%(number)s points") % {"number": number}
    else:
        words = _words(measure, abs(difference))
    if not difference:
        return pgettext("difference", "none")
    if difference > 0:
        return pgettext("difference", "%(amount)s more") % {"amount": words}
    return pgettext("difference", "%(amount)s less") % {"amount": words}


# --- Why --------------------------------------------------------------------------------------------


def _why(figure, value, past, now, scope, plans, whole):
    """Sentences; each only when the data say so."""
    if value is not None and agrees(figure, value):
        return [_("They agree.")]
    reasons = [*_reasons(figure, now, scope, plans, whole)] or [_("Why is not known.")]
    if past is not None and agrees(figure, past):
        return [_("For that day the portal computes the same."), *reasons]
    return reasons


def agrees(figure, value):
    """Whether the computed value is what the printed words can mean: digits that were not printed are open."""
    unit = MILLION if figure.measure in MONEY and figure.value >= MILLION else Decimal(1)
    difference = value - figure.value
    if figure.measure in (Measure.PLANS, Measure.MUNICIPALITIES):
        unit = Decimal(1) if figure.qualifier == Qualifier.EXACT else Decimal(5)
    return {
        Qualifier.EXACT: abs(difference) < unit / 2,
        Qualifier.MORE_THAN: 0 < difference < unit,
        Qualifier.ALMOST: -unit < difference < 0,
        Qualifier.ABOUT: abs(difference) < unit,
    }[figure.qualifier]


def _reasons(figure, now, scope, plans, whole):
    if figure.said_on != scope.day:
        yield _("It is about %(said)s, this report about %(day)s.") % {
            "said": format_partial(figure.said_on),
            "day": format_partial(scope.day),
        }
    if plans is not None and plans != now.plans:
        yield _("The source counts %(published)s plans, this report %(computed)s.") % {
            "published": format_number(plans),
            "computed": format_number(now.plans),
        }
    if not whole:
        yield _("The source names no phase; this report covers %(phases)s.") % {
            "phases": ", ".join(phase.name for phase in scope.phases)
        }
    if figure.measure in MONEY | {Measure.SHARE}:
        yield from _reasons_of_money(figure, now)
    if now.has_sample:
        yield _("This report contains sample data.")
    if figure.note:
        yield _("About the source: %(note)s") % {"note": figure.note}


def _reasons_of_money(figure, now):
    if figure.measure in MONEY and figure.value % MILLION == 0:
        yield _("It was printed in whole millions.")
    if figure.qualifier != Qualifier.EXACT:
        yield _("The source says “%(qualifier)s”.") % {"qualifier": figure.get_qualifier_display()}
    if now.without_cost and figure.measure != Measure.OWN:
        yield ngettext(
            "The cost of %(number)s plan is not known and is in no sum.",
            "The cost of %(number)s plans is not known and is in no sum.",
            now.without_cost,
        ) % {"number": format_number(now.without_cost)}

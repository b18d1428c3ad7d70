"""T10: every row that changed since the last signed report: before, after, who and why."""

from datetime import datetime, time
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from action_plans.models import (
    COUNTED,
    BudgetRevision,
    Contribution,
    FactRevision,
    Payment,
    PeriodStatus,
    PeriodStep,
    PlanStatus,
    PromiseRevision,
    Source,
    StatusChange,
    Tranche,
)
from lib.dates import format_moment
from reports.column import Column
from reports.long_rows import LongRows
from reports.models import SignedReport
from reports.report_table import ReportTable

from . import changes_rows, scoped


class Since(NamedTuple):
    """moment: from it on all that is recorded is a change; day: what is dated up to it, too."""

    phase: object
    moment: datetime
    day: object
    report: SignedReport | None


def table(scope, facts=None):
    since = [_since(phase, scope) for phase in scope.phases]
    return ReportTable(
        slug="changes",
        code="T10",
        title=_("Changes since the last signed report"),
        columns=_columns(),
        rows=LongRows(_keys(scope, since), changes_rows.rows_of),
        notes=_notes(since),
        empty=_("Nothing that had been reported was changed."),
    )


def _columns():
    return [
        Column("at", pgettext("column", "When"), "moment", _("When it was recorded."), 18),
        Column("plan", pgettext("column", "Plan"), "text", width=14),
        Column("what", pgettext("column", "What changed"), "text", width=34),
        Column("before", pgettext("column", "Before"), "text", width=26),
        Column("after", pgettext("column", "Now"), "text", width=26),
        Column(
            "effective_on",
            pgettext("column", "From which day"),
            "date",
            _("The day of the money, or from which the change holds."),
        ),
        Column("who", pgettext("column", "Who"), "text", width=24),
        Column("why", pgettext("column", "Why"), "text", width=40),
    ]


def _notes(since):
    return [_note(each) for each in since if each.moment]


def _note(since):
    phase = since.phase.name
    if since.report:
        return _("%(phase)s: changes since report %(code)s, prepared %(moment)s.") % {
            "phase": phase,
            "code": since.report.code,
            "moment": format_moment(since.moment),
        }
    return _("%(phase)s: nothing was signed before; changes since %(moment)s.") % {
        "phase": phase,
        "moment": format_moment(since.moment),
    }


# --- Since when ----------------------------------------------------------------------------------------


def _since(phase, scope):
    """The last report that was signed before what is known now; without one the beginning of the period."""
    until = scoped.moment_of_money(scope)
    reports = SignedReport.objects.filter(period__phase=phase, prepared_at__lt=until)
    report = (
        reports.order_by("-prepared_at", "-pk").select_related("period").defer("snapshot").first()
    )
    if report:
        return Since(phase, report.prepared_at, report.period.ends_on, report)
    day = scope.starts_on or phase.starts_on
    return Since(phase, timezone.make_aware(datetime.combine(day, time.min)), None, None)


# --- Which rows ------------------------------------------------------------------------------------------


def _keys(scope, since):
    """(when, table, key) of all of them, in an order that does not depend on how they are read."""
    until = scoped.moment_of_money(scope)
    found = [
        _keys_of(name, rows, at, until) for name, rows, at in _found(_Window(scope, since), scope)
    ]
    return found[0].union(*found[1:], all=True).order_by("at", "table", "key")


def _keys_of(name, rows, at, until):
    rows = rows.order_by().filter(**{f"{at}__lte": until})
    return rows.annotate(at=F(at), table=Value(name), key=F("pk")).values_list("at", "table", "key")


class _Window:
    """Conditions on rows that hang on a plan or a phase."""

    def __init__(self, scope, since):
        self.scope, self.since = scope, since
        self.is_whole = not (
            scope.region
            or scope.municipality
            or scope.area
            or scope.no_area
            or scope.source
            or scope.donor
        )

    def of_plans(self, rows, plan, at, late=None):
        """Rows of plans of the report; late: a condition that makes an old row a change, by its Since."""
        if not self.is_whole:
            rows = rows.filter(**{f"{plan}__in": scoped.plans_of(self.scope).values("pk")})
        return rows.filter(self.after(f"{plan}__phase", at, late))

    def after(self, phase, at, late=None):
        return reduce(
            or_,
            [
                Q(**{phase: each.phase, f"{at}__gt": each.moment}) & (late(each) if late else Q())
                for each in self.since
            ],
            Q(pk__in=[]),  # of no phase nothing
        )


def _found(window, scope):
    """[(name, rows, when they were recorded)]"""
    asked = scoped.source_of(scope)
    source = {"contribution__source": asked} if asked else {}
    of_grant = asked in ("", Source.GRANT)
    payments = window.of_plans(
        Payment.objects.booked().filter(**source),
        "contribution__plan",
        "booked_at",
        lambda since: _not_new(since, "paid_on"),
    )
    promised = Contribution.objects.filter(recorded_at__isnull=False)
    promised = promised.filter(source=asked) if asked else promised
    yield "payment", payments, "booked_at"
    yield "promise", window.of_plans(promised, "plan", "recorded_at"), "recorded_at"
    yield (
        "revision",
        window.of_plans(
            PromiseRevision.objects.filter(**source), "contribution__plan", "revised_at"
        ),
        "revised_at",
    )
    lines = BudgetRevision.objects.filter(number__gt=0)
    lines = lines.filter(line__source=asked) if asked else lines
    yield "budget", window.of_plans(lines, "line__plan", "revised_at"), "revised_at"
    yield "fact", window.of_plans(FactRevision.objects.all(), "plan", "recorded_at"), "recorded_at"
    steps = StatusChange.objects.filter(Q(before__in=COUNTED) | Q(after=PlanStatus.APPROVED))
    yield "step", window.of_plans(steps, "plan", "changed_at"), "changed_at"
    if window.is_whole or (of_grant and not _is_of_places(scope)):
        tranches = Tranche.objects.filter(
            window.after("phase", "booked_at", lambda since: _not_new(since, "received_on"))
        )
        tranches = tranches.filter(donor=scope.donor) if scope.donor else tranches
        yield "tranche", tranches, "booked_at"
    if window.is_whole:
        opened = PeriodStep.objects.filter(after=PeriodStatus.OPEN)
        yield "period", opened.filter(window.after("period__phase", "taken_at")), "taken_at"


def _is_of_places(scope):
    return bool(scope.region or scope.municipality or scope.area or scope.no_area)


def _not_new(since, day):
    """A row that corrects, takes back, came late, or is dated in what was reported already."""
    old = Q(late_for__isnull=False) | Q(reverses__isnull=False) | Q(corrects__isnull=False)
    return old | Q(**{f"{day}__lte": since.day}) if since.day else old

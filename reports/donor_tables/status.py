"""T9: how many plans stand where, by service area; cancelled ones apart, with the money already paid to them."""

from collections import Counter, defaultdict

from django.db.models import Count, F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from action_plans.models import (
    COUNTED,
    ActionPlan,
    Form,
    Payment,
    PaymentKind,
    PlanArea,
    PlanStatus,
    ServiceArea,
    StatusChange,
)
from lib.money import allocate, total
from lib.money_sums import KgsColumn, sum_kgs
from reports.column import Column
from reports.report_table import ReportTable
from reports.rows import ZERO

from . import scoped

CANCELLED = PlanStatus.CANCELLED
STATES = [*COUNTED, CANCELLED]
KINDS = [PaymentKind.RECEIVED, PaymentKind.RETURNED, PaymentKind.SPENT]
NO_AREA = ""


def table(scope, facts=None):
    if scoped.is_past(scope):
        scoped.ask_steps(scope)
    return _list(scope) if scope.rows == "cancelled" else _by_area(scope)


# --- Counts by area -----------------------------------------------------------------------------------


def _by_area(scope):
    moved = scoped.areas_then(scope)
    counts, totals = _counts(scope, moved)
    paid = _paid_by_area(scope, moved)
    names = _names()
    tops = sorted({*counts, *paid}, key=lambda code: (code not in names, list(names).index(code)))
    rows = [_row(names[code], code, counts[code], paid[code]) for code in tops]
    return ReportTable(
        slug="plan-status",
        code="T9",
        title=_("Status of the action plans"),
        columns=_columns(),
        rows=rows,
        total=_row(pgettext("row of a table", "Total"), None, totals, total(paid.values())),
        notes=_notes(),
        empty=_("No plan had been approved by this day."),
        keys=["area_code"],
    )


def _columns():
    states = [
        Column(
            str(status), PlanStatus(status).label, "count", _("Number of plans with this status.")
        )
        for status in COUNTED
    ]
    active = tuple(("+", str(status)) for status in COUNTED)
    return [
        Column("area_code", pgettext("column", "Code of the service area"), "text"),
        Column("area", pgettext("column", "Service area"), "text", width=40),
        *states,
        Column(
            "active",
            pgettext("column", "Active plans"),
            "count",
            _("Approved, in implementation or completed."),
            sums=active,
        ),
        Column(
            "cancelled",
            pgettext("column", "Cancelled plans"),
            "count",
            _("Approved once, then cancelled; not among the active ones."),
        ),
        Column(
            "paid_to_cancelled_kgs",
            pgettext("column", "Paid to cancelled plans"),
            "kgs",
            _("Cash received by cancelled plans less what they returned; it stays in all totals."),
        ),
        Column(
            "all",
            pgettext("column", "All plans"),
            "count",
            _("Active and cancelled plans."),
            sums=(("+", "active"), ("+", "cancelled")),
        ),
    ]


def _notes():
    return [
        _(
            "A plan with several service areas is counted in each of them and once in the total. "
            "Money of cancelled plans is divided by their shares."
        )
    ]


def _row(name, code, counts, paid):
    active = sum(counts[status] for status in COUNTED)
    return {
        "area_code": code,
        "area": name,
        **{str(status): counts[status] for status in STATES},
        "active": active,
        "paid_to_cancelled_kgs": paid,
        "all": active + counts[CANCELLED],
    }


def _counts(scope, moved):
    """({top area: {status: plans}}, {status: plans}); areas as they were then."""
    plans = scoped.plans_of(scope)
    codes = scoped.codes_of(scope.area) if scope.area else None
    top = Coalesce("areas__area__parent__code", "areas__area__code")
    rows = plans.exclude(pk__in=list(moved)) if moved else plans
    if codes:
        rows = rows.filter(areas__area__code__in=codes)
    rows = rows.annotate(top=top).values_list("top", "status_then")
    counts = defaultdict(Counter)
    for code, status, number in rows.annotate(Count("pk", distinct=True)):
        counts[code or NO_AREA][status] += number
    if moved:
        _add_moved(counts, plans, moved, codes)
    totals = plans.values_list("status_then").annotate(Count("pk"))
    return counts, Counter(dict(totals))


def _add_moved(counts, plans, moved, codes):
    tops = tops_of_codes()
    for plan, status in plans.filter(pk__in=list(moved)).values_list("pk", "status_then"):
        areas = [code for code, _share in moved[plan] if not codes or code in codes]
        for top in {tops[code] for code in areas} or {NO_AREA}:
            counts[top][status] += 1


def tops_of_codes():
    """{code: that of the area it is a part of, or its own}"""
    return dict(
        ServiceArea.objects.order_by().values_list("code", Coalesce("parent__code", F("code")))
    )


def _names():
    """{code of a top area: its name}, in their order; "" comes last."""
    areas = ServiceArea.objects.filter(parent=None).order_by("position", "code")
    return {area.code: area.name for area in areas} | {
        NO_AREA: pgettext("service area", "Not specified")
    }


# --- Money of cancelled plans ----------------------------------------------------------------------------


def _paid(scope):
    """{plan id: {kind: som in cash}} of cancelled plans, as known then; those without money too."""
    plans = scoped.plans_of(scope).filter(scoped.stood(scope, [CANCELLED]))
    rows = scoped.booked_then(Payment.objects.order_by(), scope)
    if source := scoped.source_of(scope):
        rows = rows.filter(contribution__source=source)
    rows = rows.filter(contribution__plan__in=plans.values("pk"), contribution__form=Form.CASH)
    sums = rows.values_list("contribution__plan", "kind").annotate(som=sum_kgs("amount_kgs"))
    none = Value(ZERO, output_field=KgsColumn(max_digits=18, decimal_places=2))
    paid = {}
    for plan, kind, som in sums.union(plans.values_list("pk", Value(""), none), all=True):
        money = paid.setdefault(plan, dict.fromkeys(KINDS, ZERO))
        if kind:
            money[kind] = som
    return paid


def _net(money):
    return money[PaymentKind.RECEIVED] - money[PaymentKind.RETURNED]


def _paid_by_area(scope, moved):
    paid = {plan: net for plan, money in _paid(scope).items() if (net := _net(money))}
    areas, tops, sums = _areas(paid, moved), tops_of_codes(), defaultdict(lambda: ZERO)
    codes = scoped.codes_of(scope.area) if scope.area else None
    for plan, net in paid.items():
        shares = areas.get(plan) or [(None, 100)]
        for (code, _share), part in zip(
            shares, allocate(net, [share for _code, share in shares]), strict=True
        ):
            if not codes or code in codes:
                sums[tops.get(code, NO_AREA)] += part
    return sums


def _areas(plans, moved):
    """{plan id: [(code, share)]} as they were then, the largest share first."""
    found = defaultdict(list)
    rows = PlanArea.objects.filter(plan__in=[plan for plan in plans if plan not in moved])
    rows = rows.order_by("plan", "-share", "area__position", "area__code")
    for plan, code, share in rows.values_list("plan", "area__code", "share"):
        found[plan].append((code, share))
    return found | {plan: list(moved[plan]) for plan in plans if plan in moved}


# --- The cancelled plans one by one ------------------------------------------------------------------------


def _list(scope):
    paid = _paid(scope)
    rows = _rows_of(scope, paid)
    sums = {
        name: total(row[name] for row in rows)
        for name in ("received_kgs", "returned_kgs", "paid_kgs", "spent_kgs")
    }
    return ReportTable(
        slug="plan-status",
        code="T9",
        title=_("Cancelled plans and the money already paid to them"),
        columns=_columns_of_list(),
        rows=rows,
        total=dict.fromkeys([column.name for column in _columns_of_list()[1:]], "") | sums,
        notes=[_("What was paid to a cancelled plan and not returned stays in all totals.")],
        empty=_("No plan that had been approved is cancelled."),
    )


def _columns_of_list():
    return [
        Column("plan", pgettext("column", "Plan"), "text", width=14),
        Column("title", pgettext("column", "Title"), "text", width=50),
        Column("municipality", pgettext("column", "Municipality"), "text", width=30),
        Column("cancelled_on", pgettext("column", "Cancelled on"), "date"),
        Column(
            "received_kgs",
            pgettext("column", "Received"),
            "kgs",
            _("Cash that the plan received up to the day of the report."),
        ),
        Column(
            "returned_kgs", pgettext("column", "Returned"), "kgs", _("Of that, what it returned.")
        ),
        Column(
            "paid_kgs",
            pgettext("column", "Paid, net"),
            "kgs",
            _("Received less returned."),
            sums=(("+", "received_kgs"), ("-", "returned_kgs")),
        ),
        Column("spent_kgs", pgettext("column", "Spent"), "kgs", _("What the plan spent.")),
    ]


def _rows_of(scope, paid):
    plans = ActionPlan.objects.filter(pk__in=paid).order_by("reference")
    plans = plans.select_related("lead").prefetch_related("texts")
    steps = _cancelled(paid, scoped.moment_of(scope))
    return [_row_of(plan, paid[plan.pk], steps.get(plan.pk)) for plan in plans]


def _row_of(plan, money, at):
    return {
        "plan": plan.reference,
        "title": plan.title,
        "municipality": plan.lead.name,
        "cancelled_on": at and timezone.localdate(at),
        "cancelled_on_reason": "" if at else pgettext("date", "not known"),
        "received_kgs": money[PaymentKind.RECEIVED],
        "returned_kgs": money[PaymentKind.RETURNED],
        "paid_kgs": _net(money),
        "spent_kgs": money[PaymentKind.SPENT],
        "link": plan.get_absolute_url(),
    }


def _cancelled(plans, moment):
    """{plan id: when}; why is between the office and the municipality"""
    steps = StatusChange.objects.filter(plan__in=plans, after=CANCELLED, changed_at__lte=moment)
    return dict(steps.order_by("changed_at", "pk").values_list("plan", "changed_at"))

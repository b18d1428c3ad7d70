"""T6: at which rates foreign money became som, as the rows keep them; and the average of the tranches."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from action_plans.models import Tranche, UsedRate
from action_plans.phases import fx_text
from lib.currencies import KGS
from lib.money_sums import sum_kgs
from reports.column import Column
from reports.report_table import ReportTable
from reports.rows import ZERO

from . import scoped
from .fund_flow import is_of_plans

RATE = ["currency", "rate_on", "rate_nominal", "rate_value", "rate_source"]


class Used(NamedTuple):
    phase: int
    currency: str
    rate_on: object
    nominal: int
    rate: object
    source: str
    number: int
    amount: object
    kgs: object


def table(scope, facts=None):
    phases = {phase.pk: phase for phase in scope.phases}
    tranches = [] if is_of_plans(scope) else _used(_tranches(scope), "phase")
    paid = _used(_payments(scope), "contribution__plan__phase")
    rows = [
        *(_row(used, phases, _("tranches")) for used in tranches),
        *(_average(*key, sums, phases) for key, sums in _averages(tranches).items()),
        *(_row(used, phases, _("payments of plans")) for used in paid),
    ]
    return ReportTable(
        slug="exchange-rates",
        code="T6",
        title=_("Exchange rates used"),
        columns=_columns(),
        rows=rows,
        notes=[
            _(
                "Each row was counted once, at the rate it keeps; a rate that is corrected later does not "
                "change it."
            )
        ],
        empty=_("No money in another currency was counted."),
    )


def _columns():
    return [
        Column("phase", pgettext("column", "Phase"), "text", width=14),
        Column("used_for", pgettext("column", "Used for"), "text", width=28),
        Column("currency", pgettext("column", "Currency"), "text"),
        Column("rate_on", pgettext("column", "Rate of"), "date", _("The day of the rate.")),
        Column("nominal", pgettext("column", "For how many units"), "count"),
        Column("rate", pgettext("column", "Som"), "rate", _("Som for so many units.")),
        Column("source", pgettext("column", "Source of the rate"), "text", width=28),
        Column("policy", pgettext("column", "Policy of the phase"), "text", width=34),
        Column("number", pgettext("column", "Rows"), "count", _("How many rows were counted so.")),
        Column(
            "amount", pgettext("column", "Amount converted"), "amount", _("In the other currency.")
        ),
        Column("amount_kgs", pgettext("column", "Result"), "kgs", _("In som, rounded row by row.")),
    ]


# --- Which rows --------------------------------------------------------------------------------------------


def _within(rows, scope, day):
    rows = scoped.booked_then(rows.exclude(currency=KGS), scope, day)
    return rows.filter(accounted_on__gte=scope.starts_on) if scope.starts_on else rows


def _tranches(scope):
    rows = Tranche.objects.filter(phase__in=scope.phases)
    rows = rows.filter(donor=scope.donor) if scope.donor else rows
    return _within(rows, scope, "received_on")


def _payments(scope):
    return _within(scoped.payments_of(scope), scope, "paid_on")


def _used(rows, phase):
    sums = {
        "number": Count("pk"),
        "sum_amount": sum_kgs("amount"),
        "sum_kgs": sum_kgs("amount_kgs"),
    }
    found = rows.order_by().values_list(phase, *RATE).annotate(**sums)
    used = [Used(*row) for row in found]
    # What was taken back leaves nothing.
    return sorted((it for it in used if it.amount or it.kgs), key=_order)


def _order(used):
    return used.phase, used.currency, used.rate_on or date.min, used.rate, used.source


def _averages(tranches):
    """{(phase, currency): (number, amount, som)}"""
    sums = defaultdict(lambda: (0, ZERO, ZERO))
    for used in tranches:
        number, amount, kgs = sums[used.phase, used.currency]
        sums[used.phase, used.currency] = (
            number + used.number,
            amount + used.amount,
            kgs + used.kgs,
        )
    return sums


# --- The rows --------------------------------------------------------------------------------------------


def _row(used, phases, used_for):
    return {
        "phase": phases[used.phase].name,
        "used_for": used_for,
        "currency": used.currency,
        "rate_on": used.rate_on,
        "rate_on_reason": "" if used.rate_on else _("for the whole phase"),
        "nominal": used.nominal,
        "rate": used.rate,
        "source": str(UsedRate(used.source).label),
        "policy": str(fx_text(phases[used.phase])),
        "number": used.number,
        "amount": used.amount,
        "amount_kgs": used.kgs,
    }


def _average(phase, currency, sums, phases):
    number, amount, kgs = sums
    return {
        "phase": phases[phase].name,
        "used_for": _("weighted average of these tranches"),
        "currency": currency,
        "rate_on": None,
        "rate_on_reason": _("of several days"),
        "nominal": 1,
        "rate": kgs / amount if amount > 0 else None,
        "rate_reason": "" if amount > 0 else _("nothing was received"),
        "source": _("computed: som ÷ units"),
        "policy": str(fx_text(phases[phase])),
        "number": number,
        "amount": amount,
        "amount_kgs": kgs,
    }

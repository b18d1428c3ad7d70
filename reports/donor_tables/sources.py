"""T3: who gives: planned, bound by a decision, received, returned, spent, outstanding; and the own share.

received = planned − outstanding + over, source by source, as in the funding report.
"""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lib.composition import composition
from lib.money import format_share, share, total
from reports.column import Column
from reports.facts_then import OWN, POTS
from reports.report_table import ReportTable
from reports.tables import SOURCE_NAMES

ZERO = Decimal("0.00")
# The programme first, as donors read it.
ORDER = ["grant", *[pot for pot in POTS if pot != "grant"]]
# With the cost, which the own share is a part of: so all is read at once.
NEEDED = ["promised", "binding", "net", "returned", "spent", "cost"]
ADDED = [
    "planned_kgs",
    "binding_kgs",
    "received_kgs",
    "returned_kgs",
    "net_kgs",
    "spent_kgs",
    "outstanding_kgs",
    "over_kgs",
    "period_received_kgs",
    "period_returned_kgs",
    "period_net_kgs",
]


def table(scope, facts):
    cells = {cell["source"]: cell for cell in facts.cells("source", only=NEEDED)}
    pots = [pot for pot in ORDER if pot in cells or not (scope.source or scope.donor)]
    rows = [_row(pot, cells.get(pot), scope) for pot in pots]
    if scope.period:
        _tell_parts(rows)
    whole = {name: total(row[name] for row in rows) for name in ADDED if rows and name in rows[0]}
    shares = {} if scope.source or scope.donor else _own_shares(facts, rows)
    return ReportTable(
        slug="sources",
        code="T3",
        title=_("Sources of funding"),
        columns=_columns(scope),
        rows=rows,
        total=_total(scope, whole) | shares if rows else None,
        notes=[*_share_notes(shares), *_notes(scope)],
        empty=_("Nothing was promised or received from this source."),
        keys=["code"],
    )


def _row(pot, cell, scope):
    cell = cell or {}
    row = {"name": str(SOURCE_NAMES[f"{pot}_kgs"]), "code": pot}
    planned, net = cell.get("promised_kgs", ZERO), _all(cell, "net")
    row |= {
        "planned_kgs": planned,
        # The approval of the plan is the programme's own decision.
        "binding_kgs": planned if pot == "grant" else cell.get("binding_kgs", ZERO),
        "received_kgs": _all(cell, "received"),
        "returned_kgs": _all(cell, "returned"),
        "net_kgs": net,
        "spent_kgs": _all(cell, "spent"),
        "outstanding_kgs": max(planned - net, ZERO),
        "over_kgs": max(net - planned, ZERO),
    }
    if scope.period:
        row |= {f"period_{name}_kgs": cell.get(f"{name}_kgs", ZERO) for name in PERIOD}
    return row | _fulfilment(row)


PERIOD = ["received", "returned", "net"]


def _all(cell, name):
    """Up to the day of the report."""
    steps = [f"{name}_before_kgs", f"{name}_corrections_kgs", f"{name}_kgs"]
    return total(cell.get(step) for step in steps)


def _fulfilment(row):
    if row["net_kgs"] < 0:
        return {"fulfilment_pct": None, "fulfilment_pct_reason": _("no share: below zero")}
    if not row["planned_kgs"]:
        return {"fulfilment_pct": None, "fulfilment_pct_reason": _("nothing was planned")}
    return {"fulfilment_pct": share(row["net_kgs"], row["planned_kgs"])}


def _tell_parts(rows):
    """Of what arrived in the period; none where more was given back than came."""
    parts = composition({row["code"]: row["period_net_kgs"] for row in rows})
    is_negative = any(row["period_net_kgs"] < 0 for row in rows)
    why = _("no share: below zero") if is_negative else _("nothing was received")
    for row in rows:
        row["period_part_pct"] = parts[row["code"]]
        if parts[row["code"]] is None:
            row["period_part_pct_reason"] = why


def _total(scope, whole):
    row = whole | {"name": _("Total")} | _fulfilment(whole)
    if scope.period:
        row["period_part_pct"] = Decimal("100.0") if whole["period_net_kgs"] > 0 else None
        if row["period_part_pct"] is None:
            row["period_part_pct_reason"] = _("no share: not above zero")
    return row


# The own share, in three versions


def _own_shares(facts, rows):
    """Unrounded percentages, None where there is no whole."""
    cost = facts.total(only=["promised", "cost"])
    net = {row["code"]: row["net_kgs"] for row in rows}
    received, own = total(net.values()), total(net[pot] for pot in OWN)
    return {
        "own_share_planned_pct": share(cost["own_of_known_cost_kgs"], cost["cost_kgs"]),
        "own_share_cash_pct": None if net["own_cash"] < 0 else share(net["own_cash"], received),
        "own_share_received_pct": None if own < 0 else share(own, received),
    }


def _share_notes(shares):
    if not shares:
        return []
    texts = [
        _(
            "Own share, planned (the headline): %(share)s. Own contribution promised ÷ planned cost "
            "of the plans whose cost is known."
        ),
        _(
            "Own share, received in cash: %(share)s. Received from municipalities in cash ÷ received "
            "from all sources."
        ),
        _(
            "Own share, received with contributions in kind: %(share)s. Received from municipalities "
            "in cash and in kind (verified) ÷ received from all sources."
        ),
    ]
    return [
        text % {"share": format_share(value)}
        for text, value in zip(texts, shares.values(), strict=True)
    ]


# Columns and notes


def _columns(scope):
    return [
        Column("name", pgettext("column", "Source"), "text", width=30),
        Column("code", pgettext("column", "Code"), "text", _("It is the same in every language.")),
        Column(
            "planned_kgs",
            pgettext("column", "Planned"),
            "kgs",
            _("Promised to plans that were not cancelled, as of the day of the report."),
        ),
        Column(
            "binding_kgs",
            pgettext("column", "Binding"),
            "kgs",
            _(
                "The part of it that rests on a decision or letter; a grant rests on the plan's approval."
            ),
        ),
        *(_columns_of_period() if scope.period else []),
        Column(
            "received_kgs",
            pgettext("column", "Received, gross"),
            "kgs",
            _("All that has arrived up to the day of the report."),
        ),
        Column(
            "returned_kgs",
            pgettext("column", "Returned"),
            "kgs",
            _("Given back; it stands below zero."),
        ),
        Column(
            "net_kgs",
            pgettext("column", "Received, net"),
            "kgs",
            _("Received less what was returned; in kind only what was verified."),
            sums=(("+", "received_kgs"), ("+", "returned_kgs")),
        ),
        Column(
            "spent_kgs",
            pgettext("column", "Spent"),
            "kgs",
            _("Spent, as municipalities report it."),
        ),
        Column(
            "outstanding_kgs",
            pgettext("column", "Outstanding"),
            "kgs",
            _("Planned and not received yet; never below zero."),
        ),
        Column(
            "over_kgs",
            pgettext("column", "Received over the promise"),
            "kgs",
            _("Received beyond what was planned."),
        ),
        Column(
            "fulfilment_pct",
            pgettext("column", "Fulfilment"),
            "pct",
            _("Received, net ÷ planned."),
            ratio=("net_kgs", "planned_kgs"),
        ),
    ]


def _columns_of_period():
    return [
        Column(
            "period_received_kgs",
            pgettext("column", "In the period: received"),
            "kgs",
            _("Arrived in the period, without corrections to earlier periods."),
        ),
        Column(
            "period_returned_kgs",
            pgettext("column", "In the period: returned"),
            "kgs",
            _("Given back in the period; it stands below zero."),
        ),
        Column(
            "period_net_kgs",
            pgettext("column", "In the period: net"),
            "kgs",
            _("Received less what was returned, in the period."),
            sums=(("+", "period_received_kgs"), ("+", "period_returned_kgs")),
        ),
        Column(
            "period_part_pct",
            pgettext("column", "Part of the period"),
            "pct",
            _(
                "Part of what all sources gave in the period; rounded so that the parts add up to 100.0%."
            ),
        ),
    ]


def _notes(scope):
    notes = [
        _(
            "Outstanding and over are told source by source: received = planned − outstanding + over."
        ),
        _(
            "Money received by plans that were cancelled later stays in received; it is not planned."
        ),
    ]
    if scope.donor:
        notes.append(
            _(
                "Plans do not say whose money their grant was: shown are grants of the phases that this donor financed."
            )
        )
    return notes

"""Budget lines of plans with what was spent on each, as of the day of a report.

Same rules as action_plans.variance, for many plans at once and told apart by period.
"""

from collections import Counter, defaultdict
from decimal import Decimal
from types import SimpleNamespace

from django.db.models import Q

from action_plans.models import BudgetLine, BudgetRevision, Payment, PaymentKind, PlanStatus
from action_plans.variance import Row, comment_due_on

from .facts_money import step_of, that_count
from .facts_read import sums_of
from .facts_sums import STEPS, SumTyiyn

MONEY = [
    "original_kgs",
    "now_kgs",
    "spent_before_kgs",
    "spent_corrections_kgs",
    "spent_kgs",
]
# A row of a plan without a number: what was spent there on no line.
NO_LINE = ""
# Of more plans the database reads all rows sooner.
NAMED_UP_TO = 2000
OF_A_PLAN = ["reference", "completed_on"]


def of_rows(then):
    """[{line, plan, position, title, unit, quantity, unit_cost_kgs, year, source, comment, needs_comment,
    *MONEY}] by plan and number; quantity and cost of a unit are those of the budget now."""
    chosen = _chosen(then)
    plans = _plans(then, chosen)
    spent = _spent(then, chosen)
    known = _revisions(then, chosen)
    found = []
    for line in _lines(then, chosen):
        plan = plans.get(line["plan"])
        if plan and line["pk"] in known:
            row = _row(then, plan, line, known[line["pk"]], spent[line["plan"], line["pk"]])
            if any(row[name] for name in MONEY):
                found.append(row)
    found += [
        _without_line(plans[plan], sums)
        for (plan, line), sums in spent.items()
        if line is None and plan in plans and any(sums.values())
    ]
    return sorted(found, key=lambda row: (row["plan"], row["position"] is None, row["position"]))


def kept(lines):
    """As a snapshot has them."""
    return [
        {name: value for name, value in row.items() if value not in (None, "") or name == "line"}
        for row in lines
    ]


def of_snapshot(rows, scope, references):
    """As they were kept; references: of the plans in the chosen places and areas."""
    for row in rows:
        source = row.get("source", "")
        if row["plan"] not in references or (scope.source and source != scope.source):
            continue
        yield {
            "position": None,
            "title": "",
            "unit": "",
            "year": None,
            "comment": "",
            **row,
            "quantity": _decimal(row.get("quantity")),
            "unit_cost_kgs": _decimal(row.get("unit_cost_kgs")),
            "source": source,
            **{name: Decimal(row.get(name, "0.00")) for name in MONEY},
        }


def _decimal(text):
    return None if text is None else Decimal(text)


# What is read


def _chosen(then):
    """Ids of the plans in the chosen places and areas; None: every plan."""
    if not then.is_of_places:
        return None
    return {plan for (plan,) in sums_of(then, ["plan"], {"cost"})}


def _condition(then, chosen, path=""):
    """On the plans of the report; few are named, so that no others are read. path: the way to them."""
    condition = then.plan_condition(path)
    if chosen is not None and len(chosen) <= NAMED_UP_TO:
        condition &= Q(**{f"{path}pk__in": list(chosen)})
    return condition


def _plans(then, chosen):
    """{id: what a line asks of its plan}"""
    lines = BudgetLine.objects.order_by().filter(_condition(then, chosen, "plan__"))
    having = Q(pk__in=lines.values("plan")) | Q(pk__in=_paid_without_line(then, chosen))
    rows = then.plans().filter(_condition(then, chosen), having)
    phases = {phase.pk: phase for phase in then.scope.phases}
    found = {}
    for pk, status, phase, *own in rows.values_list("pk", "status", "phase", *OF_A_PLAN):
        if chosen is None or pk in chosen:
            status = PlanStatus.IMPLEMENTATION if pk in then.cancelled_since else status
            found[pk] = SimpleNamespace(
                status=status, phase=phases[phase], **dict(zip(OF_A_PLAN, own, strict=True))
            )
    return found


def _paid_without_line(then, chosen):
    rows = Payment.objects.order_by().filter(kind=PaymentKind.SPENT, budget_line=None)
    rows = rows.filter(_condition(then, chosen, "contribution__plan__"))
    return rows.values("contribution__plan")


def _lines(then, chosen):
    lines = BudgetLine.objects.order_by().filter(_condition(then, chosen, "plan__"))
    if then.scope.source:
        lines = lines.filter(source=then.scope.source)
    columns = ["pk", "plan", "position", "title", "unit", "year", "source"]
    return lines.values(*columns, "comment", "commented_at")


def _revisions(then, chosen):
    """{line id: (original, now, quantity, cost of a unit)} of the lines that were known."""
    found = {}
    rows = BudgetRevision.objects.filter(_condition(then, chosen, "line__plan__"))
    rows = rows.order_by("number")
    columns = ["line", "number", "effective_on", "revised_at"]
    columns += ["amount_kgs", "quantity", "unit_cost_kgs"]
    for line, number, since, revised_at, *now in rows.values_list(*columns):
        if revised_at > then.until:
            continue
        if number == 0:
            found[line] = (now[0], *now)
        elif line in found and since <= then.scope.day:
            found[line] = (found[line][0], *now)
    return found


def _spent(then, chosen):
    """{(plan id, line id or None): {step: tyiyn}}"""
    rows = that_count(then.scope, then).filter(kind=PaymentKind.SPENT)
    rows = rows.filter(_condition(then, chosen, "contribution__plan__"))
    if then.scope.source:
        rows = rows.filter(contribution__source=then.scope.source) | rows.filter(
            budget_line__source=then.scope.source
        )
    rows = rows.annotate(step=step_of(then.scope))
    found = defaultdict(Counter)
    what = ["contribution__plan", "budget_line", "step"]
    for plan, line, step, amount in rows.values_list(*what).annotate(sum=SumTyiyn("amount_kgs")):
        found[plan, line][step] += amount
    return found


# One line


def _row(then, plan, line, known, sums):
    original, now, quantity, unit_cost = known
    spent = _som(sums)
    actual = sum(spent.values())
    if plan.status == PlanStatus.CANCELLED:
        now = actual
    is_known = line["commented_at"] is None or line["commented_at"] <= then.until
    comment = line["comment"] if is_known else ""
    compared = Row(
        original=original,
        now=now,
        actual=actual or None,
        line=SimpleNamespace(year=line["year"]),
    )
    due = comment_due_on(plan, compared, then.scope.day)
    return {
        "line": f"{plan.reference}/{line['position']}",
        "plan": plan.reference,
        "position": line["position"],
        "title": line["title"],
        "unit": line["unit"],
        "quantity": quantity,
        "unit_cost_kgs": unit_cost,
        "year": line["year"],
        "source": line["source"],
        "comment": comment,
        "needs_comment": bool(due and due <= then.scope.day and not comment),
        "original_kgs": original,
        "now_kgs": now,
        **spent,
    }


def _without_line(plan, sums):
    return {
        "line": NO_LINE,
        "plan": plan.reference,
        "position": None,
        "title": "",
        "unit": "",
        "quantity": None,
        "unit_cost_kgs": None,
        "year": None,
        "source": "",
        "comment": "",
        "needs_comment": False,
        "original_kgs": Decimal("0.00"),
        "now_kgs": Decimal("0.00"),
        **_som(sums),
    }


def _som(sums):
    names = ["spent_before_kgs", "spent_corrections_kgs", "spent_kgs"]
    return {name: Decimal(sums[step]).scaleb(-2) for name, step in zip(names, STEPS, strict=True)}


__all__ = ["MONEY", "NO_LINE", "kept", "of_rows", "of_snapshot"]

"""T2 by budget line, and the comments of lines for T2 by plan."""

from collections import defaultdict

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from action_plans.models import Source
from lib.money import format_amount, format_number, format_share
from reports.column import Column
from reports.facts_lines import NO_LINE

from .variances import measured

NO_COMMENT = {"comment": "", "needs_comment": False}


def columns():
    return [
        Column(
            "name", pgettext("column", "Budget line"), "text", _("Plan and number of the line."), 16
        ),
        Column("title", pgettext("column", "What for"), "text", width=40),
        Column("line", pgettext("column", "Code of the line"), "text"),
        Column(
            "quantity",
            pgettext("column", "Units"),
            "text",
            _("How many units the budget now counts."),
            14,
        ),
        Column(
            "unit_cost_kgs",
            pgettext("column", "Cost of a unit, som"),
            "amount",
            _("Of the budget now; units × cost of a unit is the budget of the line."),
        ),
        Column("source_name", pgettext("column", "Who pays"), "text", width=24),
    ]


def rows(facts):
    return [_row(line) for line in facts.lines()]


def _row(line):
    steps = [line["spent_before_kgs"], line["spent_corrections_kgs"], line["spent_kgs"]]
    is_reported = any(steps)
    is_line = line["line"] != NO_LINE
    amounts = {
        "original_kgs": line["original_kgs"],
        "budget_kgs": line["now_kgs"],
        "before_kgs": steps[0] if is_reported else None,
        "corrections_kgs": steps[1] if is_reported else None,
        "actual_kgs": steps[2] if is_reported else None,
        "cumulative_kgs": sum(steps) if is_reported else None,
    }
    about = {
        "name": f"{line['plan']} / {line['position']}" if is_line else line["plan"],
        "title": line["title"] if is_line else _("Spent on no line of the budget"),
        "line": line["line"] if is_line else f"{line['plan']}/",
        "quantity": _units(line),
        "unit_cost_kgs": line["unit_cost_kgs"],
        "source_name": str(Source(line["source"]).label) if line["source"] else "",
        "plan": line["plan"],
    }
    comment = _comment([line] if is_line else [])
    return about | measured(amounts) | comment


def _units(line):
    if line["quantity"] is None:
        return ""
    return f"{format_number(line['quantity'])} {line['unit']}".strip()


def comments(facts):
    """{plan: comment and whether one is missing}"""
    lines = defaultdict(list)
    for line in facts.lines():
        if line["comment"] or line["needs_comment"]:
            lines[line["plan"]].append(line)
    return {plan: _comment(found, several=True) for plan, found in lines.items()}


def _comment(lines, *, several=False):
    said = [
        f"{line['position']}. {line['comment']}" if several else line["comment"]
        for line in lines
        if line["comment"]
    ]
    missing = any(line["needs_comment"] for line in lines)
    comment = {"comment": " · ".join(said), "needs_comment": missing}
    if missing and not said:
        comment |= {"comment": None, "comment_reason": _("A comment is needed.")}
    elif missing:
        comment["comment"] += " · " + _("A comment is needed.")
    return comment


def threshold_text(limits):
    """limits: {(percent, som): names of phases}"""
    texts = [
        _("A line that differs by more than %(pct)s and by more than %(kgs)s som needs a comment.")
        % {"pct": format_share(pct), "kgs": format_amount(kgs)}
        for pct, kgs in limits
    ]
    if len(texts) == 1:
        return texts[0]
    return " ".join(
        f"{', '.join(names)}: {text}" for names, text in zip(limits.values(), texts, strict=True)
    )

"""A plan's money on one page: promises, budget, payments, in kind, years; as of any day."""

from typing import NamedTuple

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from action_plans import (
    budget_page,
    in_kind_page,
    ledger_page,
    money_page,
    phases,
    promises_page,
    years_page,
)


class Section(NamedTuple):
    anchor: str
    title: str
    template: str
    variables: object  # section(plan, *, user, on, known) → dict
    asks: tuple = ()  # parameters of the address that it takes besides


SECTIONS = [
    Section("promises", _("Promises"), "action_plans/money/_promises.html", promises_page.section),
    Section("budget", _("Budget"), "action_plans/money/_budget.html", budget_page.section),
    Section(
        "ledger",
        _("Payments"),
        "action_plans/money/_ledger.html",
        ledger_page.section,
        asks=("page",),
    ),
    Section(
        "in-kind",
        _("Contributions in kind"),
        "action_plans/money/_in_kind.html",
        in_kind_page.section,
    ),
    Section("years", _("By year"), "action_plans/money/_years.html", years_page.section),
]


@require_safe
def plan_money(request, reference):
    plan = get_object_or_404(money_page.plans_for_page(request.user), reference=reference)
    on, problem = money_page.day_of(request.GET)
    known = money_page.Known(plan, user=request.user, on=on)
    context = {
        "plan": plan,
        "on": on,
        "is_past": on < timezone.localdate(),
        "problem": problem,
        "typed": request.GET.get("on", "") if problem else "",
        "figures": known.figures,
        "fx_text": phases.fx_texts([plan.phase]),
        "sections": SECTIONS,
        **known.rights,
    }
    for section in SECTIONS:
        asked = {name: request.GET.get(name) for name in section.asks}
        context |= section.variables(plan, user=request.user, on=on, known=known, **asked)
    return render(request, "action_plans/plan_money.html", context)

"""The list of plans, the page of one plan, its history."""

from typing import NamedTuple

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from action_plans import documents, plan_page
from action_plans.approval import rights_on
from action_plans.filters import MEASURES, PlanFilter, filled
from action_plans.forms_money import DayForm, DocumentForm, ReasonForm
from action_plans.history import entries, sees_everything, steps
from action_plans.models import ActionPlan, PlanStatus
from lib.htmx import render_page_or_partial
from lib.money import share

PER_PAGE = 25
LAST_CHANGES, ROWS_READ_FOR_THEM = 5, 60


@require_safe
def plan_list(request):
    if not request.htmx and "" in request.GET.values():
        # An empty form sends each field; the address is the saved filter, so it names what was chosen.
        return redirect(f"{request.path}?{filled(request.GET).urlencode()}")
    plan_filter = PlanFilter(request.GET)
    plans = plan_filter.plans(request.user)
    totals = plan_filter.totals(plans)
    page = Counted(plans, PER_PAGE, totals["plans"]).get_page(request.GET.get("page"))
    context = {
        "filter": plan_filter,
        "form": plan_filter.fields(),
        "page": page,
        "rows": rows(page.object_list, plan_filter),
        "totals": totals,
        "has_sample": any(plan.has_sample for plan in page.object_list),
        "is_partial": request.htmx and not request.htmx.history_restore_request,
        "may_create": request.user.works_for_programme or request.user.is_municipal,
    }
    response = render_page_or_partial(
        request, "action_plans/plan_list.html", context, partial="results"
    )
    response["HX-Push-Url"] = f"{request.path}?{plan_filter.query}"
    return response


class Counted(Paginator):
    """The totals have counted the plans already; only keys are sorted, then the page's plans are read."""

    count = 0

    def __init__(self, plans, per_page, count):
        super().__init__(plans, per_page)
        self.count = count

    def _get_page(self, plans, *args):
        keys = list(plans.values_list("pk", flat=True))
        read = ActionPlan.objects.for_list().in_bulk(keys)
        return super()._get_page([read[key] for key in keys], *args)


class Row(NamedTuple):
    plan: object
    money: dict
    own_share: object
    is_part: bool


def rows(plans, plan_filter):
    """Each plan with the money that is shown of it: its part in the chosen place or area."""
    parts = plan_filter.parts(plans)
    for plan in plans:
        whole = {name: getattr(plan, name) for name in MEASURES}
        part = parts.get(plan.pk)
        here = whole if part is None else {name: part[f"part_{name}"] for name in MEASURES}
        here |= {n: None for n in ("cost_kgs", "gap_kgs", "surplus_kgs") if whole[n] is None}
        is_part = any(here[name] != whole[name] for name in MEASURES)
        yield Row(plan, here, share(here["own_kgs"], here["cost_kgs"]), is_part)


@require_safe
def plan_detail(request, reference):
    return show_plan(request, reference)


def show_plan(request, reference, **forms):
    """The page, with the form that came back because something in it is wrong."""
    plan = get_object_or_404(plan_page.plans_for_page(request.user), reference=reference)
    arrived, waiting = plan_page.arrived_and_waiting(plan)
    promises, promised = plan_page.promises(plan, arrived)
    context = {
        "plan": plan,
        "bar": plan_page.bar(plan),
        "promises": promises,
        "promised": promised,
        "payments": plan_page.payments(plan, waiting),
        "received_share": share(plan.received_own_kgs, plan.received_kgs),
        "received_share_cash": share(plan.received_own_cash_kgs, plan.received_kgs),
        "minimum_kgs": plan.cost_kgs and plan.phase.minimum_own_share * plan.cost_kgs / 100,
        "removable": documents.removable(plan),
        "history": steps(plan, request.user)[:LAST_CHANGES],
        "sees_everything": sees_everything(plan, request.user),
        "returned": returned(plan),
        "forms": blank_forms() | forms,
        "open": next(iter(forms), ""),
        **rights_on(plan, request.user),
    }
    return render(request, "action_plans/plan_detail.html", context)


def blank_forms():
    today = {"on": timezone.localdate()}
    return {
        "return": ReasonForm(auto_id="return_%s"),
        "cancel": ReasonForm(auto_id="cancel_%s"),
        "start": DayForm(auto_id="start_%s", initial=today),
        "complete": DayForm(auto_id="complete_%s", initial=today),
        "document": DocumentForm(auto_id="document_%s"),
    }


def returned(plan):
    """The step that says why, while the plan waits for its author."""
    if plan.status == PlanStatus.RETURNED:
        return next((s for s in plan.steps.all() if s.after == PlanStatus.RETURNED), None)
    return None


@require_safe
def plan_history(request, reference):
    """The page; for the page of the plan its last changes, which htmx puts in the place of the steps."""
    plan = get_object_or_404(plan_page.plans_for_history(request.user), reference=reference)
    is_partial = request.htmx and not request.htmx.history_restore_request
    newest, shown = (ROWS_READ_FOR_THEM, LAST_CHANGES) if is_partial else (None, None)
    context = {
        "plan": plan,
        "history": entries(plan, request.user, newest=newest)[:shown],
        "sees_everything": sees_everything(plan, request.user),
        "is_partial": is_partial,
    }
    return render_page_or_partial(
        request, "action_plans/plan_history.html", context, partial="changes"
    )

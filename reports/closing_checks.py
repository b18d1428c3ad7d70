"""What keeps a period from being closed, each with the page where it is put right."""

from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from action_plans.models import (
    PROMISED,
    RECEIVED,
    ActionPlan,
    Axis,
    Payment,
    PaymentKind,
    PlanStatus,
    ReportingPeriod,
)
from action_plans.payments import SIGNS
from action_plans.totals import ZERO, counted_totals
from lib.currencies import format_money
from lib.dates import format_partial
from lib.money import format_kgs
from lib.money_sums import sum_kgs

from .facts import Facts
from .scope import Scope

NAMED_UP_TO = 20


class Problem(NamedTuple):
    text: str
    link: str = ""


def what_is_missing(period):
    """[Problem]; empty when the period can be closed."""
    return [
        *_not_over(period),
        *_earlier_open(period),
        *_drafts(period),
        *_totals(period),
        *_report(period),
    ]


def _not_over(period):
    if period.ends_on >= timezone.localdate():
        text = _("The last day of the period is not over yet: %(day)s.")
        yield Problem(text % {"day": format_partial(period.ends_on)})


def _earlier_open(period):
    earlier = ReportingPeriod.objects.open().filter(
        phase=period.phase_id, starts_on__lt=period.starts_on
    )
    for other in earlier:
        text = _("The earlier period %(period)s is open. Close it first.")
        yield Problem(text % {"period": other}, other.get_absolute_url())


def _drafts(period):
    """Rows that wait for a rate: no report would count them."""
    rows = Payment.objects.waiting().filter(
        contribution__plan__phase=period.phase_id, paid_on__lte=period.ends_on
    )
    number = rows.count()
    rows = rows.select_related("contribution__plan").order_by("paid_on", "pk")
    for row in rows[:NAMED_UP_TO]:
        plan = row.contribution.plan
        text = _("%(plan)s: %(amount)s of %(day)s waits for an exchange rate.")
        text %= {
            "plan": plan.reference,
            "amount": format_money(row.signed_amount, row.currency),
            "day": format_partial(row.paid_on),
        }
        yield Problem(text, reverse("action_plans:money", args=[plan.reference]) + "#ledger")
    if number > NAMED_UP_TO:
        more = number - NAMED_UP_TO
        text = ngettext(
            "%(number)s more payment waits for an exchange rate.",
            "%(number)s more payments wait for an exchange rate.",
            more,
        )
        yield Problem(text % {"number": more}, reverse("ledger:rates"))


def _totals(period):
    """Sums by service area, region, municipality and year are the same, and what arrived is that of the rows."""
    measures = {axis: _sums(axis, period.phase) for axis in Axis}
    names = {
        Axis.AREA: _("by service area"),
        Axis.TOP_AREA: _("by group of service areas"),
        Axis.REGION: _("by region"),
        Axis.MUNICIPALITY: _("by municipality"),
        Axis.YEAR: _("by year"),
    }
    whole = measures[Axis.ALL]
    for axis, name in names.items():
        for measure, amount in measures[axis].items():
            if amount != whole[measure]:
                yield _disagree(name, amount, whole[measure])
    rows = _received(period.phase)
    if rows != whole["received"]:
        yield _disagree(_("by the ledgers of the plans"), rows, whole["received"])


def _sums(axis, phase):
    """{measure: som} of the phase, cancelled plans too, as the kept totals of one axis add up."""
    cells = counted_totals(axis=axis, phase=phase, statuses=PlanStatus.values).values()
    groups = {"cost": ["cost_kgs"], "promised": PROMISED, "received": RECEIVED}
    return {
        measure: sum((cell[name] for cell in cells for name in names), ZERO)
        for measure, names in groups.items()
    }


def _received(phase):
    sums = {kind.value: sum_kgs("amount_kgs", filter=Q(kind=kind)) for kind in SIGNS}
    plans = ActionPlan.objects.was_approved().filter(phase=phase)
    rows = Payment.objects.booked().filter(contribution__plan__in=plans.values("pk"))
    found = rows.order_by().aggregate(**sums)
    return sum((sign * found[kind] for kind, sign in SIGNS.items()), ZERO)


def _report(period):
    """What the report of the period would count is all the money of its phase that is accounted by its last day."""
    now, phase = timezone.now(), period.phase
    scope = Scope(user=None, day=period.ends_on, known_at=now, phases=(phase,), period=period)
    counted = Facts(scope).total(only=["net", "spent"])
    rows = Payment.objects.booked().filter(
        contribution__plan__phase=phase, accounted_on__lte=period.ends_on
    )
    sums = {kind.value: sum_kgs("amount_kgs", filter=Q(kind=kind)) for kind in PaymentKind}
    booked = rows.order_by().aggregate(**sums)
    net = sum((sign * booked[kind] for kind, sign in SIGNS.items()), ZERO)
    for measure, whole in {"net": net, "spent": booked[PaymentKind.SPENT]}.items():
        steps = [f"{measure}_before_kgs", f"{measure}_corrections_kgs", f"{measure}_kgs"]
        amount = sum((counted[step] for step in steps), ZERO)
        if amount != whole:
            yield _left_out(amount, whole)


def _left_out(amount, whole):
    text = _(
        "The report would count %(amount)s, and the ledgers of the plans have %(whole)s. "
        "Tell the people who keep the portal: a plan with money is not in the report."
    )
    return Problem(text % {"amount": format_kgs(amount), "whole": format_kgs(whole)})


def _disagree(where, amount, whole):
    text = _(
        "The totals do not agree: %(where)s %(amount)s, in all %(whole)s. "
        "The command check_totals finds the plan and puts it right."
    )
    amounts = {"amount": format_kgs(amount), "whole": format_kgs(whole)}
    return Problem(text % ({"where": where} | amounts))

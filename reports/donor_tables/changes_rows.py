"""The rows of T10 in words: one question per table, however many rows of it are shown."""

from typing import NamedTuple

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from action_plans.facts import DATES
from action_plans.facts_on import AREAS, COST, read
from action_plans.models import (
    ActionPlan,
    BudgetRevision,
    Contribution,
    FactRevision,
    Form,
    Payment,
    PaymentKind,
    PeriodStep,
    PlanStatus,
    PromiseRevision,
    ServiceArea,
    Source,
    StatusChange,
    Tranche,
)
from lib.asked_once import objects_of
from lib.currencies import format_money
from lib.dates import format_partial
from lib.money import format_kgs, format_number, format_share

NOT_KNOWN = "—"


# What is read of a row and of what it leads to: plans are wide.
BY = ["name", "email"]
BOOKED = ["kind", "amount", "currency", "paid_on", "reason", "late_for__starts_on"]
BOOKED += ["late_for__ends_on", "contribution__source", "contribution__plan__reference"]
BOOKED += [f"{row}__{name}" for row in ("corrects", "reverses") for name in ("amount", "currency")]
BOOKED += [f"booked_by__{name}" for name in BY]
PROMISED = ["before_kgs", "amount_kgs", "effective_on", "reason", "decision"]
PROMISED += ["contribution__source", "contribution__form", "contribution__plan__reference"]
PROMISED += [f"revised_by__{name}" for name in BY]
BUDGETED = ["amount_kgs", "effective_on", "reason", "line__title", "line__plan__reference"]
BUDGETED += [f"revised_by__{name}" for name in BY]


class NamedPlan(NamedTuple):
    """All of a plan that a row says."""

    reference: str


def rows_of(keys):
    """keys: [(when, table, key)]; the rows in their order."""
    wanted = {}
    for _at, name, key in keys:
        wanted.setdefault(name, []).append(key)
    made = {name: MAKERS[name](pks) for name, pks in wanted.items()}
    return [{"at": at, **made[name][key]} for at, name, key in keys]


def _row(plan, what, *, before="", after="", on=None, who=None, why=""):
    return {
        "plan": plan.reference if plan else "",
        "what": what,
        "before": before,
        "after": after,
        "effective_on": on,
        "effective_on_reason": "" if on else pgettext("date", "does not apply"),
        "who": str(who) if who else NOT_KNOWN,
        "why": why,
    }


# --- Money ----------------------------------------------------------------------------------------------


def _payments(keys):
    rows = Payment.objects.select_related(
        "contribution__plan", "booked_by", "late_for", "corrects", "reverses"
    )
    rows = rows.only(*BOOKED).filter(pk__in=keys)
    return {row.pk: _payment(row) for row in objects_of(rows)}


def _payment(row):
    promise = row.contribution
    words = f"{Source(promise.source).label}, {PaymentKind(row.kind).label}"
    what = _booked(row) % {"what": words}
    return _ledger_row(row, promise.plan, what, row.paid_on)


def _ledger_row(row, plan, what, day):
    before, after = "", _amount(row)
    if row.reverses_id:
        before, after = _amount(row.reverses), _("taken back")
    elif row.corrects_id:
        before = _amount(row.corrects)
    why = row.reason
    if row.late_for_id:
        late = _("For the closed period %(period)s.") % {"period": row.late_for}
        why = f"{why} {late}".strip()
    return _row(plan, what, before=before, after=after, on=day, who=row.booked_by, why=why)


def _booked(row):
    if row.reverses_id:
        return pgettext("change", "Taken back: %(what)s")
    if row.corrects_id:
        return pgettext("change", "Corrected: %(what)s")
    return pgettext("change", "Booked later: %(what)s")


def _amount(row):
    return format_money(abs(row.amount), row.currency)


def _tranches(keys):
    rows = Tranche.objects.select_related("booked_by", "late_for", "corrects", "reverses")
    found = {}
    for row in rows.filter(pk__in=keys):
        what = _booked(row) % {"what": f"{_('Tranche')}, {row.donor}"}
        found[row.pk] = _ledger_row(row, None, what, row.received_on)
    return found


# --- Promises and budgets -------------------------------------------------------------------------------------


def _promised(promise):
    return f"{Source(promise.source).label}, {Form(promise.form).label}"


def _promises(keys):
    rows = Contribution.objects.select_related("plan").filter(pk__in=keys)
    first = PromiseRevision.objects.filter(contribution=OuterRef("pk")).order_by("number")
    rows = rows.annotate(first_kgs=Subquery(first.values("before_kgs")[:1]))
    found = {}
    for row in objects_of(rows):
        what = pgettext("change", "New promise: %(what)s") % {"what": _promised(row)}
        amount = row.amount_kgs if row.first_kgs is None else row.first_kgs
        found[row.pk] = _row(
            row.plan, what, after=format_kgs(amount), on=row.promised_on, why=row.decision
        )
    return found


def _revisions(keys):
    rows = PromiseRevision.objects.select_related("contribution__plan", "revised_by")
    rows = rows.only(*PROMISED)
    found = {}
    for row in objects_of(rows.filter(pk__in=keys)):
        what = pgettext("change", "Promise: %(what)s") % {"what": _promised(row.contribution)}
        found[row.pk] = _row(
            row.contribution.plan,
            what,
            before=format_kgs(row.before_kgs),
            after=format_kgs(row.amount_kgs),
            on=row.effective_on,
            who=row.revised_by,
            why=f"{row.reason} ({row.decision})",
        )
    return found


def _budgets(keys):
    earlier = BudgetRevision.objects.filter(line=OuterRef("line"), number=OuterRef("number") - 1)
    rows = BudgetRevision.objects.select_related("line__plan", "revised_by").filter(pk__in=keys)
    rows = rows.only(*BUDGETED)
    found = {}
    rows = rows.annotate(before_kgs=Subquery(earlier.values("amount_kgs")))
    for row in objects_of(rows):
        what = pgettext("change", "Budget line: %(line)s") % {"line": row.line.title}
        before = "" if row.before_kgs is None else format_kgs(row.before_kgs)
        found[row.pk] = _row(
            row.line.plan,
            what,
            before=before,
            after=format_kgs(row.amount_kgs),
            on=row.effective_on,
            who=row.revised_by,
            why=row.reason,
        )
    return found


# --- Facts, steps, periods ---------------------------------------------------------------------------------


def _facts(keys):
    names = {area.code: area.name for area in ServiceArea.objects.all()}
    rows = FactRevision.objects.select_related("plan", "recorded_by").filter(pk__in=keys)
    return {
        row.pk: _row(
            row.plan,
            label_of(row.fact),
            before=_words(row.fact, row.before, names),
            after=_words(row.fact, row.after, names),
            on=row.effective_on,
            who=row.recorded_by,
            why=row.reason,
        )
        for row in objects_of(rows)
    }


def label_of(fact):
    """As the form of the plan calls it."""
    if fact == AREAS:
        return pgettext("change", "Service area")
    label = str(ActionPlan._meta.get_field(fact).verbose_name)
    return label[:1].upper() + label[1:]


def _words(fact, stored, names):
    value = read(fact, stored)
    if fact == AREAS:
        return ", ".join(_area(code, share, names) for code, share in value) or pgettext(
            "service area", "Not specified"
        )
    if value is None:
        return NOT_KNOWN
    if fact in DATES:
        return format_partial(*value)
    return format_kgs(value) if fact == COST else format_number(value)


def _area(code, share, names):
    name = names.get(code, code)
    return name if share == 100 else f"{name} {format_share(share)}"


def _steps(keys):
    rows = StatusChange.objects.filter(pk__in=keys)
    columns = ["pk", "plan__reference", "before", "after", "changed_at", "changed_by", "reason"]
    rows = objects_of(rows.values_list(*columns))
    people = User.objects.in_bulk({row[5] for row in rows})
    # Looked up once: get_…_display puts the names of all states together for each row.
    names = {value: str(label) for value, label in PlanStatus.choices}
    what = pgettext("change", "Status of the plan")
    return {
        pk: _row(
            NamedPlan(reference),
            what,
            before=names.get(before, before),
            after=names.get(after, after),
            on=timezone.localdate(at),
            who=people.get(by),
            why=why,
        )
        for pk, reference, before, after, at, by, why in rows
    }


def _periods(keys):
    rows = PeriodStep.objects.select_related("period__phase", "taken_by").filter(pk__in=keys)
    found = {}
    for row in rows:
        what = _("Period opened again: %(phase)s, %(period)s") % {
            "phase": row.period.phase.name,
            "period": row.period,
        }
        found[row.pk] = _row(
            None,
            what,
            before=row.get_before_display(),
            after=row.get_after_display(),
            on=timezone.localdate(row.taken_at),
            who=row.taken_by,
            why=row.reason,
        )
    return found


MAKERS = {
    "payment": _payments,
    "tranche": _tranches,
    "promise": _promises,
    "revision": _revisions,
    "budget": _budgets,
    "fact": _facts,
    "step": _steps,
    "period": _periods,
}

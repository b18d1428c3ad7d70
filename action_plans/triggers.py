"""What holds a closed period shut: no way in changes what was counted in it or known of it (lib/triggers.py).

Money is held by the day it is accounted on, everything else by the moment it was recorded: what was recorded up to
the last closing of the phase stays as it is; what comes later is recorded anew, with its own moment.
A row is held shut, too, on a day before a closed period that no period has: sums up to its end count that row.
"""

from django.utils.translation import gettext_lazy as _

from lib.triggers import Guard, Guards

from .models import (
    ActionPlan,
    BudgetLine,
    BudgetRevision,
    Contribution,
    FactRevision,
    InKindItem,
    Payment,
    PeriodStep,
    PlanArea,
    PlanMunicipality,
    PromiseRevision,
    ReportingPeriod,
    StatusChange,
    Tranche,
)
from .trigger_conditions import APPROVED, CONDITIONS, FUNCTIONS, PERIOD, PLAN, P

WORDS = {
    "row": _(
        "Meanwhile the period of this day was closed, so nothing in it changes any more. Nothing was saved; "
        "press the button once more, and it is booked in the period that is open."
    ),
    "known": _(
        "This was recorded before a reporting period was closed, so it stays as it is. Record a new change with "
        "its own day; if somebody closed the period at this very moment, press the button once more."
    ),
    "promise": _(
        "This promise is counted in a closed period. It changes only by a revision with its decision."
    ),
    "in_kind": _(
        "This was received in a closed period, so what was given stays as it is. Withdraw the verification, and "
        "enter what was really given as a new contribution in kind."
    ),
    "fact": _(
        "This plan is counted in a closed period. Its facts change only by a correction with its day and reason."
    ),
    "plan": _(
        "This plan is counted in a closed period: its phase, approval, municipalities and status stay as they are."
    ),
    "line": _("This budget line is counted in a closed period. Its amount changes by a revision."),
    "never": _("This is a record of what happened. It is never changed."),
    "overlap": _("Another period of this phase has some of these days already."),
    "period": _("Only an open period that was never closed changes its days or is removed."),
    "new_period": _("A new period is open."),
    "step": _("A period is closed, signed and opened again only one step after the other."),
    "replaced": _("There is such a row already, and it is not replaced."),
    "emptied": _("This table holds what is counted in closed periods. It is not emptied."),
}


def rules(vendor):
    sql = CONDITIONS[vendor]
    yield from _money(sql)
    yield from _records(sql)
    yield from _promises(sql)
    yield from _plans(sql)
    yield from _periods(sql)


# --- Money, by the day it is accounted on -------------------------------------------------------------


def _phase_of(contribution):
    return (
        f"(SELECT phase_id FROM {PLAN} JOIN {P}contribution ON {PLAN}.id = plan_id "
        f"WHERE {P}contribution.id = {contribution})"
    )


def _money(sql):
    for name in ("payment", "tranche"):

        def shut(row, name=name):
            phase = f"{row}.phase_id" if name == "tranche" else _phase_of(f"{row}.contribution_id")
            return f"{row}.accounted_on IS NOT NULL AND {sql.day(phase, f'{row}.accounted_on')}"

        table, both = f"{P}{name}", f"({shut('OLD')}) OR ({shut('NEW')})"
        yield Guard(f"{name}_new", table, "INSERT", shut("NEW"), "row")
        yield Guard(f"{name}_changed", table, "UPDATE", both, "row")
        yield Guard(f"{name}_deleted", table, "DELETE", shut("OLD"), "row")


# --- What was recorded by the closing stays as it was known --------------------------------------------


def _records(sql):
    of_contribution = f"(SELECT plan_id FROM {P}contribution WHERE id = {{row}}.contribution_id)"
    of_line = f"(SELECT plan_id FROM {P}budgetline WHERE id = {{row}}.line_id)"
    for name, plan, moment in [
        ("promiserevision", of_contribution, "revised_at"),
        ("budgetrevision", of_line, "revised_at"),
        ("statuschange", "{row}.plan_id", "changed_at"),
        ("factrevision", "{row}.plan_id", "recorded_at"),
    ]:

        def shut(row, plan=plan, moment=moment):
            of = plan.format(row=row)
            phase = f"(SELECT phase_id FROM {PLAN} WHERE id = {of})"
            return f"({sql.known(phase, f'{row}.{moment}')}) AND ({sql.plan(of)})"

        yield Guard(f"{name}_new", f"{P}{name}", "INSERT", shut("NEW"), "known")
        if name == "factrevision":
            continue
        both = f"({shut('OLD')}) OR ({shut('NEW')})"
        yield Guard(f"{name}_changed", f"{P}{name}", "UPDATE", both, "known")
        yield Guard(f"{name}_deleted", f"{P}{name}", "DELETE", shut("OLD"), "known")
    for name in ("factrevision", "periodstep"):
        for event in ("UPDATE", "DELETE"):
            yield Guard(f"{name}_{event.lower()}d", f"{P}{name}", event, "TRUE", "never")


# --- Promises, goods in kind and budget lines ----------------------------------------------------------


def _promises(sql):
    yield from _contributions(sql)
    table = f"{P}inkinditem"
    given = ["contribution_id", "what", "quantity", "unit", "unit_value_kgs", "claimed_kgs"]
    received = (
        f"EXISTS (SELECT 1 FROM {P}payment WHERE in_kind_id = OLD.id AND accounted_on IS NOT NULL "
        f"AND {sql.day(_phase_of(f'{P}payment.contribution_id'), 'accounted_on')})"
    )
    given += ["given_on", "id"]
    yield Guard("in_kind_changed", table, _of(given), received, "in_kind", when=_differs(given))
    yield Guard("in_kind_deleted", table, "DELETE", received, "in_kind")
    names = ["plan_id", "source", "year", "title", "unit", "id"]
    table = f"{P}budgetline"
    shut = sql.plan("OLD.plan_id")
    recorded = (
        f"EXISTS (SELECT 1 FROM {P}budgetrevision WHERE line_id = OLD.id "
        f"AND revised_at <= {sql.since('OLD.plan_id')})"
    )
    shut = f"({shut}) AND ({recorded})"
    yield Guard("line_changed", table, _of(names), shut, "line", when=_differs(names))
    yield Guard("line_deleted", table, "DELETE", shut, "line")


def _contributions(sql):
    """Of a plan that was approved by the closing; revise() saves the revision before the new amount."""
    table = f"{P}contribution"
    fixed = ["plan_id", "source", "form", "promised_on", "recorded_at", "id"]
    newest = (
        f"(SELECT amount_kgs FROM {P}promiserevision WHERE contribution_id = OLD.id "
        "ORDER BY number DESC LIMIT 1)"
    )
    amount = f"({sql.plan('OLD.plan_id')}) AND {newest} IS DISTINCT FROM NEW.amount_kgs"
    yield Guard(
        "promise_amount",
        table,
        "UPDATE OF amount_kgs",
        amount,
        "promise",
        when=_differs(["amount_kgs"]),
    )
    moved = f"({sql.plan('OLD.plan_id')}) OR ({sql.plan('NEW.plan_id')})"
    yield Guard("promise_changed", table, _of(fixed), moved, "promise", when=_differs(fixed))
    yield Guard("promise_deleted", table, "DELETE", sql.plan("OLD.plan_id"), "promise")
    phase = f"(SELECT phase_id FROM {PLAN} WHERE id = NEW.plan_id)"
    known = f"NEW.recorded_at IS NULL OR ({sql.known(phase, 'NEW.recorded_at')})"
    yield Guard(
        "promise_new", table, "INSERT", f"({sql.plan('NEW.plan_id')}) AND ({known})", "known"
    )


# --- Plans ----------------------------------------------------------------------------------------------


def _plans(sql):
    yield from _facts(sql)
    shut = sql.plan("OLD.id")
    fixed = ["phase_id", "approved_at", "id"]
    counted = f"(NEW.approved_at IS NOT NULL OR NEW.status IN ({APPROVED}))"
    approved = f"COALESCE(NEW.approved_at, {sql.BEGINNING})"  # nobody knows when
    back = f"{counted} AND {sql.known('NEW.phase_id', approved)}"
    yield Guard("plan_new", PLAN, "INSERT", back, "known")
    approval = ["phase_id", "approved_at"]
    yield Guard("plan_approved", PLAN, _of(approval), back, "known", when=_differs(approval))
    yield Guard("plan_changed", PLAN, _of(fixed), shut, "plan", when=_differs(fixed))
    yield Guard("plan_deleted", PLAN, "DELETE", shut, "plan")
    step = (
        f'NOT EXISTS (SELECT 1 FROM {P}statuschange WHERE plan_id = OLD.id AND "before" = OLD.status '
        f'AND "after" = NEW.status AND changed_at > {sql.since("OLD.id")})'
    )
    unsaid = f"(({shut}) AND {step}) OR (NEW.approved_at IS NULL AND {back})"
    yield Guard("plan_status", PLAN, "UPDATE OF status", unsaid, "plan", when=_differs(["status"]))
    table = f"{P}planmunicipality"
    for event, row in [("INSERT", "NEW"), ("DELETE", "OLD")]:
        yield Guard(f"place_{event.lower()}", table, event, sql.plan(f"{row}.plan_id"), "plan")
    either = f"({sql.plan('OLD.plan_id')}) OR ({sql.plan('NEW.plan_id')})"
    yield Guard("place_update", table, "UPDATE", either, "plan")


def _facts(sql):
    """Change only when a FactRevision since the last closing says what was so before."""

    def unsaid(plan, fact):
        return (
            f"({sql.plan(plan)}) AND NOT EXISTS (SELECT 1 FROM {P}factrevision WHERE plan_id = {plan} "
            f"AND fact = '{fact}' AND recorded_at > {sql.since(plan)})"
        )

    for fact in ["cost_kgs", "starts_on", "ends_on", *BENEFICIARIES]:
        yield Guard(
            f"plan_{fact}",
            PLAN,
            f"UPDATE OF {fact}",
            unsaid("OLD.id", fact),
            "fact",
            when=_differs([fact]),
        )
    table = f"{P}planarea"
    yield Guard("area_insert", table, "INSERT", unsaid("NEW.plan_id", "areas"), "fact")
    yield Guard("area_delete", table, "DELETE", unsaid("OLD.plan_id", "areas"), "fact")
    either = f"({unsaid('OLD.plan_id', 'areas')}) OR ({unsaid('NEW.plan_id', 'areas')})"
    yield Guard("area_update", table, "UPDATE", either, "fact")


BENEFICIARIES = [f"beneficiaries_{who}" for who in ("total", "women", "men", "children")]


# --- Periods --------------------------------------------------------------------------------------------


def _periods(sql):
    days, state = (
        ["phase_id", "starts_on", "ends_on", "id"],
        ["status", "step", "closed_at", "closed_by_id"],
    )
    not_open = "OLD.status <> 'open' OR NEW.status <> 'open' OR OLD.step > 0"
    yield Guard("period_days", PERIOD, _of(days), not_open, "period", when=_differs(days))
    yield Guard(
        "period_deleted", PERIOD, "DELETE", "OLD.status <> 'open' OR OLD.step > 0", "period"
    )
    new = "NEW.status <> 'open' OR NEW.step <> 0"
    yield Guard("period_new", PERIOD, "INSERT", new, "new_period")
    yield Guard("period_overlap_new", PERIOD, "INSERT", sql.overlap("NEW"), "overlap")
    yield Guard(
        "period_overlap", PERIOD, _of(days), sql.overlap("NEW"), "overlap", when=_differs(days)
    )
    said = (
        f"EXISTS (SELECT 1 FROM {P}periodstep WHERE period_id = NEW.id AND number = NEW.step "
        'AND "before" = OLD.status AND "after" = NEW.status '
        "AND (NEW.status <> 'closed' "
        "OR (taken_at = NEW.closed_at AND taken_by_id = NEW.closed_by_id)))"
    )
    kept = "NEW.status <> 'signed' OR (OLD.closed_at = NEW.closed_at AND OLD.closed_by_id = NEW.closed_by_id)"
    wrong = f"NEW.step <> OLD.step + 1 OR NOT {said} OR NOT ({kept})"
    yield Guard("period_step", PERIOD, _of(state), wrong, "step", when=_differs(state))
    numbered = (
        f"NOT EXISTS (SELECT 1 FROM {PERIOD} WHERE id = NEW.period_id AND step + 1 = NEW.number "
        "AND status = NEW.before)"
    )
    yield Guard("periodstep_new", f"{P}periodstep", "INSERT", numbered, "step")


def _of(columns):
    return f"UPDATE OF {', '.join(columns)}"


def _differs(columns):
    return " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)


def _models():
    return [
        ActionPlan,
        BudgetLine,
        BudgetRevision,
        Contribution,
        FactRevision,
        InKindItem,
        Payment,
        PeriodStep,
        PlanArea,
        PlanMunicipality,
        PromiseRevision,
        ReportingPeriod,
        StatusChange,
        Tranche,
    ]


GUARDS = Guards(
    label="closed",
    words=WORDS,
    rules=rules,
    tables=_models,
    functions=FUNCTIONS,
    emptied_if=f"EXISTS (SELECT 1 FROM {PERIOD} WHERE status <> 'open')",
)

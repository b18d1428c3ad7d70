"""Which plans a report is about: approved by its day and known then, of the chosen phases, places and areas.

A period has also the plans that were approved after its last day, as far as they were known, when money of
theirs counts in it: whoever starts with the portal enters plans whose payments are years old, and all tables of
a report have to be about the same plans.
"""

from typing import NamedTuple

from django.db import connection
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from action_plans import facts_on
from action_plans.models import (
    COUNTED,
    ActionPlan,
    Contribution,
    Payment,
    PlanArea,
    PlanMunicipality,
    PlanStatus,
    ServiceArea,
    Source,
    StatusChange,
    Tranche,
)

NO_SOURCE = "none"
# More plans are a question inside a question, no list.
LISTED_UP_TO = 300
# A question names them up to thirty times; where a database takes so many values only, it is asked otherwise.
MANY_STEPS, MANY_STEPS_OF_FEW_VALUES = 5000, 500
STATES = [*COUNTED, PlanStatus.CANCELLED]


class Asked(NamedTuple):
    """What a scope keeps in its memory of one question.

    since: ids of plans approved since, a question for them when they are many, None when there are none.
    statuses: {plan id: its status then} of approved plans that took a step since; None: they are many.
    """

    since: list | object | None
    statuses: dict | None


def moment_of(scope):
    """No step after it had been taken, and no plan had been approved but those of approved_since()."""
    return min(facts_on.end_of(scope.day), scope.known_at)


def is_past(scope):
    """Whether anything that is stored now may have been unknown then."""
    closed = scope.period and not scope.period.is_open
    return bool(scope.is_past or closed or scope.day < timezone.localdate())


def approved(scope, path=""):
    """Condition on approved plans, the cancelled ones among them: those that count. path: the way to them."""
    by_day, since = facts_on.approved_then(moment_of(scope), path), approved_since(scope, path)
    return by_day | since if since else by_day


def approved_since(scope, path=""):
    """Condition: approved after the last day of the period, with money that counts in it; None: no plan was."""
    if not scope.period or moment_of(scope) >= scope.known_at:
        return None
    plans = ask_steps(scope).since
    return None if plans is None else Q(**{f"{path}pk__in": plans})


def ask_steps(scope):
    """One question for all tables: which plans were approved since, and which took another step."""
    about = _about(scope)
    if about not in scope.memory:
        scope.memory[about] = _asked(scope)
    return scope.memory[about]


def _about(scope):
    return (scope.period and scope.period.pk, scope.day, scope.known_at, scope.phases)


def _asked(scope):
    moment, statuses, since = moment_of(scope), {}, []
    steps = StatusChange.objects.order_by().filter(
        facts_on.approved_then(moment, "plan__"),
        changed_at__gt=moment,
        plan__phase__in=scope.phases,
    )
    rows = steps.exclude(before="").values_list("changed_at", "pk", "plan", "before")
    if scope.period and moment < scope.known_at:
        plans = _approved_since(scope)
        # Not cut off in the question: the database would look for the first ones, and mostly there are none.
        rows = rows.union(plans.values_list("approved_at", "pk", "pk", Value("")), all=True)
    for _at, _pk, plan, before in sorted(rows):
        if before:
            statuses.setdefault(plan, before)
        else:
            since.append(plan)
    return Asked(
        plans.values("pk") if len(since) > LISTED_UP_TO else since or None,
        statuses if len(statuses) <= _many_steps() else None,
    )


def _many_steps():
    takes_all = connection.features.max_query_params is None
    return MANY_STEPS if takes_all else MANY_STEPS_OF_FEW_VALUES


def _approved_since(scope):
    money = booked_then(Payment.objects.order_by(), scope)
    return (
        ActionPlan.objects.order_by()
        .was_approved()
        .filter(
            phase__in=scope.phases,
            approved_at__gt=moment_of(scope),
            approved_at__lte=scope.known_at,
            pk__in=money.values("contribution__plan"),
        )
    )


def plans_of(scope):
    """A queryset of ActionPlan with status_then, cancelled ones among them.

    Once it was asked who took a step since, they are named, so that the database need not look for the steps
    of each plan, and can tell from the status of now how many plans to expect.
    """
    moment, since, steps = moment_of(scope), approved_since(scope), _steps(scope)
    if steps is None:
        return _chosen(facts_on.plans_then(moment, is_past=is_past(scope), since=since), scope)
    whens = [When(pk__in=plans, then=Value(status)) for status, plans in steps.items()]
    if since:
        whens.insert(0, When(approved_at__gt=moment, then=Value(str(PlanStatus.APPROVED))))
    plans = ActionPlan.objects.order_by().filter(stood(scope, STATES))
    return _chosen(plans.annotate(status_then=Case(*whens, default=F("status"))), scope)


def stood(scope, states):
    """Condition on such plans: they were in one of these states."""
    steps, since = _steps(scope), approved_since(scope)
    if steps is None:
        return Q(status_then__in=states)
    moved = [plan for plans in steps.values() for plan in plans]
    then = Q(status__in=states) & ~Q(pk__in=moved)
    then |= Q(pk__in=[plan for state in states for plan in steps.get(state, [])])
    then &= facts_on.approved_then(moment_of(scope))
    if since and PlanStatus.APPROVED in states:
        then |= since & Q(approved_at__gt=moment_of(scope))
    return then


def _steps(scope):
    """{status then: [plan ids]} of plans that took a step since, None if nobody asked or they are many."""
    asked = scope.memory.get(_about(scope))
    if not is_past(scope) or not asked or asked.statuses is None:
        return None
    steps = {}
    for plan, status in asked.statuses.items():
        steps.setdefault(status, []).append(plan)
    return steps


def _chosen(plans, scope):
    plans = plans.filter(phase__in=scope.phases)
    if scope.donor:
        tranches = Tranche.objects.filter(phase=OuterRef("phase"), donor=scope.donor)
        plans = plans.filter(Exists(tranches))
    if scope.municipality:
        plans = plans.filter(_in(municipality=scope.municipality))
    if scope.region:
        plans = plans.filter(_in(municipality__region=scope.region))
    if source := source_of(scope):
        promises = Contribution.objects.filter(plan=OuterRef("pk"), source=source)
        plans = plans.filter(Exists(promises))
    return _of_areas(plans, scope)


def source_of(scope):
    """The source that is asked for; a donor's money reaches the plans as the grant of the programme."""
    if not scope.donor:
        return scope.source
    return Source.GRANT if scope.source in ("", Source.GRANT) else NO_SOURCE


def _in(**place):
    return Exists(PlanMunicipality.objects.filter(plan=OuterRef("pk"), **place))


def _of_areas(plans, scope):
    if not (scope.area or scope.no_area):
        return plans
    rows = PlanArea.objects.filter(plan=OuterRef("pk"))
    codes = codes_of(scope.area) if scope.area else set()
    here = Exists(rows.filter(area__code__in=codes)) if codes else ~Exists(rows)
    moved = areas_then(scope)
    back = [
        plan
        for plan, areas in moved.items()
        if (codes & {code for code, _share in areas} if codes else not areas)
    ]
    return plans.filter((here & ~Q(pk__in=list(moved))) | Q(pk__in=back))


def codes_of(area):
    """Of an area and of its parts."""
    parts = ServiceArea.objects.filter(Q(pk=area.pk) | Q(parent=area))
    return set(parts.order_by().values_list("code", flat=True))


def areas_then(scope):
    """{plan id: ((code, share), …)} of plans that were in other areas than now."""
    return facts_on.areas_then(scope.day, moment_of_money(scope)) if is_past(scope) else {}


def costs_then(scope):
    return facts_on.costs_then(scope.day, moment_of_money(scope)) if is_past(scope) else {}


def facts_then(scope, facts):
    """{plan id: {fact: its value then}} of the facts that were others than now."""
    if not is_past(scope):
        return {}
    return facts_on.then_of(None, scope.day, moment_of_money(scope), facts=facts)


# Rows of the ledger


def booked_then(rows, scope, day="paid_on"):
    """Rows of a ledger that were booked by then and count up to the day of the report.

    A period counts by the day on which a row is accounted, an as-of day by the day when the money moved.
    """
    day = "accounted_on" if scope.period else day
    rows = rows.filter(booked_at__isnull=False, **{f"{day}__lte": scope.day})
    return rows.filter(booked_at__lte=moment_of_money(scope)) if is_past(scope) else rows


def moment_of_money(scope):
    """What was booked or recorded by then is known: for a period until it is closed, for a day until its end."""
    return scope.known_at if scope.period else moment_of(scope)


def standing_then(rows, scope, day="paid_on"):
    """Those of them that neither take back nor had been taken back by then."""
    rows = booked_then(rows, scope, day).filter(reverses=None)
    back = Payment.objects.filter(reverses=OuterRef("pk"))
    if is_past(scope):
        back = back.filter(Q(booked_at=None) | Q(booked_at__lte=moment_of_money(scope)))
    return rows.filter(~Exists(back))  # no join: databases expect that it leaves nothing


def payments_of(scope):
    """Payments of the plans of the report, of the chosen source."""
    rows = Payment.objects.order_by()
    if source := source_of(scope):
        rows = rows.filter(contribution__source=source)
    return rows.filter(contribution__plan__in=plans_of(scope).values("pk"))

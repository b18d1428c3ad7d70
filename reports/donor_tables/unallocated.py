"""T11: what no table can put in its place. Every check stands there, also when it finds nothing."""

from hashlib import sha256
from typing import NamedTuple

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from action_plans import facts_on
from action_plans.models import (
    COUNTED,
    RECEIVED,
    ActionPlan,
    BudgetRevision,
    Check,
    Contribution,
    InKindItem,
    Payment,
    PaymentKind,
    PlanArea,
    PlanMunicipality,
    PromiseRevision,
    Source,
)
from lib.currencies import KGS
from lib.money import round_kgs
from lib.money_sums import sum_kgs
from reports.column import Column
from reports.report_table import ReportTable
from reports.rows import ZERO, quality_link
from reports.scope import Scope

from . import scoped
from .unallocated_words import NO_LINE, NO_REGION, NOT_REPORTED, labels

# More are counted and not named: the address leads to them.
NAMED_UP_TO = 10
NO_AMOUNT = Cast(Value(None), DecimalField(max_digits=18, decimal_places=2))


class Gap(NamedTuple):
    """rows: what is found. plan: the way from a row to its plan; amount: of a row in som, "" if it has none."""

    check: str
    rows: QuerySet
    plan: str = ""
    amount: str = ""


def table(scope, facts=None):
    gaps = list(_gaps(scope))
    numbers = _numbers(gaps)
    named = _named([gap for gap in gaps if 0 < numbers[gap.check][0] <= NAMED_UP_TO])
    return ReportTable(
        slug="unallocated",
        code="T11",
        title=_("What could not be allocated"),
        columns=columns(),
        rows=[_row(gap, *numbers[gap.check], named.get(gap.check, []), scope) for gap in gaps],
        notes=_notes(numbers),
        keys=["check"],
    )


def columns():
    return [
        Column("check", pgettext("column", "Check"), "text", _("Name of the check."), 18),
        Column(
            "what", pgettext("column", "What"), "text", _("What could not be put in its place."), 60
        ),
        Column(
            "number",
            pgettext("column", "Number"),
            "count",
            _("How many plans, promises, payments or claims."),
        ),
        Column(
            "amount_kgs",
            pgettext("column", "Amount"),
            "kgs",
            _("Their amounts together, where they have amounts in som."),
        ),
        Column(
            "which",
            pgettext("column", "Which"),
            "text",
            _("The plans, when they are few."),
            50,
        ),
    ]


def gaps(phase, day):
    """[{"check": …, "number": …}] of a phase up to a day, as known now; checks that find nothing have 0.

    Plans that were approved after that day are among them: who closes a period has to see them.
    """
    scope = Scope(user=None, day=day, known_at=timezone.now(), phases=(phase,))
    found = list(_gaps(scope, until_now=True))
    numbers = _numbers(found)
    return [{"check": str(gap.check), "number": numbers[gap.check][0]} for gap in found]


def numbers_of(scope, *checks):
    """{check: how many} of some of them."""
    numbers = _numbers([gap for gap in _gaps(scope) if gap.check in checks])
    return {check: numbers[check][0] for check in checks}


def digest(gaps):
    """Who accepts gaps says by this which ones; it changes with any of their numbers."""
    text = ";".join(f"{gap['check']}={gap['number']}" for gap in gaps)
    return sha256(text.encode()).hexdigest()[:16]


# --- What is found ------------------------------------------------------------------------------------


def _gaps(scope, *, until_now=False):
    """until_now: rows up to the day, by what is known now."""
    then = scoped.is_past(scope) and not until_now
    if until_now:
        plans = ActionPlan.objects.order_by().was_approved().filter(phase__in=scope.phases)
        counted = plans.filter(status__in=COUNTED)
    else:
        if then:
            scoped.ask_steps(scope)
        plans = scoped.plans_of(scope)
        counted = plans.filter(scoped.stood(scope, COUNTED))
    facts = scoped.facts_then(scope, [facts_on.AREAS, facts_on.COST]) if then else {}
    paid = Payment.objects.order_by().filter(contribution__plan__in=plans.values("pk"))
    paid = paid.filter(contribution__plan__phase__in=scope.phases)  # so not all are read
    if source := scoped.source_of(scope):
        paid = paid.filter(contribution__source=source)
    return [
        Gap(Check.NO_AREA, _without(counted, _no_areas(), _each(facts, facts_on.AREAS))),
        Gap(NO_REGION, counted.filter(~Exists(_of_plan(PlanMunicipality)))),
        Gap(Check.NO_COST, _without(counted, Q(cost_kgs=None), _each(facts, facts_on.COST))),
        Gap(NOT_REPORTED, _not_reported(counted, scope, then)),
        Gap(Check.NO_DECISION, _undecided(counted, scope, then), "plan__", "som"),
        Gap(Check.NO_RATE, _waiting(paid, scope, then), "contribution__plan__"),
        Gap(
            Check.NO_EVIDENCE,
            _standing(paid, scope, then).filter(document_number="", evidence=None, in_kind=None),
            "contribution__plan__",
            "amount_kgs",
        ),
        Gap(NO_LINE, _no_line(paid, scope, then), "contribution__plan__", "amount_kgs"),
        Gap(
            Check.NOT_VERIFIED,
            _unverified(plans, scope, then),
            "contribution__plan__",
            "claimed_kgs",
        ),
    ]


def _of_plan(model):
    return model.objects.filter(plan=OuterRef("pk"))


def _no_areas():
    return ~Exists(_of_plan(PlanArea))


def _each(facts, name):
    """{plan id: its value then} of one fact, where it was another than now"""
    return {plan: was[name] for plan, was in facts.items() if name in was}


def _without(plans, now, then):
    """Plans for which something is missing now, or was missing then; then: {plan id: its value}"""
    if not then:
        return plans.filter(now)
    back = [plan for plan, value in then.items() if value in (None, ())]
    return plans.filter((now & ~Q(pk__in=list(then))) | Q(pk__in=back))


def _not_reported(plans, scope, then):
    """Nothing was booked for the plan. A plan that received money, as its kept sums say, needs no look."""
    if then:
        rows = scoped.booked_then(Payment.objects.filter(_of_it()), scope)
        return plans.filter(~Exists(rows))
    rows = Payment.objects.booked().filter(_of_it(), paid_on__lte=scope.day)
    return plans.filter(~Exists(rows), **dict.fromkeys(RECEIVED, 0))


def _of_it():
    return Q(contribution__plan=OuterRef("pk"))


def _undecided(plans, scope, then):
    own = Contribution.objects.order_by().filter(source=Source.MUNICIPALITY, decision="")
    own = own.filter(Q(promised_on=None) | Q(promised_on__lte=scope.day))
    own = _promised_then(own, scope) if then else own.annotate(som=F("amount_kgs"))
    own = own.filter(som__gt=0)
    if scoped.source_of(scope) not in ("", Source.MUNICIPALITY):
        own = own.none()
    return own.filter(plan__in=plans.values("pk"))


def _promised_then(promises, scope):
    """som: what was promised, as it was in force on the day and recorded by then."""
    moment = scoped.moment_of_money(scope)
    later = PromiseRevision.objects.filter(contribution=OuterRef("pk"))
    later = later.filter(Q(effective_on__gt=scope.day) | Q(revised_at__gt=moment))
    before = Subquery(later.order_by("number").values("before_kgs")[:1])
    promises = promises.filter(Q(recorded_at=None) | Q(recorded_at__lte=moment))
    return promises.annotate(som=Coalesce(before, F("amount_kgs")))


def _waiting(rows, scope, then):
    rows = rows.filter(paid_on__lte=scope.day)
    if not then:
        return rows.filter(booked_at=None)
    moment = scoped.moment_of_money(scope)
    rows = rows.exclude(currency=KGS)  # they never wait
    return rows.filter(Q(booked_at=None) | Q(booked_at__gt=moment), entered_at__lte=moment)


def _standing(rows, scope, then):
    if then:
        return scoped.standing_then(rows, scope)
    back = Payment.objects.filter(reverses=OuterRef("pk"))
    return rows.filter(
        ~Exists(back), booked_at__isnull=False, reverses=None, paid_on__lte=scope.day
    )


def _no_line(rows, scope, then):
    lines = BudgetRevision.objects.filter(line__plan=OuterRef("contribution__plan"))
    if len(scope.phases) == 1:
        lines = lines.filter(line__plan__phase=scope.phases[0])  # so not all are read
    if then:
        lines = lines.filter(revised_at__lte=scoped.moment_of_money(scope))
    rows = rows.filter(Exists(lines), kind=PaymentKind.SPENT, budget_line=None)
    return _standing(rows, scope, then)


def _unverified(plans, scope, then):
    items = InKindItem.objects.order_by().filter(
        contribution__plan__in=plans.values("pk"), given_on__lte=scope.day
    )
    if source := scoped.source_of(scope):
        items = items.filter(contribution__source=source)
    if not then:
        return items.filter(verified_kgs=None)
    moment = scoped.moment_of_money(scope)
    accepted = scoped.standing_then(Payment.objects.filter(in_kind=OuterRef("pk")), scope)
    return items.filter(
        ~Exists(accepted), Q(verified_at=None) | Q(verified_at__gt=moment), claimed_at__lte=moment
    )


# --- Numbers and names ----------------------------------------------------------------------------------


def _numbers(gaps):
    """{check: (number, som or None)}, in one query."""
    counts = [
        gap.rows.values(found=Value(str(gap.check)))
        .annotate(number=Count("*"), som=sum_kgs(gap.amount) if gap.amount else NO_AMOUNT)
        .values_list("found", "number", "som")
        for gap in gaps
    ]
    found = {kind: (number, som) for kind, number, som in counts[0].union(*counts[1:], all=True)}
    amounts = {gap.check for gap in gaps if gap.amount}
    none = {gap.check: (0, ZERO if gap.check in amounts else None) for gap in gaps}
    return none | {
        check: (number, round_kgs(som) if check in amounts else None)
        for check, (number, som) in found.items()
    }


def _named(gaps):
    """{check: references of its plans} of those with few, in one query."""
    if not gaps:
        return {}
    names = [
        gap.rows.values_list(f"{gap.plan}reference", Value(str(gap.check))).distinct()
        for gap in gaps
    ]
    found = {}
    for reference, check in names[0].union(*names[1:], all=True):
        found.setdefault(check, set()).add(reference)
    return {check: sorted(references) for check, references in found.items()}


def _row(gap, number, som, references, scope):
    row = {
        "check": str(gap.check),
        "what": labels()[gap.check],
        "number": number,
        "amount_kgs": som,
        "which": _which(number, references),
    }
    if not number and gap.check == Check.NO_RATE:
        row["amount_kgs"] = ZERO
    elif som is None:
        row["amount_kgs_reason"] = _no_amount(gap)
    if number and gap.check in Check.values:
        phase = scope.phases[0] if len(scope.phases) == 1 else None
        row["link"] = quality_link(str(gap.check), phase=phase)
    return row


def _no_amount(gap):
    if gap.check == Check.NO_RATE:
        return _("not known without a rate")
    return _("does not apply")


def _which(number, references):
    if not number:
        return _("none")
    if references:
        return ", ".join(references)
    return _("more than %(number)s; see the page of data quality") % {"number": NAMED_UP_TO}


def _notes(numbers):
    if not any(number for number, _som in numbers.values()):
        return [_("Everything could be allocated.")]
    return [_("What is listed here is counted in the totals; nobody put it in a place by guess.")]

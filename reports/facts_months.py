"""What was received, returned and spent, from the months that are kept of it (action_plans.paid_months).

They answer by service area or over everything, where a period is made of whole months, and for now. Months are
kept as plans are cut now: for a period that has ended, the few plans that stood otherwise are taken out of them,
and cut as they were then. All else is read from the rows, see facts_money.
"""

import datetime as dt
from collections import Counter

from django.db.models import Case, CharField, Q, Value, When

from action_plans.models import FundingSlice, MonthSum, PaidMonth, PlanStatus

from .facts_cut import Place, cut
from .facts_sums import SERIES, SumTyiyn
from .facts_then import MANY, listed

KEYS = {(): [], ("area",): ["area"]}
# Late in a month in which no period begins: it would be cut in another order.
APART = "apart"


def read(sums, changed):
    """Add what was asked for and is not kept with the slices; whether that could be done.

    changed: {plan: {column: tyiyn}} of plans that stood otherwise, see Then.changed.
    """
    keys = KEYS[tuple(sums.keys)]
    rows = _rows(sums).values_list(*keys, "is_cancelled", "what", "pot", "step")
    found = list(rows.annotate(sum=SumTyiyn("amount_kgs")))
    if any(step == APART for *_place, step, _amount in found):
        return False
    amounts = Counter()
    for *key, is_cancelled, what, pot, step, amount in found:
        for column, part in _columns(what, step, amount, is_past=sums.of.is_past):
            amounts[(*key,), is_cancelled, (column, pot)] += part
    amounts.update(_otherwise(sums, changed))
    for (key, is_cancelled, column), amount in amounts.items():
        # Where nothing is left, since a plan moved away, nothing has to be shown.
        if amount or key in sums.found:
            sums.add(key, column, amount, is_cancelled=is_cancelled)
    for plan in changed.keys() & sums.of.special:
        sums.pieces[plan].update(changed[plan])
    return True


def answers(sums):
    """Whether they can be read, but for what is late in a month in which no period begins."""
    of, period = sums.of, sums.scope.period
    if tuple(sums.keys) not in KEYS or of.is_of_places:
        return False
    if not period:
        return not of.is_past
    has_whole_months = (
        period.starts_on.day == 1 and (sums.scope.day + dt.timedelta(days=1)).day == 1
    )
    return has_whole_months and (_answers_then(sums) if of.is_past else period.is_open)


def _answers_then(sums):
    # Promises say which plans there are; alone, money says that by its rows.
    is_told = "net" not in sums.needs or sums.needs & {"original", "promised", "cost"}
    if not is_told or len(sums.of.changed) > MANY:
        return False
    return sums.scope.period.is_open or sums.of.is_shut


def _otherwise(sums, changed):
    """{(key, is_cancelled, column): tyiyn}: less what months hold of these plans; some were not cancelled then.

    Of plans whose parts were others nothing is left here: they are cut with all the others.
    """
    plans, found = {}, Counter()
    slices = FundingSlice.objects.filter(listed("plan", changed), counts=True)
    slices = slices.filter(phase__in=sums.of.phases).order_by("plan", "position")
    columns = ["plan", "status", "municipality", "region", "area", "weight"]
    for plan, status, *place in slices.values_list(*columns) if changed else ():
        plans.setdefault(plan, (status == PlanStatus.CANCELLED, []))[1].append(Place(*place))

    def group_of(plan, place):
        key = tuple(getattr(place, name) for name in sums.keys)
        return key, plans[plan][0], plan in sums.of.special

    parts = {plan: (places, changed[plan]) for plan, (_is, places) in plans.items()}
    for (key, is_cancelled, is_special), amounts in cut(parts, SERIES, group_of).items():
        for column, amount in amounts.items():
            found[key, is_cancelled, column] -= amount
            if not is_special:
                found[key, False, column] += amount
    return found


def _rows(sums):
    kinds = [what for what in (MonthSum.RETURNED, MonthSum.SPENT) if what in sums.needs]
    if sums.of.is_past and "net" in sums.needs:
        kinds.append(MonthSum.NET)
    wanted = Q(what__in=kinds)
    if sums.scope.period:
        wanted &= Q(month_on__lte=sums.scope.day)
        if MonthSum.NET in sums.needs and MonthSum.NET not in kinds:
            wanted |= Q(what=MonthSum.NET, month_on__gte=sums.scope.starts_on)
    rows = PaidMonth.objects.order_by().filter(wanted, phase__in=sums.of.phases)
    return rows.annotate(step=_step_of(sums.scope))


def _step_of(scope):
    if scope.starts_on is None:
        return Value("this", CharField())
    return Case(
        When(month_on__lt=scope.starts_on, then=Value("before")),
        When(month_on__gt=scope.day, then=Value("after")),
        When(is_late=True, month_on=scope.starts_on, then=Value("corrections")),
        When(is_late=True, then=Value(APART)),
        default=Value("this"),
        output_field=CharField(),
    )


def _columns(what, step, amount, *, is_past):
    """[(measure, tyiyn)]; of now, all that is net was added before the period already."""
    if what != MonthSum.NET or is_past:
        yield f"{what}_{step}", amount
        return
    yield "net_before", -amount
    if step != "after":
        yield f"net_{step}", amount

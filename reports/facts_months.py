"""What was received, returned and spent, from the months that are kept of it (action_plans.paid_months).

They answer a report of now, by service area or over everything, where its period is made of whole months.
All else is read from the rows, see facts_money.
"""

import datetime as dt

from django.db.models import Case, CharField, Q, Value, When

from action_plans.models import MonthSum, PaidMonth

from .facts_sums import SumTyiyn

KEYS = {(): [], ("area",): ["area"]}
# Late in a month in which no period begins: it would be cut in another order.
APART = "apart"


def read(sums):
    """Add what was asked for and is not kept with the slices; whether that could be done."""
    if not _answers(sums):
        return False
    keys = KEYS[tuple(sums.keys)]
    rows = _rows(sums).values_list(*keys, "is_cancelled", "what", "pot", "step")
    found = list(rows.annotate(sum=SumTyiyn("amount_kgs")))
    if any(step == APART for *_place, step, _amount in found):
        return False
    for *key, is_cancelled, what, pot, step, amount in found:
        key = tuple(key)
        # Where nothing is left, since a plan moved away, nothing has to be shown.
        if amount or key in sums.found:
            for column, part in _columns(what, step, amount):
                sums.add(key, (column, pot), part, is_cancelled=is_cancelled)
    return True


def _answers(sums):
    of, period = sums.of, sums.scope.period
    if tuple(sums.keys) not in KEYS or of.is_past or of.is_of_places:
        return False
    return period is None or (
        period.is_open
        and period.starts_on.day == 1
        and (sums.scope.day + dt.timedelta(days=1)).day == 1
    )


def _rows(sums):
    kinds = [what for what in (MonthSum.RETURNED, MonthSum.SPENT) if what in sums.needs]
    wanted = Q(what__in=kinds)
    if sums.scope.period:
        wanted &= Q(month_on__lte=sums.scope.day)
        if MonthSum.NET in sums.needs:
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


def _columns(what, step, amount):
    """[(measure, tyiyn)]; all that is net was added before the period already."""
    if what != MonthSum.NET:
        yield f"{what}_{step}", amount
        return
    yield "net_before", -amount
    if step != "after":
        yield f"net_{step}", amount

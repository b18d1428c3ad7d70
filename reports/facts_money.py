"""What was received, returned and spent, told apart by period.

All that arrived is kept with the slices, so a report of now and of an open period reads of it only the rows
since the first day of the period. Returned and spent are read from the rows, or from months: facts_months.
"""

from collections import Counter, defaultdict

from django.db.models import Case, CharField, Q, Value, When

from action_plans.models import Payment, PaymentKind

from . import facts_months
from .facts_promises import received_of
from .facts_sums import SumTyiyn
from .facts_then import POTS, listed, pot_of

KINDS = {"returned": PaymentKind.RETURNED, "spent": PaymentKind.SPENT}
NET = [PaymentKind.RECEIVED, PaymentKind.RETURNED]


def is_kept(sums):
    """Whether what is kept counts, but for what was accounted later."""
    if sums.of.is_past and facts_months.answers(sums):
        return False
    if sums.scope.period:
        return sums.scope.period.is_open
    return not sums.of.is_past


def first_step(sums):
    """Where all that is kept is added, before some of it is moved."""
    return "before" if sums.scope.period else "this"


def read(sums, *, has_net):
    """Add what was asked for; has_net: what is kept was added already."""
    keeps = is_kept(sums)
    if "net" in sums.needs and keeps and not has_net:
        _add_kept(sums)
    rows = _rows_needed(sums, keeps)
    if rows is None:
        return
    if facts_months.answers(sums) and facts_months.read(sums, _changed(sums, rows)):
        return
    moved = set()
    for plan, key, is_cancelled, step, kind, source, form, amount in _stepped(sums, rows):
        pot = pot_of(source, form)
        for column, part in _columns(sums, keeps, step, kind, pot, amount):
            if plan is None:
                sums.add(key, column, part, is_cancelled=is_cancelled)
            elif keeps and column[0].startswith("net"):
                moved.add(plan)
                _move(sums.pieces[plan], column, part)
            else:
                sums.pieces[plan][column] += part
    for plan, received in received_of(sums.of.within("pk", moved)).items() if moved else ():
        for pot, amount in received.items() if plan in moved else ():
            sums.pieces[plan]["moved_before", pot] += amount


def _move(amounts, column, part):
    """Of a plan that is cut: some of what is kept is of another step."""
    measure, pot = column
    amounts[measure.replace("net", "moved"), pot] += part
    amounts["moved_after", pot] -= part


def _add_kept(sums):
    names = {f"received_{pot}_kgs": pot for pot in POTS}
    column = f"net_{first_step(sums)}"
    for key, is_cancelled, amounts in sums.kept(names, sums.of.special):
        sums.touch(key)
        for name, pot in names.items():
            sums.add(key, (column, pot), amounts[name], is_cancelled=is_cancelled)
    sums.put_apart(sums.of.special)
    for plan, received in received_of(sums.of.within("pk", sums.of.special)).items():
        for pot, amount in received.items():
            sums.pieces[plan][column, pot] += amount


# Which rows


def that_count(scope, of):
    """Booked rows that count up to the day of the report."""
    rows = Payment.objects.order_by().filter(booked_at__isnull=False)
    if scope.period:
        rows = rows.filter(accounted_on__lte=scope.day)
        return rows if scope.period.is_open else rows.filter(booked_at__lte=of.until)
    if of.is_past:
        rows = rows.filter(paid_on__lte=scope.day, booked_at__lte=of.until)
    return rows


def _rows_needed(sums, keeps):
    """Of the kinds that were asked for, in one question; None when no row has to be read."""
    kinds = [kind for name, kind in KINDS.items() if name in sums.needs]
    if not keeps:
        kinds += NET if "net" in sums.needs else []
        return that_count(sums.scope, sums.of).filter(kind__in=set(kinds)) if kinds else None
    since = None
    if "net" in sums.needs and sums.scope.period:
        since = Q(kind__in=NET, accounted_on__gte=sums.scope.starts_on)
    if not kinds:
        booked = Payment.objects.order_by().filter(booked_at__isnull=False)
        return None if since is None else booked.filter(since)
    if since is None:
        return that_count(sums.scope, sums.of).filter(kind__in=kinds)
    counting = Q(kind__in=kinds, accounted_on__lte=sums.scope.day)
    return Payment.objects.order_by().filter(counting | since, booked_at__isnull=False)


def step_of(scope):
    """Before the period, a correction in it, or of it; all is of it when there is no period."""
    if scope.starts_on is None:
        return Value("this", CharField())
    return Case(
        When(accounted_on__lt=scope.starts_on, then=Value("before")),
        When(accounted_on__gt=scope.day, then=Value("after")),
        When(late_for__isnull=False, then=Value("corrections")),
        default=Value("this"),
        output_field=CharField(),
    )


def _stepped(sums, rows):
    """[(plan that is cut or None, key, is_cancelled, step, kind, source, form, tyiyn)]

    A sum for each step, not a group: the database knows how few groups there are, and adds them up in parallel.
    """
    steps = _conditions(sums.scope)
    what = ["kind", "contribution__source", "contribution__form"]
    amounts = ["amount_kgs"]
    if sums.scope.period:
        amounts = [Case(When(holds, then="amount_kgs")) for holds in steps.values()]
    found = sums.whole(
        [(rows, "contribution__plan", what, amounts)],
        tells_cancelled=sums.tells_cancelled,
        has_pieces=True,
    )
    for row in found:
        for step, amount in zip(steps, row[6:], strict=True):
            if amount is not None:
                yield *row[:3], step, *row[3:6], amount


def _conditions(scope):
    """{step: when a row is of it}, the same as step_of()"""
    if scope.starts_on is None:
        return {"this": Q()}
    within = Q(accounted_on__gte=scope.starts_on, accounted_on__lte=scope.day)
    return {
        "before": Q(accounted_on__lt=scope.starts_on),
        "corrections": within & Q(late_for__isnull=False),
        "this": within & Q(late_for=None),
        "after": Q(accounted_on__gt=scope.day),
    }


# Where a row is added


def _columns(sums, keeps, step, kind, pot, amount):
    """[(column, tyiyn)]; returned money stands below zero."""
    signed = -amount if kind == PaymentKind.RETURNED else amount
    is_told = kind == PaymentKind.SPENT or "returned" in sums.needs
    if is_told and kind != PaymentKind.RECEIVED and step != "after":
        yield (f"{kind}_{step}", pot), signed
    if kind == PaymentKind.SPENT or "net" not in sums.needs:
        return
    if not keeps:
        yield (f"net_{step}", pot), signed
    elif sums.scope.period and step != "before":
        yield ("net_before", pot), -signed
        if step != "after":
            yield (f"net_{step}", pot), signed


def _changed(sums, rows):
    """{plan: {column: tyiyn}} of plans that stood otherwise than the months have them."""
    found, plans = defaultdict(Counter), sums.of.changed
    for plan, step, kind, source, form, amount in by_plan(rows, plans, sums.of) if plans else ():
        pot = pot_of(source, form)
        what = {"step": step, "kind": kind, "pot": pot, "amount": amount}
        for column, part in _columns(sums, keeps=False, **what):
            found[plan][column] += part
    return found


def by_plan(rows, plans, of):
    """[(plan, step, kind, source, form, tyiyn)]"""
    rows = rows.filter(listed("contribution__plan", plans)).annotate(step=step_of(of.scope))
    what = ["contribution__plan", "step", "kind", "contribution__source", "contribution__form"]
    return rows.values_list(*what).annotate(sum=SumTyiyn("amount_kgs"))


# Booked since as corrections of the period


def read_later(sums):
    """In later periods; few rows, always cut here, as what comes on top of what counted."""
    rows = Payment.objects.order_by().filter(late_for=sums.scope.period, booked_at__isnull=False)
    plans = set(rows.values_list("contribution__plan", flat=True))
    if not plans:
        return
    later = defaultdict(Counter)
    for plan, _step, kind, source, form, amount in by_plan(rows, plans, sums.of):
        signed = -amount if kind == PaymentKind.RETURNED else amount
        measure = "spent_later" if kind == PaymentKind.SPENT else "net_later"
        later[plan][measure, pot_of(source, form)] += signed
    for plan, step, kind, source, form, amount in by_plan(
        that_count(sums.scope, sums.of), plans, sums.of
    ):
        signed = -amount if kind == PaymentKind.RETURNED else amount
        measure = "spent" if kind == PaymentKind.SPENT else "net"
        later[plan][f"{measure}_{step}", pot_of(source, form)] += signed

    def add(key, parts, *, is_cancelled):
        for (measure, pot), amount in parts.items():
            if measure.endswith("_later"):
                sums.add(key, (measure, pot), amount, is_cancelled=is_cancelled)

    sums.cut_alone(later, add)

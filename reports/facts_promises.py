"""Promises and costs as of the day of a report.

What is promised now is kept with the slices. Each revision says what it changed, so what was promised before
is that sum less what came since; only plans of several slices are read promise by promise.
"""

from collections import Counter, defaultdict

from django.db.models import BooleanField, ExpressionWrapper, F, Q

from action_plans.models import ActionPlan, Contribution, PromiseRevision

from .facts_sums import tyiyn
from .facts_then import OWN, POTS, pot_of

UNDONE = F("before_kgs") - F("amount_kgs")


def read(sums, *, net_step=None):
    """Add promises and costs. net_step: what was received and is kept is added there in the same question."""
    others = _others(sums)
    names = {f"{pot}_kgs": ("promised", pot) for pot in POTS}
    names |= {"cost_kgs": ("cost", ""), "own_of_known_cost_kgs": ("own_of_known_cost", "")}
    if net_step:
        names |= {f"received_{pot}_kgs": (f"net_{net_step}", pot) for pot in POTS}
    for key, is_cancelled, amounts in sums.kept(names, others):
        sums.touch(key)
        for name, (measure, pot) in names.items():
            sums.add(key, (measure, pot), amounts[name], is_cancelled=is_cancelled)
            if measure == "promised":
                sums.add(key, ("original", pot), amounts[name], is_cancelled=is_cancelled)
    if "original" in sums.needs:
        first = Q(contribution__promised_on=None)
        _undo(sums, others, "original", first, Q())
    if sums.of.is_past:
        known = _known(sums, "contribution__")
        _undo(sums, others, "promised", _later(sums) & known, ~_known(sums))
    amounts = _one_by_one(sums, others, {"original", "promised"})
    if net_step:
        _add_received(others, amounts, net_step)
    sums.cut(others, amounts, has_cost=True)
    return others


def _others(sums):
    """Plans that were otherwise on the day, or whose promises changed and are cut."""
    changed = sums.of.several_changed if sums.is_cut else set()
    return sums.of.special | (changed if "original" in sums.needs or sums.of.is_past else set())


def _later(sums):
    """Revisions that did not hold yet on the day, or were not known."""
    return Q(effective_on__gt=sums.scope.day) | Q(revised_at__gt=sums.of.until)


def _known(sums, path=""):
    """Promises that had been made by the day, and were known."""
    made = Q(**{f"{path}promised_on__lte": sums.scope.day})
    recorded = Q(**{f"{path}recorded_at": None}) | Q(**{f"{path}recorded_at__lte": sums.of.until})
    return Q(**{f"{path}promised_on": None}) | (made & recorded)


def _undo(sums, others, measure, later, added):
    """Take back what revisions changed and what was added, in plans that the database groups."""
    rows = PromiseRevision.objects.order_by().filter(later)
    what = ["contribution__source", "contribution__form", "has_cost"]
    rows = _with_cost(rows, "contribution__plan")
    undone = list(sums.whole(rows, "contribution__plan", others, what, amounts=[UNDONE]))
    # Promises of the plan's approval have no day: few have one.
    rows = Contribution.objects.order_by().filter(added, promised_on__isnull=False)
    rows = _with_cost(rows, "plan")
    undone += sums.whole(
        rows, "plan", others, ["source", "form", "has_cost"], amounts=[-F("amount_kgs")]
    )
    for key, is_cancelled, source, form, has_cost, amount in undone:
        pot = pot_of(source, form)
        sums.add(key, (measure, pot), amount, is_cancelled=is_cancelled)
        if measure == "promised" and has_cost and pot in OWN:
            sums.add(key, ("own_of_known_cost", ""), amount, is_cancelled=is_cancelled)


def _with_cost(rows, path):
    known = Q(**{f"{path}__cost_kgs__isnull": False})
    return rows.annotate(has_cost=ExpressionWrapper(known, BooleanField()))


def _add_received(plans, amounts, step):
    for plan, received in received_of(Q(pk__in=list(plans))).items():
        for pot, amount in received.items():
            amounts[plan][f"net_{step}", pot] += amount


def received_of(condition):
    """{plan: {pot: tyiyn}} that is kept with the plans: all that arrived, less what was returned."""
    kept = ActionPlan.objects.order_by().filter(condition)
    return {
        plan: {pot: tyiyn(amount) for pot, amount in zip(POTS, amounts, strict=True) if amount}
        for plan, *amounts in kept.values_list("pk", *[f"received_{pot}_kgs" for pot in POTS])
    }


# Promises with a decision or letter


def read_binding(sums):
    """Those of plans that were not cancelled."""
    others = sums.apart
    bound = Contribution.objects.order_by().filter(sums.of.not_cancelled("plan"))
    if sums.of.is_past:
        bound = bound.filter(_known(sums))
    by_revision = PromiseRevision.objects.filter(
        effective_on__lte=sums.scope.day, revised_at__lte=sums.of.until
    )
    # Two questions: for one condition with “or” the database looks for revisions of every promise.
    by_revision = bound.filter(decision="", pk__in=by_revision.order_by().values("contribution"))
    found = []
    for rows in [bound.exclude(decision=""), by_revision]:
        found += sums.whole(rows, "plan", others, ["source", "form"], tells_cancelled=False)
        if sums.of.is_past:
            later = PromiseRevision.objects.order_by().filter(_later(sums), contribution__in=rows)
            what = ["contribution__source", "contribution__form"]
            found += sums.whole(
                later,
                "contribution__plan",
                others,
                what,
                amounts=[UNDONE],
                tells_cancelled=False,
            )
    for key, _is_cancelled, source, form, amount in found:
        sums.add(key, ("binding", pot_of(source, form)), amount, is_cancelled=False)
    sums.cut(others, _one_by_one(sums, others, {"binding"}))


# Promise by promise


def _one_by_one(sums, plans, measures):
    """{plan: {(measure, pot): tyiyn}} as of the day."""
    found = {plan: Counter() for plan in plans}
    if not plans:
        return found
    for plan, pot, amounts in _promises(sums.of, plans):
        for measure in measures:
            if plan in found and amounts[measure]:
                found[plan][measure, pot] += amounts[measure]
    return found


def _promises(of, plans):
    """[(plan, pot, {original, promised, binding: tyiyn})], as known at that moment."""
    day, until = of.scope.day, of.until
    revisions = defaultdict(list)
    rows = PromiseRevision.objects.filter(of.within("contribution__plan", plans)).order_by("number")
    columns = ["contribution", "effective_on", "revised_at", "before_kgs", "amount_kgs"]
    for contribution, *revision in rows.values_list(*columns):
        revisions[contribution].append(revision)
    columns = ["pk", "plan", "source", "form", "amount_kgs", "decision", "promised_on"]
    promises = Contribution.objects.order_by().filter(of.within("plan", plans))
    for pk, plan, source, form, amount, decision, since, recorded in promises.values_list(
        *columns, "recorded_at"
    ):
        steps = revisions[pk]
        first = steps[0][2] if steps else amount
        holding = [s[3] for s in steps if s[0] <= day and s[1] <= until]
        now = holding[-1] if holding else first
        if (since and since > day) or (recorded and recorded > until):
            now = 0
        yield (
            plan,
            pot_of(source, form),
            {
                "original": 0 if since else int(first * 100),
                "promised": int(now * 100),
                "binding": int(now * 100) if decision or holding else 0,
            },
        )

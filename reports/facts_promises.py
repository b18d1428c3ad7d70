"""Promises and costs as of the day of a report.

What is promised now is kept with the slices. Each revision says what it changed, so what was promised before
is that sum less what came since; only plans of several slices are read promise by promise.
"""

from itertools import groupby

from django.db.models import BooleanField, Case, DecimalField, ExpressionWrapper, F, Q, Value, When

from action_plans.models import ActionPlan, Contribution, PromiseRevision

from .facts_sums import tyiyn
from .facts_then import OWN, POTS, pot_of

UNDONE = F("before_kgs") - F("amount_kgs")
NOTHING = Value(None, DecimalField(max_digits=18, decimal_places=2))


def read(sums, *, net_step=None):
    """Add promises and costs. net_step: what was received and is kept is added there in the same question."""
    special = sums.of.special
    names = {f"{pot}_kgs": ("promised", pot) for pot in POTS}
    names |= {"cost_kgs": ("cost", ""), "own_of_known_cost_kgs": ("own_of_known_cost", "")}
    if net_step:
        names |= {f"received_{pot}_kgs": (f"net_{net_step}", pot) for pot in POTS}
    for key, is_cancelled, amounts in sums.kept(names, special):
        sums.touch(key)
        for name, (measure, pot) in names.items():
            sums.add(key, (measure, pot), amounts[name], is_cancelled=is_cancelled)
            if measure == "promised":
                sums.add(key, ("original", pot), amounts[name], is_cancelled=is_cancelled)
    changed = _undo(sums)
    for plan, pot, amounts in _one_by_one(sums, special | changed):
        for measure in ["original", "promised"]:
            sums.pieces[plan][measure, pot] += amounts[measure]
        if plan not in special:
            sums.pieces[plan]["undone", pot] += amounts["kept"]
    sums.put_apart(special)
    sums.costed |= special
    sums.revised |= special | changed
    if net_step:
        _add_received(special, sums.pieces, net_step)


def _later(sums):
    """Revisions that did not hold yet on the day, or were not known."""
    return Q(effective_on__gt=sums.scope.day) | Q(revised_at__gt=sums.of.until)


def _known(sums, path=""):
    """Promises that had been made by the day, and were known."""
    made = Q(**{f"{path}promised_on__lte": sums.scope.day})
    recorded = Q(**{f"{path}recorded_at": None}) | Q(**{f"{path}recorded_at__lte": sums.of.until})
    return Q(**{f"{path}promised_on": None}) | (made & recorded)


def _not_known(sums):
    """Of promises with a day: what was not made yet, or not known. The opposite of _known()."""
    return Q(promised_on__gt=sums.scope.day) | Q(recorded_at__gt=sums.of.until)


def _undo(sums):
    """Take back what revisions changed and what was added, in plans that the database groups.

    Answers with the others, where it did: plans that are cut.
    """
    revised, added = {}, {}
    if "original" in sums.needs:
        revised["original"], added["original"] = Q(contribution__promised_on=None), Q()
    if sums.of.is_past:
        revised["promised"] = _later(sums) & _known(sums, "contribution__")
        added["promised"] = _not_known(sums)
    asked = _asked_back(revised, added) if revised else []
    changed = set()
    for plan, key, is_cancelled, source, form, has_cost, *amounts in sums.whole(
        asked, has_pieces=True
    ):
        pot = pot_of(source, form)
        if plan is not None:
            changed.add(plan)
            continue
        for measure, amount in zip(revised, amounts, strict=True):
            sums.add(key, (measure, pot), amount or 0, is_cancelled=is_cancelled)
            if measure == "promised" and has_cost and pot in OWN:
                own = ("own_of_known_cost", "")
                sums.add(key, own, amount or 0, is_cancelled=is_cancelled)
    return changed - sums.of.special


def _asked_back(revised, added):
    """What Sums.whole() is asked: revisions, and promises that have a day; those of the approval have none."""
    revisions = PromiseRevision.objects.order_by().filter(_any(revised.values()))
    promises = Contribution.objects.order_by().filter(promised_on__isnull=False)
    promises = promises.filter(_any(added.values()))
    path, what = "contribution__plan", ["source", "form", "has_cost"]
    of_revisions = ["contribution__source", "contribution__form", "has_cost"]
    return [
        (_with_cost(revisions, path), path, of_revisions, _amounts(revised.values(), UNDONE)),
        (_with_cost(promises, "plan"), "plan", what, _amounts(added.values(), -F("amount_kgs"))),
    ]


def _any(conditions):
    """One that is empty holds always."""
    conditions = list(conditions)
    return Q() if not all(conditions) else Q(*conditions, _connector=Q.OR)


def _amounts(conditions, amount):
    """One that is alone was filtered by already."""
    if len(conditions) == 1:
        return [amount]
    return [Case(When(c, then=amount), default=NOTHING) if c else amount for c in conditions]


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
    bound = bound.filter(~Q(decision="") | Q(pk__in=by_revision.order_by().values("contribution")))
    asked = [(bound, "plan", ["source", "form"], ["amount_kgs"])]
    if sums.of.is_past:
        later = PromiseRevision.objects.order_by().filter(_later(sums), contribution__in=bound)
        what = ["contribution__source", "contribution__form"]
        asked.append((later, "contribution__plan", what, [UNDONE]))
    for _p, key, _c, source, form, amount in sums.whole(asked, tells_cancelled=False):
        sums.add(key, ("binding", pot_of(source, form)), amount, is_cancelled=False)
    for plan, pot, amounts in _one_by_one(sums, others):
        sums.pieces[plan]["binding", pot] += amounts["binding"]
    sums.put_apart(others)


# Promise by promise


def _one_by_one(sums, plans):
    """[(plan, pot, {original, promised, binding, kept: tyiyn})] of each promise as of the day."""
    return [found for found in _promises(sums.of, plans) if found[0] in plans] if plans else []


def _promises(of, plans):
    """The same; kept: what is promised now."""
    day, until = of.scope.day, of.until
    columns = ["pk", "plan", "source", "form", "amount_kgs", "decision", "promised_on"]
    revision = ["effective_on", "revised_at", "before_kgs", "amount_kgs"]
    rows = Contribution.objects.filter(of.within("plan", plans))
    rows = rows.order_by("pk", "revisions__number").values_list(
        *columns, "recorded_at", *[f"revisions__{name}" for name in revision]
    )
    for (_pk, plan, source, form, amount, decision, since, recorded), steps in groupby(
        rows, key=lambda row: row[: len(columns) + 1]
    ):
        steps = [row[-len(revision) :] for row in steps if row[-1] is not None]
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
                "kept": int(amount * 100),
            },
        )

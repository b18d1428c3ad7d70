"""Entering a plan: create it, save it, and never lose what somebody else saved meanwhile."""

from django.core.exceptions import BadRequest, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lib.spelling import search_key
from municipalities.models import Municipality

from .facts import (
    DATES,
    LANGUAGE,
    LEAD,
    MONEY,
    PLAIN,
    REASON,
    facts_at,
    facts_of,
    known_again,
    part,
    text_in,
    was_ever_of,
    without_empty,
)
from .models import ActionPlan, Contribution, Payment, PlanArea, PlanMunicipality, PlanText
from .totals import ZERO, judgement, keep_totals

TRIES = 20
PAID = _(
    "Money has been recorded for this contribution. It cannot be removed, and its source and form "
    "cannot be changed."
)
NOTHING = _("A promise is more than 0. Write the amount, or remove the row.")
# What a sample field is called on the plan, by the fact that replaces it.
SAMPLE_NAMES = {
    "areas": {"area", "areas"},
    "places": {"municipality", "municipalities"},
    "lead": {"lead", "municipality", "municipalities"},
    "phase_id": {"phase"},
}


class Conflict(Exception):
    """Somebody saved the plan after this person opened it."""

    def __init__(self, plan):
        super().__init__(plan.reference)
        self.plan = plan


class Locked(Exception):
    """The plan was submitted or approved while this person was typing."""

    def __init__(self, plan):
        super().__init__(plan.reference)
        self.plan = plan


def create_plan(*, facts, by, key, on, at):
    """A new draft. The same form sent twice (its key) is one plan; sent again changed, it is an edit."""
    for tries_left in reversed(range(TRIES)):
        if existing := ActionPlan.objects.filter(creation_key=key).first():
            return _create_again(existing, facts, by=by, at=at)
        try:
            return _create(facts, by=by, key=key, on=on, at=at)
        except IntegrityError:  # another form took the reference, or this one came twice at once
            if not tries_left:
                raise
    return None


def _create_again(plan, facts, *, by, at):
    if plan.created_by_id != by.pk:
        raise BadRequest("creation_key of somebody else")
    try:
        return save_plan(plan_id=plan.pk, facts=facts, base=1, by=by, at=at)
    except (Conflict, Locked):
        first = facts_at(plan, 1)[0] or {}
        if known_again(without_empty(facts), first) == first:
            return plan  # the first form once more, after the plan went on
        raise


@transaction.atomic
def _create(facts, *, by, key, on, at):
    lead = Municipality.objects.select_related("region").get(pk=facts[LEAD])
    start = facts.get(("starts_on",))
    reference = new_reference(lead.region, start.day.year if start else on.year)
    plan = ActionPlan(reference=reference, creation_key=key, created_by=by, version=1)
    write_facts(plan, facts, before={}, by=by, at=at)
    return plan


def new_reference(region, year):
    """J-2018-014. Two at once may get the same one; the database refuses the second, which asks again."""
    prefix = f"{region.iso.rpartition('-')[2]}-{year}-"
    taken = ActionPlan.objects.filter(reference__startswith=prefix).values_list("reference")
    numbers = [
        int(number) for (r,) in taken.iterator() if (number := r.removeprefix(prefix)).isdecimal()
    ]
    return f"{prefix}{max(numbers, default=0) + 1:03d}"


@transaction.atomic
def save_plan(*, plan_id, facts, base, by, at):
    """Save what was typed over version `base`; Conflict when somebody saved a newer one."""
    plan = (
        ActionPlan.objects.select_for_update(of=("self",)).select_related("phase").get(pk=plan_id)
    )
    before = facts_of(plan)
    if not by.works_for_programme:
        facts = {**facts, REASON: before.get(REASON)}  # not theirs to give or to take
    facts = known_again(_as_written(plan, facts), before)
    if facts == before:
        return plan  # a double click: it is saved already
    if not ActionPlan.objects.editable_by(by).filter(pk=plan.pk).exists():
        raise Locked(plan)
    if plan.version != base and facts_at(plan, base)[0] != before:
        raise Conflict(plan)  # a step like “returned” makes a new version too, but no conflict
    plan.version += 1
    write_facts(plan, facts, before=before, by=by, at=at)
    return plan


def _as_written(plan, facts):
    """Without the reason once the minimum is reached: facts that say the same are the same."""
    facts = without_empty(facts)
    if REASON in facts and not is_under_minimum(facts, plan):
        del facts[REASON]
    return facts


def is_under_minimum(facts, plan=None):
    phase = _phase(facts, plan)
    return judgement(facts.get(("cost_kgs",)), own_money(facts), phase)["is_under_minimum"]


def _phase(facts, plan):
    if plan and plan.phase_id == facts["phase_id",]:
        return plan.phase
    return ActionPlan.phase.field.related_model.objects.get(pk=facts["phase_id",])


def own_money(facts):
    money = {"own_cash_kgs": ZERO, "own_in_kind_kgs": ZERO}
    for source, form, amount, _decision in part(facts, "money").values():
        pot = Contribution(source=source, form=form).pot
        if pot in money:
            money[pot] += amount
    return money


# --- Writing: the plan first, because facts_at() tells versions apart by its time ---------------


def write_facts(plan, facts, *, before, by, at):
    changed = {key for key in facts.keys() | before.keys() if facts.get(key) != before.get(key)}
    _write_plan(plan, facts, changed, by=by, at=at)
    _write_texts(plan, facts, changed, by=by)
    _write_shares(PlanMunicipality, "municipality_id", plan, part(facts, "places"), facts, by=by)
    _write_shares(PlanArea, "area_id", plan, part(facts, "areas"), facts, by=by)
    _write_money(plan, part(facts, "money"), by=by)
    fill_search_key(plan)
    keep_totals(plan.pk)
    plan.refresh_from_db()


def _write_plan(plan, facts, changed, *, by, at):
    for name in PLAIN:
        empty = "" if name == "villages" else None
        setattr(plan, name, facts.get((name,), empty))
    for name, precision in DATES.items():
        date = facts.get((name,))
        setattr(plan, name, date.day if date else None)
        setattr(plan, precision, date.precision if date else "day")
    plan.lead_id = facts[LEAD]
    _write_reason(plan, facts, changed, by=by, at=at)
    replaced = set().union(*({key[-1], *SAMPLE_NAMES.get(key[0], ())} for key in changed), ())
    plan.sample_fields = [name for name in plan.sample_fields if name not in replaced]
    _save(plan, by)


def _write_reason(plan, facts, changed, *, by, at):
    reason = facts.get(REASON, "")
    if reason and not is_under_minimum(facts):
        reason = ""
    if not by.works_for_programme and {"cost_kgs", "money"} & {key[0] for key in changed}:
        reason = ""  # staff confirmed another share than this one
    if reason == plan.under_minimum_reason and bool(reason) == bool(plan.under_minimum_at):
        return
    plan.under_minimum_reason = reason
    plan.under_minimum_at, plan.under_minimum_by = (at, by) if reason else (None, None)


def _write_texts(plan, facts, changed, *, by):
    original = facts[LANGUAGE]
    rows = {text.language: text for text in plan.texts.all()}
    # The old original steps back first: only one may be it at a time.
    for language in sorted(rows.keys() | _languages(facts), key=lambda code: code == original):
        row = rows.get(language) or PlanText(plan=plan, language=language)
        fields = text_in(facts, language)
        if not any(fields.values()):
            if row.pk:
                _delete(row, by)
            continue
        is_original = language == original
        touched = any(key[:2] == ("texts", language) for key in changed)
        if row.pk and not touched and row.is_original == is_original:
            continue
        row.is_original = is_original
        if is_original or touched or row.state == PlanText.State.ORIGINAL:
            row.state = PlanText.State.ORIGINAL if is_original else PlanText.State.DRAFT
        for name, value in fields.items():
            setattr(row, name, value)
        _save(row, by)


def _languages(facts):
    return {key[1] for key in facts if key[0] == "texts"}


def _write_shares(model, column, plan, shares, facts, *, by):
    rows = {getattr(row, column): row for row in model.objects.filter(plan=plan)}
    leads = model is PlanMunicipality
    for place in rows.keys() - shares.keys():
        _delete(rows[place], by)
    for place in sorted(shares, key=lambda place: leads and place == facts[LEAD]):
        row = rows.get(place) or model(plan=plan, **{column: place})
        before = (row.pk, row.share, getattr(row, "is_lead", None))
        row.share = shares[place]
        if leads:
            row.is_lead = place == facts[LEAD]
        if before != (row.pk, row.share, getattr(row, "is_lead", None)) or not row.pk:
            _save(row, by)


def _write_money(plan, promises, *, by):
    rows = {row.pk: row for row in plan.contributions.all()}
    paid = paid_contributions(plan)
    stale = {pk for pk in promises if isinstance(pk, int)} - rows.keys()
    if stale - was_ever_of(plan, stale):
        raise BadRequest("contribution of another plan")
    for pk in rows.keys() - promises.keys():
        if pk in paid:
            raise ValidationError(PAID)
        _delete(rows[pk], by)
    for pk, values in promises.items():
        row = rows.get(pk) or Contribution(plan=plan)
        if values[2] <= 0:
            raise ValidationError(NOTHING)
        before = tuple(getattr(row, name) for name in MONEY)
        if row.pk and before == values:
            continue
        if row.pk in paid and before[:2] != values[:2]:
            raise ValidationError(PAID)
        row.source, row.form, row.amount_kgs, row.decision = values
        row.is_sample = False
        _save(row, by)


def paid_contributions(plan):
    """The ids of promises that money was recorded for."""
    return set(
        Payment.objects.filter(contribution__plan=plan).values_list("contribution", flat=True)
    )


def fill_search_key(plan):
    """What the search of plans reads: its reference, titles and places in every spelling."""
    titles = [text.title for text in PlanText.objects.filter(plan=plan)]
    places = [row.municipality for row in plan.municipalities.select_related("municipality")]
    names = [
        name
        for place in places
        for name in (place.name_ky, place.name_ru, place.name_en, *place.other_names.splitlines())
    ]
    plan.search_key = search_key(plan.reference, *titles, *names)
    ActionPlan.objects.filter(pk=plan.pk).update(search_key=plan.search_key)


def _save(row, by):
    row._history_user = by
    row.save()


def _delete(row, by):
    row._history_user = by
    row.delete()

"""Single facts of an approved plan, put right by the office with a reason; promises are revised elsewhere.

What each fact was before is kept with the day from which it changed (FactRevision): reports of past days
and periods answer with it. action_plans/facts_on.py reads it.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.dates import format_partial

from .editing import Conflict, write_facts
from .facts import DATES, facts_at, facts_of, part, without_empty
from .facts_on import AREAS, written
from .models import ActionPlan, FactRevision, ServiceArea

PLAIN = [
    "cost_kgs",
    "beneficiaries_total",
    "beneficiaries_women",
    "beneficiaries_men",
    "beneficiaries_children",
]


def is_correctable(key):
    return key[0] in PLAIN or key[0] in DATES or key[0] == "areas"


def with_corrected(stored, typed):
    """All facts of the plan, those of the form as they were typed."""
    others = {key: value for key, value in stored.items() if not is_correctable(key)}
    return without_empty(others | {key: typed[key] for key in typed if is_correctable(key)})


@transaction.atomic
def correct(*, plan_id, facts, base, reason, by, at, effective_on=None, areas_on=None):
    """Write the facts of the form over version `base`; Conflict when somebody corrected another way.

    effective_on: from which day they are so, areas_on: from which day it is in these service areas; the day
    of `at` if none is given.
    """
    plan = ActionPlan.objects.select_for_update(of=("self",)).get(pk=plan_id)
    if not ActionPlan.objects.money_kept_by(by).filter(pk=plan.pk).exists():
        raise ValidationError(
            _(
                "Facts are corrected by the project staff, from approval on. This plan is: %(status)s."
            ),
            code="state",
            params={"status": plan.get_status_display()},
        )
    if not reason.strip():
        raise ValidationError(_("Give a reason. It is kept with the plan."), code="required")
    before = facts_of(plan)
    after = with_corrected(before, facts)
    if after == before:
        return plan  # a double click: it is saved already
    if plan.version != base and _at(plan, base) != _correctable(before):
        raise Conflict(plan)  # a step or a revised promise is no conflict
    today = timezone.localdate(at)
    days = {AREAS: ("areas_on", areas_on or today), "": ("effective_on", effective_on or today)}
    _remember(plan, before, after, days, reason=reason.strip(), by=by, at=at)
    plan.version += 1
    plan._change_reason = reason.strip()
    write_facts(plan, after, before=before, by=by, at=at)
    return plan


def _remember(plan, before, after, days, *, reason, by, at):
    """A row per changed fact, before the change itself is written."""
    old, new = in_json(before), in_json(after)
    changed = [fact for fact in old if old[fact] != new[fact]]
    last = {row.fact: row for row in plan.fact_revisions.order_by("number")}
    last_number = max((row.number for row in last.values()), default=0)
    for number, fact in enumerate(changed, last_number + 1):
        field, day = days.get(fact, days[""])
        _possible(field, day, plan, last.get(fact), timezone.localdate(at))
        FactRevision.objects.create(
            plan=plan,
            number=number,
            fact=fact,
            before=old[fact],
            after=new[fact],
            effective_on=day,
            reason=reason,
            recorded_at=at,
            recorded_by=by,
        )


def in_json(facts):
    """{fact: value} of all that can be corrected, as FactRevision keeps it; None where nothing is known."""
    shares = part(facts, AREAS)
    codes = dict(ServiceArea.objects.filter(pk__in=shares).values_list("pk", "code"))
    areas = sorted(((codes[pk], share) for pk, share in shares.items()), key=_largest_first)
    plain = {name: written(name, facts.get((name,))) for name in [*PLAIN, *DATES]}
    return plain | {AREAS: written(AREAS, areas)}


def _largest_first(area):
    code, share = area
    return -share, code


def _possible(field, day, plan, last, today):
    if day > today:
        raise ValidationError(
            {field: _("The date is in the future. Enter it when it has come into force.")}
        )
    since = last.effective_on if last else plan.approved_at and timezone.localdate(plan.approved_at)
    if since and day < since:
        message = _("The date is before the approval or the last change of this fact, %(day)s.")
        params = {"day": format_partial(since)}
        raise ValidationError({field: ValidationError(message, params=params)})


def _at(plan, version):
    return _correctable(facts_at(plan, version)[0] or {})


def _correctable(facts):
    return {key: value for key, value in facts.items() if is_correctable(key)}

"""Single facts of an approved plan, put right by the office with a reason; promises are revised elsewhere."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from .editing import Conflict, write_facts
from .facts import DATES, facts_at, facts_of, without_empty
from .models import ActionPlan

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
def correct(*, plan_id, facts, base, reason, by, at):
    """Write the facts of the form over version `base`; Conflict when somebody corrected another way."""
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
    plan.version += 1
    plan._change_reason = reason.strip()
    write_facts(plan, after, before=before, by=by, at=at)
    return plan


def _at(plan, version):
    return _correctable(facts_at(plan, version)[0] or {})


def _correctable(facts):
    return {key: value for key, value in facts.items() if is_correctable(key)}

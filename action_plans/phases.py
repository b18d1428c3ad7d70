"""The settings of a phase: who changes them, what follows for its plans, and when a policy stays for good."""

import json

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lib.money import UNKNOWN, format_rate

from .findings import recheck
from .models import PROMISED, ActionPlan, BudgetLine, Check, Finding, FxPolicy, Phase, PlanStatus
from .totals import judgement

CHUNK = 2000  # plans

SETTINGS = [
    "contract",
    "minimum_own_share",
    "in_kind_counts",
    "fx_policy",
    "budget_rate",
    "variance_pct",
    "variance_kgs",
]
# Which plans are under the minimum depends on these.
JUDGING = {"minimum_own_share", "in_kind_counts"}
# And which budget lines need a comment on these.
COMMENTED = {"variance_pct", "variance_kgs"}
DATES = {"starts_on", "ends_on"}


def fix_policy(phase):
    """From the first tranche or foreign payment on the policy stays. Two at once are safe; call it before
    the policy is read: the phase in hand then says what holds."""
    if phase.fx_policy_fixed:
        return
    Phase.objects.filter(pk=phase.pk, fx_policy_fixed=False).update(fx_policy_fixed=True)
    phase.refresh_from_db(fields=["fx_policy", "fx_policy_fixed", "budget_rate", "budget_currency"])


def fixed_fields(phase):
    """Names of the fields that cannot be changed any more."""
    if not phase.fx_policy_fixed:
        return set()
    by_budget = phase.fx_policy == FxPolicy.BUDGET
    return {"fx_policy", "budget_rate", "budget_currency"} if by_budget else {"fx_policy"}


@transaction.atomic
def change_settings(*, phase, by, **changes):
    """Set fields of a phase; all its plans are judged anew when the rule of the minimum changes.

    The phase is locked before its plans, as a payment in another currency does.
    """
    if not by.is_administrator:
        raise ValidationError(_("Only an administrator changes the settings of a phase."))
    phase = Phase.objects.select_for_update(no_key=True, of=("self",)).get(pk=phase.pk)
    changes = {name: value for name, value in changes.items() if getattr(phase, name) != value}
    _not_fixed(phase, changes)
    before = {name: getattr(phase, name) for name in changes}
    for name, value in changes.items():
        setattr(phase, name, value)
    phase.full_clean()
    if changes:
        phase.save(update_fields=list(changes))
        _remember(phase, before, by)
    if JUDGING & changes.keys():
        _judge_anew(phase)
    if DATES & changes.keys():
        recheck(phase.plans.all())
    elif COMMENTED & changes.keys():
        recheck(phase.plans.filter(Exists(BudgetLine.objects.filter(plan=OuterRef("pk")))))
    return phase


def _remember(phase, before, by):
    changes = {name: [str(old), str(getattr(phase, name))] for name, old in before.items()}
    LogEntry.objects.log_actions(
        user_id=by.pk,
        queryset=[phase],
        action_flag=CHANGE,
        change_message=json.dumps(changes),
        single_object=True,
    )


def past_changes(phase):
    """What was changed, newest first: [(moment, person, [(setting, before, after)])], as texts."""
    kind = ContentType.objects.get_for_model(Phase)
    entries = LogEntry.objects.filter(content_type=kind, object_id=phase.pk, action_flag=CHANGE)
    return [
        (entry.action_time, entry.user, list(_in_words(json.loads(entry.change_message))))
        for entry in entries.select_related("user").order_by("-action_time", "-pk")
        if entry.change_message.startswith("{")
    ]


def _in_words(changes):
    words = {"True": gettext("yes"), "False": gettext("no"), "None": UNKNOWN, "": UNKNOWN}
    words |= dict(FxPolicy.choices)
    for name, (old, new) in changes.items():
        label = Phase._meta.get_field(name).verbose_name
        yield label, words.get(old, old), words.get(new, new)


def _not_fixed(phase, changes):
    if locked := fixed_fields(phase) & changes.keys():
        text = _(
            "Money was counted by this policy already, so it stays: %(policy)s. "
            "Another one would change what was reported."
        )
        wrong = ValidationError(text, code="fixed", params={"policy": fx_text(phase)})
        raise ValidationError(dict.fromkeys(locked, wrong))


def _judge_anew(phase):
    """Which plans are under the minimum. By chunks in Python, so that SQLite is exact too."""
    plans = (
        ActionPlan.objects.filter(phase=phase)
        .order_by("pk")
        .only("pk", *PROMISED, "cost_kgs", "is_under_minimum")
    )
    last = 0
    while chunk := list(plans.select_for_update(of=("self",)).filter(pk__gt=last)[:CHUNK]):
        last = chunk[-1].pk
        now = {plan.pk: _is_under_minimum(plan, phase) for plan in chunk}
        changed = [plan.pk for plan in chunk if plan.is_under_minimum != now[plan.pk]]
        under = ActionPlan.objects.filter(pk__in=[pk for pk in changed if now[pk]])
        over = ActionPlan.objects.filter(pk__in=[pk for pk in changed if not now[pk]])
        under.update(is_under_minimum=True)
        over.update(is_under_minimum=False)
        _keep_found(under, over)


def _keep_found(under, over):
    """All at once, as findings.recheck() would do it plan by plan."""
    Finding.objects.filter(plan__in=over, check_name=Check.UNDER_MINIMUM).delete()
    asked = under.exclude(status__in=[PlanStatus.DRAFT, PlanStatus.CANCELLED])
    Finding.objects.bulk_create(
        [
            Finding(plan_id=pk, check_name=Check.UNDER_MINIMUM)
            for pk in asked.values_list("pk", flat=True)
        ],
        ignore_conflicts=True,
    )


def _is_under_minimum(plan, phase):
    money = {name: getattr(plan, name) for name in PROMISED}
    return judgement(plan.cost_kgs, money, phase)["is_under_minimum"]


def fx_text(phase):
    """The policy of a phase in words, as every report prints it."""
    if phase.fx_policy == FxPolicy.BUDGET:
        return gettext("rate of the budget, 1 %(currency)s = %(rate)s som") % {
            "currency": phase.budget_currency,
            "rate": format_rate(phase.budget_rate),
        }
    return phase.get_fx_policy_display()


def fx_texts(phases):
    """For a report about these phases: by which policies money in other currencies became som."""
    policies = {phase.fx_policy for phase in phases}
    texts = {phase.name: str(fx_text(phase)) for phase in phases}
    if not texts:
        return ""
    each = "; ".join(f"{name}: {text}" for name, text in texts.items())
    policy = each if len(set(texts.values())) > 1 else next(iter(texts.values()))
    if policies == {FxPolicy.DAY}:
        return gettext("Money in other currencies became som by: %(policy)s.") % {"policy": policy}
    return gettext(
        "Grants in other currencies became som by: %(policy)s. Before there are tranches, and for all "
        "other money, it is the official rate of the day of the payment."
    ) % {"policy": policy}

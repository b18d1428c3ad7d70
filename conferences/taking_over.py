"""A municipality notes that it does at home what another showed, how far it is, and what came of it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from action_plans.models import ActionPlan, PlanMunicipality, PlanStatus
from municipalities.models import Municipality, current_language

from .conflict import refuse_older
from .models import Practice, TakeOver, TakeOverState, TakeOverStep
from .models.practice import READABLE

# Counted as followers: interest alone is not yet taking over.
TAKEN = [TakeOverState.PLANNING, TakeOverState.RUNNING]
OWN = _("This is the municipality's own practice: there is nothing to take over.")
TYPED = ["state", "plan", "started_on", "cost_kgs", "result", "language", "given_up_reason"]


@transaction.atomic
def note(*, practice, municipality, revision, by, **typed):
    """How far the municipality is. typed: TYPED, as a form cleans them.

    revision: that of the row the form showed, 0 when there was none. The same form sent twice is one
    row; who saves over somebody else's newer state gets a Conflict.
    """
    practice = Practice.objects.select_for_update(of=("self",)).get(pk=practice.pk)
    _allowed(practice, municipality, by)
    row = TakeOver.objects.filter(practice=practice, municipality=municipality).first()
    typed = _completed(typed)
    if row and _says(row) == typed:
        return row  # a double click
    if row:
        refuse_older(row, revision)
    elif revision:
        raise ValidationError(
            _("Meanwhile this note was removed. Save again to note the practice anew."),
            code="removed",
        )
    _possible(practice, municipality, typed)
    return _write(row, practice, municipality, typed, by)


@transaction.atomic
def remove(*, take_over, by):
    """Only interest leaves no trace: from a plan on others learn from what became of it."""
    row = TakeOver.objects.select_for_update(of=("self",)).filter(pk=take_over.pk).first()
    if row is None:
        return  # a double click
    if not TakeOver.objects.editable_by(by).filter(pk=row.pk).exists():
        raise ValidationError(_("Only the municipality itself and the project staff change this."))
    if row.state != TakeOverState.INTERESTED:
        raise ValidationError(
            _(
                "Only a note of interest can be removed. This one says: %(state)s. If nothing came "
                "of it, note that it was given up and why: others learn from it."
            ),
            params={"state": row.get_state_display()},
        )
    row.delete()


# --- Asking -----------------------------------------------------------------------------------------


def may_follow(practice, user):
    """Whether this person notes it for the own municipality; the office for any other."""
    if getattr(user, "works_for_programme", False):
        return True
    is_municipal = getattr(user, "is_municipal", False)
    return is_municipal and practice.municipality_id not in user.municipality_ids


def is_own(practice, municipality):
    """Of the municipality, or of a place that was merged into it."""
    return practice.municipality_id in Municipality.objects.with_predecessors(municipality.pk)


def plans_to_choose(municipality):
    """Of the municipality and of the places merged into it; what was cancelled leads nowhere."""
    places = Municipality.objects.with_predecessors(municipality.pk)
    own = PlanMunicipality.objects.filter(municipality__in=places, plan=OuterRef("pk"))
    return ActionPlan.objects.filter(Exists(own)).exclude(status=PlanStatus.CANCELLED)


# --- Rules and writing ------------------------------------------------------------------------------


def _allowed(practice, municipality, by):
    if not practice.versions.filter(status__in=READABLE).exists():
        raise ValidationError(_("This practice is not published."))
    if not by.works_for_programme and municipality.pk not in by.municipality_ids:
        raise ValidationError(_("Only the municipality itself and the project staff note this."))
    if is_own(practice, municipality):
        raise ValidationError(OWN)


def _completed(typed):
    """What does not belong to the state is not kept: it was typed for another one."""
    row = {name: typed.get(name) for name in TYPED}
    for name in ("result", "given_up_reason"):
        row[name] = (row[name] or "").replace("\r\n", "\n").strip()
    row["language"] = (row["language"] or current_language()) if row["result"] else ""
    if row["state"] not in (TakeOverState.RUNNING, TakeOverState.GIVEN_UP):
        row["started_on"] = None
    if row["state"] != TakeOverState.GIVEN_UP:
        row["given_up_reason"] = ""
    return row


def _possible(practice, municipality, typed):
    problems = {}
    state, plan, since = typed["state"], typed["plan"], typed["started_on"]
    if state == TakeOverState.PLANNING and plan is None:
        problems["plan"] = _("Choose the action plan with which it is planned.")
    if plan and not plans_to_choose(municipality).filter(pk=plan.pk).exists():
        problems["plan"] = _("This is not a plan of this municipality, or it was cancelled.")
    if plan and practice.plan_id == plan.pk:
        problems["plan"] = _("This is the plan of the practice itself.")
    if plan and typed["cost_kgs"] is not None:
        problems["cost_kgs"] = _(
            "The cost is read from the plan; it is not typed again. Empty this field."
        )
    if state == TakeOverState.RUNNING and since is None:
        problems["started_on"] = _("Write since when it is running.")
    if since and since > timezone.localdate():
        problems["started_on"] = _("This day has not come yet.")
    if state == TakeOverState.GIVEN_UP and not typed["given_up_reason"]:
        problems["given_up_reason"] = _("Say why it was given up: others learn from it.")
    if problems:
        raise ValidationError(problems)


def _says(row):
    return {name: getattr(row, name) for name in TYPED}


def _write(row, practice, municipality, typed, by):
    before = row.state if row else ""
    if row is None:
        row = TakeOver(practice=practice, municipality=municipality)
    else:
        row.revision += 1
    for name, value in typed.items():
        setattr(row, name, value)
    is_new_state = before != row.state
    if is_new_state:
        row.noted_at, row.noted_by = timezone.now(), by
    row.is_sample = False
    row.full_clean(exclude=["practice", "municipality", "plan", "noted_by"])
    row.save()
    if is_new_state:
        TakeOverStep.objects.create(
            take_over=row,
            before=before,
            after=row.state,
            reason=row.given_up_reason,
            changed_at=row.noted_at,
            changed_by=by,
        )
    return row

"""The budget of a plan: lines of quantity × cost of a unit, revised with day and reason after approval.

Until approval the original is changed in place; from then on every change is a further revision of the
line, and earlier ones stay. How lines compare with what was spent: action_plans.variance.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.dates import format_partial
from lib.money import MAX_KGS, format_kgs, round_kgs

from .form_fields import YEARS
from .models import ActionPlan, BudgetLine, BudgetRevision
from .totals import ZERO, keep_totals

MAX_LINES = 200
OPEN = _(
    "The budget is entered while the plan is a draft or returned; after approval the project staff "
    "revise it. This plan is: %(status)s."
)
REVISED = _(
    "The budget of a plan is revised by the project staff from approval on. This plan is: %(status)s."
)
COMMENTED = _("Variances are commented on from approval on. This plan is: %(status)s.")


@transaction.atomic
def add_line(
    *,
    plan,
    title,
    unit,
    quantity,
    unit_cost,
    source,
    by,
    year=None,
    position=None,
    effective_on=None,
    reason="",
):
    """A further line. position: the number its form offered, so the same form sent twice adds one line.

    After approval the line was not planned at first: its original is 0, the amount holds from its day on.
    """
    plan = _lock(plan.pk)
    draft = _may(plan, "editable_by", by)
    if not draft:
        _refuse_unless(_may(plan, "money_kept_by", by), plan, OPEN)
    line = BudgetLine(plan=plan, title=title, unit=unit, source=source, year=year)
    amount = _amount(quantity, unit_cost)
    if again := _already_there(line, position, amount):
        return again
    line.position = _next_position(plan)
    _write(line, by)
    if draft:
        _append(line, 0, amount, by)
    else:
        _append(line, 0, (0, ZERO, ZERO), by)
        _append(line, 1, amount, by, effective_on=_day(effective_on), reason=_needed(reason))
    keep_totals(plan.pk)
    return line


@transaction.atomic
def change_line(*, line, title, unit, quantity, unit_cost, source, by, year=None, seen=None):
    """Replace a line before approval. seen: what its form showed (seen_of); Conflict in words if it changed."""
    plan = _lock(line.plan_id)
    line = plan.budget_lines.get(pk=line.pk)
    _refuse_unless(_may(plan, "editable_by", by), plan, OPEN)
    original = line.revisions.get(number=0)
    before = _facts(line), _figures(original)
    was_seen = seen in (None, seen_of(original))
    line.title, line.unit, line.source, line.year = title, unit, source, year
    amount = _amount(quantity, unit_cost)
    if (_facts(line), amount) == before:
        return line  # a double click: it is saved already
    if not was_seen:
        raise ValidationError(
            _(
                "Somebody else changed this line meanwhile: %(line)s, %(amount)s. Save again if yours is right."
            ),
            code="conflict",
            params={"line": before[0][0], "amount": format_kgs(original.amount_kgs)},
        )
    _write(line, by)
    original.quantity, original.unit_cost_kgs, original.amount_kgs = amount
    original.revised_at, original.revised_by = timezone.now(), by
    original.full_clean(exclude=["line", "revised_by"])
    original.save()
    keep_totals(plan.pk)
    return line


@transaction.atomic
def remove_line(*, line, by):
    """Only before approval, when no payment can name the line."""
    plan = _lock(line.plan_id)
    _refuse_unless(_may(plan, "editable_by", by), plan, OPEN)
    line._history_user = by
    line.delete()
    keep_totals(plan.pk)


@transaction.atomic
def revise(*, line, quantity, unit_cost, effective_on, reason, by, number=None):
    """Another amount from a day on. number: the revision its form is about, so that two people do not collide."""
    plan = _lock(line.plan_id)
    line = plan.budget_lines.get(pk=line.pk)
    _refuse_unless(_may(plan, "money_kept_by", by), plan, REVISED)
    last = line.revisions.last()
    amount, reason = _amount(quantity, unit_cost), _needed(reason)
    if number is not None and number <= last.number:
        typed = (amount, effective_on, reason, by.pk)
        if number == last.number and _typed_of(last) == typed:
            return last  # the same form once more
        raise _revised_meanwhile(last)
    _refuse_day(effective_on, last)
    if amount[:2] == _figures(last)[:2]:
        raise ValidationError(_("This is the amount that holds already. Nothing was changed."))
    revision = _append(line, last.number + 1, amount, by, effective_on=effective_on, reason=reason)
    keep_totals(plan.pk)
    return revision


@transaction.atomic
def comment(*, line, text, by, seen=None):
    """Why more or less was spent than planned. seen: commented_at of the comment that the form showed."""
    plan = _lock(line.plan_id)
    line = plan.budget_lines.get(pk=line.pk)
    _refuse_unless(_may(plan, "payable_by", by), plan, COMMENTED)
    if not text.strip():
        raise ValidationError({"text": _("Write why the line differs from its budget.")})
    if line.comment == text.strip():
        return line
    if seen is not None and seen != seen_comment(line):
        raise ValidationError(
            _("Somebody else commented meanwhile: “%(comment)s” Save again if yours is right."),
            code="conflict",
            params={"comment": line.comment},
        )
    line.comment, line.commented_at, line.commented_by = text.strip(), timezone.now(), by
    _write(line, by)
    keep_totals(plan.pk)
    return line


def seen_of(original):
    """What the form of a draft's line carries, to notice that somebody else saved it."""
    return original.revised_at.isoformat()


def seen_comment(line):
    return line.commented_at.isoformat() if line.commented_at else ""


def next_position(plan):
    """The number that the form of a new line offers."""
    last = plan.budget_lines.order_by("position").last()
    return last.position + 1 if last else 1


def next_number(line):
    return line.revisions.last().number + 1


def was_removed(plan, pk):
    """Whether the plan had this line once: a second click on “remove” is no forged address."""
    return BudgetLine.history.filter(id=pk, plan_id=plan.pk, history_type="-").exists()


def _lock(plan_id):
    return ActionPlan.objects.select_for_update(of=("self",)).get(pk=plan_id)


def _may(plan, method, by):
    return getattr(ActionPlan.objects, method)(by).filter(pk=plan.pk).exists()


def _refuse_unless(allowed, plan, refusal):
    if not allowed:
        params = {"status": plan.get_status_display()}
        raise ValidationError(refusal, code="state", params=params)


def _amount(quantity, unit_cost):
    """(quantity, unit cost, their product), rounded once."""
    # The fields refuse what is no number, too long or too precise; this is for products.
    draft = BudgetRevision(quantity=quantity, unit_cost_kgs=unit_cost)
    draft.clean_fields(exclude=["line", "number", "amount_kgs", "revised_at", "revised_by"])
    if quantity < 0 or unit_cost < 0 or quantity * unit_cost > MAX_KGS:
        raise ValidationError(
            _("Quantity × cost of a unit must be between 0 and %(limit)s. Check the zeros."),
            code="limits",
            params={"limit": format_kgs(MAX_KGS)},
        )
    return quantity, unit_cost, round_kgs(quantity * unit_cost)


def _already_there(line, position, amount):
    """The line that this very form has made already."""
    there = line.plan.budget_lines.filter(position=position).first() if position else None
    if there and _facts(there) == _facts(line):
        return there if _figures(there.revisions.last()) == amount else None
    return None


def _next_position(plan):
    if plan.budget_lines.count() >= MAX_LINES:
        raise ValidationError(
            _("A plan has at most %(number)s budget lines. Put some together."),
            code="many",
            params={"number": MAX_LINES},
        )
    return next_position(plan)


def _write(line, by):
    if line.year is not None and line.year not in YEARS:
        raise ValidationError({"year": _("This year cannot be meant. Check the year.")})
    line._history_user = by
    line.full_clean(exclude=["plan", "commented_by"])
    line.save()


def _append(line, number, amount, by, *, effective_on=None, reason=""):
    quantity, unit_cost, amount_kgs = amount
    revision = BudgetRevision(
        line=line,
        number=number,
        effective_on=effective_on,
        quantity=quantity,
        unit_cost_kgs=unit_cost,
        amount_kgs=amount_kgs,
        reason=reason,
        revised_at=timezone.now(),
        revised_by=by,
    )
    revision.full_clean(exclude=["line", "revised_by"])
    revision.save()
    return revision


def _facts(line):
    return line.title, line.unit, line.source, line.year


def _figures(revision):
    return revision.quantity, revision.unit_cost_kgs, revision.amount_kgs


def _typed_of(revision):
    return _figures(revision), revision.effective_on, revision.reason, revision.revised_by_id


def _day(day):
    if day is None:
        raise ValidationError({"effective_on": _("Say from which day the amount holds.")})
    if day > timezone.localdate():
        raise ValidationError(
            {"effective_on": _("The date is in the future. Give the day of the decision.")}
        )
    return day


def _refuse_day(day, last):
    if last.effective_on and _day(day) < last.effective_on:
        raise ValidationError(
            {
                "effective_on": ValidationError(
                    _(
                        "The line was revised from %(day)s on. A later revision cannot begin earlier."
                    ),
                    params={"day": format_partial(last.effective_on)},
                )
            }
        )
    _day(day)


def _needed(reason):
    if not reason.strip():
        raise ValidationError({"reason": _("Give a reason. It is kept with the plan.")})
    return reason.strip()


def _revised_meanwhile(last):
    return ValidationError(
        _(
            "Somebody else revised this line meanwhile: it is now %(amount)s. "
            "Look at it, and save again if yours is still right."
        ),
        code="conflict",
        params={"amount": format_kgs(last.amount_kgs)},
    )

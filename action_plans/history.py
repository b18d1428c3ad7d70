"""Who changed what and when: the steps of a plan, its fields, its money and its documents, in words."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import DateField, DecimalField, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lib.currencies import format_money
from lib.dates import format_partial
from lib.money import format_kgs, format_number, format_share

from .models import (
    COUNTED,
    ActionPlan,
    BudgetLine,
    BudgetRevision,
    Contribution,
    InKindItem,
    Payment,
    PlanArea,
    PlanMunicipality,
    PlanStatus,
    PlanText,
    PromiseRevision,
)

ONE_SAVE = timedelta(seconds=1)  # rows that one press of "save" wrote
SHOWN = {
    ActionPlan: [
        "phase",
        "villages",
        "cost_kgs",
        "starts_on",
        "ends_on",
        "started_on",
        "completed_on",
        "beneficiaries_total",
        "beneficiaries_women",
        "beneficiaries_men",
        "beneficiaries_children",
        "under_minimum_reason",
        "source",
        "source_note",
    ],
    PlanText: [
        "title",
        "problem",
        "objective",
        "works",
        "provider",
        "upkeep",
        "beneficiaries_note",
        "state",
    ],
    Contribution: ["source", "form", "amount_kgs", "decision"],
    InKindItem: [
        "what",
        "given_on",
        "quantity",
        "unit",
        "unit_value_kgs",
        "valuation",
        "valuation_note",
        "evidence",
        "verified_kgs",
        "verification_note",
    ],
    BudgetLine: ["title", "unit", "source", "year", "comment"],
    PlanArea: ["area", "share"],
    PlanMunicipality: ["municipality", "share"],
}
RECORDS = {model: model.history.model for model in SHOWN}  # asking for it each time builds a class
OF_PLAN = {ActionPlan: "id", InKindItem: "contribution__plan_id"}
RELATED = {
    ActionPlan: ["phase"],
    InKindItem: ["evidence"],
    PlanArea: ["area"],
    PlanMunicipality: ["municipality"],
}
PRECISION = {
    "starts_on": "starts_precision",
    "ends_on": "ends_precision",
    "completed_on": "completed_precision",
}


class Change(NamedTuple):
    label: str
    old: str
    new: str


@dataclass
class Entry:
    at: datetime
    by: object = None
    heading: str = ""
    reason: str = ""
    changes: list = field(default_factory=list)
    is_step: bool = False
    is_sample: bool = False


def entries(plan, user, *, newest=None):
    """Newest first. The office and the own municipality see everything; others the steps since approval.

    newest: read only so many rows of each table, for a page that shows the last few.
    """
    found = steps(plan, user)
    if not sees_everything(plan, user):
        return found
    revisions = list(_revisions(plan, newest))
    told = {(revision.contribution_id, revision.revised_at) for revision in revisions}
    records = [e for model in SHOWN for e in _records(model, plan, newest, told)]
    merged = _join(sorted(records, key=lambda entry: entry.at), found)
    _tell_days(merged, plan, newest)
    found += [*merged, *_payments(plan, newest), *_documents(plan)]
    found += [_revision(revision) for revision in revisions]
    found += [_budget_revision(revision) for revision in _budget_revisions(plan, newest)]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def steps(plan, user):
    """The steps alone, newest first, for the page that asks for the other changes later."""
    if sees_everything(plan, user):
        return [_step(step) for step in plan.steps.all()]
    return list(_steps_since_approval(plan))


def sees_everything(plan, user):
    own = {row.municipality_id for row in plan.municipalities.all()} & user.municipality_ids
    return user.works_for_programme or bool(own)


def _steps_since_approval(plan):
    for step in plan.steps.all():
        if step.after == PlanStatus.APPROVED or step.before in COUNTED:
            entry = _step(step)
            entry.reason = ""  # is between the office and the municipality
            yield entry


def _step(step):
    change = Change(_("Status"), step.get_before_display(), step.get_after_display())
    # Nobody took the steps of the sample set.
    is_sample = step.plan.has_sample and step.changed_by is None
    return Entry(
        step.changed_at,
        step.changed_by,
        "",
        step.reason,
        [change],
        is_step=True,
        is_sample=is_sample,
    )


def _records(model, plan, newest, told):
    """What changed from one saved version of a row to the next; told: promises whose revision says it."""
    rows = RECORDS[model].objects.select_related("history_user", *RELATED.get(model, []))
    rows = rows.filter(**{OF_PLAN.get(model, "plan_id"): plan.pk})
    rows = list(rows.order_by("-history_date", "-history_id")[:newest])
    known = {}
    for row in reversed(rows):
        before, known[row.id] = known.get(row.id), row
        if row.history_type == "~" and before is None:
            continue  # what it was before lies further back than we read
        if model is Contribution and (row.id, row.history_date) in told:
            continue
        yield from _entry(model, row, before)


def _entry(model, row, before):
    entry = Entry(row.history_date, row.history_user, reason=row.history_change_reason or "")
    if model is ActionPlan:
        if row.history_type == "+":
            entry.heading = _("Plan entered in the portal")
        else:
            entry.changes = list(_differences(model, row, before))
    elif row.history_type == "~":
        entry.changes = list(_differences(model, row, before))
    else:
        name, words = _whole(model, row)
        gone = row.history_type == "-"
        entry.changes = [Change(name, words if gone else "", "" if gone else words)]
    # With a reason only: its rows may have changed, not the plan's own.
    if entry.heading or entry.changes or entry.reason:
        yield entry


def _differences(model, row, before):
    for name in SHOWN[model]:
        old, new = _words(before, name), _words(row, name)
        if old != new:
            yield Change(_label(model, row, name), old, new)


def _label(model, row, name):
    label = str(model._meta.get_field(name).verbose_name)
    label = label[:1].upper() + label[1:]
    if model is PlanText:
        return f"{label} ({row.get_language_display()})"
    if model is Contribution:
        return f"{row.get_source_display()}, {row.get_form_display()}: {label.lower()}"
    if model is InKindItem:
        return f"{row.what}: {label.lower()}"
    if model is BudgetLine:
        return f"{row.title}: {label.lower()}"
    if model in (PlanArea, PlanMunicipality):
        return f"{_words(row, SHOWN[model][0])}: {label.lower()}"
    return label


def _whole(model, row):
    """(what kind of row, the row in words), for a row that came or went."""
    if model is PlanText:
        return _label(model, row, "title"), row.title
    if model is Contribution:
        return _("Contribution"), _promise(row)
    if model is InKindItem:
        quantity, value = format_number(row.quantity), format_kgs(row.claimed_kgs)
        return _("Contribution in kind"), f"{row.what}, {quantity} {row.unit}, {value}"
    if model is BudgetLine:
        return _("Budget line"), f"{row.title}, {row.get_source_display()}"
    name = SHOWN[model][0]
    kind = str(model._meta.get_field(name).verbose_name)
    part = "" if row.share == 100 else f", {format_share(row.share)}"
    return kind[:1].upper() + kind[1:], _words(row, name) + part


def _promise(row):
    return f"{row.get_source_display()}, {row.get_form_display()}, {format_kgs(row.amount_kgs)}"


def _words(row, name):
    value, column = getattr(row, name), row._meta.get_field(name)
    if value in (None, ""):
        return ""
    if column.choices:
        return str(getattr(row, f"get_{name}_display")())
    if isinstance(column, DateField):
        return format_partial(value, getattr(row, PRECISION.get(name, ""), "day"))
    if isinstance(column, DecimalField):
        if name == "quantity":
            return format_number(value)
        return format_kgs(value) if name.endswith("_kgs") else format_share(value)
    if isinstance(value, int) and name != "year":
        return format_number(value)
    return str(value)


def _join(records, steps):
    """One entry for all rows that one save wrote; a step takes up the dates that it set."""
    joined = []
    for entry in records:
        last = joined[-1] if joined else None
        if last and _same_save(last, entry):
            if not last.heading:
                last.changes += entry.changes
                last.heading = entry.heading
            last.changes = [] if last.heading else last.changes
            last.reason = last.reason or entry.reason
        elif step := next((step for step in steps if _same_save(step, entry)), None):
            step.changes += entry.changes
        else:
            joined.append(entry)
    return joined


def _tell_days(entries, plan, newest):
    """A corrected fact says from which day it is so, in the entry that says what changed."""
    rows = plan.fact_revisions.select_related("recorded_by").order_by("-recorded_at", "-number")
    told = set()
    for row in rows[:newest]:
        save = Entry(row.recorded_at, row.recorded_by)
        entry = next((entry for entry in entries if _same_save(entry, save)), None)
        if entry is None or (id(entry), row.effective_on) in told:
            continue
        told.add((id(entry), row.effective_on))
        since = Change(_("From which day"), "", format_partial(row.effective_on))
        entry.changes.append(since)


def _same_save(one, other):
    return one.by == other.by and abs(other.at - one.at) <= ONE_SAVE


def _revisions(plan, newest):
    rows = PromiseRevision.objects.filter(contribution__plan=plan)
    return rows.select_related("contribution", "revised_by").order_by("-revised_at", "-pk")[:newest]


def _revision(revision):
    promise = revision.contribution
    heading = _("Promise revised: %(source)s, %(form)s") % {
        "source": promise.get_source_display(),
        "form": promise.get_form_display(),
    }
    before, after = format_kgs(revision.before_kgs), format_kgs(revision.amount_kgs)
    changes = [
        Change(_("Promised"), before, after),
        Change(_("From which day"), "", format_partial(revision.effective_on)),
        Change(_("Decision or letter"), "", revision.decision),
    ]
    return Entry(revision.revised_at, revision.revised_by, heading, revision.reason, changes)


def _budget_revisions(plan, newest):
    earlier = BudgetRevision.objects.filter(line=OuterRef("line"), number=OuterRef("number") - 1)
    rows = BudgetRevision.objects.filter(line__plan=plan, number__gt=0)
    rows = rows.annotate(before_kgs=Subquery(earlier.values("amount_kgs")))
    return rows.select_related("line", "revised_by").order_by("-revised_at", "-pk")[:newest]


def _budget_revision(revision):
    heading = _("Budget revised: %(line)s") % {"line": revision.line.title}
    before, after = format_kgs(revision.before_kgs), format_kgs(revision.amount_kgs)
    changes = [
        Change(_("Budget"), before, after),
        Change(_("From which day"), "", format_partial(revision.effective_on)),
    ]
    at, by, sample = revision.revised_at, revision.revised_by, revision.line.is_sample
    return Entry(at, by, heading, revision.reason, changes, is_sample=sample)


def _payments(plan, newest):
    rows = Payment.objects.booked().filter(contribution__plan=plan)
    rows = rows.select_related("contribution", "booked_by").order_by("-booked_at", "-pk")
    for payment in rows[:newest]:
        heading = _payment_heading(payment) % {
            "source": payment.contribution.get_source_display(),
            "kind": payment.get_kind_display(),
            "amount": format_money(abs(payment.amount), payment.currency),
        }
        at, by, sample = payment.booked_at, payment.booked_by, payment.is_sample
        yield Entry(at, by, heading, reason=payment.reason, is_sample=sample)


def _payment_heading(payment):
    if payment.reverses_id:
        return _("Payment taken back: %(source)s, %(kind)s, %(amount)s")
    if payment.corrects_id:
        return _("Payment corrected, now: %(source)s, %(kind)s, %(amount)s")
    return _("Payment booked: %(source)s, %(kind)s, %(amount)s")


def _documents(plan):
    for document in plan.attachments.all():
        heading = pgettext("history", "Document added: %(name)s") % {"name": document}
        yield Entry(document.uploaded_at, document.uploaded_by, heading)

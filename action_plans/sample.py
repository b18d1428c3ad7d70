"""The sample set: a whole programme of phase I to try the portal out with, never in production.

fixtures/sourced_plans.json holds what sources say of 16 plans. fixtures/sample_plans.json fills what
they leave open, adds 22 plans to make the 38 that were reported, and some that wait for somebody.
Whatever comes from the second file is named in the plan's sample_fields.
"""

from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from lib.fixtures import read
from municipalities.models import Municipality

from . import paid_days
from .editing import fill_search_key
from .models import (
    ActionPlan,
    Contribution,
    Payment,
    Phase,
    PlanArea,
    PlanMunicipality,
    PlanStatus,
    PlanText,
    ServiceArea,
    StatusChange,
    UsedRate,
)
from .sample_budget import load_budgets
from .sample_in_kind import load_in_kind
from .sample_tranches import load_tranches
from .totals import keep_totals

PLAIN = [
    "reference",
    "status",
    "villages",
    "beneficiaries_total",
    "beneficiaries_women",
    "beneficiaries_men",
    "beneficiaries_children",
    "starts_precision",
    "ends_precision",
    "completed_precision",
    "source",
    "source_note",
    "under_minimum_reason",
    "stated_base",
]
DATES = ["starts_on", "ends_on", "completed_on"]
# How a row of the file is built, or marked elsewhere: money by is_sample of its own rows.
NOT_FIELDS = {
    "reference",
    "original",
    "texts",
    "budget",
    "contributions",
    "payments",
    "steps",
    "starts_precision",
    "ends_precision",
    "completed_precision",
}


class SampleError(Exception):
    """Why the sample set cannot be loaded here."""


def plan_rows():
    """Every plan of the sample set, sourced values first; "sample": names of what no source gives."""
    sourced = {row["reference"]: row for row in read("sourced_plans.json")}
    sample = read("sample_plans.json")
    rows = [fill(sourced.pop(row["reference"]), row) for row in sample["filled"]]
    if sourced:
        raise ValueError(f"No sample values for {', '.join(sourced)}")
    return rows + [fill({}, row) for row in sample["added"] + sample["waiting"]]


def fill(sourced, sample):
    """The sourced row with its gaps filled. A sourced value is never replaced."""
    known = {name for name, value in sourced.items() if value}
    if replaced := (known & sample.keys()) - {"reference"}:
        raise ValueError(f"{sample['reference']}: sources already give {', '.join(replaced)}")
    filled = {name for name in sample if name not in NOT_FIELDS}
    filled |= {name for text in sample.get("texts", {}).values() for name in text}
    if _moment_of(sample, PlanStatus.APPROVED):
        filled.add("approved_at")
    if _moment_of(sample, PlanStatus.IMPLEMENTATION):
        filled.add("started_on")
    return (
        sourced
        | sample
        | {"sample": sorted(filled), "money_is_sample": "contributions" not in known}
    )


@transaction.atomic
def load_sample(*, confirmed_by=None):
    """Load the sample set into a portal without plans; False when it is there already.

    confirmed_by: who gets to have confirmed the one share under the minimum.
    """
    rows = plan_rows()
    if ActionPlan.objects.exclude(reference__in=[row["reference"] for row in rows]).exists():
        raise SampleError("There are plans already. The sample set goes into an empty portal.")
    if ActionPlan.objects.exists():
        return False
    places, phases, areas = _reference_data(rows)
    plans = [_plan(row, places, phases, confirmed_by) for row in rows]
    _create(ActionPlan, plans)
    loaded = list(zip(plans, rows, strict=True))
    _create(PlanText, [text for plan, row in loaded for text in _texts(plan, row)])
    _create(
        PlanMunicipality,
        [PlanMunicipality(plan=p, municipality=p.lead, is_lead=True) for p in plans],
    )
    in_area = [(plan, areas[row["area"]]) for plan, row in loaded if row["area"]]
    _create(PlanArea, [PlanArea(plan=plan, area=area) for plan, area in in_area])
    _load_money(loaded)
    load_in_kind(plans)
    paid_days.rebuild()
    load_tranches(phases)
    StatusChange.objects.bulk_create(step for plan, row in loaded for step in _steps(plan, row))
    for plan in plans:
        fill_search_key(plan)
        keep_totals(plan.pk)
    return True


def _reference_data(rows):
    places = Municipality.objects.in_bulk({row["municipality"] for row in rows}, field_name="code")
    phases = Phase.objects.in_bulk(field_name="code")
    areas = ServiceArea.objects.in_bulk(field_name="code")
    for what, known, name in [
        ("municipalities", places, "municipality"),
        ("phases", phases, "phase"),
        ("service areas", areas, "area"),
    ]:
        if missing := {row[name] for row in rows if row[name]} - known.keys():
            raise SampleError(
                f"Missing {what}: {', '.join(sorted(missing))}. "
                "Run load_registry fixtures/registry.csv and load_reference first."
            )
    return places, phases, areas


def _create(model, rows):
    # With history: the plan's page and the check for two people's changes read it.
    return bulk_create_with_history(rows, model)


def _plan(row, places, phases, confirmed_by):
    plan = ActionPlan(
        **{name: row[name] for name in PLAIN if name in row},
        **{name: date.fromisoformat(row[name]) for name in DATES if name in row},
        phase=phases[row["phase"]],
        lead=places[row["municipality"]],
        cost_kgs=Decimal(row["cost_kgs"]) if row.get("cost_kgs") else None,
        stated_own_share=Decimal(row["stated_own_share"]) if row.get("stated_base") else None,
        approved_at=_moment_of(row, PlanStatus.APPROVED),
        sample_fields=row["sample"],
        has_sample=bool(row["sample"]),
    )
    plan.year = plan.starts_on.year if plan.starts_on else None
    if _moment_of(row, PlanStatus.IMPLEMENTATION):
        plan.started_on = plan.starts_on
    if confirmed_by and row.get("under_minimum_reason"):
        plan.under_minimum_at, plan.under_minimum_by = plan.approved_at, confirmed_by
    return plan


def _moment_of(row, status):
    at = next((step["at"] for step in row["steps"] if step["after"] == status), None)
    return datetime.fromisoformat(at) if at else None


def _texts(plan, row):
    for language, text in row["texts"].items():
        is_original = language == row["original"]
        state = PlanText.State.ORIGINAL if is_original else PlanText.State.DRAFT
        yield PlanText(plan=plan, language=language, is_original=is_original, state=state, **text)


def _load_money(loaded):
    """Contributions a source gives are not sample, all others and every payment are."""
    promises = [
        [_promise(plan, row, values) for values in row["contributions"]] for plan, row in loaded
    ]
    _create(Contribution, [promise for of_plan in promises for promise in of_plan])
    budgets = load_budgets(loaded)
    Payment.objects.bulk_create(
        _payment(of_plan[values["of"]], lines, values)
        for of_plan, lines, (_plan, row) in zip(promises, budgets, loaded, strict=True)
        for values in row["payments"]
    )


def _promise(plan, row, values):
    return Contribution(
        plan=plan,
        source=values["source"],
        form=values["form"],
        amount_kgs=Decimal(values["amount_kgs"]),
        decision=values.get("decision", ""),
        is_sample=row["money_is_sample"],
    )


def _payment(promise, lines, values):
    at = datetime.fromisoformat(f"{values['paid_on']}T17:00:00+06:00")
    return Payment(
        contribution=promise,
        kind=values["kind"],
        paid_on=date.fromisoformat(values["paid_on"]),
        amount=Decimal(values["amount_kgs"]),
        amount_kgs=Decimal(values["amount_kgs"]),
        rate_value=1,
        rate_source=UsedRate.SOM,
        document_number=values["document_number"],
        budget_line=lines[values["line"]] if "line" in values else None,
        entered_at=at,
        booked_at=at,
        accounted_on=date.fromisoformat(values["paid_on"]),
        is_sample=True,
    )


def _steps(plan, row):
    before = [PlanStatus.DRAFT, *(step["after"] for step in row["steps"])]
    for (was, after), step in zip(pairwise(before), row["steps"], strict=True):
        yield StatusChange(
            plan=plan,
            before=was,
            after=after,
            reason=step.get("reason", ""),
            changed_at=datetime.fromisoformat(step["at"]),
        )

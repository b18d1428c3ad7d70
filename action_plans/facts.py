"""What people enter about a plan, as one flat dict: of now, of an earlier version, or as typed.

Keys: ("cost_kgs",) · ("texts", "ru", "title") · ("lead",) · ("places", municipality id) ·
("areas", area id) · ("money", contribution id). What is empty has no key. So two people's changes
are compared, merged and written by the same few lines.
"""

from .form_fields import PartialDate
from .models import Contribution, PlanArea, PlanMunicipality, PlanText

PLAIN = [
    "phase_id",
    "villages",
    "cost_kgs",
    "beneficiaries_total",
    "beneficiaries_women",
    "beneficiaries_men",
    "beneficiaries_children",
]
DATES = {"starts_on": "starts_precision", "ends_on": "ends_precision"}
TEXTS = ["title", "problem", "objective", "works", "provider", "upkeep", "beneficiaries_note"]
MONEY = ["source", "form", "amount_kgs", "decision"]
LANGUAGE, LEAD, REASON = ("language",), ("lead",), ("under_minimum_reason",)


def tidy(text):
    """As a browser sends it and a form cleans it, so that nothing looks changed which is not."""
    return text.replace("\r\n", "\n").strip()


def facts_of(plan):
    """What is entered now."""
    return _facts(
        plan,
        plan.texts.all(),
        plan.municipalities.all(),
        plan.areas.all(),
        {row.pk: row for row in plan.contributions.all()},
    )


def facts_at(plan, version):
    """(what was entered at that version, when it ended); (None, None) when the history does not know."""
    records = plan.history.order_by("history_date", "history_id")
    record = records.filter(version__lte=version).last()
    later = records.filter(version__gt=version).first()
    if not record or not later:
        return None, None
    until = later.history_date
    facts = _facts(
        record,
        _rows_at(PlanText, plan, until).values(),
        _rows_at(PlanMunicipality, plan, until).values(),
        _rows_at(PlanArea, plan, until).values(),
        _rows_at(Contribution, plan, until),
    )
    return facts, until


def was_ever_of(plan, contribution_ids):
    """The ids among these that are, or once were, contributions of this plan."""
    history = Contribution.history.filter(plan_id=plan.pk, id__in=contribution_ids)
    now = plan.contributions.filter(pk__in=contribution_ids)
    return set(history.values_list("id", flat=True)) | set(now.values_list("pk", flat=True))


def _rows_at(model, plan, until):
    """{id: row as it was}; a save writes its plan first, so its rows are never older than `until`."""
    rows = {}
    records = model.history.filter(plan_id=plan.pk, history_date__lt=until)
    for record in records.order_by("history_date", "history_id"):
        rows[record.id] = record
    return {pk: row for pk, row in rows.items() if row.history_type != "-"}


def _facts(plan, texts, places, areas, money):
    facts = {(name,): getattr(plan, name) for name in PLAIN}
    facts |= {(name,): _date(plan, name) for name in DATES}
    facts[REASON] = plan.under_minimum_reason if plan.under_minimum_at else ""
    for text in texts:
        facts |= {("texts", text.language, name): getattr(text, name) for name in TEXTS}
        if text.is_original:
            facts[LANGUAGE] = text.language
    for place in places:
        facts["places", place.municipality_id] = place.share
        if place.is_lead:
            facts[LEAD] = place.municipality_id
    facts |= {("areas", row.area_id): row.share for row in areas}
    for pk, row in money.items():
        facts["money", pk] = (row.source, row.form, row.amount_kgs, tidy(row.decision))
    return without_empty(facts)


def _date(plan, name):
    day = getattr(plan, name)
    return PartialDate(day, getattr(plan, DATES[name])) if day else None


def without_empty(facts):
    tidied = {key: tidy(value) if isinstance(value, str) else value for key, value in facts.items()}
    return {key: value for key, value in tidied.items() if value not in (None, "")}


def part(facts, name):
    """{id: value} of the rows of one kind."""
    return {key[1]: value for key, value in facts.items() if key[0] == name and len(key) == 2}


def text_in(facts, language):
    return {name: facts.get(("texts", language, name), "") for name in TEXTS}


def known_again(facts, stored):
    """New contributions that are stored already get their ids: the same form sent twice adds nothing twice."""
    unclaimed = {
        key: value for key, value in stored.items() if key[0] == "money" and key not in facts
    }
    found = {}
    for key, value in facts.items():
        is_new = key[0] == "money" and not isinstance(key[1], int)
        twin = next((k for k, v in unclaimed.items() if v == value), None) if is_new else None
        unclaimed.pop(twin, None)
        found[twin or key] = value
    return found

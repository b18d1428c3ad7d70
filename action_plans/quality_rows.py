"""A finding as a row of the page: its figures in words, where it is mended, and who can."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from lib.money import format_kgs

from .known import SUMS, proofs
from .models import ActionPlan, Check, Contribution, PlanMunicipality, PlanStatus
from .quality import plans_of
from .quality_words import WORDS, name_of
from .repairs import one_digit_repairs

RIGHTS = {"edit": "editable_by", "pay": "payable_by", "keep": "money_kept_by"}
REPAIRS_SHOWN = 2
NO_PLAN = 0
WITH_PROMISES = {Check.SURPLUS, Check.GAP, Check.OVER_PROMISE}


class Link(NamedTuple):
    words: str
    address: str


@dataclass
class RepairRow:
    words: str
    link: Link | None


@dataclass
class Row:
    plan: ActionPlan
    words: list
    links: list = field(default_factory=list)
    who: str = ""  # who mends it, for those who cannot
    repairs: list = field(default_factory=list)
    elsewhere: list = field(default_factory=list)  # plans with the same file


class Rows:
    """{check: rows} of these findings, in a number of queries that does not depend on theirs."""

    def __init__(self, findings, user):
        self.findings = findings  # {check: findings}
        shown = [finding for rows in findings.values() for finding in rows]
        self.plans = plans_of(shown)
        self.user = user
        self.may = {right: self._may(method) for right, method in RIGHTS.items()}
        self.promises = self._promises()
        self.places = self._places()
        self.elsewhere = self._elsewhere()

    def _may(self, method):
        plans = getattr(ActionPlan.objects, method)(self.user).filter(pk__in=self.plans)
        return set(plans.values_list("pk", flat=True))

    def of(self, check):
        return [self._row(check, finding) for finding in self.findings[check]]

    def _row(self, check, finding):
        plan = self.plans[finding.plan_id]
        words = WORDS[check](self, plan, finding)
        row = Row(plan, [words] if isinstance(words, str) else list(words))
        row.links = self._links(check, plan)
        if not row.links:
            row.who = who_mends(check, plan)
        if check in (Check.SURPLUS, Check.GAP):
            repairs = one_digit_repairs(plan, self.promises[plan.pk])
            # Of round amounts many digits would do: then none of them explains anything.
            if len(repairs) <= REPAIRS_SHOWN:
                row.repairs = [self._repair(plan, repair) for repair in repairs]
        if check == Check.SHARED_EVIDENCE:
            row.elsewhere = self.elsewhere[plan.pk]
        return row

    # --- What the words need ------------------------------------------------------------------

    def _keys(self, *checks):
        """Of nothing, too, it is asked: so the number of queries is the same whatever was found."""
        keys = {f.plan_id for check in checks for f in self.findings.get(check, [])}
        return keys or {NO_PLAN}

    def _promises(self):
        sums = {name: SUMS[name] for name in ("received", "returned")}
        rows = Contribution.objects.filter(plan__in=self._keys(*WITH_PROMISES)).annotate(**sums)
        found = defaultdict(list)
        for row in rows.order_by("pk"):
            found[row.plan_id].append(row)
        return found

    def _places(self):
        rows = PlanMunicipality.objects.filter(plan__in=self._keys(Check.BENEFICIARIES))
        found = defaultdict(list)
        for row in rows.select_related("municipality"):
            found[row.plan_id].append(row.municipality)
        return found

    def _elsewhere(self):
        """{plan id: other plans, among those this person sees, where the same file proves something}"""
        keys = self._keys(Check.SHARED_EVIDENCE)
        visible = ActionPlan.objects.visible_to(self.user).values("pk")
        here = proofs().filter(plan__in=keys).values("sha256")
        rows = proofs().filter(sha256__in=here, plan__in=visible).order_by("plan__reference")
        rows = list(rows.values_list("sha256", "plan", "plan__reference"))
        mine = {(sha, plan) for sha, plan, _reference in rows if plan in keys}
        found = defaultdict(dict)
        for sha, plan, reference in rows:
            for key in keys:
                if (sha, key) in mine and plan != key:
                    found[key][reference] = reverse("action_plans:detail", args=[reference])
        return {key: [Link(*item) for item in found[key].items()] for key in keys}

    # --- Where it is mended --------------------------------------------------------------------

    def _links(self, check, plan):
        if plan.pk in self.may["edit"]:
            address = reverse("action_plans:edit", args=[plan.reference])
            return [Link(_("Edit the plan"), address)]
        if plan.status == PlanStatus.SUBMITTED and self.user.works_for_programme:
            return [Link(_("Return it to its author"), plan.get_absolute_url())]
        return [
            _link(name, plan)
            for name in MENDED_AT[check]
            if plan.pk in self.may[PLACES[name].right]
        ]

    def _repair(self, plan, repair):
        amounts = {"now": format_kgs(repair.now), "then": format_kgs(repair.then)}
        if repair.contribution is None:
            words = _("The planned cost may be %(then)s, not %(now)s.") % amounts
        else:
            words = _("%(promise)s: the promise may be %(then)s, not %(now)s.") % {
                **amounts,
                "promise": name_of(repair.contribution),
            }
        return RepairRow(words, self._repair_link(plan, repair.contribution))

    def _repair_link(self, plan, contribution):
        if plan.pk in self.may["edit"]:
            address = reverse("action_plans:edit", args=[plan.reference])
            return Link(_("Edit the plan"), address)
        if plan.pk not in self.may["keep"]:
            return None
        if contribution is None:
            return _link("facts", plan)
        address = reverse("action_plans:promise_revise", args=[plan.reference, contribution.pk])
        return Link(_("Revise the promise"), address)


class Place(NamedTuple):
    right: str
    words: str
    name: str
    anchor: str = ""


def _place(right, words, anchor):
    return Place(right, words, "action_plans:money", anchor)


PLACES = {
    "promises": _place("keep", lambda: _("Revise a promise"), "promises"),
    "ledger": _place("pay", lambda: _("See the payments"), "ledger"),
    "payment": Place("pay", lambda: _("Record a payment"), "action_plans:payment"),
    "in-kind": _place("keep", lambda: _("Verify it"), "in-kind"),
    "claims": _place("pay", lambda: _("See what was given in kind"), "in-kind"),
    "budget": _place("pay", lambda: _("Write a comment"), "budget"),
    "rates": Place("keep", lambda: _("Enter the exchange rate"), "ledger:rates"),
    "facts": Place("keep", lambda: _("Correct facts"), "action_plans:facts"),
}
MENDED_AT = {
    Check.GRANT_OVER_COST: ["promises", "facts"],
    Check.SURPLUS: ["promises", "facts"],
    Check.GAP: ["promises", "facts"],
    Check.UNDER_MINIMUM: ["promises"],
    Check.OTHER_BASE: [],
    Check.NO_COST: ["facts"],
    Check.NO_AREA: ["facts"],
    Check.NO_RATE: ["rates", "ledger"],
    Check.OVER_PROMISE: ["ledger", "promises"],
    Check.NO_PAYMENT: ["payment", "facts"],
    Check.NO_EVIDENCE: ["ledger"],
    Check.NO_DECISION: ["promises"],
    Check.NOT_VERIFIED: ["in-kind"],
    Check.SHARED_EVIDENCE: ["ledger", "claims"],
    Check.NO_COMMENT: ["budget"],
    Check.BENEFICIARIES: ["facts"],
    Check.OUT_OF_PHASE: ["facts"],
}


def _link(name, plan):
    place = PLACES[name]
    of_plan = place.name.startswith("action_plans:")
    address = reverse(place.name, args=[plan.reference] if of_plan else [])
    return Link(place.words(), f"{address}#{place.anchor}" if place.anchor else address)


def who_mends(check, plan):
    if check == Check.OTHER_BASE:
        return ""
    if plan.status in (PlanStatus.DRAFT, PlanStatus.RETURNED):
        return _("The municipality and the project staff can correct it.")
    if plan.status == PlanStatus.SUBMITTED:
        return _("The project staff can return the plan, so that its author corrects it.")
    if any(PLACES[name].right == "pay" for name in MENDED_AT[check]):
        return _("The municipality and the project staff can correct it.")
    return _("After approval only the project staff can have it corrected.")

"""The register of contributions in kind on the page of a plan's money: claimed and verified apart."""

from collections import defaultdict
from typing import NamedTuple

from lib.money import total

from .in_kind import proven_elsewhere
from .models import Form, InKindItem
from .money_page import Known


class Entry(NamedTuple):
    item: InKindItem
    elsewhere: list  # references of other plans where the same file proves something

    @property
    def state(self):
        if not self.item.is_verified:
            return "claimed"
        if not self.item.verified_kgs:
            return "refused"
        return "accepted" if self.item.verified_kgs == self.item.claimed_kgs else "part"


def section(plan, *, user, on, known=None):
    """What was given up to that day, as it stands now."""
    contributions = {contribution.pk: contribution for contribution in plan.contributions.all()}
    items = InKindItem.objects.filter(contribution__in=contributions, given_on__lte=on)
    items = list(items.select_related("evidence", "claimed_by", "verified_by"))
    for item in items:
        item.contribution = contributions[item.contribution_id]
    elsewhere = _other_plans(plan, items)
    known = known or Known(plan, user=user, on=on)
    promised = any(promise.form == Form.IN_KIND for promise in contributions.values())
    return {
        "in_kind": [
            Entry(item, elsewhere[item.evidence.sha256] if item.evidence else []) for item in items
        ],
        "in_kind_claimed": total(item.claimed_kgs for item in items),
        "in_kind_verified": total(item.verified_kgs for item in items),
        "in_kind_waiting": sum(not item.is_verified for item in items),
        "in_kind_promised": promised,
        "may_claim": promised and known.rights["may_pay"],
        "may_verify": user.works_for_programme and plan.was_approved,
    }


def _other_plans(plan, items):
    """{content of a file: references of other plans where it proves something}"""
    found = defaultdict(list)
    if any(item.evidence for item in items):
        for content, reference in proven_elsewhere([plan.pk]):
            found[content].append(reference)
    return found

"""The register of contributions in kind on the page of a plan's money: claimed and verified apart."""

from collections import defaultdict
from typing import NamedTuple

from lib.money import total

from .in_kind import shared_evidence
from .models import Form, InKindItem
from .money_page import Known


class Entry(NamedTuple):
    item: InKindItem
    elsewhere: list  # documents of other plans with the same content as its evidence

    @property
    def state(self):
        if not self.item.is_verified:
            return "claimed"
        if not self.item.verified_kgs:
            return "refused"
        return "accepted" if self.item.verified_kgs == self.item.claimed_kgs else "part"


def section(plan, *, user, on, known=None):
    """What was given up to that day, as it stands now."""
    items = InKindItem.objects.filter(contribution__plan=plan, given_on__lte=on).select_related(
        "contribution", "evidence", "claimed_by", "verified_by"
    )
    items, elsewhere = list(items), defaultdict(list)
    for document in shared_evidence(plan) if any(item.evidence for item in items) else []:
        elsewhere[document.sha256].append(document)
    known = known or Known(plan, user=user, on=on)
    promised = any(promise.form == Form.IN_KIND for promise in plan.contributions.all())
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

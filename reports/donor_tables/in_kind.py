"""T7: what was given in kind, with its evidence; what nobody has verified stands last and is in no total.

What was accepted is read from the ledger rows that were booked by then, not from what the item says now.
"""

from django.db.models import Case, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from action_plans.models import InKindItem, Payment
from lib.money import format_number
from lib.money_sums import KgsColumn, sum_kgs
from reports.column import Column
from reports.long_rows import LongRows
from reports.report_table import ReportTable

from . import scoped

ACCEPTED, REFUSED, UNVERIFIED = range(3)


def table(scope, facts=None):
    items = _items(scope)
    return ReportTable(
        slug="in-kind",
        code="T7",
        title=_("Register of contributions in kind"),
        columns=_columns(),
        rows=LongRows(_keys(items), lambda keys: _rows(keys, scope)),
        total=dict.fromkeys([column.name for column in _columns()[1:]], "") | _sums(items),
        notes=[
            _(
                "Only what was verified is in totals: the accepted value. What was claimed and not "
                "verified stands last."
            )
        ],
        empty=_("Nothing was given in kind up to this day."),
        keys=["quantity_value", "unit"],
    )


def _columns():
    return [
        Column("plan", pgettext("column", "Plan"), "text", width=14),
        Column("state", pgettext("column", "State"), "text", width=14),
        Column("what", pgettext("column", "What"), "text", width=40),
        Column("given_on", pgettext("column", "Given on"), "date"),
        Column("quantity", pgettext("column", "Quantity"), "text", width=16),
        Column("quantity_value", pgettext("column", "Quantity, number"), "rate"),
        Column("unit", pgettext("column", "Unit"), "text"),
        Column("unit_value_kgs", pgettext("column", "Value of a unit"), "amount"),
        Column(
            "claimed_kgs",
            pgettext("column", "Claimed"),
            "kgs",
            _("Quantity × value of a unit, as who gave it says."),
        ),
        Column(
            "accepted_kgs",
            pgettext("column", "Accepted"),
            "kgs",
            _("Booked when it was verified; this is what totals hold."),
        ),
        Column("verified_by", pgettext("column", "Verified by"), "text", width=24),
        Column("verified_on", pgettext("column", "Verified on"), "date"),
        Column("evidence", pgettext("column", "Evidence"), "text", width=30),
        Column("valuation", pgettext("column", "How it was valued"), "text", width=34),
        Column("source", pgettext("column", "Source"), "text", width=16),
    ]


# --- Which items, and what was accepted by then ----------------------------------------------------------


def _items(scope):
    items = InKindItem.objects.order_by().filter(
        given_on__lte=scope.day, contribution__plan__in=scoped.plans_of(scope).values("pk")
    )
    if source := scoped.source_of(scope):
        items = items.filter(contribution__source=source)
    moment = scoped.moment_of_money(scope)
    if scoped.is_past(scope):
        items = items.filter(claimed_at__lte=moment)
    rows = scoped.booked_then(Payment.objects.order_by(), scope).filter(in_kind=OuterRef("pk"))
    accepted = rows.values("in_kind").annotate(som=sum_kgs("amount_kgs")).values("som")
    som = KgsColumn(max_digits=18, decimal_places=2)
    items = items.annotate(accepted=Coalesce(Subquery(accepted), Value(0), output_field=som))
    refused = Q(verified_kgs=0) & Q(verified_at__lte=moment)
    return items.annotate(
        state=Case(
            When(accepted__gt=0, then=ACCEPTED),
            When(refused, then=REFUSED),
            default=UNVERIFIED,
            output_field=IntegerField(),
        )
    )


def _keys(items):
    order = ["state", "contribution__plan__reference", "given_on", "pk"]
    return items.order_by(*order).values_list("pk", "state", "accepted")


def _sums(items):
    return items.aggregate(claimed_kgs=sum_kgs("claimed_kgs"), accepted_kgs=sum_kgs(F("accepted")))


# --- The rows --------------------------------------------------------------------------------------------


def _rows(keys, scope):
    pks = [pk for pk, _state, _accepted in keys]
    items = InKindItem.objects.select_related("contribution__plan", "evidence", "verified_by")
    items, booked = items.in_bulk(pks), _booked(pks, scope)
    return [_row(items[pk], state, accepted, booked.get(pk)) for pk, state, accepted in keys]


def _booked(pks, scope):
    """{item id: (who, when)} of the verifications that stood then."""
    rows = scoped.standing_then(Payment.objects.filter(in_kind__in=pks), scope)
    return {
        row.in_kind_id: (row.booked_by, row.booked_at)
        for row in rows.select_related("booked_by").order_by("booked_at", "pk")
    }


def _row(item, state, accepted, booked):
    who, at = _verified(item, state, booked)
    plan = item.contribution.plan
    return {
        "plan": plan.reference,
        "state": _states()[state],
        "source": item.contribution.get_source_display(),
        "what": item.what,
        "given_on": item.given_on,
        "quantity": f"{format_number(item.quantity)} {item.unit}",
        "quantity_value": item.quantity,
        "unit": item.unit,
        "unit_value_kgs": item.unit_value_kgs,
        "valuation": ": ".join(filter(None, [item.get_valuation_display(), item.valuation_note])),
        "evidence": str(item.evidence) if item.evidence else _("none"),
        "claimed_kgs": item.claimed_kgs,
        "accepted_kgs": None if state == UNVERIFIED else accepted,
        "accepted_kgs_reason": _("not verified") if state == UNVERIFIED else "",
        "verified_by": str(who) if who else "",
        "verified_on": at and timezone.localdate(at),
        "verified_on_reason": "" if at else _("not verified"),
        "link": reverse("action_plans:money", args=[plan.reference]),
    }


def _verified(item, state, booked):
    if state == UNVERIFIED:
        return None, None
    return booked or (item.verified_by, item.verified_at)


def _states():
    return {
        ACCEPTED: pgettext("state of a claim", "accepted"),
        REFUSED: pgettext("state of a claim", "refused"),
        UNVERIFIED: pgettext("state of a claim", "not verified"),
    }

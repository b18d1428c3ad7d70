"""Each check in words: why it matters, what mends it, and the figures of one plan."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from lib.dates import format_partial
from lib.money import format_kgs, format_number, format_share, share

from .findings import UNVERIFIED
from .models import Check

WHY = {
    Check.GRANT_OVER_COST: gettext_lazy("A grant cannot be larger than what the plan costs."),
    Check.SURPLUS: gettext_lazy(
        "More money is promised than is needed; one of the figures may be mistyped."
    ),
    Check.GAP: gettext_lazy("Nobody has said who pays the rest of the cost."),
    Check.UNDER_MINIMUM: gettext_lazy(
        "The phase asks for a larger own contribution, tested before it is rounded."
    ),
    Check.OTHER_BASE: gettext_lazy(
        "A share of the grant looks larger than a share of the cost; the two cannot be compared."
    ),
    Check.NO_COST: gettext_lazy(
        "Without a cost the plan has no own share, and it is left out of the shares."
    ),
    Check.NO_AREA: gettext_lazy(
        "The plan is counted as “not specified” in every table by service area."
    ),
    Check.NO_RATE: gettext_lazy(
        "Money in another currency is in no total until it has been counted in som."
    ),
    Check.OVER_PROMISE: gettext_lazy(
        "Money beyond a promise is possible, but often it is a payment booked twice."
    ),
    Check.NO_PAYMENT: gettext_lazy(
        "Nothing has been recorded for more than a year after the start of the plan."
    ),
    Check.NO_EVIDENCE: gettext_lazy(
        "What has no number and no file cannot be shown to an auditor."
    ),
    Check.NO_DECISION: gettext_lazy(
        "A promise that no decision names does not bind the municipality."
    ),
    Check.NOT_VERIFIED: gettext_lazy(
        "Only what was verified counts as received; these have waited for more than 90 days."
    ),
    Check.SHARED_EVIDENCE: gettext_lazy("One invoice or act must not prove two contributions."),
    Check.NO_COMMENT: gettext_lazy("A donor asks why more or less was spent than was planned."),
    Check.BENEFICIARIES: gettext_lazy(
        "More people are said to benefit than live in all municipalities of the plan."
    ),
    Check.OUT_OF_PHASE: gettext_lazy(
        "Work before or after its phase cannot be reported for the phase."
    ),
}
_PROMISE_OR_COST = gettext_lazy("A revised promise mends it, or a corrected cost.")
MENDS = {
    Check.GRANT_OVER_COST: _PROMISE_OR_COST,
    Check.SURPLUS: _PROMISE_OR_COST,
    Check.GAP: gettext_lazy("A further promise mends it, a revised one, or a corrected cost."),
    Check.UNDER_MINIMUM: gettext_lazy(
        "A larger own promise mends it; what staff confirmed stays listed."
    ),
    Check.OTHER_BASE: gettext_lazy(
        "Nothing has to be corrected: the portal computes the share of the cost itself."
    ),
    Check.NO_COST: gettext_lazy("The planned cost mends it."),
    Check.NO_AREA: gettext_lazy("Naming the service area mends it. The portal never chooses one."),
    Check.NO_RATE: gettext_lazy("Entering the exchange rate of the day mends it."),
    Check.OVER_PROMISE: gettext_lazy(
        "A revised promise mends it, or a payment that is taken back."
    ),
    Check.NO_PAYMENT: gettext_lazy("Recording what was paid mends it, or a corrected start."),
    Check.NO_EVIDENCE: gettext_lazy("A correction of the payment with its document mends it."),
    Check.NO_DECISION: gettext_lazy("Naming the decision when the promise is revised mends it."),
    Check.NOT_VERIFIED: gettext_lazy("Verifying or refusing it mends it."),
    Check.SHARED_EVIDENCE: gettext_lazy("Taking back what was recorded twice mends it."),
    Check.NO_COMMENT: gettext_lazy("A comment on the budget line mends it."),
    Check.BENEFICIARIES: gettext_lazy("A corrected number of people mends it."),
    Check.OUT_OF_PHASE: gettext_lazy("Corrected dates mend it."),
}


# --- Its figures in words -----------------------------------------------------------------------


def name_of(contribution):
    return f"{contribution.get_source_display()}, {contribution.get_form_display()}"


def _grant_over_cost(rows, plan, finding):
    return _("The grant is %(grant)s, the planned cost %(cost)s.") % {
        "grant": format_kgs(plan.grant_kgs),
        "cost": format_kgs(plan.cost_kgs),
    }


def _promised_and_cost(plan):
    return _("The planned cost is %(cost)s, the promises add up to %(promised)s.") % {
        "cost": format_kgs(plan.cost_kgs),
        "promised": format_kgs(plan.promised_kgs),
    }


def _surplus(rows, plan, finding):
    more = _("%(surplus)s more is promised than the plan costs.")
    return more % {"surplus": format_kgs(plan.surplus_kgs)}, _promised_and_cost(plan)


def _gap(rows, plan, finding):
    gap = _("%(gap)s is not covered.") % {"gap": format_kgs(plan.gap_kgs)}
    return gap, _promised_and_cost(plan)


def _under_minimum(rows, plan, finding):
    minimum = plan.phase.minimum_own_share
    shares = {"minimum": format_share(minimum)}
    if plan.phase.in_kind_counts:
        shares["share"] = format_share(plan.own_share, below=minimum)
        yield _("Own contribution is %(share)s; at least %(minimum)s is needed.") % shares
    else:
        cash = share(plan.own_cash_kgs, plan.cost_kgs)
        shares["share"] = format_share(cash, below=minimum)
        yield (
            _(
                "Own contribution in cash is %(share)s; at least %(minimum)s is needed, "
                "and in kind does not count towards it."
            )
            % shares
        )
    if plan.under_minimum_at:
        yield _("The project staff confirmed the lower share:") + f" {plan.under_minimum_reason}"
    else:
        yield _("The project staff have not confirmed the lower share yet.")


def _other_base(rows, plan, finding):
    yield _("The source states %(share)s %(base)s.") % {
        "share": format_share(plan.stated_own_share),
        "base": plan.get_stated_base_display(),
    }
    if plan.own_share is not None:
        yield _("Of the planned cost it is %(share)s.") % {"share": format_share(plan.own_share)}


def _no_cost(rows, plan, finding):
    return _("%(promised)s is promised.") % {"promised": format_kgs(plan.promised_kgs)}


def _no_area(rows, plan, finding):
    if plan.cost_kgs is None:
        return _("Its cost is not known yet either.")
    return _("Its planned cost is %(cost)s.") % {"cost": format_kgs(plan.cost_kgs)}


def _no_rate(rows, plan, finding):
    return _counted(
        finding,
        ngettext(
            "%(number)s payment waits for a rate.",
            "%(number)s payments wait for a rate.",
            finding.number,
        ),
    )


def _over_promise(rows, plan, finding):
    for row in rows.promises[plan.pk]:
        net = row.received - row.returned
        if net > row.amount_kgs:
            yield _("%(promise)s: promised %(promised)s, received %(received)s.") % {
                "promise": name_of(row),
                "promised": format_kgs(row.amount_kgs),
                "received": format_kgs(net),
            }


def _no_payment(rows, plan, finding):
    start = format_partial(plan.starts_on, plan.starts_precision)
    return _("The plan began: %(start)s. No payment has been booked.") % {"start": start}


def _no_evidence(rows, plan, finding):
    return _counted(
        finding,
        ngettext(
            "%(number)s payment has neither a document number nor a file.",
            "%(number)s payments have neither a document number nor a file.",
            finding.number,
        ),
    )


def _no_decision(rows, plan, finding):
    return _counted(
        finding,
        ngettext(
            "%(number)s own promise names no decision or letter.",
            "%(number)s own promises name no decision or letter.",
            finding.number,
        ),
    )


def _not_verified(rows, plan, finding):
    yield _counted(
        finding,
        ngettext(
            "%(number)s contribution in kind is not verified.",
            "%(number)s contributions in kind are not verified.",
            finding.number,
        ),
    )
    claimed_on = format_partial(finding.since_on - UNVERIFIED)
    yield _("The first was claimed on %(day)s.") % {"day": claimed_on}


def _shared_evidence(rows, plan, finding):
    return _counted(
        finding,
        ngettext(
            "%(number)s document is evidence on another plan too.",
            "%(number)s documents are evidence on another plan too.",
            finding.number,
        ),
    )


def _no_comment(rows, plan, finding):
    return _counted(
        finding,
        ngettext(
            "%(number)s budget line differs and has no comment.",
            "%(number)s budget lines differ and have no comment.",
            finding.number,
        ),
    )


def _beneficiaries(rows, plan, finding):
    people = {"people": format_number(plan.beneficiaries_total)}
    yield _("People who benefit: %(people)s.") % people
    for place in rows.places[plan.pk]:
        year = f" ({place.population_year})" if place.population_year else ""
        yield _("Population of %(place)s: %(people)s.") % {
            "place": place.name,
            "people": format_number(place.population) + year,
        }


def _out_of_phase(rows, plan, finding):
    yield _("The plan: %(start)s – %(end)s.") % _period(plan)
    yield _("%(phase)s: %(start)s – %(end)s.") % {
        "phase": plan.phase.name,
        "start": format_partial(plan.phase.starts_on),
        "end": format_partial(plan.phase.ends_on),
    }


def _period(plan):
    unknown = pgettext("date", "not known yet")
    return {
        "start": format_partial(plan.starts_on, plan.starts_precision) or unknown,
        "end": format_partial(plan.ends_on, plan.ends_precision) or unknown,
    }


def _counted(finding, text):
    return text % {"number": format_number(finding.number)}


WORDS = {
    Check.GRANT_OVER_COST: _grant_over_cost,
    Check.SURPLUS: _surplus,
    Check.GAP: _gap,
    Check.UNDER_MINIMUM: _under_minimum,
    Check.OTHER_BASE: _other_base,
    Check.NO_COST: _no_cost,
    Check.NO_AREA: _no_area,
    Check.NO_RATE: _no_rate,
    Check.OVER_PROMISE: _over_promise,
    Check.NO_PAYMENT: _no_payment,
    Check.NO_EVIDENCE: _no_evidence,
    Check.NO_DECISION: _no_decision,
    Check.NOT_VERIFIED: _not_verified,
    Check.SHARED_EVIDENCE: _shared_evidence,
    Check.NO_COMMENT: _no_comment,
    Check.BENEFICIARIES: _beneficiaries,
    Check.OUT_OF_PHASE: _out_of_phase,
}

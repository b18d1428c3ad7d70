"""What the checks of T11 say, as a row of the table and as a sentence."""

from django.utils.translation import ngettext, pgettext

from action_plans.models import Check

NO_REGION, NO_LINE, NOT_REPORTED = "no_region", "no_line", "not_reported"


def words_of(check, number):
    """“2 plans have no service area”: for the form of closing, a page and the cover."""
    texts = {
        Check.NO_AREA: ngettext(
            "%(number)s plan without a service area",
            "%(number)s plans without a service area",
            number,
        ),
        NO_REGION: ngettext(
            "%(number)s plan without a region", "%(number)s plans without a region", number
        ),
        Check.NO_COST: ngettext(
            "%(number)s plan whose cost is not known",
            "%(number)s plans whose cost is not known",
            number,
        ),
        NOT_REPORTED: ngettext(
            "%(number)s plan that has not reported any payment",
            "%(number)s plans that have not reported any payment",
            number,
        ),
        Check.NO_DECISION: ngettext(
            "%(number)s own contribution promised without a decision",
            "%(number)s own contributions promised without a decision",
            number,
        ),
        Check.NO_RATE: ngettext(
            "%(number)s payment that waits for an exchange rate",
            "%(number)s payments that wait for an exchange rate",
            number,
        ),
        Check.NO_EVIDENCE: ngettext(
            "%(number)s payment without a document",
            "%(number)s payments without a document",
            number,
        ),
        NO_LINE: ngettext(
            "%(number)s spending on no line of the budget of its plan",
            "%(number)s spendings on no line of the budgets of their plans",
            number,
        ),
        Check.NOT_VERIFIED: ngettext(
            "%(number)s contribution in kind claimed and not verified",
            "%(number)s contributions in kind claimed and not verified",
            number,
        ),
    }
    return texts[check] % {"number": number}


def labels():
    """{check: what it finds}, where the number stands in a column of its own."""
    return {
        Check.NO_AREA: pgettext("check of a report", "Plans without a service area"),
        NO_REGION: pgettext("check of a report", "Plans without a region"),
        Check.NO_COST: pgettext("check of a report", "Plans whose cost is not known"),
        NOT_REPORTED: pgettext("check of a report", "Plans that have not reported any payment"),
        Check.NO_DECISION: pgettext(
            "check of a report", "Own contributions promised without a decision or letter"
        ),
        Check.NO_RATE: pgettext("check of a report", "Payments that wait for an exchange rate"),
        Check.NO_EVIDENCE: pgettext("check of a report", "Payments without a document"),
        NO_LINE: pgettext(
            "check of a report", "Spendings on no line of the budget, where a plan has one"
        ),
        Check.NOT_VERIFIED: pgettext(
            "check of a report", "Contributions in kind, claimed and not verified"
        ),
    }

"""T1: what the report is about, how complete its figures are, and who prepared and approved it."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from action_plans.models import COUNTED
from action_plans.phases import fx_texts
from lib.dates import format_moment, format_range
from lib.money import UNKNOWN, format_number
from reports import catalogue
from reports.about import about_of
from reports.column import Column
from reports.models import SignedReport
from reports.report_table import ReportTable

from . import scoped, unallocated


def table(scope, facts=None):
    return ReportTable(
        slug="cover",
        code="T1",
        title=_("Cover"),
        columns=[
            Column("code", pgettext("column", "Code"), "text"),
            Column("what", pgettext("column", "What"), "text", width=34),
            Column("says", pgettext("column", "This report"), "text", width=90),
        ],
        rows=[
            {"code": code, "what": what, "says": str(says)} for code, what, says in _lines(scope)
        ],
        keys=["code"],
    )


def _lines(scope):
    about = about_of(scope, at=None, address="")
    yield "programme", _("Programme"), about.programme
    yield "phase", _("Phase"), _phases(scope) or UNKNOWN
    yield "contract", _("Contract or project number"), _contracts(scope) or UNKNOWN
    yield "period", _("Period"), about.period or _("none: from the beginning up to the day below")
    yield "as_of", _("As of"), about.as_of
    for label, words in about.filters:
        yield "filter", label, words
    yield "status", pgettext("label", "Status"), _status(scope)
    if scope.period:
        yield "version", _("Version"), str(_version(scope.period))
    yield "basis", _("Basis"), about.basis
    yield "completeness", _("How complete it is"), _completeness(scope)
    yield "currency", _("Currency"), about.currency
    yield "fx", _("Exchange rate policy"), fx_texts(scope.phases)
    yield "rounding", _("Rounding"), catalogue.LEDGER_ROUNDING
    yield "covers", _("Covers"), catalogue.SCOPE
    if about.has_sample:
        yield "sample", _("Sample data"), catalogue.SAMPLE
    yield from _people(scope)


def _phases(scope):
    return "; ".join(
        f"{phase.name}, {format_range(phase.starts_on, phase.ends_on)}" for phase in scope.phases
    )


def _contracts(scope):
    """Each once, as the phases name them."""
    return "; ".join(dict.fromkeys(phase.contract for phase in scope.phases if phase.contract))


def _status(scope):
    period = scope.period
    if not period:
        return _("Not a report of a period: it cannot be signed.")
    if period.is_open:
        return _("The period is open: figures may still change.")
    return _("The period was closed on %(moment)s: nothing in it changes any more.") % {
        "moment": format_moment(period.closed_at)
    }


def _version(period):
    """Of the report that is signed, or would be signed next."""
    versions = SignedReport.objects.filter(period=period).order_by("-version")
    last = versions.values_list("version", flat=True).first() or 0
    return last if period.is_signed else last + 1


def _people(scope):
    period = scope.period
    if not period or period.is_open:
        yield "prepared", _("Prepared by"), _("nobody yet")
        yield "approved", _("Checked and approved by"), _("nobody yet")
        return
    person = period.closed_by
    yield (
        "prepared",
        _("Prepared by"),
        f"{person}, {person.get_role_display()}, {format_moment(period.closed_at)}",
    )
    yield (
        "approved",
        _("Checked and approved by"),
        _("a second person, who signs; name and time stand with the signature"),
    )


def _completeness(scope):
    """“36 of 38 plans reported; 1 without a service area.”"""
    plans = scoped.plans_of(scope).filter(status_then__in=COUNTED)
    number = plans.count()
    gaps = unallocated.numbers_of(scope, unallocated.NOT_REPORTED, unallocated.Check.NO_AREA)
    silent, without_area = gaps[unallocated.NOT_REPORTED], gaps[unallocated.Check.NO_AREA]
    counts = {"reported": format_number(number - silent), "number": format_number(number)}
    texts = [
        ngettext(
            "%(reported)s of %(number)s plan has reported payments.",
            "%(reported)s of %(number)s plans have reported payments.",
            number,
        )
        % counts
    ]
    if without_area:
        words = {"known": format_number(number - without_area), "number": counts["number"]}
        texts.append(
            _("%(known)s of %(number)s have a service area; the others are “not specified”.")
            % words
        )
    else:
        texts.append(_("All of them have a service area."))
    return " ".join(texts)

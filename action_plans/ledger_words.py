"""What was done in the ledger, said to who did it."""

from django.urls import reverse as reverse_url
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.currencies import format_money
from lib.dates import format_partial
from lib.money import format_kgs, format_rate, total

from . import payments
from .models import PaymentKind, UsedRate


def rate(row):
    """1 CHF = 70.1234 som (National Bank, weekly, 14 Dec 2013); "" for som and for drafts."""
    if not row.is_foreign or not row.is_booked:
        return ""
    parts = [str(UsedRate(row.rate_source).label), format_partial(row.rate_on)]
    return _("%(nominal)s %(currency)s = %(value)s som (%(source)s)") % {
        "nominal": row.rate_nominal,
        "currency": row.currency,
        "value": format_rate(row.rate_value),
        "source": ", ".join(part for part in parts if part),
    }


def booked(rows):
    """Rows, som, the rate and its day, and what is over the promise now."""
    done = [row for row in rows if row.is_booked]
    if not done:
        return _("The payment was entered. It is in no total until it is booked.")
    said = ngettext(
        "%(number)s row was booked: %(amount)s.",
        "%(number)s rows were booked: %(amount)s in all.",
        len(done),
    ) % {"number": len(done), "amount": _amount(done)}
    used = dict.fromkeys(filter(None, map(rate, done)))
    return " ".join([said, *(f"{one}." for one in used), *_over_promise(done), *_late(done)])


def reverse(payment, row):
    said = _("The row was taken back: %(what)s. No. %(number)s names it.") % {
        "what": _what(payment),
        "number": row.pk,
    }
    return " ".join([said, *_late([row])])


def correct(payment, row):
    if not row.is_booked:
        said = _("The row was taken back: %(what)s. What stands in its place is not booked yet.")
        return " ".join([said % {"what": _what(payment)}, *_late([row.corrects.reversal])])
    said = _("The row was corrected. Before: %(before)s. Now: %(after)s.") % {
        "before": _what(payment),
        "after": _what(row),
    }
    used = [f"{rate(row)}."] if row.is_foreign else []
    return " ".join([said, *used, *_over_promise([row]), *_late([row.corrects.reversal, row])])


def repost(payment, row):
    said = _("The row was booked anew: %(before)s became %(after)s. %(rate)s.") % {
        "before": format_kgs(payment.amount_kgs),
        "after": format_kgs(row.amount_kgs),
        "rate": rate(row),
    }
    return " ".join([said, *_late([row])])


def waiting(plan, row):
    """What a draft waits for, and who ends that."""
    tranche = payments.waits_for_tranche(row, plan.phase)
    parts = [
        payments.missing(row, tranche=tranche),
        _("The payment is kept and waits; it is booked by itself as soon as that is known."),
        _("The project staff enter tranches.") if tranche else _("The project staff enter rates:"),
    ]
    if tranche:
        return " ".join(parts)
    page = reverse_url("ledger:rates")
    return format_html('{} <a href="{}">{}</a>', " ".join(parts), page, _("Exchange rates"))


def _what(row):
    return f"{row.contribution.get_source_display()}, {row.get_kind_display()}, {_amount([row])}"


def _amount(rows):
    kgs = format_kgs(total(row.amount_kgs for row in rows))
    if not rows[0].is_foreign:
        return kgs
    return f"{format_money(total(row.amount for row in rows), rows[0].currency)} = {kgs}"


def _late(rows):
    """A closed period is never changed: where the rows are counted instead."""
    days = {(row.late_for, row.accounted_on) for row in rows if row.late_for_id}
    for closed, counted_on in sorted(days, key=lambda pair: pair[1]):
        yield _(
            "The period %(period)s is closed and stays as it is: this is counted on %(day)s, as a correction "
            "to that period."
        ) % {"period": closed, "day": format_partial(counted_on)}


def _over_promise(rows):
    arrived = [row.contribution for row in rows if row.kind == PaymentKind.RECEIVED]
    for contribution in dict.fromkeys(arrived):
        excess = payments.net_received(contribution) - contribution.amount_kgs
        if excess > 0:
            yield _("%(source)s: %(excess)s more has been received than was promised.") % {
                "source": contribution.get_source_display(),
                "excess": format_kgs(excess),
            }

"""What answers a question: signed figures, what was known on a day, or what is known now. In words."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from lib.dates import format_moment, format_partial

from .facts import versions_of
from .models import SignedReport


def signed_of(scope):
    """The newest SignedReport of the period that was asked for, when its figures answer; else None."""
    if scope.period is None or not scope.period.is_signed:
        return None
    return versions_of(scope.period).first()


@dataclass(frozen=True)
class Answer:
    text: str
    tone: str = "info"  # of the notice
    signed: SignedReport | None = None  # to link to


def answers(scope, *, as_of=None, signed=None):
    """[Answer], what the page says above its figures. as_of: the day that was asked for."""
    if scope.period:
        yield _of_period(scope, signed)
        if as_of:
            yield Answer(_of_both(scope, as_of))
    elif scope.is_past:
        day = format_partial(scope.day)
        yield Answer(
            _(
                "As known on %(day)s: what was booked, promised and recorded up to that day. What was "
                "found later is not in these figures."
            )
            % {"day": day}
        )


def _of_period(scope, signed):
    if signed:
        words = {"version": signed.version, "day": _local_day(signed.approved_at)}
        text = _("Signed figures, version %(version)s of %(day)s.")
        return Answer(text % words, tone="ok", signed=signed)
    if scope.period.is_open:
        before = versions_of(scope.period).first()
        if before:
            text = _(
                "This period was opened again after version %(version)s had been signed. These are the "
                "figures of now; nobody has signed them yet."
            )
            return Answer(text % {"version": before.version}, tone="warn", signed=before)
        return Answer(_("This period is open: its figures still change and are not signed yet."))
    text = _(
        "This period was closed on %(moment)s; its figures do not change any more. They are not signed yet."
    )
    return Answer(text % {"moment": format_moment(scope.period.closed_at)})


def _of_both(scope, as_of):
    """A period and a day were asked for, or the day is the last one of a signed period."""
    if as_of == scope.period.ends_on and scope.period.is_signed:
        text = _("%(day)s is the last day of a signed period, so what was signed answers.")
        return text % {"day": format_partial(as_of)}
    text = _("A period was chosen, so the day %(day)s does not count.")
    return text % {"day": format_partial(as_of)}


def _local_day(moment):
    return format_partial(timezone.localtime(moment).date())

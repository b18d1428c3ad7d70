"""What the page of tranches shows: a phase, its accounts, the statement of one of them in words."""

from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from lib.currencies import KGS, format_money
from lib.dates import format_partial
from lib.money import UNKNOWN, format_amount, format_kgs, format_rate, round_share

from . import paid_days, periods, phases, tranche_account
from .models import FxPolicy, Phase, Tranche
from .tranche_statement import statement


class Line(NamedTuple):
    """Of the statement; amount, kgs: as they are shown."""

    label: str
    amount: str
    kgs: str
    note: str = ""
    is_balance: bool = False


def phase_asked(query):
    """(the phase, all phases): the one asked for, else that of the last tranche, else the last one.

    None when the address names a phase that is not known.
    """
    every = list(Phase.objects.all())
    if code := query.get("phase"):
        return next((phase for phase in every if phase.code == code), None), every
    newest = Tranche.objects.standing().order_by("-received_on", "-pk").first()
    used = [phase for phase in every if newest and phase.pk == newest.phase_id]
    return next(iter(used or every[-1:]), None), every


def accounts(tranches):
    """Currencies in the order of their first tranche; one that was taken back leaves no account."""
    return list(dict.fromkeys(t.currency for t in tranches if not t.was_reversed))


def tranches_of(phase):
    """All but the rows that take one back: those stand with what they took back."""
    tranches = Tranche.objects.filter(phase=phase, reverses=None)
    return tranches.select_related(
        "phase", "evidence", "entered_by", "reversal__entered_by"
    ).order_by("received_on", "pk")


def with_late_words(phase, tranches):
    """The same; each row and the one that takes it back say which period they correct, if any."""
    every = [row for t in tranches for row in (t, getattr(t, "reversal", None)) if row]
    late = periods.late_words(every, phase.pk)
    for row in every:
        row.late = late.get(row.pk, "")
    return tranches


def currency_asked(phase, tranches, query):
    """(the currency asked for, else the one that som are paid from; all there are). None: not known here."""
    every = list(dict.fromkeys(tranche.currency for tranche in tranches))
    if asked := query.get("currency"):
        return (asked if asked in every else None), every
    return tranche_account.drawn_on(phase, accounts(tranches) or every), every


def statement_of(phase, currency, period):
    return statement(phase=phase, currency=currency, starts_on=period[0], ends_on=period[1])


def has_sample(phase, tranches):
    """Whether invented values are among what the statement adds up."""
    payments = paid_days.grants().filter(contribution__plan__phase=phase, is_sample=True)
    return any(tranche.is_sample for tranche in tranches) or payments.exists()


def draws(phase, currency, known):
    """In words, what this account pays for."""
    main = tranche_account.drawn_on(phase, known)
    if currency == main == KGS:
        return _("Grants paid in som are taken from this account.")
    if currency == main:
        text = _("Grants paid in som are taken from this account, and those paid in %(currency)s.")
    elif currency == KGS:
        text = _("Grants paid in som are taken from the account in %(main)s, not from this one.")
    else:
        text = _(
            "Only grants paid in %(currency)s are taken from this account; those paid in som are taken "
            "from the account in %(main)s."
        )
    return text % {"currency": currency, "main": main}


def explained(phase, currency):
    """What the policy does with a grant that is paid in som."""
    texts = {
        FxPolicy.DAY: _(
            "A grant paid in som is counted in %(currency)s at the official rate of its day."
        ),
        FxPolicy.WEIGHTED: _(
            "A grant paid in som is counted in %(currency)s at the average price of what is in the "
            "account; each tranche is averaged with what is left."
        ),
        FxPolicy.FIFO: _(
            "A grant paid in som is counted in %(currency)s at the rate of the oldest tranche that is "
            "not used up."
        ),
        FxPolicy.BUDGET: _(
            "A grant paid in som is counted in %(currency)s at the rate of the budget, %(rate)s som."
        ),
    }
    policy = tranche_account.policy_of(phase, currency)
    return texts[policy] % {"currency": currency, "rate": format_rate(phase.budget_rate)}


def lines(account):
    """The statement from top to bottom."""
    yield _line(
        _("Opening balance, %(day)s"), account.opening, day=account.starts_on, is_balance=True
    )
    yield from _received(account)
    yield _line(_("Paid to plans"), account.paid, sign="−")
    yield _line(_("Returned by plans"), account.returned, sign="+")
    if _has_difference(account):
        note = _("What the som of payments are more or less than those units had cost.")
        yield Line(_("Exchange difference"), "", signed(account.difference_kgs), note)
    yield _line(
        _("Closing balance, %(day)s"), account.closing, day=account.ends_on, is_balance=True
    )


def _has_difference(account):
    """Always a line of its own, 0.00 too, unless there is nothing but the result against the budget."""
    if account.currency == KGS:
        return False
    return account.received_at_budget_kgs is None or account.difference_kgs != 0


def _received(account):
    at_budget, result = account.received_at_budget_kgs, account.budget_result_kgs
    if at_budget is None:
        yield _line(_("Received from donors"), account.received, sign="+")
        return
    label = _("Received from donors, at the rate of the budget: %(rate)s") % {
        "rate": format_rate(account.phase.budget_rate)
    }
    yield Line(label, _plus(account.received.amount), _plus(at_budget))
    note = _("The bank gave %(kgs)s for it.") % {"kgs": format_kgs(account.received.kgs)}
    yield Line(_("Exchange result against the budget"), "", signed(result), note)


def _line(label, sums, *, sign="", day=None, is_balance=False):
    if day:
        label %= {"day": format_partial(day)}
    show = _plus if sign == "+" else _minus if sign == "−" else format_amount
    return Line(label, show(sums.amount), show(sums.kgs), is_balance=is_balance)


def _plus(value):
    return f"+{format_amount(value)}" if value else format_amount(value)


def _minus(value):
    return f"−{format_amount(value)}" if value else format_amount(value)


def signed(value):
    """+220,000.00 · −1.00 · 0.00 · — for what is not known."""
    if value is None:
        return UNKNOWN
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + format_amount(abs(value))


def doubts(account):
    """What keeps the statement from being complete, and what looks wrong, in sentences."""
    currency = account.currency
    if account.is_overdrawn:
        yield _(
            "The account is overdrawn: more was paid to plans than had been received and not used by "
            "%(day)s. A tranche may be missing."
        ) % {"day": format_partial(account.ends_on)}
    if account.days_without_rate:
        yield _(
            "For %(kgs)s paid on days without a stored rate (%(days)s days) the equivalent in "
            "%(currency)s is not known. Enter or import the rates of these days."
        ) % {
            "kgs": format_kgs(account.without_rate_kgs),
            "days": account.days_without_rate,
            "currency": currency,
        }
    if account.waits_for_a_tranche:
        yield _(
            "Som were paid before the first tranche arrived: what they are in %(currency)s is not known."
        ) % {"currency": currency}


def equivalent(account):
    """In words: the closing balance at the average of the period; "—" and why, when nobody knows."""
    if account.equivalent_kgs is not None:
        return _("%(kgs)s, at the average of the official rates of the period: %(rate)s") % {
            "kgs": format_kgs(account.equivalent_kgs),
            "rate": format_rate(round_share(account.period_average, 4)),
        }
    if account.closing.amount is None:
        return _("— (the closing balance is not known)")
    return _("— (no official rate of %(currency)s is stored for this period)") % {
        "currency": account.currency
    }


def average(tranches):
    """(amount, som, som for one unit) of the tranches that stand; None without one."""
    standing = [tranche for tranche in tranches if not tranche.was_reversed]
    amount = sum((tranche.amount for tranche in standing), Decimal(0))
    kgs = sum((tranche.amount_kgs for tranche in standing), Decimal(0))
    return (amount, kgs, kgs / amount) if standing else None


def total_text(tranches, currency):
    """The weighted average of all tranches of an account, in words."""
    if found := average(tranches):
        amount, kgs, rate = found
        if currency == KGS:
            return _("Together %(kgs)s.") % {"kgs": format_kgs(kgs)}
        return _(
            "Together %(amount)s = %(kgs)s; weighted average: 1 %(currency)s = %(rate)s som."
        ) % {
            "amount": format_money(amount, currency),
            "kgs": format_kgs(kgs),
            "currency": currency,
            "rate": format_rate(round_share(rate, 4)),
        }
    return ""


def policy_text(phase):
    """With whether it may still be changed."""
    text = phases.fx_text(phase)
    if phase.fx_policy_fixed:
        return _("%(policy)s (fixed: money was counted by it)") % {"policy": text}
    return _("%(policy)s (it is fixed by the first tranche or payment in another currency)") % {
        "policy": text
    }

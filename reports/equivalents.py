"""Som shown in another currency: equivalents only, at one named rate. Never booked, never added up.

Each cell is its stored som ÷ the rate, rounded half up once; a total comes from the stored total.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from action_plans.models import ExchangeRate, Tranche
from lib.currencies import KGS
from lib.dates import format_partial, format_range
from lib.money import format_rate, round_kgs, round_share

from .models.template import RateBasis

# They show every currency by itself and at which rates: nothing is converted there.
IN_THEIR_OWN_CURRENCIES = {"fund-flow", "exchange-rates"}


@dataclass(frozen=True)
class Rate:
    currency: str
    value: Decimal  # som for one unit, unrounded
    text: str  # whole sentence: which rate it is

    def of(self, kgs):
        return None if kgs is None else round_kgs(Decimal(kgs) / self.value)


def rate_of(scope):
    """The Rate at which this scope shows som, or None: nobody knows one."""
    found = RULES[scope.rate_basis](scope)
    if not found:
        return None
    value, words = found
    text = _("Equivalents in %(currency)s: 1 %(currency)s = %(rate)s som, %(which)s.") % {
        "currency": scope.currency,
        "rate": format_rate(round_share(value, 4)),
        "which": words,
    }
    return Rate(scope.currency, value, text)


def why_not(scope):
    """Why there is no rate, and what helps."""
    words = {"currency": scope.currency, "day": format_partial(scope.day), "days": _range(scope)}
    return WHY_NOT[scope.rate_basis]() % words


def in_currency(table, scope, rate=None):
    """The table with its som as equivalents; in som it stays as it is."""
    if scope.currency == KGS or table.slug in IN_THEIR_OWN_CURRENCIES:
        return table
    rate = rate or rate_of(scope)
    names = [column.name for column in table.columns if column.kind == "kgs"]
    if not names:
        return table
    if rate is None:
        return replace(table, rows=[], total=None, empty=why_not(scope))
    return replace(
        table,
        columns=[_converted(column, rate) for column in table.columns],
        rows=[_row(row, names, rate) for row in table.rows],
        total=table.total and _row(table.total, names, rate),
        notes=[*table.notes, rate.text, _("Figures may not add up because of rounding.")],
    )


def _row(row, names, rate):
    """A figure in francs must not be called som: budget_kgs is budget_chf here."""
    reasons = {f"{name}_reason": f"{_name(name, rate)}_reason" for name in names}
    found = {reasons.get(name, name): value for name, value in row.items() if name not in names}
    return found | {_name(name, rate): rate.of(row[name]) for name in names if name in row}


def _name(name, rate):
    return f"{name.removesuffix('_kgs')}_{rate.currency.lower()}"


def _converted(column, rate):
    """No formula: rounded figures would not add up to the rounded total."""
    plain = column._replace(sums=(), ratio=())
    if column.kind != "kgs":
        return plain
    label = f"{column.label}, {rate.currency}"
    return plain._replace(name=_name(column.name, rate), kind="amount", label=label)


# Which rate: scope → (som for one unit, words), or None


def _end(scope):
    """The newest that holds on the last day; of what was known then, if anything was."""
    on_day = ExchangeRate.objects.filter(currency=scope.currency).valid_on(scope.day).best_first()
    rate = on_day.filter(entered_at__lte=scope.known_at).first() or on_day.first()
    if rate is None:
        return None
    words = _("official rate of %(day)s") % {"day": format_partial(rate.applies_on)}
    return rate.value / rate.nominal, words


def _average(scope):
    first, last = _first_day(scope), scope.day
    rates = ExchangeRate.objects.filter(currency=scope.currency, applies_on__range=(first, last))
    known = list(rates.filter(entered_at__lte=scope.known_at).best_first().reverse())
    known = known or list(rates.best_first().reverse())
    by_day = {rate.applies_on: rate.value / rate.nominal for rate in known}
    if not by_day:
        return None
    words = _("average of the official rates of %(days)s") % {"days": _range(scope)}
    return sum(by_day.values()) / len(by_day), words


def _budget(scope):
    rates = {
        phase.budget_rate
        for phase in scope.phases
        if phase.budget_rate and phase.budget_currency == scope.currency
    }
    return (rates.pop(), _("rate of the budget")) if len(rates) == 1 else None


def _tranches(scope):
    rows = Tranche.objects.filter(
        Q(booked_at__lte=scope.known_at),
        phase__in=scope.phases,
        currency=scope.currency,
        received_on__lte=scope.day,
    )
    sums = rows.aggregate(amount=Sum("amount"), kgs=Sum("amount_kgs"))
    if not sums["amount"] or sums["amount"] <= 0:
        return None
    words = _("average of the tranches received up to %(day)s")
    kgs, amount = round_kgs(Decimal(sums["kgs"])), round_kgs(Decimal(sums["amount"]))
    return kgs / amount, words % {"day": format_partial(scope.day)}


def _first_day(scope):
    return scope.starts_on or min((phase.starts_on for phase in scope.phases), default=scope.day)


def _range(scope):
    return format_range(_first_day(scope), scope.day)


RULES = {
    RateBasis.END: _end,
    RateBasis.AVERAGE: _average,
    RateBasis.BUDGET: _budget,
    RateBasis.TRANCHES: _tranches,
}
WHY_NOT = {
    RateBasis.END: lambda: _(
        "No official rate of %(currency)s is stored for %(day)s, so nothing can be shown in it. "
        "Choose another day or rate, or look at the amounts in som."
    ),
    RateBasis.AVERAGE: lambda: _(
        "No official rate of %(currency)s is stored for %(days)s, so there is no average. "
        "Choose another period or rate, or look at the amounts in som."
    ),
    RateBasis.BUDGET: lambda: _(
        "There is no one rate of the budget for %(currency)s. Choose a phase whose budget has one, "
        "another rate, or look at the amounts in som."
    ),
    RateBasis.TRANCHES: lambda: _(
        "No tranche in %(currency)s had been received by %(day)s, so they have no average. "
        "Choose another day or rate, or look at the amounts in som."
    ),
}

"""What money in another currency costs when it is taken from the donor's tranches (tranche_account.py)."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from typing import NamedTuple

from django.db.models import Case, IntegerField, Q, When

from lib.currencies import KGS
from lib.money import convert
from lib.money_sums import sum_kgs
from lib.threads import written_once

from .models import FxPolicy, PaidDay, PaymentKind, Tranche
from .tranche_account import (
    BACK,
    IN,
    OUT,
    ZERO,
    Account,
    Move,
    drawn_on,
    in_order,
    moves_of,
)

PLACES = Decimal("0.0000000001")
MANY = 50  # arrivals: then their days are read and not added up by the database


class Priced(NamedTuple):
    amount_kgs: Decimal
    value: Decimal  # som for one unit
    on: date  # of the last tranche that it rests on


class Arrival(NamedTuple):
    """A tranche."""

    currency: str
    on: date
    amount: Decimal
    kgs: Decimal


def arrivals_of(phase):
    """Tranches that stand; what was entered by mistake and taken back is left out."""
    return [Arrival(*row) for row in _tranche_rows([phase.pk])]


@written_once
def _tranche_rows(phases):
    tranches = Tranche.objects.standing().filter(phase__in=phases).order_by("received_on", "pk")
    return tranches.values_list("currency", "received_on", "amount", "amount_kgs")


def has_tranches(phase, currency):
    return any(it.currency == currency for it in arrivals_of(phase))


def price(*, phase, currency, amount, on, arrivals=None):
    """What that many units cost on that day by the policy of the phase; None before the first tranche.

    arrivals: arrivals_of(phase), for who has read them already.
    """
    account = Account(first_in_first_out=phase.fx_policy == FxPolicy.FIFO)
    arrivals = arrivals_of(phase) if arrivals is None else arrivals
    grants = _Grants(phase, currency, on, _others(phase, currency, arrivals))
    tranches = [
        Move(it.on, IN, it.kgs, it.amount)
        for it in arrivals
        if it.currency == currency and it.on <= on
    ]
    if not tranches:
        return None
    for move in _added_up(grants, tranches, account):
        account.move(move)
    value = (account.price(amount) / amount).quantize(PLACES)
    return Priced(convert(amount, value), value, account.last_on)


def _others(phase, currency, arrivals):
    """Money paid in these currencies comes from other accounts; None: in all but its own, even in som."""
    # All tranches of the phase, later ones too: where som are paid from does not change from day to day.
    currencies = list(dict.fromkeys(it.currency for it in arrivals))
    return {*currencies} - {currency, KGS} if drawn_on(phase, currencies) == currency else None


class _Grants(NamedTuple):
    """What plans got from an account, and gave back."""

    phase: object
    currency: str
    until: date
    others: set | None

    def days(self):
        days = PaidDay.objects.filter(phase=self.phase, paid_on__lte=self.until)
        if self.others is None:
            return days.filter(currency=self.currency)
        return days.exclude(currency__in=self.others)

    def moves(self, days):
        return moves_of(days, self.currency)

    def sums(self, cuts):
        """{(number of a cut, kind, whether in the currency): [amount, som]}: up to it, since the one before."""
        found = defaultdict(lambda: [ZERO, ZERO])
        for n, kind, paid_in, amount, kgs in _sums([self.phase.pk], self.until, *cuts):
            if paid_in == self.currency or not (self.others is None or paid_in in self.others):
                sums = found[n, kind, paid_in == self.currency]
                sums[:] = sums[0] + amount, sums[1] + kgs
        return found


@written_once
def _sums(phases, until, *cuts):
    whens = [When(paid_on__lt=day, then=n) for n, day in enumerate(cuts)]
    place = Case(*whens, default=len(cuts), output_field=IntegerField())
    rows = PaidDay.objects.filter(phase__in=phases, paid_on__lte=until).order_by()
    rows = rows.annotate(place=place).values_list("place", "kind", "currency")
    return rows.annotate(sum_amount=sum_kgs("amount"), sum_kgs=sum_kgs("amount_kgs"))


def _added_up(grants, tranches, account):
    """Yield all moves, but those between two arrivals added up by the database.

    The account, which makes each move before the next one is asked for, comes to the same: while they are
    payments in som only or in its currency only, or while all they take has one price.
    """
    came, sums = _by_day(tranches), {}
    if len(came) <= MANY:
        sums = grants.sums(came)
        if any(kind == PaymentKind.RETURNED and in_units for _n, kind, in_units in sums):
            # Units that came back are arrivals, too.
            back = grants.days().filter(kind=PaymentKind.RETURNED, currency=grants.currency)
            came = _by_day([*tranches, *grants.moves(back)])
            sums = grants.sums(came) if len(came) <= MANY else {}
    if len(came) > MANY:
        yield from in_order([*tranches, *grants.moves(grants.days())])
        return
    cuts = [date.min, *came, date.max]
    between = _between(sums, cuts)
    for start, end in pairwise(cuts):
        yield from came.get(start, [])
        moves = between[start]
        if len(moves) > 1 and not account.has_of_one_price(moves):
            moves = _day_by_day(grants, start, end)
        yield from moves


def _by_day(arrivals):
    """{day: its moves}, in their order"""
    return {
        day: list(moves) for day, moves in groupby(in_order(arrivals), key=lambda move: move.on)
    }


def _between(sums, cuts):
    """{day of cuts: [a move of each way, in som or in the currency] from it until the next}"""
    found = defaultdict(list)
    for (n, kind, in_units), (amount, kgs) in sums.items():
        if kgs and not (kind == PaymentKind.RETURNED and in_units):
            way = OUT if kind == PaymentKind.RECEIVED else BACK
            found[cuts[n]].append(Move(cuts[n], way, kgs, amount if in_units else None))
    return {day: sorted(found[day], key=lambda move: -move.way) for day in cuts}


def _day_by_day(grants, start, end):
    days = grants.days().filter(paid_on__gte=start, paid_on__lt=end)
    in_units = Q(kind=PaymentKind.RETURNED, currency=grants.currency)
    return in_order(grants.moves(days.exclude(in_units)))

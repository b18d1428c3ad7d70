"""Donor tables: of the whole programme, of one period, as of a past day."""

import datetime as dt
from contextlib import contextmanager
from functools import partial

from django.utils import timezone

from action_plans.models import Payment, Phase, ReportingPeriod, Source
from reports.scope_form import end_of

from .changes import a_payment
from .data import person

PAST = dt.date(2022, 12, 31)


def pages_of_reports(page, received, plans):
    """page: makes a Page; received: the net of payments; plans: whole ones."""
    donor = person("donor")
    phase = Phase.objects.last()
    plan = plans.filter(phase=phase)[0]
    period = this_half_year(phase)
    pays = partial(a_payment, plan, Source.GRANT)
    of_programme = partial(received_of, received)
    of_phase = partial(received_of, received, contribution__plan__phase=phase)
    of_past = partial(received_of, received, paid_on__lte=PAST, booked_at__lte=end_of(PAST))
    return [
        page(f"{name} ({what})", f"/reports/{slug}/{query}", donor, target, figure, change)
        for slug, name in [("budget", "T2"), ("sources", "T3")]
        for what, query, target, figure, change in [
            ("programme", "", 500, of_programme, pays),
            ("one period", f"?period={period.pk}", 200, of_phase, pays),
            ("a past day", f"?as_of={PAST}", 1000, of_past, partial(unseen, pays)),
        ]
    ]


def this_half_year(phase):
    """The open period of today."""
    today = timezone.localdate()
    first = dt.date(today.year, 1 if today.month < 7 else 7, 1)
    last = dt.date(today.year, 6, 30) if today.month < 7 else dt.date(today.year, 12, 31)
    days = {"starts_on": first, "ends_on": last}
    return ReportingPeriod.objects.get_or_create(phase=phase, **days)[0]


def received_of(received, **conditions):
    """Asked of the rows, not of what is kept."""
    return received(Payment.objects.filter(**conditions))


@contextmanager
def unseen(change):
    """What happens today is not known on a past day."""
    with change():
        yield 0

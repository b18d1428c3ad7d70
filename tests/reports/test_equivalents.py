"""Som shown in another currency: each cell from its som, at one rate that is named."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from reports import equivalents
from reports.column import Column
from reports.report_table import ReportTable
from reports.scope import Scope
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LAST = dt.date(2018, 12, 31)


def scope(basis, *, phases=(), period=None, known_at=None, currency="CHF"):
    return Scope(
        user=None,
        day=LAST,
        known_at=known_at or timezone.now(),
        phases=tuple(phases),
        period=period,
        currency=currency,
        rate_basis=basis,
    )


def table():
    columns = [
        Column("name", "Area", "text"),
        Column("before_kgs", "Before", "kgs"),
        Column("all_kgs", "Together", "kgs", sums=(("+", "before_kgs"),)),
        Column("execution_pct", "Execution", "pct", ratio=("before_kgs", "all_kgs")),
    ]
    rows = [
        {"name": n, "before_kgs": Decimal(kgs), "all_kgs": None, "execution_pct": Decimal(50)}
        for n, kgs in [("a", "100.00"), ("b", "100.00"), ("c", "100.00")]
    ]
    return ReportTable("budget", "T2", "Budget", columns, rows, {"before_kgs": Decimal(300)})


def test_each_cell_comes_from_its_som_and_the_total_from_the_stored_total():
    factories.ExchangeRateFactory(applies_on=dt.date(2018, 12, 29), value=Decimal(70))
    shown = equivalents.in_currency(table(), scope("end"))
    # 3 × 1.43 would be 4.29
    assert [row["before_chf"] for row in shown.rows] == [Decimal("1.43")] * 3
    assert shown.total["before_chf"] == Decimal("4.29")
    assert shown.rows[0]["all_chf"] is None


def test_the_rate_and_the_rounding_are_named():
    factories.ExchangeRateFactory(applies_on=dt.date(2018, 12, 29), value=Decimal("70.1234"))
    assert equivalents.in_currency(table(), scope("end")).notes == [
        "Equivalents in CHF: 1 CHF = 70.1234 som, official rate of 29 Dec 2018.",
        "Figures may not add up because of rounding.",
    ]


def test_no_program_adds_equivalents_up():
    factories.ExchangeRateFactory(applies_on=dt.date(2018, 12, 29))
    shown = equivalents.in_currency(table(), scope("end"))
    assert [column.kind for column in shown.columns] == ["text", "amount", "amount", "pct"]
    assert not any(column.sums or column.ratio for column in shown.columns)
    assert shown.columns[1].label == "Before, CHF"
    assert shown.rows[0]["execution_pct"] == 50


def test_in_som_nothing_changes():
    same = table()
    assert equivalents.in_currency(same, scope("end", currency="KGS")) is same


def test_tables_that_show_every_currency_by_itself_stay():
    same = table()
    same.slug = "fund-flow"
    assert equivalents.in_currency(same, scope("end")) is same


def test_a_nominal_of_ten_is_counted():
    factories.ExchangeRateFactory(
        currency="JPY", nominal=10, value=Decimal("4.7578"), applies_on=dt.date(2018, 12, 31)
    )
    assert equivalents.rate_of(scope("end", currency="JPY")).value == Decimal("0.47578")


def test_a_rate_that_is_too_old_is_none():
    factories.ExchangeRateFactory(applies_on=dt.date(2018, 12, 20))
    assert equivalents.rate_of(scope("end")) is None


def test_a_rate_corrected_later_does_not_change_what_was_known():
    day = dt.date(2018, 12, 31)
    then = timezone.now()
    factories.ExchangeRateFactory(applies_on=day, value=Decimal(70), entered_at=then)
    factories.ExchangeRateFactory(
        applies_on=day, value=Decimal(71), version=2, entered_at=then + dt.timedelta(days=1)
    )
    assert equivalents.rate_of(scope("end", known_at=then)).value == 70
    later = scope("end", known_at=then + dt.timedelta(days=2))
    assert equivalents.rate_of(later).value == 71


def test_the_average_of_the_period_is_that_of_its_official_rates():
    period = factories.PeriodFactory(starts_on=dt.date(2018, 1, 1), ends_on=LAST)
    for day, value in [(1, 60), (2, 70), (3, 80)]:
        factories.ExchangeRateFactory(applies_on=dt.date(2018, 2, day), value=Decimal(value))
    factories.ExchangeRateFactory(applies_on=dt.date(2017, 12, 31), value=Decimal(1))
    rate = equivalents.rate_of(scope("average", period=period))
    assert rate.value == 70
    assert "average of the official rates of 1 Jan 2018 – 31 Dec 2018" in rate.text


def test_the_rate_of_the_budget_is_that_of_the_phase():
    phase = factories.PhaseFactory(budget_currency="CHF", budget_rate=Decimal(68))
    other = factories.PhaseFactory(code="ii", budget_currency="CHF", budget_rate=Decimal(80))
    assert equivalents.rate_of(scope("budget", phases=[phase])).value == 68
    assert equivalents.rate_of(scope("budget", phases=[phase, other])) is None


def test_the_average_of_the_tranches_weighs_them():
    """Acceptance 12: 60 000 at 69.50 and 40 000 at 71.25 are 70.20 on average."""
    tranche = factories.TrancheFactory()
    factories.TrancheFactory(amount=Decimal(40_000), rate_value=Decimal("71.25"))
    factories.TrancheFactory(received_on=dt.date(2019, 1, 1), rate_value=Decimal(99))
    rate = equivalents.rate_of(scope("tranches", phases=[tranche.phase]))
    assert rate.value == Decimal("70.2")
    assert rate.of(Decimal("6500000.00")) == Decimal("92592.59")


@pytest.mark.parametrize("basis", ["end", "average", "budget", "tranches"])
def test_without_a_rate_there_is_a_sentence_and_no_figures(basis):
    asked = scope(basis, phases=[factories.PhaseFactory()])
    shown = equivalents.in_currency(table(), asked)
    assert (shown.rows, shown.total) == ([], None)
    assert "look at the amounts in som" in shown.empty
    assert "CHF" in shown.empty

"""What an address asks a donor table about, and what it cannot ask."""

import datetime as dt
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import timezone

from action_plans.models import PeriodStatus, PeriodStep, ReportingPeriod
from reports.scope_form import ScopeForm, filled, scope_of
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
JUNE = dt.datetime(2018, 6, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def staff():
    return factories.StaffFactory()


@pytest.fixture
def plan():
    return factories.PlanFactory(status="approved", approved_at=JUNE, grant=800_000)


def ask(query, user):
    return scope_of(QueryDict(query), user=user)


def sentences(scope):
    return [str(text) for _label, text in scope.problems]


STATES = [PeriodStatus.OPEN, PeriodStatus.CLOSED, PeriodStatus.SIGNED]


def period(status=PeriodStatus.OPEN, **values):
    """As the verbs leave it: every state came with its step."""
    made = factories.PeriodFactory(**values)
    closed = {"closed_at": timezone.now(), "closed_by": factories.StaffFactory()}
    for number in range(1, STATES.index(status) + 1):
        taken = {"taken_at": closed["closed_at"], "taken_by": closed["closed_by"]}
        before, after = STATES[number - 1 : number + 1]
        PeriodStep.objects.create(period=made, number=number, before=before, after=after, **taken)
        ReportingPeriod.objects.filter(pk=made.pk).update(status=after, step=number, **closed)
    made.refresh_from_db()
    return made


def test_without_a_word_it_is_everything_known_today(staff):
    phases = [factories.PhaseFactory(), factories.PhaseFactory(code="ii")]
    scope = ask("", staff)
    assert (scope.day, scope.is_past, scope.period) == (timezone.localdate(), False, None)
    assert list(scope.phases) == phases
    assert not scope.problems


@pytest.mark.parametrize("written", ["2018-12-31", "31.12.2018", " 31.12.2018 "])
def test_a_past_day_knows_what_was_known_at_its_end(staff, plan, written):
    scope = scope_of({"as_of": written}, user=staff)
    assert (scope.day, scope.is_past) == (dt.date(2018, 12, 31), True)
    assert timezone.localtime(scope.known_at).isoformat() == "2018-12-31T23:59:59.999999+06:00"


def test_today_is_no_past_day(staff, plan):
    assert not ask(f"as_of={timezone.localdate()}", staff).is_past


def test_a_day_that_has_not_come_is_refused(staff, plan):
    scope = ask("as_of=2999-01-01", staff)
    assert sentences(scope) == ["1 Jan 2999 has not come yet: nobody knows its figures."]


def test_before_the_first_entry_nobody_knew_anything(staff, plan):
    scope = ask("as_of=2018-05-31", staff)
    assert sentences(scope) == [
        "Nothing had been approved or booked by 31 May 2018. The first entry is of 1 Jun 2018."
    ]


def test_an_empty_portal_says_that_it_is_empty(staff):
    assert sentences(ask("as_of=2018-05-31", staff)) == ["Nothing has been approved or booked yet."]


def test_an_open_period_counts_to_its_last_day_with_what_is_known_now(staff):
    asked = period()
    scope = ask(f"period={asked.pk}", staff)
    assert (scope.period, scope.phases) == (asked, (asked.phase,))
    assert (scope.starts_on, scope.day) == (dt.date(2017, 1, 1), dt.date(2017, 12, 31))
    assert not scope.is_past


def test_a_closed_period_knows_what_was_known_when_it_was_closed(staff):
    asked = period(PeriodStatus.CLOSED)
    assert ask(f"period={asked.pk}", staff).known_at == asked.closed_at


def test_of_period_and_day_the_period_wins(staff):
    scope = ask(f"period={period().pk}&as_of=2999-01-01", staff)
    assert scope.day == dt.date(2017, 12, 31)
    assert not scope.problems


def test_the_last_day_of_a_signed_period_is_answered_by_it(staff, plan):
    asked = period(
        PeriodStatus.SIGNED, starts_on=dt.date(2018, 1, 1), ends_on=dt.date(2018, 12, 31)
    )
    assert ask("phase=i&as_of=2018-12-31", staff).period == asked
    assert ask("phase=i&as_of=2018-12-30", staff).period is None


def test_the_last_day_of_an_open_period_is_a_day_like_any_other(staff, plan):
    period(starts_on=dt.date(2018, 1, 1), ends_on=dt.date(2018, 12, 31))
    assert ask("phase=i&as_of=2018-12-31", staff).period is None


def test_a_signed_period_answers_for_its_own_phase_only(staff, plan):
    factories.PhaseFactory(code="ii")
    period(PeriodStatus.SIGNED, starts_on=dt.date(2018, 1, 1), ends_on=dt.date(2018, 12, 31))
    assert ask("as_of=2018-12-31", staff).period is None


@pytest.mark.parametrize("name", [n for n in ScopeForm.base_fields if n != "as_of"])
@pytest.mark.parametrize("value", ["nowhere", "0", "-1", "\x00", "9" * 200, "' OR 1=1"])
def test_what_is_not_known_is_said_and_never_counted(staff, name, value):
    scope = scope_of({name: value}, user=staff)
    assert len(scope.problems) == 1
    assert "is not known here" in sentences(scope)[0]


@pytest.mark.parametrize("value", ["yesterday", "2018-13-01", "31.02.2018", "20181231x", "\x00"])
def test_a_day_that_is_none_is_said(staff, value):
    assert "is not a date" in sentences(scope_of({"as_of": value}, user=staff))[0]


def test_a_period_belongs_to_its_phase(staff):
    factories.PhaseFactory(code="ii", name_ru="", name_en="Phase II")
    asked = period(phase__name_en="Phase I")
    scope = ask(f"period={asked.pk}&phase=ii", staff)
    assert sentences(scope) == [
        "The period 1 Jan 2017 – 31 Dec 2017 belongs to Phase I, not to Phase II."
    ]


def test_a_municipality_is_in_its_region(staff):
    place = factories.MunicipalityFactory(name_en="Ak-Suu")
    other = factories.RegionFactory(name_en="Naryn")
    scope = ask(f"municipality={place.code}&region={other.iso}", staff)
    assert sentences(scope) == ["Ak-Suu is not in Naryn."]


def test_places_and_area_are_what_they_are_called(staff):
    place, area = factories.MunicipalityFactory(), factories.ServiceAreaFactory()
    query = f"region={place.region.iso}&municipality={place.code}&area={area.code}"
    scope = ask(query, staff)
    assert (scope.region, scope.municipality, scope.area) == (place.region, place, area)
    assert ask("area=none", staff).no_area


def test_a_currency_without_a_rate_on_that_day_has_no_figures(staff, plan):
    scope = ask("currency=CHF&as_of=2018-12-31", staff)
    assert sentences(scope) == [
        (
            "No official rate of CHF is stored for 31 Dec 2018, so nothing can be shown in it. "
            "Choose another day or rate, or look at the amounts in som."
        )
    ]
    factories.ExchangeRateFactory(applies_on=dt.date(2018, 12, 28), value=Decimal(70))
    assert not ask("currency=CHF&as_of=2018-12-31", staff).problems


def test_what_tranches_are_from_and_cost_is_not_offered_to_municipal_people():
    tranche = factories.TrancheFactory()
    for query in [f"donor={tranche.donor}", "currency=CHF&rate_basis=tranches"]:
        assert ask(query, factories.HeadFactory()).problems
        assert not ask(query, factories.DonorFactory()).problems


def test_two_addresses_of_one_question_are_one():
    query = QueryDict("phase=&phase=i&period=&something=1&region=%20")
    assert filled(query).urlencode() == "phase=i"


@pytest.mark.parametrize("number", [1, 4])
def test_any_number_of_periods_and_places_takes_the_same_queries(
    staff, plan, django_assert_num_queries, number
):
    for year in range(number):
        period(starts_on=dt.date(2014 + year, 1, 1), ends_on=dt.date(2014 + year, 12, 31))
    region = factories.RegionFactory()
    factories.MunicipalityFactory.create_batch(number, region=region)
    factories.ServiceAreaFactory.create_batch(number)
    # phases, periods, regions, municipalities, areas, donors, first entry
    with django_assert_num_queries(7):
        ask(f"region={region.iso}&as_of=2018-12-31", staff)

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from action_plans import phases
from action_plans.models import ActionPlan, Check, Finding, Phase, PlanStatus
from action_plans.totals import keep_totals
from tests.action_plans.ledger import book, paid_plan
from tests.factories import (
    AdministratorFactory,
    PhaseFactory,
    PlanFactory,
    StaffFactory,
    TrancheFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def change(**changes):
    return phases.change_settings(phase=PhaseFactory(), by=AdministratorFactory(), **changes)


def typed(**changes):
    return {
        "minimum_own_share": "10",
        "in_kind_counts": "on",
        "fx_policy": "weighted",
        "budget_rate": "",
        "variance_pct": "10",
        "variance_kgs": "50 000",
    } | changes


def address():
    return reverse("ledger:phase", args=[PhaseFactory().code])


def plan_of(own=0, in_kind=0, **fields):
    plan = {"cost_kgs": 100_000, "status": "approved", "own": own, "in_kind": in_kind}
    return PlanFactory(**plan | fields)


def under():
    return set(ActionPlan.objects.under_minimum())


def findings():
    return set(Finding.objects.values_list("plan", "check_name", "number", "since_on"))


def test_all_plans_are_judged_anew_by_another_minimum():
    tenth, ninth = plan_of(10_000), plan_of(Decimal("9999.99"))
    assert under() == {ninth}
    change(minimum_own_share=Decimal("9.99"))
    assert under() == set()
    change(minimum_own_share=Decimal("10.01"))
    assert under() == {tenth, ninth}
    assert set(
        Finding.objects.filter(check_name=Check.UNDER_MINIMUM).values_list("plan", flat=True)
    ) == {
        tenth.pk,
        ninth.pk,
    }


def test_whether_in_kind_counts_decides_too():
    plan = plan_of(5_000, 5_000)
    assert under() == set()
    change(in_kind_counts=False)
    assert under() == {plan}
    change(in_kind_counts=True)
    assert under() == set()


def test_judging_all_is_judging_each():
    for cost in (None, Decimal(0), Decimal("0.01"), Decimal("33333.33")):
        for own in (0, Decimal("0.01"), Decimal("3333.33"), Decimal("3333.34")):
            plan_of(own, cost_kgs=cost)
    for status in PlanStatus:
        plan_of(status=status, approved_at=None)
    plan_of(1, phase=PhaseFactory(code="ii"))
    change(minimum_own_share=Decimal(5))
    change(minimum_own_share=Decimal("9.99"))
    judged, found = under(), findings()
    for plan in ActionPlan.objects.all():
        keep_totals(plan.pk)
    assert (under(), findings()) == (judged, found)


@pytest.mark.parametrize("minimum", [1, 10, 20])
def test_judging_asks_by_chunks_not_by_plans(minimum):
    administrator, phase = AdministratorFactory(), PhaseFactory(minimum_own_share=11)
    counts = []
    for _ in range(2):
        for own in (5_000, 10_500, 15_000):
            plan_of(own)
        with CaptureQueriesContext(connection) as queries:
            phases.change_settings(phase=phase, by=administrator, minimum_own_share=minimum)
        counts.append(len(queries))
        phases.change_settings(phase=phase, by=administrator, minimum_own_share=11)
    assert counts[0] == counts[1]


def test_many_chunks_are_judged_as_one(monkeypatch):
    monkeypatch.setattr(phases, "CHUNK", 2)
    for _ in range(5):
        plan_of(5_000)
    change(minimum_own_share=Decimal(1))
    assert under() == set()


def test_a_policy_is_changed_until_it_is_fixed():
    assert change(fx_policy="fifo").fx_policy == "fifo"
    phases.fix_policy(PhaseFactory())
    with pytest.raises(ValidationError, match="Money was counted by this policy already"):
        change(fx_policy="day")
    assert change(fx_policy="fifo", variance_pct=Decimal(5)).variance_pct == 5


def test_a_fixed_rate_of_the_budget_stays_too():
    phase = PhaseFactory(fx_policy="budget", budget_currency="CHF", budget_rate=Decimal(68))
    phases.fix_policy(phase)
    with pytest.raises(
        ValidationError, match=r"it stays: rate of the budget, 1 CHF = 68\.0000 som"
    ):
        change(budget_rate=Decimal(69))


def test_fixing_shows_the_policy_that_holds():
    phase = PhaseFactory()
    Phase.objects.update(fx_policy="fifo")
    phases.fix_policy(phase)
    assert (phase.fx_policy, phase.fx_policy_fixed) == ("fifo", True)


@pytest.mark.parametrize(
    "changes",
    [
        {"minimum_own_share": Decimal("100.01")},
        {"minimum_own_share": Decimal("-1")},
        {"fx_policy": "guess"},
        {"fx_policy": "budget"},
        {"budget_rate": Decimal(68)},
        {"variance_kgs": Decimal("-0.01")},
    ],
)
def test_settings_that_cannot_be_are_refused(changes):
    with pytest.raises(ValidationError):
        change(**changes)
    phase = Phase.objects.get()
    assert (phase.minimum_own_share, phase.fx_policy, phase.budget_rate) == (10, "weighted", None)


def test_only_an_administrator_changes():
    with pytest.raises(ValidationError, match="Only an administrator"):
        phases.change_settings(phase=PhaseFactory(), by=StaffFactory(), in_kind_counts=False)


# The page


def test_an_administrator_changes_the_settings(client):
    plan = plan_of(12_000)
    client.force_login(AdministratorFactory())
    form = typed(minimum_own_share="12,5 %", variance_kgs="60 000,50")
    response = client.post(address(), form, follow=True)
    assert "The settings were saved." in response.text
    assert "1 approved plan is under the minimum" in response.text
    phase = Phase.objects.get()
    assert (phase.minimum_own_share, phase.variance_kgs) == (Decimal("12.5"), Decimal("60000.50"))
    assert under() == {plan}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"minimum_own_share": "101"}, "A percentage is at most 100."),
        ({"minimum_own_share": "ten"}, "is not an amount"),
        ({"fx_policy": "guess"}, "Select a valid choice."),
        ({"fx_policy": "budget"}, "Write the rate of the budget."),
        ({"variance_kgs": "1,234"}, "can be read as"),
    ],
)
def test_a_mistake_comes_back_and_nothing_is_changed(client, changes, message):
    PhaseFactory(budget_currency="CHF")
    client.force_login(AdministratorFactory())
    response = client.post(address(), typed(**changes) | {"variance_pct": "33"})
    assert response.status_code == 200
    assert message in response.text
    assert Phase.objects.get().variance_pct == 10


def test_a_budget_is_in_a_currency_that_the_portal_knows():
    with pytest.raises(ValidationError, match="not a currency that the portal knows"):
        PhaseFactory.build(budget_currency="XXX").clean()


def test_the_office_reads_who_changed_what(client):
    administrator = AdministratorFactory(name="Aida")
    phases.change_settings(
        phase=PhaseFactory(), by=administrator, fx_policy="fifo", minimum_own_share=Decimal("12.50")
    )
    [(_moment, person, changes)] = phases.past_changes(PhaseFactory())
    assert person == administrator
    assert changes == [
        (
            "exchange rate policy",
            "weighted average of the tranches",
            "tranches in turn: first in, first out",
        ),
        ("minimum own contribution, % of the total", "10.00", "12.50"),
    ]
    client.force_login(StaffFactory())
    page = client.get(address()).text
    assert "Aida" in page
    assert "<del>10.00</del> → <ins>12.50</ins>" in page


def test_a_fixed_policy_is_explained_and_a_forged_one_ignored(client):
    phase = TrancheFactory().phase
    phases.fix_policy(phase)
    client.force_login(AdministratorFactory())
    page = client.get(address())
    assert "so it stays for the whole phase" in page.text
    assert page.context["form"].fields["fx_policy"].disabled
    assert client.post(address(), typed(fx_policy="day")).status_code == 302
    assert Phase.objects.get().fx_policy == "weighted"


def test_what_waited_for_a_rate_is_booked_at_the_rate_of_the_budget_once_that_is_the_policy(client):
    PhaseFactory(fx_policy="day", budget_currency="CHF")
    payment = book(paid_plan(), "10.00", currency="CHF")
    assert not payment.is_booked
    client.force_login(AdministratorFactory())
    page = client.post(address(), typed(fx_policy="budget", budget_rate="68"), follow=True)
    assert "1 payment waited for this and is booked now" in page.text
    payment.refresh_from_db()
    assert payment.amount_kgs == Decimal("680.00")


def test_the_office_reads(client):
    PhaseFactory(budget_currency="CHF", budget_rate=Decimal("68"), fx_policy="budget")
    client.force_login(StaffFactory())
    page = client.get(address())
    assert "rate of the budget, 1 CHF = 68.0000 som" in page.text
    assert "when it differs by more than 10.0% and KGS\xa050,000.00" in page.text
    assert page.context["form"] is None


def test_the_site_for_us_uses_the_same_verb(client):
    plan, administrator = plan_of(9_000), AdministratorFactory()
    phase = plan.phase
    phases.fix_policy(phase)
    client.force_login(administrator)
    site = reverse("admin:action_plans_phase_change", args=[phase.pk])
    form = client.get(site).context["adminform"].form
    assert "fx_policy" not in form.fields
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"minimum_own_share": "5", "fx_policy": "day"}
    assert client.post(site, data).status_code == 302
    assert under() == set()
    assert Phase.objects.get().fx_policy == "weighted"
    assert len(phases.past_changes(phase)) == LogEntry.objects.count() == 1


# Every report prints it


def test_one_policy_of_all_phases_is_said_once():
    one, two = PhaseFactory(), PhaseFactory(code="ii", name_ru="Фаза II")
    assert phases.fx_texts([one, two]).startswith(
        "Grants in other currencies became som by: weighted average of the tranches."
    )
    two.fx_policy = "day"
    assert "Фаза II: official rate of the day of the payment" in phases.fx_texts([one, two])
    assert phases.fx_texts([two]) == (
        "Money in other currencies became som by: official rate of the day of the payment."
    )
    assert phases.fx_texts([]) == ""

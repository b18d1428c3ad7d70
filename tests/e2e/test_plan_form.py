"""The plan's form in a real browser: rows, sums while one types, and the way without a script."""

from decimal import Decimal

import pytest
from django.utils import translation

from action_plans.models import ActionPlan, Payment, PlanStatus
from action_plans.sums import Sums
from lib.money import AmountError, format_amount, format_kgs, format_share, parse_amount, share
from lib.spelling import fold
from tests.factories import (
    HeadFactory,
    MunicipalityFactory,
    OfficerFactory,
    PhaseFactory,
    PlanFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


def shown(page, name):
    return page.locator(f'aside [data-sum="{name}"]').first.inner_text().replace("\u00a0", " ")


def fill_contribution(page, i, source, form, amount):
    page.select_option(f"#id_money-{i}-source", source)
    page.select_option(f"#id_money-{i}-form", form)
    page.fill(f"#id_money-{i}-amount_kgs", amount)


def test_staff_enter_a_plan_with_three_contributions_in_russian(page):
    PhaseFactory()
    place = MunicipalityFactory(name_ru="Бостеринский айылный аймак")
    tab = page(StaffFactory(), language="ru")
    tab.goto("/plans/new/")
    tab.fill("#id_text-title", "Освещение улиц в селе Бостери")
    tab.select_option("#id_places-0-municipality", str(place.pk))
    tab.fill("#id_cost_kgs", "1 900 000")
    fill_contribution(tab, 0, "grant", "cash", "1 710 000,00")
    for i, (form, amount) in enumerate([("cash", "150000"), ("in_kind", "30 000,00")], start=1):
        tab.click('[name=add][value="money"]')
        fill_contribution(tab, i, "municipality", form, amount)
    tab.locator("#id_money-2-amount_kgs").blur()
    assert (shown(tab, "promised"), shown(tab, "gap")) == ("1 890 000,00", "10 000,00")
    assert (shown(tab, "share"), shown(tab, "cash_share")) == ("9,5 %", "7,9 %")
    assert tab.locator('#minimum [data-sum="missing"]').inner_text() == "10\u00a0000,00\u00a0сом"
    tab.click(".savebar [name=save]")
    tab.wait_for_url("**/edit/")
    plan = ActionPlan.objects.get()
    assert (plan.lead, plan.contributions.count(), plan.gap_kgs) == (place, 3, 10_000)
    assert (plan.title, plan.text.language) == ("Освещение улиц в селе Бостери", "ru")


def test_the_sums_follow_rows_that_are_added_removed_and_put_back(page):
    plan = PlanFactory(cost_kgs=1000, own=200, grant=900)
    tab = page(StaffFactory(), language="en")
    tab.goto(f"/plans/{plan.reference}/edit/")
    assert (shown(tab, "surplus"), shown(tab, "share")) == ("100.00", "20.0%")
    tab.locator(".fund").nth(1).locator("summary").click()
    tab.click('[name=remove][value="money-1"]')
    assert shown(tab, "gap") == "800.00"
    assert tab.locator("[data-gone]:visible").count() == 1
    tab.click("[name=restore]:visible")
    assert shown(tab, "promised") == "1,100.00"
    tab.locator(".fund").nth(0).locator("summary").click()
    tab.click('[name=remove][value="money-0"]')
    tab.click(".savebar [name=save]")
    tab.wait_for_selector(".notice-ok")
    assert plan.contributions.get().source == "grant"


@pytest.mark.parametrize("in_kind", ["50 000", "0,01", "400"])
@pytest.mark.parametrize("cash", ["99 960", "100 000", "99 999,99"])
def test_the_browser_tests_the_minimum_exactly_as_the_server_does(page, in_kind, cash):
    """In one phase contributions in kind count, in the other they do not; the choice changes the words."""
    counting = PhaseFactory(code="i")
    cash_only = PhaseFactory(code="ii", in_kind_counts=False)
    tab = page(StaffFactory(), language="en")
    tab.goto("/plans/new/")
    tab.fill("#id_cost_kgs", "1 000 000")
    fill_contribution(tab, 0, "municipality", "cash", cash)
    tab.click('[name=add][value="money"]')
    fill_contribution(tab, 1, "municipality", "in_kind", in_kind)
    tab.locator("#id_money-1-amount_kgs").blur()
    for phase in [counting, cash_only]:
        tab.select_option("#id_phase", str(phase.pk))
        rows = [("own_cash_kgs", cash), ("own_in_kind_kgs", in_kind)]
        sums = Sums(cost=Decimal(1_000_000), rows=rows, phase=phase)
        assert tab.locator("#minimum").is_visible() is sums.is_under_minimum
        words = tab.locator('[data-for="cash-counts"]:visible').count()
        assert bool(words) is not sums.in_kind_counts
        assert said(tab, "missing") == format_kgs(sums.missing, "en")
        assert said(tab, "needed") == format_kgs(sums.needed, "en")
        assert said(tab, "share") == format_share(
            sums.own_share, below=sums.own_limit, language="en"
        )
        assert said(tab, "cash_share") == format_share(
            sums.cash_share, below=sums.cash_limit, language="en"
        )


def said(page, name):
    return page.locator(f'[data-sum="{name}"]').first.text_content()


def test_an_ambiguous_amount_is_asked_back_and_not_counted(page):
    plan = PlanFactory(cost_kgs=1000, own=200)
    tab = page(StaffFactory(), language="en")
    tab.goto(f"/plans/{plan.reference}/edit/")
    tab.fill("#id_money-0-amount_kgs", "1,234")
    tab.locator("#id_money-0-amount_kgs").blur()
    assert tab.locator(".asked").inner_text() == by_server("1,234", "en")
    assert shown(tab, "promised") == "0.00"
    assert tab.locator('[data-for="unread"]').is_visible()
    tab.fill("#id_money-0-amount_kgs", "1234")
    tab.locator("#id_money-0-amount_kgs").blur()
    assert (shown(tab, "promised"), tab.locator(".asked").count()) == ("1,234.00", 0)


AMOUNTS = [
    *["1 234,50", "1234,50", "1234.50", "1 234.50", "1\u00a0234,50", "1\u202f234,50", "1,234.50", "1.234,50"],
    *["1'234,50", "1’234.50", "1,234,567", "1.234.567,8", "500 сом", "KGS 500", "Сом 7", "500 som.", "0", "0,5", "00012"],
    *["1,234", "1.234", "999.000 сом", "12,34,5", "12 34", "1,234 567", "1e9", "NaN", "1_000", "12,", ",5", "+5", "5 USD"],
    *["-5", "−5", "KGS -5", "1234,567", "0,123", "100000000000", "100000000000,01", "9" * 30, "1 234'567", "1 234 567.89"],
]  # fmt: skip


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_browser_reads_and_questions_amounts_exactly_as_the_server_does(page, language):
    PhaseFactory()
    tab = page(StaffFactory(), language=language)
    tab.goto("/plans/new/")
    script = """texts => {
        const { style, amounts } = JSON.parse(document.getElementById("plan-words").textContent);
        return texts.map(text => {
            const answer = planAmounts.read(text);
            return answer.code ? planAmounts.complaint(text, answer, style, amounts)
                : planAmounts.amount(answer.tyiyn, style);
        });
    }"""
    assert tab.evaluate(script, AMOUNTS) == [by_server(text, language) for text in AMOUNTS]


def by_server(text, language):
    with translation.override(language):
        try:
            return format_amount(parse_amount(text))
        except AmountError as error:
            return error.messages[0]


def test_the_browser_rounds_shares_exactly_as_the_server_does(page):
    PhaseFactory()
    cases = [
        (9960, 100_000),
        (10_000, 100_000),
        (1, 3),
        (999_999, 10_000_000),
        (31_060, 97_250),
        (5, 0),
        (0, 7),
    ]
    tab = page(StaffFactory(), language="ru")
    tab.goto("/plans/new/")
    script = """cases => {
        const { style } = JSON.parse(document.getElementById("plan-words").textContent);
        return cases.map(([own, cost]) => planAmounts.share(BigInt(own), BigInt(cost), style, 1000n));
    }"""
    expected = [format_share(share(own, cost), below=10, language="ru") for own, cost in cases]
    assert tab.evaluate(script, [list(case) for case in cases]) == expected


def test_the_browser_finds_places_in_every_spelling_as_the_server_does(page):
    PhaseFactory()
    names = [
        "Жаңы-Жол",
        "Джаны жол",
        "Zhany-Zhol",
        "Өзгөн",
        "озгон",
        "Улахол",
        "Ulahol",
        "ketmen dobo",
        "Кумбель",
    ]
    tab = page(StaffFactory(), language="ru")
    tab.goto("/plans/new/")
    assert tab.evaluate("names => names.map(planPlaces.fold)", names) == [
        fold(name) for name in names
    ]


def test_a_municipality_is_found_by_typing_in_latin(page):
    PhaseFactory()
    MunicipalityFactory.create_batch(25)
    place = MunicipalityFactory(name_ru="Улахолский айылный аймак")
    tab = page(StaffFactory(), language="ru")
    tab.goto("/plans/new/")
    tab.locator(".filter-of-select").first.fill("ulahol")
    assert tab.locator("#id_places-0-municipality").input_value() == str(place.pk)


def test_a_plan_is_entered_without_any_script(page):
    PhaseFactory()
    place = MunicipalityFactory()
    tab = page(StaffFactory(), language="ru", java_script_enabled=False)
    tab.goto("/plans/new/")
    tab.fill("#id_text-title", "Вода")
    tab.select_option("#id_places-0-municipality", str(place.pk))
    tab.fill("#id_cost_kgs", "1 000")
    fill_contribution(tab, 0, "grant", "cash", "900")
    tab.click('[name=add][value="money"]')
    assert tab.locator("#id_text-title").input_value() == "Вода"
    fill_contribution(tab, 1, "municipality", "cash", "100")
    tab.click('[name=add][value="money"]')
    fill_contribution(tab, 2, "donor", "cash", "5")
    tab.locator(".fund").nth(2).locator("summary").click()
    tab.click('[name=remove][value="money-2"]')
    tab.click(".savebar [name=submit]")
    tab.wait_for_url("**/plans/*/")
    plan = ActionPlan.objects.get()
    assert (plan.status, plan.contributions.count(), plan.gap_kgs) == (PlanStatus.SUBMITTED, 2, 0)


def test_enter_in_a_field_saves_and_adds_nothing(page):
    plan = PlanFactory(cost_kgs=1000, own=200)
    tab = page(StaffFactory(), language="en")
    tab.goto(f"/plans/{plan.reference}/edit/")
    tab.fill("#id_cost_kgs", "2000")
    tab.press("#id_cost_kgs", "Enter")
    tab.wait_for_selector(".notice-ok")
    plan.refresh_from_db()
    assert (plan.cost_kgs, plan.contributions.count()) == (2000, 1)


def test_several_errors_are_listed_with_links_and_the_list_gets_the_focus(page):
    PhaseFactory()
    MunicipalityFactory()
    tab = page(StaffFactory(), language="en")
    tab.goto("/plans/new/")
    tab.fill("#id_cost_kgs", "many")
    tab.click(".savebar [name=save]")
    tab.wait_for_selector("#problems")
    assert tab.evaluate("document.activeElement.id") == "problems"
    tab.click('#problems a[href="#id_cost_kgs"]')
    assert tab.evaluate("document.activeElement.id") == "id_cost_kgs"
    described = tab.get_attribute("#id_cost_kgs", "aria-describedby").split()
    assert "id_cost_kgs_error" in described
    assert tab.locator("#id_cost_kgs_error").is_visible()


def test_two_people_save_the_same_plan_and_the_second_decides(page):
    plan = PlanFactory(cost_kgs=1000, own=200, villages="Бостери")
    first, second = (
        page(StaffFactory(), language="en"),
        page(StaffFactory(name="Nurlan"), language="en"),
    )
    for tab in [first, second]:
        tab.goto(f"/plans/{plan.reference}/edit/")
    second.fill("#id_cost_kgs", "1 500")
    second.fill("#id_villages", "Чоң-Сары-Ой")
    second.click(".savebar [name=save]")
    second.wait_for_selector(".notice-ok")
    first.fill("#id_villages", "Булан-Соготту")
    first.click(".savebar [name=save]")
    first.wait_for_selector("#conflict")
    assert first.locator("#conflict li").count() == 2
    assert first.input_value("#id_villages") == "Булан-Соготту"
    first.click("#conflict [name=save]")
    first.wait_for_selector(".notice-ok")
    plan.refresh_from_db()
    assert (plan.villages, plan.cost_kgs, plan.version) == ("Булан-Соготту", 1500, 3)


def test_what_was_typed_survives_a_session_that_ended(page, live_server):
    plan = PlanFactory(cost_kgs=1000, own=200)
    person = OfficerFactory(municipality=plan.lead)
    tab = page(person, language="en")
    tab.goto(f"/plans/{plan.reference}/edit/")
    tab.click('[name=add][value="money"]')
    fill_contribution(tab, 1, "grant", "cash", "800")
    session = [c for c in tab.context.cookies() if c["name"] == "sessionid"]
    tab.context.clear_cookies(name="sessionid")
    tab.click(".savebar [name=save]")
    tab.wait_for_url("**/accounts/login/**")
    tab.context.add_cookies(session)
    tab.goto(f"/plans/{plan.reference}/edit/")
    tab.click('button[value="take"]')
    assert tab.input_value("#id_money-1-amount_kgs") == "800"
    tab.click(".savebar [name=save]")
    tab.wait_for_selector(".notice-ok")
    plan.refresh_from_db()
    assert plan.grant_kgs == 800


def leave(tab):
    tab.wait_for_timeout(500)  # it is kept 0.3 s after the last key
    tab.once("dialog", lambda dialog: dialog.accept())
    tab.goto("/plans/")


def test_typing_that_was_kept_does_not_undo_what_somebody_saved_meanwhile(page):
    plan = PlanFactory(cost_kgs=1000, own=200, villages="Бостери")
    first, second = page(StaffFactory(), language="en"), page(StaffFactory(), language="en")
    first.goto(f"/plans/{plan.reference}/edit/")
    first.fill("#id_villages", "Булан-Соготту")
    leave(first)
    second.goto(f"/plans/{plan.reference}/edit/")
    second.fill("#id_cost_kgs", "1 500")
    second.click(".savebar [name=save]")
    second.wait_for_selector(".notice-ok")
    first.goto(f"/plans/{plan.reference}/edit/")
    first.click('button[value="take"]')
    first.click(".savebar [name=save]")
    first.wait_for_selector("#conflict")
    first.click("#conflict [name=save]")
    first.wait_for_selector(".notice-ok")
    plan.refresh_from_db()
    assert (plan.villages, plan.cost_kgs) == ("Булан-Соготту", 1500)


def test_a_row_that_was_removed_is_removed_in_what_is_taken_over(page):
    plan = PlanFactory(cost_kgs=1000, own=200, grant=800)
    tab = page(StaffFactory(), language="en")
    tab.goto(f"/plans/{plan.reference}/edit/")
    tab.locator(".fund").nth(1).locator("summary").click()
    tab.click('[name=remove][value="money-1"]')
    leave(tab)
    tab.goto(f"/plans/{plan.reference}/edit/")
    tab.click('button[value="take"]')
    assert not tab.locator(".fund").nth(1).is_visible()
    tab.click(".savebar [name=save]")
    tab.wait_for_selector(".notice-ok")
    assert plan.contributions.count() == 1


def test_the_reason_of_a_return_survives_a_session_that_ended(page):
    plan = PlanFactory(status="submitted", cost_kgs=1000, own=200)
    tab = page(StaffFactory(), language="en")
    tab.goto(plan.get_absolute_url())
    tab.click("text=Return to the author")
    tab.fill("#return_reason", "The estimate is missing.")
    session = [c for c in tab.context.cookies() if c["name"] == "sessionid"]
    tab.context.clear_cookies(name="sessionid")
    tab.click("text=Return now")
    tab.wait_for_url(f"**/accounts/login/?next={plan.get_absolute_url()}")
    tab.context.add_cookies(session)
    tab.goto(plan.get_absolute_url())
    tab.click("text=Return to the author")
    tab.click('button[value="take"]')
    tab.click("text=Return now")
    tab.wait_for_selector(".notice-ok")
    assert plan.steps.get().reason == "The estimate is missing."


def test_a_payment_whose_answer_was_lost_is_not_booked_twice(page):
    plan = PlanFactory(status="approved", cost_kgs=1000, own=200)
    tab = page(StaffFactory(), language="en")
    address = f"/plans/{plan.reference}/payments/new/"
    tab.goto(address)
    tab.fill("[name=paid_on]", "01.06.2018")
    tab.fill(f"[name=amount_{plan.contributions.get().pk}]", "50")
    form = tab.evaluate("Object.fromEntries(new FormData(document.querySelector('[data-keep]')))")
    form.pop("evidence")
    assert tab.request.post(address, form=form, headers={"referer": tab.url}).ok
    leave(tab)
    tab.goto(address)
    tab.click('button[value="take"]')
    tab.click("text=Book the payment")
    tab.wait_for_url(f"**{plan.get_absolute_url()}money/#ledger")
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_form_is_accessible_and_never_wider_than_the_screen(page, width, language):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    head = HeadFactory()
    plan = PlanFactory(
        lead=head.municipality, cost_kgs=1_000_000_000, own=50, grant=800, title="Ж" * 60
    )
    tab = page(head, language=language, width=width)
    tab.goto(f"/plans/{plan.reference}/edit/")
    tab.click('[name=add][value="places"]')
    tab.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    found = axe.run(tab).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []

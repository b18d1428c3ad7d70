"""The main job, as people do it: staff enters a plan, a head looks at the own town, a donor takes the report."""

import io

import openpyxl
import pytest
from playwright.sync_api import expect

from action_plans.models import ActionPlan, PlanStatus
from municipalities.models import Municipality
from tests.factories import MunicipalityFactory, PhaseFactory, PlanFactory, StaffFactory

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(tab, people, name):
    """Through the log-in form, as everybody has to."""
    tab.goto("/")
    tab.fill("#id_login", f"{name}@example.org")
    tab.fill("#id_password", people[name])
    tab.click("main form button:not([name])")
    expect(tab.locator("details.menu")).to_be_visible()


def words(locator):
    return locator.inner_text().replace("\u00a0", " ")


def head_figures(tab):
    """{heading: the figure as it stands there}"""
    cards = tab.locator(".figure").all()
    return {words(card.locator("h2")): words(card) for card in cards}


def contribute(tab, i, source, form, amount):
    tab.select_option(f"#id_money-{i}-source", source)
    tab.select_option(f"#id_money-{i}-form", form)
    tab.fill(f"#id_money-{i}-amount_kgs", amount)
    tab.locator(f"#id_money-{i}-amount_kgs").blur()


def test_staff_enters_a_plan_with_three_contributions_and_it_counts(page, programme):
    tab = page(language="ru", width=1440)
    sign_in(tab, programme, "staff")
    assert "97 250 000,00 сом" in head_figures(tab)["Общая стоимость"]
    tab.click("nav >> text=Планы")
    tab.click("text=Новый план")
    tab.fill("#id_text-title", "Освещение улиц в селе Бостери")
    tab.locator(".filter-of-select").first.fill("бостери")
    tab.fill("#id_cost_kgs", "1 900 000")
    contribute(tab, 0, "grant", "cash", "1 700 000,00")
    tab.click('[name=add][value="money"]')
    contribute(tab, 1, "municipality", "cash", "150000")
    tab.click('[name=add][value="money"]')
    contribute(tab, 2, "municipality", "in_kind", "40000.00 сом")
    total = tab.locator("aside.sum")
    expect(total.locator('b[data-sum="gap"]')).to_have_text("10\u00a0000,00")
    expect(total.locator('[data-sum="share"]')).to_have_text("10,0\u00a0%")
    contribute(tab, 0, "grant", "cash", "1 710 000,00")
    expect(total.locator('b[data-sum="gap"]')).to_be_hidden()
    tab.click(".savebar [name=save]")
    expect(tab.locator(".notice-ok")).to_be_visible()
    tab.click(".savebar [name=submit]")
    tab.click("summary >> text=Одобрить")
    tab.click("text=Одобрить сейчас")
    expect(tab.locator("h1 + .meta .status-approved")).to_be_visible()
    plan = ActionPlan.objects.latest("pk")
    assert (plan.status, plan.lead.name_ru) == (PlanStatus.APPROVED, "Бостеринский айылный аймак")
    table = words(tab.locator("main table").first)
    assert all(
        amount in table for amount in ["1 710 000,00", "150 000,00", "40 000,00", "1 900 000,00"]
    )
    tab.click("nav >> text=Обзор")
    figures = head_figures(tab)
    assert "99 150 000,00 сом" in figures["Общая стоимость"]
    assert "31 250 000,00 сом" in figures["Собственный вклад"]


def test_the_head_of_toktogul_sees_the_own_town_and_not_the_draft_of_kum_bel(page, programme):
    tab = page(language="ky", width=360)
    sign_in(tab, programme, "head.toktogul")
    town = Municipality.objects.get(code="41703225600010")
    assert tab.locator("h1").inner_text() == town.name_ky
    own = ActionPlan.objects.filter(lead=town)
    waiting = own.filter(status__in=[PlanStatus.DRAFT, PlanStatus.RETURNED])
    assert tab.locator("#waiting a").count() == waiting.count() > 0
    assert tab.locator("main .rowcard").count() == own.count()
    draft = ActionPlan.objects.get(lead__code="41702215820000", status=PlanStatus.DRAFT)
    assert tab.request.get(draft.get_absolute_url()).status == 404
    assert tab.request.get(own.first().get_absolute_url()).status == 200


def test_the_workbook_of_the_donor_has_the_totals_of_the_page(page, programme):
    tab = page(language="en", accept_downloads=True)
    sign_in(tab, programme, "donor")
    tab.click("main >> text=Funding report >> nth=0")
    tab.click("summary >> text=Add a filter")
    tab.select_option("#id_region", "KG-Y")
    tab.check("input[name=status][value=counted]")
    tab.click(".filter-panel button")
    heads = [words(cell) for cell in tab.locator("main table").last.locator("thead th").all()][1:]
    cells = [words(cell) for cell in tab.locator("main table").last.locator("tfoot td").all()]
    with tab.expect_download() as download:
        tab.click("main >> text=XLSX >> nth=0")
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()), data_only=True)
    rows = list(book.worksheets[0].values)
    total = dict(zip(rows[0], rows[-1], strict=True))
    amounts = {head: f"{total[head]:,.2f}" for head in heads if head != "Own share"}
    assert amounts == {
        head: cell for head, cell in zip(heads, cells, strict=True) if head != "Own share"
    }
    assert float(cells[0].replace(",", "")) > 1_000_000
    assert len(rows) - 2 == tab.locator("main table").last.locator("tbody tr").count() == 14


def test_the_language_changes_and_the_page_stays(page):
    plan = PlanFactory(status="approved", cost_kgs=1000, own=200)
    tab = page(StaffFactory(), language="en")
    tab.goto("/plans/?status=approved&sort=-cost_kgs")
    tab.click("[name=language][value=ky] >> visible=true")
    expect(tab.locator("html")).to_have_attribute("lang", "ky")
    assert tab.url.endswith("/plans/?status=approved&sort=-cost_kgs")
    assert tab.locator("tbody tr").count() == 1
    tab.goto(plan.get_absolute_url())
    expect(tab.locator("html")).to_have_attribute("lang", "ky")


def test_a_filter_changes_rows_and_address_and_back_takes_it_off(page):
    one, two = PlanFactory.create_batch(2, status="approved", cost_kgs=1000, own=200)
    tab = page(StaffFactory(), language="en")
    tab.goto("/plans/")
    tab.click("details.wide > summary")
    tab.select_option("#id_region", one.lead.region.iso)
    expect(tab.locator("tbody tr")).to_have_count(1)
    assert f"region={one.lead.region.iso}" in tab.url
    tab.go_back()
    expect(tab.locator("tbody tr")).to_have_count(2)
    assert tab.url.endswith("/plans/")
    expect(tab.locator("h1")).to_be_visible()
    assert two.reference in words(tab.locator("tbody"))


def tab_to(tab, selector):
    for _i in range(80):
        tab.keyboard.press("Tab")
        if tab.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the tab key never reaches {selector}")


def test_a_draft_is_entered_by_keyboard_alone(page):
    PhaseFactory()
    MunicipalityFactory.create_batch(25)
    place = MunicipalityFactory(name_ru="Улахолский айылный аймак")
    tab = page(StaffFactory(), language="ru")
    tab.goto("/plans/")
    tab_to(tab, 'a[href="/plans/new/"]')
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/plans/new/")
    for selector, keys in [
        ("#id_text-title", "Чистая вода"),
        (".filter-of-select", "ulahol"),
        ("#id_cost_kgs", "1000"),
        ("#id_money-0-source", ["ArrowDown", "ArrowDown"]),
        ("#id_money-0-amount_kgs", "200"),
        ("[name=add][value=money]", ["Enter", "ArrowDown"]),  # goes on in the new row
        ("#id_money-1-amount_kgs", "800"),
        (".savebar [name=save]", ["Enter"]),
    ]:
        tab_to(tab, selector)
        if isinstance(keys, str):
            tab.keyboard.type(keys)
        else:
            for key in keys:
                tab.keyboard.press(key)
    expect(tab.locator(".notice-ok")).to_be_visible()
    plan = ActionPlan.objects.get()
    assert (plan.lead, plan.own_kgs, plan.grant_kgs, plan.gap_kgs) == (place, 200, 800, 0)

"""The pages and files of donor tables: who may open which, what they say, what a wrong address leads to."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from action_plans.totals import keep_totals
from reports.donor_tables.registry import TABLES
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
FILES = ["table_csv", "table_xlsx", "table_pdf"]


@pytest.fixture
def staff(client):
    user = factories.StaffFactory()
    client.force_login(user)
    return user


@pytest.fixture
def plan():
    """1,000,000 promised to a plan of Education, 650,000 of it arrived."""
    area = factories.ServiceAreaFactory(name_en="Education")
    plan = factories.PlanFactory(
        status="approved",
        area=area,
        own=200_000,
        grant=800_000,
        cost_kgs=1_000_000,
        approved_at=dt.datetime(2018, 6, 1, tzinfo=dt.UTC),
    )
    grant = plan.contributions.get(source="grant")
    factories.PaymentFactory(
        contribution=grant,
        amount_kgs=Decimal("650000.00"),
        booked_at=dt.datetime(2018, 6, 2, tzinfo=dt.UTC),
    )
    keep_totals(plan.pk)
    return plan


def page(client, slug, query=""):
    return client.get(f"{reverse('reports:table', args=[slug])}?{query}")


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("slug", [*TABLES, "donor"])
def test_office_and_donors_open_every_table_and_its_files(client, plan, slug):
    factories.ReportTemplateFactory(
        tables=[{"table": slug, "rows": "", "columns": []} for slug in TABLES]
    )
    for user in [factories.StaffFactory(), factories.DonorFactory()]:
        client.force_login(user)
        assert page(client, slug).status_code == 200
        for name in FILES:
            response = client.get(reverse(f"reports:{name}", args=[slug]))
            assert response.status_code == 200
            assert list(response)
            assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("slug", ["fund-flow", "exchange-rates", "changes", "donor"])
@pytest.mark.parametrize("name", ["table", *FILES])
def test_what_the_donor_sent_is_not_for_municipal_people(client, slug, name):
    client.force_login(factories.HeadFactory())
    assert client.get(reverse(f"reports:{name}", args=[slug])).status_code == 404


@pytest.mark.parametrize("name", ["table", *FILES])
def test_a_table_that_there_is_not(client, staff, name):
    assert client.get(reverse(f"reports:{name}", args=["wages"])).status_code == 404


def test_the_page_shows_the_table_with_its_total_and_a_bar(client, staff, plan):
    response = page(client, "budget")
    view = response.context["views"][0]
    assert [line.name for line in view.lines] == ["Education"]
    execution = {cell.column.name: cell for cell in view.lines[0].cells}["execution_pct"]
    assert (execution.text, execution.bar) == ("65.0%", 65)
    assert "650,000.00" in text(response)
    assert '<tfoot role="rowgroup">' in text(response)
    assert '<rect class="f-all" width="65%" height="6"/>' in text(response)


def test_amounts_in_thousands_come_from_the_whole_amount_and_say_so(client, staff, plan):
    html = text(page(client, "budget", "units=thousand"))
    assert ">650<" in html
    assert "amounts in thousand som" in html
    assert "Figures may not add up because of rounding." in html


def test_equivalents_name_their_rate(client, staff, plan):
    factories.ExchangeRateFactory(
        applies_on=timezone.localdate(), value=Decimal("70.00"), currency="CHF"
    )
    html = text(page(client, "budget", "currency=CHF"))
    assert "9,285.71" in html  # 650,000 ÷ 70
    assert "1 CHF = 70.0000 som, official rate of" in html


def test_a_past_day_says_so(client, staff, plan):
    html = text(page(client, "budget", "as_of=2018-06-01"))
    assert "As known on 1 Jun 2018" in html
    assert (
        "650,000.00" not in html.split("<footer")[0].split("variance")[0] or "not reported" in html
    )


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("as_of=2999-01-01", "has not come yet"),
        ("as_of=2001-01-01", "Nothing had been approved or booked by 1 Jan 2001."),
        ("as_of=soon", "is not a date"),
        ("region=KG-Atlantis", "“KG-Atlantis” is not known here."),
        ("period=99", "“99” is not known here."),
        ("rows=wages", "“wages” is not known here."),
        ("units=rupee", "“rupee” is not known here."),
        ("currency=XAU", "No official rate of XAU is stored"),
    ],
)
def test_a_question_without_an_answer_has_a_sentence_and_no_figures(
    client, staff, plan, query, sentence
):
    response = page(client, "budget", query)
    assert response.status_code == 200
    assert sentence in text(response)
    assert response.context["views"] == []
    for name in FILES:
        answer = client.get(f"{reverse(f'reports:{name}', args=['budget'])}?{query}")
        assert answer.status_code == 302
        assert answer.url.startswith("/reports/budget/")


def test_an_empty_form_leads_to_the_plain_address(client, staff):
    response = page(client, "budget", "phase=&region=&as_of=&rows=area")
    assert response.status_code == 302
    assert response.url == "/reports/budget/?rows=area"


def test_a_chip_takes_its_own_filter_away(client, staff, plan):
    region = plan.lead.region
    response = page(client, "budget", f"rows=plan&region={region.iso}")
    chips = {chip.label: chip.query for chip in response.context["question"].chips}
    assert chips["Region"] == "rows=plan"


def test_a_long_table_shows_its_first_rows_and_leads_to_the_files(client, staff, plan, monkeypatch):
    monkeypatch.setattr("reports.table_view.ALL_ROWS_UP_TO", 2)
    monkeypatch.setattr("reports.table_view.FIRST_ROWS", 1)
    factories.PlanFactory.create_batch(2, status="approved", grant=100)
    html = text(page(client, "budget", "rows=plan"))
    assert "The first 1 of 3 rows; the total is of all." in html
    assert html.count('<th role="rowheader"') == 2  # a row, and the total


def test_a_name_that_looks_like_a_formula_or_a_page_stays_text(client, staff):
    place = factories.MunicipalityFactory(name_en='=HYPERLINK("x")<b>')
    factories.PlanFactory(status="approved", lead=place, grant=100)
    html = text(page(client, "budget", "rows=municipality"))
    assert "=HYPERLINK(&quot;x&quot;)&lt;b&gt;" in html


def test_the_donor_report_has_the_tables_of_its_template_in_order(client, staff, plan):
    factories.ReportTemplateFactory(
        tables=[
            {"table": "sources", "rows": "", "columns": []},
            {"table": "budget", "rows": "plan", "columns": ["budget_kgs", "execution_pct"]},
        ]
    )
    response = page(client, "donor")
    views = response.context["views"]
    assert [view.table.slug for view in views] == ["sources", "budget"]
    names = [column.name for column in views[1].columns]
    assert names[1:] == ["budget_kgs", "execution_pct"]


def test_equivalents_stand_beside_the_som_and_never_in_their_place(client, staff, plan):
    factories.ExchangeRateFactory(applies_on=timezone.localdate(), value=Decimal("70.00"))
    entry = {"table": "budget", "rows": "area", "columns": []}
    factories.ReportTemplateFactory(currency="CHF", tables=[entry, entry | {"equivalents": True}])
    first, second = page(client, "donor").context["views"]
    assert first.table.total["cumulative_kgs"] == Decimal("650000.00")
    assert second.table.total["cumulative_chf"] == Decimal("9285.71")
    assert second.table.title == "Budget against actual: equivalents in CHF"


def test_a_template_that_there_is_not(client, staff):
    factories.ReportTemplateFactory()
    assert "“nothing” is not known here." in text(page(client, "donor", "template=nothing"))


def test_without_a_template_the_page_says_who_adds_one(client, staff):
    assert "There is no template of a report yet." in text(page(client, "donor"))


@pytest.mark.parametrize("slug", TABLES)
def test_a_table_page_asks_the_same_for_any_number_of_plans(client, staff, plan, slug):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            page(client, slug, "rows=plan" if "plan" in TABLES[slug].row_choices else "")
        return len(queries)

    values = {"status": "approved", "own": 100, "in_kind": 100, "grant": 100, "cost_kgs": 200}
    factories.PlanFactory(**values)
    few = asked()
    for plan_ in factories.PlanFactory.create_batch(3, **values):
        factories.PaymentFactory(contribution=plan_.contributions.first())
        keep_totals(plan_.pk)
    assert asked() == few <= 40


def test_the_list_of_reports_shows_what_this_person_may_open(client, plan):
    client.force_login(factories.HeadFactory())
    html = text(client.get(reverse("reports:list")))
    assert "/reports/budget/" in html
    assert "/reports/fund-flow/" not in html
    assert "/reports/donor/" not in html
    client.force_login(factories.DonorFactory())
    html = text(client.get(reverse("reports:list")))
    assert "/reports/fund-flow/" in html
    assert "/reports/donor/" in html

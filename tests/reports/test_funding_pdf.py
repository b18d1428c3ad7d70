"""The funding report on paper, and the tables that answer for a past day."""

import io

import pypdf
import pytest
from django.urls import reverse

from tests.factories import PlanFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def staff(client):
    client.force_login(StaffFactory())
    return client


def text_of(response):
    assert response["Content-Type"] == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(b"".join(response.streaming_content))).pages
    return "\n".join(page.extract_text() for page in pages).replace("\xa0", " ")


def test_it_has_the_tables_the_plans_and_the_same_totals(staff):
    plans = PlanFactory.create_batch(2, cost_kgs=1000, own=200, grant=800, status="approved")
    PlanFactory(cost_kgs=None, own=50, status="approved")
    text = text_of(staff.get("/reports/funding.pdf"))
    for words in ["By service area", "By region", "By municipality", "By source of money"]:
        assert words in text
    # What stands for a hyphen is read back as one that a word may break at.
    assert all(plan.reference in text.replace("\xad", "-") for plan in plans)
    assert "Draft" not in text
    assert "2,000.00" in text
    assert "1 plan excluded: cost unknown" in text


def test_an_empty_programme_has_its_pdf_too(staff):
    assert "Funding report" in text_of(staff.get("/reports/funding.pdf"))


def test_with_a_filter_that_is_not_known_there_is_no_file(staff):
    response = staff.get("/reports/funding.pdf?region=nowhere")
    assert response.url == f"{reverse('reports:funding')}?region=nowhere&status=counted"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "pdf"])
def test_a_file_of_a_past_day_is_that_of_the_table_that_knows_it(staff, ending):
    response = staff.get(f"/reports/funding.{ending}?as_of=2018-06-30&phase=i&status=counted")
    assert response.url == f"/reports/budget.{ending}?as_of=2018-06-30&phase=i"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "pdf"])
def test_a_filter_that_the_table_does_not_have_gives_no_file_and_is_told(staff, ending):
    response = staff.get(f"/reports/funding.{ending}?as_of=2018-06-30&q=water", follow=True)
    assert response.redirect_chain == [("/reports/budget/?as_of=2018-06-30", 302)]
    assert "A part of your filter was left out" in response.content.decode()


def test_the_page_of_a_past_day_leads_to_that_table_and_says_why(staff):
    PlanFactory(cost_kgs=1000, grant=800, status="approved")
    response = staff.get("/reports/funding/?as_of=2018-06-30", follow=True)
    assert response.redirect_chain == [("/reports/budget/?as_of=2018-06-30", 302)]
    assert "The funding report shows what is known today." in response.content.decode()

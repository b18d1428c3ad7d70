"""Amounts as people type them, the same in each language; what could be read in two ways is asked back."""

from decimal import Decimal as D

import pytest

from action_plans.models import Payment
from tests.action_plans.ledger import correction, ledger, new_payment, row_page, source_of, typed
from tests.factories import PlanFactory

pytestmark = pytest.mark.django_db
READ = ["1 234,50", "1234,50", "1234.50", "1 234.50", "1\u00a0234,50", "1\u202f234,50", "1,234.50"]
ASKED = ["1,234", "1.234"]
REFUSED = ["12,34,5"]


@pytest.fixture(params=["ru", "ky", "en"])
def language(request, staff):
    staff.cookies["django_language"] = request.param
    return request.param


@pytest.fixture
def plan(language):
    return PlanFactory(status="approved", cost_kgs=10_000, own=2000, grant=8000)


@pytest.mark.parametrize("amount", READ)
def test_case_30_an_amount_is_read(staff, plan, amount):
    assert staff.post(new_payment(plan), typed(plan, amount)).url == ledger(plan)
    row = Payment.objects.get()
    assert row.amount_kgs == D("1234.50")
    # And so it is in a correction.
    staff.post(row_page("correct", row), correction(row, amount=amount, document_number="2"))
    assert Payment.objects.get(corrects=row).amount_kgs == D("1234.50")


@pytest.mark.parametrize("amount", [*ASKED, *REFUSED])
def test_case_30_what_is_not_clear_comes_back_as_it_was_typed(staff, plan, language, amount):
    page = staff.post(new_payment(plan), typed(plan, amount))
    [error] = page.context["form"][f"amount_{source_of(plan).pk}"].errors
    assert f'value="{amount}"' in page.text
    assert error.startswith(f"“{amount}”" if language == "en" else ("«", "“"))
    assert ("1234" in error) == (amount in ASKED)  # both readings are offered
    assert not Payment.objects.exists()

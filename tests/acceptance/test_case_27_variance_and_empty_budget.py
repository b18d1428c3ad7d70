"""Over the budget, without a budget, nothing reported: three different answers."""

import pytest

from tests.acceptance.steps import (
    approve,
    enter_draft,
    enter_line,
    money_page,
    pay,
    spend,
    table,
    words,
)

pytestmark = pytest.mark.django_db


def test_case_27_variance_has_its_sign_and_an_empty_budget_its_words(staff):
    plan = enter_draft(staff)
    pipes = enter_line(staff, plan, "Pipes", "1 000", "500")
    extra = enter_line(staff, plan, "Power line", "0", "0")
    enter_line(staff, plan, "Fence", "1", "500 000", source="municipality")
    approve(staff, plan)
    pay(staff, plan, "800 000", currency="KGS", paid_on="01.02.2018")
    spend(staff, plan, "575 000", line=pipes)
    spend(staff, plan, "40 000", line=extra)
    page = money_page(staff, plan)
    over, unbudgeted, silent, total = table(page, "What for")
    assert over["Variance"] == "+75,000.00 +15.0%"
    assert over["Spent of budget"] == "115.0%"
    assert "A comment is needed." in over["What for"]
    assert (unbudgeted["Variance"], unbudgeted["Spent of budget"]) == ("+40,000.00", "unbudgeted")
    assert (silent["Spent"], silent["Variance"], silent["Spent of budget"]) == (
        "not reported",
        "—",
        "—",
    )
    assert (total["Budget now"], total["Spent"]) == ("1,000,000.00", "615,000.00")
    assert "Variance = spent − budget: with a plus more was spent than planned" in words(page)
    assert words(page).count("A comment is needed.") == 1


def test_case_27_the_comment_is_given_and_no_longer_demanded(staff):
    plan = enter_draft(staff)
    pipes = enter_line(staff, plan, "Pipes", "1 000", "500")
    approve(staff, plan)
    pay(staff, plan, "800 000", currency="KGS", paid_on="01.02.2018")
    spend(staff, plan, "575 000", line=pipes)
    address = f"{plan.get_absolute_url()}budget/{pipes.pk}/comment/"
    staff.post(address, {"text": "The ground was rock.", "seen": ""})
    page = words(money_page(staff, plan))
    assert "The ground was rock." in page
    assert "A comment is needed." not in page
